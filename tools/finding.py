"""Which of the caller's own tickets is meant: by its number, by words and days, or by being the only one."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from desk.moments import span_in, without_days
from desk.store import Tx
from desk.tickets import Ticket
from tools.entries import stems
from tools.tool import Context, Outcome, Status

MOST = 100                     # tickets looked through, the newest
OFFERED = 5
IN_TITLE = 2                   # a word of the title tells more than one of the description
NUMBER = re.compile(r"(?<![\w.:-])(\d{4,7})(?![\w:-]|\.\d)")
# English words that say nothing about which ticket; the other languages' small words are known to the library.
SMALL = frozenset((
    "a", "about", "add", "again", "an", "and", "any", "anything", "are", "as", "ask", "at", "be", "been", "but", "by", "can", "cancel",
    "case", "check", "close", "could", "did", "do", "does", "for", "from", "get", "give", "got", "has", "have", "hello", "help", "hi",
    "how", "i", "in", "incident", "is", "issue", "it", "its", "just", "know", "let", "look", "me", "more", "my", "need", "news", "no",
    "not", "now", "of", "off", "on", "one", "open", "or", "our", "over", "please", "problem", "progress", "raise", "report", "request",
    "say", "see", "show", "so", "some", "something", "status", "still", "tell", "than", "thank", "thanks", "that", "the", "their",
    "them", "there", "they", "this", "ticket", "tickets", "to", "too", "up", "update", "urgent", "us", "want", "was", "we", "were",
    "what", "when", "where", "which", "who", "why", "will", "with", "would", "yet", "you", "your",
))


class Search:
    """What a text says about a ticket: its telling words, and the days in which it was opened."""

    def __init__(self, text: str, today: date, zone: ZoneInfo) -> None:
        self.span = span_in(text, today)
        self.words = frozenset(stems(without_days(text))) - SMALL
        self._zone = zone

    def score(self, ticket: Ticket) -> int:
        """0 for one that is not meant; every word of it counts, the day as much as a word."""
        if self.span and not self.span[0] <= ticket.created_at.astimezone(self._zone).date() <= self.span[1]:
            return 0
        title, text = set(stems(ticket.title)), set(stems(ticket.description))
        return (IN_TITLE if self.span else 0) + sum(IN_TITLE if word in title else 1 for word in self.words if word in title | text)


def search(tickets: Sequence[Ticket], text: str, now: datetime, timezone: str) -> list[Ticket]:
    """Those that the text finds, the best first; all of them for a text without a telling word."""
    found = _scored(tickets, text, now, timezone)
    return list(tickets) if found is None else [ticket for _, ticket in found]


def meant(tickets: Sequence[Ticket], text: str, now: datetime, timezone: str) -> list[Ticket]:
    """Those that the text may mean: what it fits half as well as the best is not among them."""
    found = _scored(tickets, text, now, timezone) or []
    return [ticket for score, ticket in found if score > found[0][0] / 2]


def _scored(tickets: Sequence[Ticket], text: str, now: datetime, timezone: str) -> list[tuple[int, Ticket]] | None:
    """None: the text has no telling word and names no day."""
    zone = ZoneInfo(timezone)
    if number := NUMBER.fullmatch(text.strip().lstrip("#")):
        return [(1, each) for each in tickets if each.number == int(number[1])]
    wanted = Search(text, now.astimezone(zone).date(), zone)
    if not wanted.words and not wanted.span:
        return None
    least = IN_TITLE + 1 if wanted.span and wanted.words else 1     # the day alone is not enough where words are given too
    by_score = sorted(((wanted.score(each), each.number, each) for each in tickets), key=lambda each: each[:2], reverse=True)
    return [(score, each) for score, _, each in by_score if score >= least]


async def find(tx: Tx, ctx: Context, number: int | None, about: str, fits: Callable[[Ticket], bool]) -> Ticket | Outcome:
    """The one ticket that is meant, or what to say instead: there is none, it isn't theirs, or which of these."""
    assert ctx.conversation.account is not None
    mine = await tx.tickets.owned_by(ctx.conversation.account, limit=MOST)
    if number is not None:
        own = next((each for each in mine if each.number == number), None)
        return own or Outcome(status=Status.REFUSED, code="ticket.not_yours", facts={"number": number})
    fitting = [each for each in mine if fits(each)]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        return Outcome(status=Status.REFUSED, code="ticket.none")
    person = await tx.people.by_id(ctx.conversation.account)
    best = meant(fitting, about or ctx.message, ctx.now, person.timezone if person else "UTC")
    return best[0] if len(best) == 1 else which(best or fitting, ctx)


async def settled(args: Any, ctx: Context, fits: Callable[[Ticket], bool], words: str = "") -> Any:
    """The arguments with the one number that is meant, for a card to show; or what to say instead."""
    async with ctx.desk.store.read() as tx:
        found = await find(tx, ctx, args.number, words or getattr(args, "about", ""), fits)
    if isinstance(found, Outcome):
        return found
    if not fits(found):
        return over(found)
    return args.model_copy(update={"number": found.number} | ({"about": ""} if hasattr(args, "about") else {}))


def over(ticket: Ticket) -> Outcome:
    """The ticket is theirs, and not in a state for that."""
    code = "ticket.open_already" if ticket.is_open else "ticket.over"
    return Outcome(status=Status.REFUSED, code=code, facts={"ticket": ticket.number, "title": ticket.title})


def which(tickets: Sequence[Ticket], ctx: Context) -> Outcome:
    """Ask for one of them, each as a choice."""
    rows = [{"ticket": each.number, "title": each.title} for each in tickets[:OFFERED]]
    return Outcome(status=Status.REFUSED, code="ticket.which", facts={"tickets": rows}, needs=choice(rows, ctx))


def choice(rows: Sequence[dict[str, Any]], ctx: Context) -> dict[str, Any]:
    return {"kind": "choice", "url": "/tickets", "flow": ctx.turn, "choices": [label(row) for row in rows]}


def label(row: dict[str, Any]) -> str:
    """A ticket as a button: number and title."""
    title = str(row["title"])
    return f"{row['ticket']} {title if len(title) <= 60 else title[:59] + '…'}"
