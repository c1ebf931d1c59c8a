"""Open one of the caller's own solved tickets again."""

from pydantic import Field

from desk.people import Role
from desk.tickets import MOVES, Status, Ticket
from tools.finding import find, over, settled
from tools.tool import Args, Context, Outcome, Risk, tool
from tools.tool import Status as Did


class ReopenTicket(Args):
    number: int | None = Field(None, ge=1, le=2**31 - 1, description="The ticket's number; empty if the user gave none")
    about: str = Field("", max_length=2000, description="The words by which the user means the ticket, if no number is known")
    reason: str = Field("", max_length=2000, description="What is still wrong, in the user's words")


async def settle(args: ReopenTicket, ctx: Context) -> Args | Outcome:
    exact: Args | Outcome = await settled(args.model_copy(update={"reason": args.reason or ctx.message[:2000]}), ctx, _can_be)
    return exact


@tool(
    risk=Risk.WRITE,
    who=Role.USER,
    settle=settle,
    examples={
        "en": [
            "reopen ticket 1003", "ticket 1003 is not solved, the problem is back", "it happens again, please open my old ticket again",
            "re-open my printer ticket, it still fails", "the issue of ticket 1003 came back", "open ticket 1003 again please",
            "my ticket was closed but it is not fixed, reopen it",
        ],
        "ar": [
            "يرجى إعادة فتح التذكرة 1003", "التذكرة 1003 ما انحلت، المشكلة رجعت", "رجعت نفس المشكلة، افتحوا التذكرة من جديد",
            "أعيدوا فتح تذكرتي", "أُغلقت التذكرة والمشكلة باقية، يرجى إعادة فتحها", "المشكلة رجعت من جديد في التذكرة 1003",
        ],
        "fa": [
            "تیکت 1003 رو دوباره باز کنید", "تیکت 1003 حل نشده، مشکل برگشته", "دوباره همون مشکل پیش اومده، تیکت قبلی رو باز کنید",
            "مشکل برگشته، تیکت رو از نو باز کنید", "تیکتم بسته شده ولی حل نشده، دوباره بازش کنید", "تیکت پرینتر رو دوباره باز کنید",
        ],
    },
)
async def reopen_ticket(args: ReopenTicket, ctx: Context) -> Outcome:
    """Open one of the user's own resolved or closed tickets again, because it is not solved.

    Use it when the user says that a solved problem is back. For a new problem open a new ticket.
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
        await ctx.desk.urging.reopen(tx, person, found, args.reason or ctx.message[:2000], ctx.now)
    return Outcome(status=Did.DONE, code="ticket.reopened", facts={"ticket": found.number, "title": found.title})


def _can_be(ticket: Ticket) -> bool:
    return not ticket.is_open and Status.OPEN in MOVES[ticket.status]
