"""What was asked and not answered, what was drafted about it, and which articles are due for review: for whoever works at the desk."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.drafting import version_of
from api.pages.frame import PageRoute, Visit, form, go, only, page
from api.pages.knowledge import REVIEWERS
from api.routes.gaps import due_for
from desk.drafts import LONGEST_TEXT, LONGEST_TITLE, Audience, Draft, Version
from desk.errors import BadInput, IllegalMove
from desk.gaps import Ending, GapState
from desk.people import AT_THE_DESK, LANGS, Lang
from knowledge import drafting
from knowledge.gaplist import group, groups

STATES = (GapState.OPEN, GapState.DRAFTED, GapState.ASIDE)
SHOWN = 100                    # groups on the page: those asked most; the command line names all
DONE = frozenset({"set_aside", "brought_back", "published", "refused", "saved"})
PROBLEMS = frozenset({"illegal_move"})

AtDesk = Annotated[Visit, only(*AT_THE_DESK)]
Reviewing = Annotated[Visit, only(*REVIEWERS)]
router = APIRouter(prefix="/knowledge", route_class=PageRoute)


@router.get("/gaps")
async def gaps(visit: AtDesk, state: str = "open", done: str = "", problem: str = "") -> HTMLResponse:
    chosen = next((each for each in STATES if each == state), GapState.OPEN)
    async with visit.house.desk.store.read() as tx:
        every = await groups(tx, visit.house.mind.likeness, visit.now)
        due = await due_for(tx, visit.house, visit.account, visit.now)
    found = [each for each in every if each.state is chosen]
    return page(visit, "gaps.html", groups=found[:SHOWN], chosen=chosen, states=STATES, counts=Counter(each.state for each in every),
                endings=tuple(Ending), due=due, months=visit.house.desk.freshness.months,
                section="gaps", done=done if done in DONE else None, problem=f"error.{problem}" if problem in PROBLEMS else None)


@router.post("/gaps/{gap}/aside")
@router.post("/gaps/{gap}/back")
async def decide(visit: AtDesk, gap: str) -> RedirectResponse:
    await form(visit)
    aside = visit.request.url.path.endswith("/aside")
    act = drafting.set_aside if aside else drafting.bring_back
    try:
        async with visit.house.desk.store.begin() as tx:
            await act(tx, await group(tx, visit.house.mind.likeness, gap, visit.now), visit.account.id, visit.now)
    except IllegalMove as error:
        return _back(problem=error.code)
    return _back(done="set_aside" if aside else "brought_back")


@router.post("/gaps/{gap}/draft")
async def begin(visit: AtDesk, gap: str) -> RedirectResponse:
    await form(visit)
    try:
        async with visit.house.desk.store.begin() as tx:
            found = await group(tx, visit.house.mind.likeness, gap, visit.now)
            draft = await drafting.begin(tx, found, visit.account.id, visit.now)
    except IllegalMove as error:
        return _back(problem=error.code)
    return go(f"/knowledge/drafts/{draft}")


@router.get("/drafts")
async def drafts(visit: AtDesk, done: str = "") -> HTMLResponse:
    async with visit.house.desk.store.read() as tx:
        found = await drafting.drafts(tx, visit.now)
    return page(visit, "drafts.html", drafts=found, title_of=lambda draft: _title(draft, visit.lang), section="drafts",
                done=done if done in DONE else None)


@router.get("/drafts/{draft}")
async def one(visit: AtDesk, draft: str, done: str = "") -> HTMLResponse:
    async with visit.house.desk.store.read() as tx:
        found = await drafting.draft_of(tx, draft, visit.now)
    return _one(visit, found, found.versions, found.audience, done=done if done in DONE else None)


@router.post("/drafts/{draft}")
async def save(visit: AtDesk, draft: str) -> Response:
    return await _saved(visit, draft, await form(visit), publish=False)


@router.post("/drafts/{draft}/review")
async def review(visit: Reviewing, draft: str) -> Response:
    """The same form, with a second button for whoever may publish."""
    sent = await form(visit)
    return await _saved(visit, draft, sent, publish=sent.get("then") == "publish")


@router.post("/drafts/{draft}/refuse")
async def refuse(visit: Reviewing, draft: str) -> RedirectResponse:
    await form(visit)
    async with visit.house.desk.store.begin() as tx:
        await drafting.refuse(tx, draft, visit.account.id, visit.now)
    return go("/knowledge/drafts?done=refused")


@router.post("/{document}/withdraw")
async def withdraw(visit: Reviewing, document: str) -> RedirectResponse:
    await form(visit)
    async with visit.house.desk.store.begin() as tx:
        draft = await drafting.withdraw(tx, document, visit.account.id, visit.now)
    return go(f"/knowledge/drafts/{draft}")


async def _saved(visit: Visit, draft: str, sent: Mapping[str, str], *, publish: bool) -> Response:
    """What was typed is kept on the page where it cannot be taken; nothing is stored then."""
    audience = next((each for each in Audience if each == sent.get("audience")), Audience.EVERYONE)
    try:
        versions = {lang: version_of(visit.house, lang, sent.get(f"title.{lang}", ""), sent.get(f"text.{lang}", "")) for lang in LANGS}
        async with visit.house.desk.store.begin() as tx:
            await drafting.save(tx, draft, versions, audience, visit.account.id, visit.now)
            if publish:
                await drafting.publish(tx, draft, visit.account.id, visit.now)
    except BadInput as error:
        typed = {lang: Version(sent.get(f"title.{lang}", ""), sent.get(f"text.{lang}", "")) for lang in LANGS}
        async with visit.house.desk.store.read() as tx:
            found = await drafting.draft_of(tx, draft, visit.now)
        return _one(visit, found, typed, audience, wrong=str(error.facts.get("field", "empty")), status=422)
    return go("/knowledge/drafts?done=published" if publish else f"/knowledge/drafts/{draft}?done=saved")


def _one(visit: Visit, draft: Draft, versions: Mapping[Lang, Version], audience: Audience, *, wrong: str = "",
         done: str | None = None, status: int = 200) -> HTMLResponse:
    return page(visit, "draft.html", status=status, draft=draft, versions=versions, chosen=audience, audiences=tuple(Audience), langs=LANGS,
                template=lambda lang: visit.house.desk.words.say(lang, "pages.draft.template"), may_publish=visit.account.role in REVIEWERS,
                longest_title=LONGEST_TITLE, longest_text=LONGEST_TEXT, wrong=wrong, done=done)


def _title(draft: Draft, lang: Lang) -> tuple[str, Lang]:
    """The draft's title, in the reader's language if it has one."""
    titles = {each: draft.versions[each].title for each in (lang, *LANGS) if draft.versions[each].title}
    return next(((title, each) for each, title in titles.items()), ("", lang))


def _back(done: str = "", problem: str = "") -> RedirectResponse:
    return go(f"/knowledge/gaps?{urlencode({'done': done} if done else {'problem': problem})}")
