"""Add what the caller says to one of their own open tickets."""

from pydantic import Field

from desk.people import Role
from desk.tickets import Ticket
from tools.finding import find, over, settled
from tools.tool import Args, Context, Outcome, Risk, Status, tool


class AddToTicket(Args):
    text: str = Field(min_length=1, max_length=8000, description="What to add, in the user's words")
    number: int | None = Field(None, ge=1, le=2**31 - 1, description="The ticket's number; empty if the user gave none")


async def settle(args: AddToTicket, ctx: Context) -> Args | Outcome:
    exact: Args | Outcome = await settled(args, ctx, _can_be, words=args.text)
    return exact


@tool(
    risk=Risk.WRITE,
    who=Role.USER,
    settle=settle,
    intent="ticket_add",
    examples={
        "en": ["add to ticket 1003 that it happens on wifi too", "one more thing for my open ticket: it only occurs in the morning"],
        "ar": ["أضف إلى التذكرة 1003 أن المشكلة تظهر على الواي فاي أيضا", "معلومة إضافية لتذكرتي المفتوحة: تصير الصبح بس"],
        "fa": ["به تیکت 1003 اضافه کنید که روی وای‌فای هم همین‌طوره", "یه نکتهٔ دیگه برای تیکت بازم: فقط صبح‌ها پیش میاد"],
    },
)
async def add_to_ticket(args: AddToTicket, ctx: Context) -> Outcome:
    """Add information to one of the user's own open tickets.

    Use it when the user says more about something already reported. Without a number the ticket is found by its words.
    """
    assert ctx.conversation.account is not None
    async with ctx.desk.store.begin() as tx:
        found = await find(tx, ctx, args.number, args.text, _can_be)
        if isinstance(found, Outcome):
            return found
        if not _can_be(found):
            return over(found)
        if not await tx.tickets.has_comment(ctx.key):
            await tx.tickets.comment(found.number, "user", args.text, ctx.now, account=ctx.conversation.account, key=ctx.key)
    return Outcome(status=Status.DONE, code="ticket.added", facts={"ticket": found.number})


def _can_be(ticket: Ticket) -> bool:
    return ticket.is_open
