"""Remind the desk of one of the caller's own open tickets."""

from pydantic import Field

from desk.dates import moment_text
from desk.people import Role
from desk.tickets import Ticket
from tools.finding import find, over, settled
from tools.tool import Args, Context, Outcome, Risk, Status, tool


class NudgeTicket(Args):
    number: int | None = Field(None, ge=1, le=2**31 - 1, description="The ticket's number; empty if the user gave none")
    about: str = Field("", max_length=2000, description="The words by which the user means the ticket, if no number is known")


async def settle(args: NudgeTicket, ctx: Context) -> Args | Outcome:
    exact: Args | Outcome = await settled(args, ctx, _can_be)
    return exact


@tool(
    risk=Risk.WRITE,
    who=Role.USER,
    settle=settle,
    examples={
        "en": [
            "please remind them about ticket 1003", "nobody has answered my ticket, give them a nudge",
            "could you poke the desk about my request", "send a reminder for my ticket", "please ping the team about ticket 1003",
            "follow up with them on my ticket", "remind the colleagues of my request", "please chase ticket 1003 for me",
        ],
        "ar": [
            "يرجى تذكيرهم بالتذكرة 1003", "ما حد رد على تذكرتي، ذكّروهم", "ممكن إرسال تذكير بخصوص طلبي", "يرجى إرسال تذكير للفريق",
            "ذكّروا الزملاء بطلبي", "نبّهوهم على التذكرة 1003", "يرجى تنبيه الفريق بخصوص تذكرتي",
        ],
        "fa": [
            "لطفاً تیکت 1003 رو بهشون یادآوری کنید", "کسی جواب تیکتم رو نداده، یه یادآوری بفرستید", "تیکتم رو به همکارها یادآوری کنید",
            "یه یادآوری برای درخواست 1003 بفرستید", "لطفاً به تیم یادآوری کنید", "یادشون بندازید تیکت من مونده",
            "به همکاران یادآوری کنید که منتظرم",
        ],
    },
)
async def nudge_ticket(args: NudgeTicket, ctx: Context) -> Outcome:
    """Remind the people at the desk of one of the user's own open tickets, at most once a day.

    Use it when the user asks to remind, nudge or poke somebody about a ticket. It changes no urgency.
    """
    assert ctx.conversation.account is not None
    async with ctx.desk.store.begin() as tx:
        found = await find(tx, ctx, args.number, args.about, _can_be)
        if isinstance(found, Outcome):
            return found
        if not _can_be(found):
            return over(found)
        person = await tx.people.by_id(ctx.conversation.account)
        assert person is not None
        nudged = await ctx.desk.urging.nudge(tx, person, found, ctx.now)
    facts = {"ticket": found.number, "title": found.title, "again": moment_text(nudged.again_at, ctx.lang, person.timezone, ctx.now),
             "due": moment_text(found.due_at, ctx.lang, person.timezone, ctx.now)}
    if not nudged.told:
        return Outcome(status=Status.REFUSED, code="nudge.already", facts=facts)
    return Outcome(status=Status.DONE, code="nudge.told", facts=facts)


def _can_be(ticket: Ticket) -> bool:
    return ticket.is_open
