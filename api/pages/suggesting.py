"""Articles that may spare a ticket, beside the form in which it is typed."""

from collections.abc import Callable, Sequence

from fastapi.responses import HTMLResponse

from api.finding import suggested
from api.pages.frame import Visit, page
from knowledge.library import Hit


async def suggestions(visit: Visit, typed: str, whole: Callable[[Sequence[Hit]], HTMLResponse]) -> HTMLResponse:
    """The list alone for a script, else the whole page with the list in it."""
    redacted = visit.house.assistant.redact(typed)
    hits = await suggested(visit.house, visit.known.role, redacted, visit.lang)
    return page(visit, "suggestions.html", hits=hits) if visit.request.headers.get("hx-request") else whole(hits)
