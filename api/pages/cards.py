"""Cards beside the chat as pages: an action to confirm, a form to fill in. The button decides, and nothing else does."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.finding import suggested
from api.pages.frame import Look, PageRoute, Visit, form, go, page
from api.routes.cards import confirmation, form_of, safe
from desk.cards import Card, CardKind
from desk.errors import AnotherCard, CardOver, FormIncomplete, NotFound
from desk.services.carding import Answered
from desk.store import Tx
from knowledge.library import Hit

LONGEST_ID = 64
TYPED = ("text", "long")       # fields in which people say what they want

router = APIRouter(route_class=PageRoute)


@router.get("/confirmations/{card}")
async def confirmation_page(visit: Look, card: str) -> HTMLResponse:
    found, _ = await visit.house.desk.carding.of(visit.known, card, CardKind.CONFIRMATION)
    async with visit.house.desk.store.read() as tx:
        titles = await titles_of(tx, [found])
    return page(visit, "confirmation.html", each=found, card=card_shown(visit), titles=titles)


@router.post("/confirmations/{card}")
async def decide(visit: Look, card: str) -> RedirectResponse:
    sent = await form(visit)
    found, conversation = await visit.house.desk.carding.of(visit.known, card, CardKind.CONFIRMATION)
    try:
        answered = await visit.house.desk.carding.decide(visit.known, card, do=sent.get("decision") == "do", shown=sent.get("digest", ""),
                                                         now=visit.now)
    except (CardOver, AnotherCard) as error:
        return go(f"/chat/{conversation.id}?{urlencode({'problem': error.code})}#last")
    await _told(visit, answered)
    return go(f"/chat/{found.conversation}#last")


@router.get("/requests/{card}")
async def request_page(visit: Look, card: str) -> HTMLResponse:
    found, _ = await visit.house.desk.carding.of(visit.known, card, CardKind.FORM)
    return _request(visit, found)


@router.post("/requests/{card}")
async def submit(visit: Look, card: str) -> Response:
    sent = await form(visit)
    found, _ = await visit.house.desk.carding.of(visit.known, card, CardKind.FORM)
    fields = _fields(sent)
    if sent.get("then") == "suggest":
        return _request(visit, found, sent=fields, suggested=await _suggested(visit, found, fields))
    try:
        answered = await visit.house.desk.carding.submit(visit.known, card, safe(visit.house, fields), visit.now)
    except FormIncomplete as error:
        wrong = {str(each["pointer"]).rpartition("/")[2]: str(each["reason"]) for each in error.facts["errors"]}  # type: ignore[attr-defined]
        return _request(visit, found, sent=fields, wrong=wrong, status=422)
    except CardOver:
        return _request(visit, found, status=409)
    await _told(visit, answered)
    return _request(visit, answered.card) if visit.in_panel else go(f"/chat/{found.conversation}#last")


@router.post("/requests/{card}/suggest")
async def suggest(visit: Look, card: str) -> HTMLResponse:
    """Articles that may help with what is being typed, for the script that puts them under the form."""
    sent = await form(visit)
    found, _ = await visit.house.desk.carding.of(visit.known, card, CardKind.FORM)
    return page(visit, "suggestions.html", hits=await _suggested(visit, found, _fields(sent)))


@router.post("/requests/{card}/cancel")
async def leave(visit: Look, card: str) -> RedirectResponse:
    await form(visit)
    found, _ = await visit.house.desk.carding.of(visit.known, card, CardKind.FORM)
    try:
        await _told(visit, await visit.house.desk.carding.leave(visit.known, card, visit.now))
    except CardOver as error:
        return go(f"/chat/{found.conversation}?{urlencode({'problem': error.code})}#last")
    return go(f"/chat/{found.conversation}#last")


def card_shown(visit: Visit) -> Callable[[Card], dict[str, Any]]:
    """A card in the visitor's words, for the templates."""
    def in_words(card: Card) -> dict[str, Any]:
        told = confirmation if card.kind is CardKind.CONFIRMATION else form_of
        return told(visit.house, card, visit.lang)
    return in_words


async def titles_of(tx: Tx, cards: Sequence[Card]) -> dict[str, str]:
    """The titles of the tickets that cards name, by number; of none that isn't the person's own."""
    titles: dict[str, str] = {}
    for card in cards:
        if isinstance(number := card.args.get("number"), int):
            with suppress(NotFound):
                ticket = await tx.tickets.get(number)
                titles |= {str(number): ticket.title} if ticket.requester == card.account else {}
    return titles


def _fields(sent: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix("f-"): value for name, value in sent.items() if name.startswith("f-")}


async def _suggested(visit: Visit, card: Card, fields: dict[str, str]) -> Sequence[Hit]:
    typed = [fields.get(field["id"], "") for field in form_of(visit.house, card, visit.lang)["fields"] if field["kind"] in TYPED]
    return await suggested(visit.house, visit.known.role, "\n".join(typed), visit.lang)


def _request(visit: Visit, card: Card, *, sent: dict[str, str] | None = None, wrong: dict[str, str] | None = None,
             status: int = 200, suggested: Sequence[Hit] | None = None) -> HTMLResponse:
    shown = form_of(visit.house, card, visit.lang)
    fields = [field | {"value": (sent or {}).get(field["id"], field["value"]), "wrong": (wrong or {}).get(field["id"])}
              for field in shown["fields"]]
    return page(visit, "request.html", status=status, each=shown | {"fields": fields}, wrong=wrong or {}, hits=suggested)


async def _told(visit: Visit, answered: Answered) -> None:
    """The turn that carries the card out is waited for: without a script the next page must tell of it."""
    visit.house.live.wake(answered.card.conversation)
    if answered.turn:
        await visit.house.assistant.answer(answered.turn)
        visit.house.live.wake(answered.card.conversation)
