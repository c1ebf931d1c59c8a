"""Documents and their passages in SQL: the truth of which the index is a cache."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.codes import new_id
from desk.store.locks import turnstile
from desk.store.tables import documents, marks, passages, phrasings

GENERATION = "knowledge.generation"
LANG = func.coalesce(passages.c.lang, documents.c.lang).label("lang")      # a passage's, where it says so


class Shelf:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def generation(self) -> str:
        """Another one after every change: whoever keeps a cache compares it. Empty while nothing was ever put here."""
        await self._alone()
        wanted = select(marks.c.value).where(marks.c.name == GENERATION)
        return (await self._sql.execute(wanted)).scalar_one_or_none() or ""

    async def hashes(self, source: str) -> dict[str, tuple[str, str]]:
        """Of each path of a source: its document's id and the hash of its text."""
        await self._alone()
        rows = await self._sql.execute(select(documents.c.path, documents.c.id, documents.c.hash).where(documents.c.source == source))
        return {row.path: (row.id, row.hash) for row in rows}

    async def put(self, document: dict[str, Any], its_passages: list[dict[str, Any]],
                  its_phrasings: Sequence[dict[str, Any]] = ()) -> None:
        """Put a document, its passages and the phrasings that ask for them in place of what has the same source and path.

        A passage without a vector takes over that of an old passage with the same hash.
        """
        await self._alone()
        same = (documents.c.source == document["source"], documents.c.path == document["path"])
        old = await self._sql.execute(
            select(passages.c.hash, passages.c.embedder, passages.c.vector).join(documents).where(*same, passages.c.vector.is_not(None)))
        known = {row.hash: {"embedder": row.embedder, "vector": row.vector} for row in old}
        nothing = {"embedder": None, "vector": None}
        await self._sql.execute(delete(documents).where(*same))
        await self._sql.execute(insert(documents).values(document))
        if its_passages:
            await self._sql.execute(insert(passages), [
                one if one.get("vector") is not None else {**one, **known.get(one["hash"], nothing)} for one in its_passages])
        if its_phrasings:
            await self._sql.execute(insert(phrasings), [{"id": new_id(), **one} for one in its_phrasings])
        await self._changed()

    async def remove(self, document: str) -> None:
        await self._alone()
        await self._sql.execute(delete(documents).where(documents.c.id == document))
        await self._changed()

    async def remove_source(self, source: str) -> int:
        """Everything that came from it; how many documents that were."""
        await self._alone()
        gone = (await self._sql.execute(delete(documents).where(documents.c.source == source))).rowcount
        if gone:
            await self._changed()
        return gone

    async def held(self) -> dict[str, int]:
        """How many documents each source has on the shelf."""
        rows = await self._sql.execute(select(documents.c.source, func.count()).group_by(documents.c.source))
        return dict(rows.tuples().all())

    async def document(self, document: str) -> dict[str, Any] | None:
        row = (await self._sql.execute(select(documents).where(documents.c.id == document))).mappings().first()
        return dict(row) if row else None

    async def documents(self) -> list[dict[str, Any]]:
        return [dict(row) for row in (await self._sql.execute(select(documents).order_by(documents.c.topic, documents.c.lang))).mappings()]

    async def of_topic(self, source: str, topic: str) -> list[dict[str, Any]]:
        wanted = select(documents).where(documents.c.source == source, documents.c.topic == topic).order_by(documents.c.lang)
        return [dict(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def sections(self, document: str) -> list[dict[str, Any]]:
        """Ordinal, heading, text and language of a document's passages, as its page shows them."""
        wanted = select(passages.c.ordinal, passages.c.heading, passages.c.text, LANG).join(documents).where(
            passages.c.document == document).order_by(passages.c.ordinal)
        return [dict(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def passages(self) -> list[dict[str, Any]]:
        """Every passage with its language and its document's source, topic, title, audience, tier and reviewed date, in a steady order."""
        own = [column for column in passages.c if column.name != "lang"]
        wanted = select(*own, LANG, documents.c.source, documents.c.topic, documents.c.title, documents.c.audience,
                        documents.c.tier, documents.c.reviewed).join(documents).order_by(
                            documents.c.source, documents.c.path, passages.c.ordinal)
        return [dict(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def phrasings(self) -> list[dict[str, Any]]:
        """Every phrasing with its document's source, topic, lang, audience and tier, in a steady order."""
        wanted = select(phrasings, documents.c.source, documents.c.topic, documents.c.lang, documents.c.audience,
                        documents.c.tier).join(documents).order_by(
                            documents.c.source, documents.c.path, phrasings.c.ordinal, phrasings.c.id)
        found = await self._sql.execute(wanted)
        names = tuple(found.keys())        # taken once: there are thousands of rows, and a start waits for them
        return [dict(zip(names, row, strict=True)) for row in found]

    async def phrasings_without_vector(self, embedder: str, limit: int) -> list[dict[str, Any]]:
        wanted = select(phrasings.c.id, phrasings.c.text).where(
            or_(phrasings.c.vector.is_(None), phrasings.c.embedder.is_(None), phrasings.c.embedder != embedder)).limit(limit)
        return [dict(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def set_phrasing_vector(self, phrasing: str, embedder: str, vector: bytes) -> None:
        await self._alone()
        await self._sql.execute(update(phrasings).where(phrasings.c.id == phrasing).values(embedder=embedder, vector=vector))
        await self._changed()

    async def without_vector(self, embedder: str, limit: int) -> list[dict[str, Any]]:
        """Id, title, heading, text and hash of passages that still lack a vector of this embedder."""
        wanted = select(passages.c.id, documents.c.title, passages.c.heading, passages.c.text, passages.c.hash).join(documents).where(
            or_(passages.c.vector.is_(None), passages.c.embedder.is_(None), passages.c.embedder != embedder)).order_by(
                documents.c.source, documents.c.path, passages.c.ordinal).limit(limit)
        return [dict(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def set_vector(self, passage: str, its_hash: str, embedder: str, vector: bytes) -> bool:
        """Give a passage its vector, provided that its text is still the one that was embedded."""
        await self._alone()
        done = await self._sql.execute(update(passages).where(passages.c.id == passage, passages.c.hash == its_hash).values(
            embedder=embedder, vector=vector))
        if done.rowcount != 1:
            return False
        await self._changed()
        return True

    async def _alone(self) -> None:
        """The shelf has one writer at a time: its generation follows every change."""
        await turnstile(self._sql, "shelf")

    async def _changed(self) -> None:
        fresh = new_id()
        done = await self._sql.execute(update(marks).where(marks.c.name == GENERATION).values(value=fresh))
        if done.rowcount == 0:
            await self._sql.execute(insert(marks).values(name=GENERATION, value=fresh))
