"""Whether a fault is already on a ticket: the same person tells the same thing again, in other words."""

import re
from collections.abc import Sequence
from datetime import timedelta

from desk.store import Tx
from desk.tickets import Kind, Ticket
from tools.tool import Context

RECENT = timedelta(days=3)             # what was told longer ago is asked about, or is a new fault
LOOKED_AT = 5                          # open tickets, the newest
# Cosine from which two texts tell the same fault: between the pairs of one fault and those of two that were written for it in three
# languages. Where both name the same number (a room, a floor, a device) less is enough, and where they name different ones none is.
SAME, SAME_WITH_NUMBER = 0.92, 0.88
NUMBER = re.compile(r"\d+")


async def told_before(tx: Tx, ctx: Context, title: str, description: str) -> Ticket | None:
    """The caller's open ticket that tells of it; None if there is none."""
    if ctx.conversation.account is None:
        return None
    recent = [each for each in await tx.tickets.owned_by(ctx.conversation.account, open_only=True)
              if ctx.now - each.created_at <= RECENT and each.kind is not Kind.SECURITY]
    return await _the_same(recent[:LOOKED_AT], ctx, _whole(title, description))


async def _the_same(tickets: Sequence[Ticket], ctx: Context, text: str) -> Ticket | None:
    if not tickets:
        return None
    told = ctx.vector if ctx.vector is not None and text == ctx.message else await ctx.library.embedding(text)
    numbers = _numbers(text)
    for ticket in tickets:
        known = _numbers(f"{ticket.title} {ticket.description}")
        if numbers and known and numbers != known:
            continue
        least = SAME_WITH_NUMBER if numbers and numbers == known else SAME
        for line in dict.fromkeys((ticket.title, _whole(ticket.title, ticket.description))):
            if float(told @ await ctx.library.embedding(line)) >= least:
                return ticket
    return None


def _whole(title: str, description: str) -> str:
    """What a ticket tells: a title that is no more than its description's first words adds nothing."""
    return description if description.startswith(title.rstrip(" .…")) else f"{title}. {description}"


def _numbers(text: str) -> frozenset[int]:
    """In any digits."""
    return frozenset(int(number) for number in NUMBER.findall(text))
