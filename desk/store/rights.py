"""What is held on a person, in SQL: counted, read out, erased, and looked for in what others wrote."""

import json
import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import JSON, Column, String, Text, cast, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.drafts import CANDIDATE, titled
from desk.people import Account
from desk.store.holdings import HOLDINGS, Erasure, Holding, Whose, conversations_of, tickets_of
from desk.store.tables import conversations, documents, gaps, metadata, tickets, turns
from desk.tickets import OPEN_STATUSES, Status

GONE = "—"                     # stands where something was erased; the same in every language


class Rights:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def count(self, whose: Whose) -> dict[str, int]:
        """How many rows of each table are the person's, and how many more the person worked on."""
        found = {}
        for holding in _about_people():
            wanted = select(func.count()).select_from(holding.table).where(_all_of(holding, whose))
            found[holding.table.name] = int((await self._sql.execute(wanted)).scalar_one())
        return {name: n for name, n in found.items() if n}

    async def read(self, whose: Whose) -> dict[str, list[dict[str, Any]]]:
        """Every row, without what would let a reader pass for the person."""
        found = {}
        for holding in _about_people():
            shown = [each for each in holding.table.columns if each.name not in holding.secret]
            wanted = select(*shown).where(_all_of(holding, whose)).order_by(*holding.table.primary_key.columns)
            found[holding.table.name] = [dict(row) for row in (await self._sql.execute(wanted)).mappings()]
        return {name: rows for name, rows in found.items() if rows}

    async def turns(self, whose: Whose) -> list[str]:
        """The ids of the person's turns: what a turn was thinking is kept under its id."""
        wanted = select(turns.c.id).where(turns.c.conversation.in_(conversations_of(whose)))
        return [row.id for row in await self._sql.execute(wanted)]

    async def files(self, whose: Whose) -> list[str]:
        """The hashes of the person's files, whose bytes are kept outside the database."""
        found: set[str] = set()
        for holding in _about_people():
            if "sha256" in holding.table.columns and holding.theirs is not None:
                found |= set((await self._sql.execute(select(holding.table.c.sha256).where(holding.theirs(whose)))).scalars())
        return sorted(found)

    async def files_left(self, files: list[str]) -> set[str]:
        """Those that some row still names."""
        left: set[str] = set()
        for table in metadata.sorted_tables:
            for file in files if "sha256" in table.columns else ():
                if (await self._sql.execute(select(table.c.sha256).where(table.c.sha256 == file).limit(1))).first():
                    left.add(file)
        return left

    async def erase(self, whose: Whose) -> dict[str, int]:
        """Delete the person's rows and blank those that others need; how many of each table."""
        done: dict[str, int] = {}
        await self._sql.execute(select(conversations.c.id).where(conversations.c.id.in_(conversations_of(whose))).with_for_update())
        await self._unquote(whose)
        left = list((await self._sql.execute(tickets_of(whose))).scalars())      # later nothing says any more whose they were
        for holding in HOLDINGS:
            if holding.theirs is None or holding.erasure is Erasure.KEEP:
                continue
            if holding.erasure is Erasure.BLANK:
                blank = {name: _blank(holding.table.c[name]) for name in holding.personal}
                result = await self._sql.execute(update(holding.table).where(holding.theirs(whose)).values(**blank))
            else:
                result = await self._sql.execute(delete(holding.table).where(holding.theirs(whose)))
            done[holding.table.name] = result.rowcount
        for number in left:
            await self._sql.execute(update(tickets).where(tickets.c.number == number).values(conversation=None))
            await self._sql.execute(update(tickets).where(tickets.c.number == number, tickets.c.status.in_(OPEN_STATUSES)).values(
                status=Status.CANCELLED))      # nobody can work on it
        return {name: n for name, n in done.items() if n}

    async def _unquote(self, whose: Whose) -> None:
        """An article that waits for review may still hold the question as the person asked it; a published one is the house's own words."""
        asked = await self._sql.execute(select(gaps.c.text, gaps.c.draft).where(
            gaps.c.conversation.in_(conversations_of(whose)), gaps.c.draft.is_not(None)))
        for text, draft in asked.all():
            waits = (documents.c.topic == draft, documents.c.tier == CANDIDATE)
            await self._sql.execute(update(documents).where(*waits).values(
                title=func.replace(documents.c.title, titled(text), GONE), text=func.replace(documents.c.text, text, GONE)))

    async def mentions(self, account: Account, *, remove: bool) -> dict[str, int]:
        """Rows in which the person is named by somebody else; with `remove`, the name is taken out of them."""
        found: dict[str, int] = {}
        for holding in HOLDINGS:
            if holding.table.name == "accounts":
                continue
            named = await self._naming(holding, account)
            if named:
                found[holding.table.name] = len(named)
            for key, values in named if remove else ():
                same = [column == value for column, value in zip(holding.table.primary_key.columns, key, strict=True)]
                await self._sql.execute(update(holding.table).where(*same).values(**values))
        return found

    async def articles_naming(self, account: Account) -> list[str]:
        """Published articles that name the person: they are the house's words, for their owner to change."""
        wanted = select(documents.c.path).where(or_(*(_holds(documents.c[name], term) for name in ("text", "title", "owner")
                                                      for term in terms(account))))
        return [row.path for row in await self._sql.execute(wanted.order_by(documents.c.path))]

    async def _naming(self, holding: Holding, account: Account) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
        """The keys of rows that name the person, with their columns as they read without the name."""
        columns = [holding.table.c[name] for name in holding.personal if isinstance(holding.table.c[name].type, JSON | String)]
        names = terms(account)
        if not columns or not names:
            return []
        keys = list(holding.table.primary_key.columns)
        wanted = select(*keys, *columns).where(or_(*(_holds(column, term) for column in columns for term in names)))
        pattern, named = _pattern(names), []
        for row in await self._sql.execute(wanted):
            before = dict(zip([each.name for each in columns], row[len(keys):], strict=True))
            after = {name: without(value, pattern) for name, value in before.items()}
            if after != before:
                named.append((tuple(row[: len(keys)]), {name: value for name, value in after.items() if value != before[name]}))
        return named


def terms(account: Account) -> list[str]:
    """What names this person and nobody else: the address, the whole name, a sign-in name that is no word of a language."""
    whole = [account.display] if " " in account.display.strip() else []
    name = [account.name] if re.search(r"[\d._@-]", account.name) and len(account.name) > 3 else []
    return sorted({term.strip() for term in (account.email, *whole, *name) if term.strip()}, key=len, reverse=True)


def without_names(text: str, account: Account) -> str:
    """The text with a dash wherever it names the person."""
    return _pattern(names).sub(GONE, text) if (names := terms(account)) else text


def without(value: Any, pattern: "re.Pattern[str]") -> Any:
    """The same text or JSON, with a dash where the person was named."""
    if isinstance(value, str):
        return pattern.sub(GONE, value)
    if isinstance(value, list):
        return [without(each, pattern) for each in value]
    if isinstance(value, dict):
        return {key: without(each, pattern) for key, each in value.items()}
    return value


def _about_people() -> Iterator[Holding]:
    return (holding for holding in HOLDINGS if holding.theirs is not None)


def _all_of(holding: Holding, whose: Whose) -> Any:
    assert holding.theirs is not None
    return or_(holding.theirs(whose), holding.wrote(whose)) if holding.wrote else holding.theirs(whose)


def _blank(column: Column[Any]) -> Any:
    return {} if isinstance(column.type, JSON) else GONE


def _pattern(names: list[str]) -> "re.Pattern[str]":
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(name) for name in names) + r")(?!\w)", re.IGNORECASE)


def _holds(column: Column[Any], term: str) -> Any:
    """Whether the column holds the term somewhere; JSON is kept with its letters escaped, or not."""
    text = func.lower(cast(column, Text))
    forms = {term.lower(), json.dumps(term)[1:-1].lower()}
    return or_(*(text.contains(form, autoescape=True) for form in forms))
