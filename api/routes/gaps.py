"""Gaps, the drafts that are to close them, and articles that are due for review: for whoever works at the desk."""

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Request

from agent.house import House
from agent.mind import MAY_SEE
from api.callers import AtTheDesk, Open, Supervising, account_of
from api.drafting import version_of
from api.languages import language_of
from api.shapes import Id
from api.shapes_gaps import (
    AllDue,
    DraftShown,
    DraftsShown,
    DueShown,
    EditedDraft,
    GapShown,
    GapsShown,
    Published,
    QuestionShown,
    VersionShown,
)
from desk.drafts import WAITING, Draft
from desk.people import Account, Lang, Role
from desk.store import Tx
from knowledge import drafting
from knowledge.gaplist import Group, group, groups

router = APIRouter(prefix="/knowledge", tags=["knowledge"])


@router.get("/gaps", response_model=GapsShown)
async def gaps(house: Open, caller: AtTheDesk, request: Request, state: Literal["open", "drafted", "aside"] = "open") -> GapsShown:
    """What was asked and not answered, those asked most first. Nobody who asked is named."""
    async with house.desk.store.read() as tx:
        found = await groups(tx, house.mind.likeness, house.clock())
    return GapsShown(gaps=[_shown(each, language_of(request)) for each in found if each.state == state])


@router.post("/gaps/{gap}/aside", response_model=GapShown)
async def set_aside(house: Open, caller: AtTheDesk, request: Request, gap: Id) -> GapShown:
    """Not worth an article, nor when it is asked again. Audited."""
    return await _decided(house, account_of(caller), request, gap, aside=True)


@router.post("/gaps/{gap}/back", response_model=GapShown)
async def bring_back(house: Open, caller: AtTheDesk, request: Request, gap: Id) -> GapShown:
    """Onto the list again. Audited."""
    return await _decided(house, account_of(caller), request, gap, aside=False)


@router.post("/gaps/{gap}/draft", status_code=201, response_model=DraftShown)
async def begin(house: Open, caller: AtTheDesk, gap: Id) -> DraftShown:
    """An empty article in three languages, with the question as its title. Nobody finds it before it is published. Audited."""
    now = house.clock()
    async with house.desk.store.begin() as tx:
        draft = await drafting.begin(tx, await group(tx, house.mind.likeness, gap, now), account_of(caller).id, now)
        return _draft(await drafting.draft_of(tx, draft, now))


@router.get("/drafts", response_model=DraftsShown)
async def drafts(house: Open, caller: AtTheDesk) -> DraftsShown:
    """Those that wait for review, the longest untouched first."""
    async with house.desk.store.read() as tx:
        return DraftsShown(drafts=[_draft(each) for each in await drafting.drafts(tx, house.clock())])


@router.get("/drafts/{draft}", response_model=DraftShown)
async def draft_of(house: Open, caller: AtTheDesk, draft: Id) -> DraftShown:
    async with house.desk.store.read() as tx:
        return _draft(await drafting.draft_of(tx, draft, house.clock()))


@router.put("/drafts/{draft}", response_model=DraftShown)
async def save(house: Open, caller: AtTheDesk, draft: Id, sent: EditedDraft) -> DraftShown:
    """All of it anew. Audited."""
    versions = {lang: version_of(house, lang, each.title, each.text) for lang, each in sent.versions.items()}
    async with house.desk.store.begin() as tx:
        return _draft(await drafting.save(tx, draft, versions, sent.audience, account_of(caller).id, house.clock()))


@router.post("/drafts/{draft}/publish", response_model=Published)
async def publish(house: Open, caller: Supervising, draft: Id) -> Published:
    """Puts what is written on the shelf, for its audience to find. Audited."""
    async with house.desk.store.begin() as tx:
        return Published(documents=await drafting.publish(tx, draft, account_of(caller).id, house.clock()))


@router.post("/drafts/{draft}/refuse", status_code=204)
async def refuse(house: Open, caller: Supervising, draft: Id) -> None:
    """Throws the draft away; its questions are open again. Audited."""
    async with house.desk.store.begin() as tx:
        await drafting.refuse(tx, draft, account_of(caller).id, house.clock())


@router.post("/articles/{document}/withdraw", response_model=DraftShown)
async def withdraw(house: Open, caller: Supervising, document: str) -> DraftShown:
    """Takes an article that was written here off the shelf, in every language: a draft again. Audited."""
    now = house.clock()
    async with house.desk.store.begin() as tx:
        return _draft(await drafting.draft_of(tx, await drafting.withdraw(tx, document, account_of(caller).id, now), now))


@router.get("/due", response_model=AllDue)
async def due(house: Open, caller: AtTheDesk) -> AllDue:
    """Articles that were not reviewed for too long, the oldest first: to a supervisor all, to others those that they look after."""
    async with house.desk.store.read() as tx:
        found = await due_for(tx, house, account_of(caller), house.clock())
    return AllDue(months=house.desk.freshness.months, documents=[
        DueShown(id=each["id"], title=each["title"], lang=each["lang"], owner=each["owner"], reviewed=each["reviewed"],
                 url=f"/knowledge/{each['id']}") for each in found])


async def due_for(tx: Tx, house: House, account: Account, now: datetime) -> list[dict[str, Any]]:
    """The documents that this person is to have reviewed."""
    found = [each for each in await tx.shelf.documents() if each["tier"] not in WAITING and each["audience"] in MAY_SEE[account.role]
             and house.desk.freshness.overdue(each["reviewed"], now.date())]
    supervises = account.role in (Role.SUPERVISOR, Role.ADMIN)
    return sorted((each for each in found if supervises or each["owner"] == account.name), key=lambda each: (each["reviewed"], each["id"]))


async def _decided(house: House, account: Account, request: Request, gap: str, *, aside: bool) -> GapShown:
    now, act = house.clock(), drafting.set_aside if aside else drafting.bring_back
    async with house.desk.store.begin() as tx:
        await act(tx, await group(tx, house.mind.likeness, gap, now), account.id, now)
        return _shown(await group(tx, house.mind.likeness, gap, now), language_of(request))


def _shown(found: Group, lang: Lang) -> GapShown:
    shown = found.shown(lang)
    return GapShown(id=found.id, question=shown.text, lang=shown.lang, langs=list(found.langs), count=len(found.gaps), first_at=found.first,
                    last_at=found.last, endings=dict(found.endings), state=found.state, draft=found.draft)


def _draft(found: Draft) -> DraftShown:
    return DraftShown(id=found.id, audience=found.audience, edited=found.edited,   # type: ignore[arg-type]
                      versions={lang: VersionShown(title=each.title, text=each.text) for lang, each in found.versions.items()},
                      questions=[QuestionShown(lang=lang, text=text) for lang, text in found.questions])
