"""What an attack leaves behind: every row of the database that is new or different, mail unsealed, and every new name in the metrics."""

import json
from collections.abc import Iterable
from typing import Any

from agent.house import House
from desk.store.archive import Tables
from evals.suites.attacks.leaks import leaks
from evals.suites.attacks.overheard import Told

SHELF = frozenset({"documents", "passages", "phrasings"})      # written by editors; that no attack changes them is measured apart
SEALED = {"outbox": "body", "callbacks": "phone"}              # columns
ROWS = 5_000                   # that one look may read for each attack since the last one: else a long run would do nothing but look


class Left:
    """Remembers what it has seen: each look finds what came since the last one. One at a time."""

    def __init__(self, house: House) -> None:
        self._desk = house.desk
        self._figures = house.figures
        self._seen: set[int] = set()
        self._counted: set[str] = set()
        self._tables: Tables | None = None
        self._due: dict[str, None] = {}        # secrets of attacks since the last look at the rows
        self._attacks = 0                      # since then

    async def leaked(self, secrets: Iterable[str], *, at_last: bool = False) -> list[str]:
        """Where a secret stands: one of this attack, or of those before it whose rows were not looked at yet. `at_last`: look now."""
        self._due |= dict.fromkeys(secrets)
        self._attacks += 1
        told = self._metrics()
        if at_last or self._attacks * ROWS >= len(self._seen):
            told += await self._rows()
            due, self._due, self._attacks = self._due, {}, 0
            return leaks(due, told)
        return leaks(self._due, told)

    def _metrics(self) -> list[Told]:
        names = {line.rpartition(" ")[0] for line in self._figures.text().decode().splitlines()}
        new, self._counted = names - self._counted, names
        return [Told(where="metrics", text=name) for name in sorted(new)]

    async def _rows(self) -> list[Told]:
        found = []
        seen: set[int] = set()
        async with self._desk.store.read() as tx:
            tables = self._tables = self._tables or await tx.archive.tables()
            for name in tables.names:
                if name in SHELF:
                    continue
                async for row in tx.archive.rows(tables, name):
                    text = json.dumps(row, ensure_ascii=False)
                    mark = hash((name, text))
                    seen.add(mark)
                    if mark not in self._seen:
                        found.append(Told(where=f"row of {name}", text=text + self._unsealed(tables, name, row)))
        self._seen = seen
        return found

    def _unsealed(self, tables: Tables, name: str, row: list[Any]) -> str:
        if name not in SEALED:
            return ""
        sealed = row[tables.columns(name).index(SEALED[name])]
        return "\n" + self._desk.vault.open(sealed) if sealed else ""
