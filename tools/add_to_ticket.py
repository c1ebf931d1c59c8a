"""Add what the caller says to one of their own open tickets."""

from pydantic import Field

from desk.people import Role
from tools.tool import Args, Context, Outcome, Risk, Status, tool


class AddToTicket(Args):
    text: str = Field(min_length=1, max_length=8000, description="What to add, in the user's words")
    number: int | None = Field(None, ge=1, le=2**31 - 1, description="The ticket's number; empty if the user has exactly one open ticket")


@tool(
    risk=Risk.WRITE,
    who=Role.USER,
    intent="ticket_add",
    examples={
        "en": ["add to ticket 1003 that it happens on wifi too", "one more thing for my open ticket: it only occurs in the morning"],
        "ar": ["أضف إلى التذكرة 1003 أن المشكلة تظهر على الواي فاي أيضا", "معلومة إضافية لتذكرتي المفتوحة: تصير الصبح بس"],
        "fa": ["به تیکت 1003 اضافه کنید که روی وای‌فای هم همین‌طوره", "یه نکتهٔ دیگه برای تیکت بازم: فقط صبح‌ها پیش میاد"],
    },
)
async def add_to_ticket(args: AddToTicket, ctx: Context) -> Outcome:
    """Add information to one of the user's own open tickets.

    Use it when the user says more about something already reported. Without a number the user's only open ticket is meant.
    """
    assert ctx.conversation.account is not None
    async with ctx.desk.store.begin() as tx:
        mine = await tx.tickets.owned_by(ctx.conversation.account, open_only=True)
        chosen = [each for each in mine if args.number in (None, each.number)]
        if len(chosen) != 1:
            code = "ticket.which" if chosen else "ticket.none" if args.number is None else "ticket.not_yours"
            return Outcome(status=Status.REFUSED, code=code, facts={
                "number": args.number, "tickets": [{"ticket": each.number, "title": each.title} for each in chosen[:5]]})
        if not await tx.tickets.has_comment(ctx.key):
            await tx.tickets.comment(chosen[0].number, "user", args.text, ctx.now, account=ctx.conversation.account, key=ctx.key)
    return Outcome(status=Status.DONE, code="ticket.added", facts={"ticket": chosen[0].number})
