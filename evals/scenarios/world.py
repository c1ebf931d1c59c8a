"""Makes the desk of a fresh house what a scenario says it is, and opens the conversation."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from agent.house import House
from desk.codes import digest
from desk.hours import Hours
from desk.identity import LOCK_FOR
from desk.people import Account, Lang
from desk.presence import Presence
from desk.rollouts import Rollout
from desk.store import Tx
from desk.tickets import MATRIX, TARGETS, Level, Status
from evals.scenarios.screen import DeskScreen
from evals.scenarios.shape import KnownTicket, World
from evals.work import Clock

HOURS = Hours.parse("mon-fri 08:00-18:00")     # when the desk of every scenario works
USER, AGENT = "user", "agent"
BY = "scenario"                # in the audit trail
WAYS: Mapping[Status, tuple[Status, ...]] = {
    Status.NEW: (), Status.OPEN: (Status.OPEN,), Status.PENDING: (Status.PENDING,), Status.RESOLVED: (Status.RESOLVED,),
    Status.CLOSED: (Status.RESOLVED, Status.CLOSED), Status.CANCELLED: (Status.CANCELLED,),
}


async def furnish(house: House, clock: Clock, world: World, lang: Lang) -> DeskScreen:
    """The world, and the conversation of the one who is to speak in it."""
    clock.now = world.at
    async with house.desk.store.begin() as tx:
        people = {each.name: each for each in await tx.people.all()}
        await tx.people.set_lang(people[USER].id, lang)
        if world.locked:
            await tx.people.set_lock(people[USER].id, failed=0, until=world.at + LOCK_FOR)
        for place, ticket in enumerate(world.tickets):
            await _ticket(tx, ticket, people, world, place, lang)
        for each in world.disruptions:
            await tx.disruptions.declare(asset=each.asset, kind=each.kind, starts_at=world.at + timedelta(hours=each.begins),
                                         ends_at=None if each.ends is None else world.at + timedelta(hours=each.ends),
                                         text={"en": each.text.en, "ar": each.text.ar, "fa": each.text.fa}, declared_by=BY)
        for rolled in world.rollouts:
            await tx.rollouts.put(Rollout(tool=rolled.tool, group="*", lang="*", stage=rolled.stage, since=world.at, by=BY))
    await stay_on_duty(house, clock, world)
    return await _open(house, clock, world, lang)


async def stay_on_duty(house: House, clock: Clock, world: World) -> None:
    """A console that is open shows signs of life."""
    if world.staffed and HOURS.on_duty(clock.now):
        async with house.desk.store.read() as tx:
            agent = await tx.people.by_name(AGENT)
        assert agent is not None
        await house.desk.attending.choose(agent, Presence.ONLINE, clock.now)


async def _ticket(tx: Tx, known: KnownTicket, people: Mapping[str, Account], world: World, place: int, lang: Lang) -> None:
    then: datetime = world.at - timedelta(hours=known.hours_ago)
    title = known.title.in_(lang)
    ticket = await tx.tickets.open(
        requester=people[known.whose].id, title=title, description=known.text.in_(lang) if known.text else title, kind=known.kind,
        impact=Level.LOW, urgency=known.urgency, lang=lang, conversation=None, key=digest(BY, str(place)), now=then,
        due_at=HOURS.add(then, TARGETS[MATRIX[Level.LOW, known.urgency]]))
    if known.answer:
        await tx.tickets.comment(ticket.number, "person", known.answer.in_(lang), then + timedelta(minutes=30), account=people[AGENT].id)
    for status in WAYS[known.status]:
        ticket = await tx.tickets.move(ticket, status, then + timedelta(minutes=30))
    if ticket.number != world.number(place):
        raise RuntimeError(f"ticket {ticket.number} of a fresh desk should have been {world.number(place)}")


async def _open(house: House, clock: Clock, world: World, lang: Lang) -> DeskScreen:
    signin = house.desk.signin
    if world.who == "guest":
        conversation, secret = await signin.open_guest(world.claims, lang, clock())
        account = world.claims
    else:
        secret, account = await signin.issue_token(USER, clock()), USER
    caller = await signin.caller(secret, clock())
    assert caller is not None
    if world.who == "user":
        assert caller.account is not None
        async with house.desk.store.begin() as tx:
            conversation = await tx.conversations.open(account=caller.account.id, lang=lang, now=clock())
    return DeskScreen(house, caller, conversation.id, account)
