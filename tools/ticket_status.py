"""Say how the caller's own tickets stand."""

from collections.abc import Sequence

from pydantic import Field

from desk.dates import moment_text
from desk.people import Role
from desk.tickets import Ticket
from tools.finding import MOST, choice, meant
from tools.tool import Args, Context, Outcome, Risk, Status, tool

SHOWN = 5


class TicketStatus(Args):
    number: int | None = Field(None, ge=1, le=2**31 - 1, description="The ticket's number; empty for all open tickets of the user")
    about: str = Field("", max_length=2000, description="The words by which the user means a ticket, if no number is known")


@tool(
    risk=Risk.READ,
    who=Role.USER,
    intent="ticket_status",
    examples={
        "en": ["what's the status of ticket 1002?", "any news about my request?", "when will my new laptop come"],
        "ar": ["ما حالة التذكرة 1002؟", "في جديد بخصوص طلبي؟", "متى يوصل اللابتوب الجديد"],
        "fa": ["وضعیت تیکت 1002 چیه؟", "خبری از درخواستم هست؟", "لپ‌تاپ جدیدم کی می‌رسه"],
    },
)
async def ticket_status(args: TicketStatus, ctx: Context) -> Outcome:
    """Tell the state of one of the user's own tickets, or of all that are open when no number is known.

    Use it whenever the user asks after something already reported. It never shows another person's ticket.
    """
    assert ctx.conversation.account is not None
    async with ctx.desk.store.read() as tx:
        owner = await tx.people.by_id(ctx.conversation.account)
        mine = await tx.tickets.owned_by(ctx.conversation.account, limit=MOST)
    timezone = owner.timezone if owner else "UTC"
    found = [each for each in mine if each.number == args.number] if args.number else _meant(mine, args.about or ctx.message, ctx, timezone)
    rows = [_row(ticket, ctx, timezone) for ticket in found]
    code = "ticket.status" if rows else "ticket.none" if args.number is None else "ticket.not_yours"
    return Outcome(status=Status.DONE, code=code, facts={"tickets": rows, "number": args.number},
                   needs=choice(rows, ctx) if len(rows) > 1 else None)


def _meant(mine: Sequence[Ticket], about: str, ctx: Context, timezone: str) -> list[Ticket]:
    """What the words name, open or over; without such words all that are open."""
    return (meant(mine, about, ctx.now, timezone) or [each for each in mine if each.is_open])[:SHOWN]


def _row(ticket: Ticket, ctx: Context, timezone: str) -> dict[str, object]:
    return {"ticket": ticket.number, "title": ticket.title, "status": str(ticket.status),
            "due": moment_text(ticket.due_at, ctx.lang, timezone, ctx.now)}
