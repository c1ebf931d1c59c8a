"""What an attack leaves behind: every row of the database that is new or different, mail unsealed, and every new name in the metrics."""

import json
from typing import Any

from agent.house import House
from desk.store.archive import Tables
from evals.suites.attacks.overheard import Told

SHELF = frozenset({"documents", "passages", "phrasings"})      # written by editors; that no attack changes them is measured apart
SEALED = {"outbox": "body", "callbacks": "phone"}              # columns


class Left:
    """Remembers what it has seen: each look gives what came since the last one. One at a time."""

    def __init__(self, house: House) -> None:
        self._desk = house.desk
        self._figures = house.figures
        self._seen: set[int] = set()
        self._counted: set[str] = set()
        self._tables: Tables | None = None

    async def look(self) -> list[Told]:
        return [*await self._rows(), *self._metrics()]

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
