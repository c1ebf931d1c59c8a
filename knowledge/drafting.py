"""From a gap to an article on the shelf: a draft that nobody finds, edited, then published or refused. Each step is audited."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from desk.codes import new_code
from desk.drafts import (
    CANDIDATE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    OWNER,
    REVIEWED,
    SOURCE,
    Audience,
    Draft,
    Version,
    titled,
)
from desk.errors import BadInput, IllegalMove, NotFound
from desk.gaps import GapState
from desk.people import LANGS, Lang
from desk.store import Tx
from knowledge.articles import Section, read_sections
from knowledge.errors import BadArticle
from knowledge.gaplist import Group, ids


async def set_aside(tx: Tx, group: Group, by: str, now: datetime) -> None:
    """Not worth an article, now or when it is asked again."""
    if group.state is not GapState.OPEN:
        raise IllegalMove()
    await tx.gaps.set(ids(group.gaps), GapState.ASIDE)
    await tx.audit.add(by, "gap.set_aside", now=now, questions=len(group.gaps))


async def bring_back(tx: Tx, group: Group, by: str, now: datetime) -> None:
    if group.state is not GapState.ASIDE:
        raise IllegalMove()
    await tx.gaps.set(ids(group.gaps), GapState.OPEN)
    await tx.audit.add(by, "gap.brought_back", now=now, questions=len(group.gaps))


async def begin(tx: Tx, group: Group, by: str, now: datetime) -> str:
    """A draft's id. Its questions stay where they are until somebody writes: whatever makes them go takes them from the draft, too."""
    if group.state is not GapState.OPEN:
        raise IllegalMove()
    draft = f"desk-{new_code()}"
    while await tx.shelf.of_topic(SOURCE, draft):
        draft = f"desk-{new_code()}"
    for lang in LANGS:
        await tx.shelf.put(_document(draft, lang, Audience.EVERYONE, Version("", ""), CANDIDATE, now), [])
    await tx.gaps.set(ids(group.gaps), GapState.DRAFTED, draft)
    await tx.audit.add(by, "draft.begun", now=now, draft=draft, questions=len(group.gaps))
    return draft


async def drafts(tx: Tx, now: datetime) -> list[Draft]:
    """All that wait for review, the longest untouched first."""
    topics = {one["topic"] for one in await tx.shelf.documents() if one["source"] == SOURCE and one["tier"] == CANDIDATE}
    found = [await draft_of(tx, topic, now) for topic in topics]
    return sorted(found, key=lambda one: (one.edited, one.id))


async def draft_of(tx: Tx, draft: str, now: datetime) -> Draft:
    """Raises NotFound for one that is none, or none any more. A title that nobody wrote is the question as it was asked."""
    documents = {one["lang"]: one for one in await tx.shelf.of_topic(SOURCE, draft) if one["tier"] == CANDIDATE}
    if not documents:
        raise NotFound()
    asked = tuple((gap.lang, gap.text) for gap in await tx.gaps.of_draft(draft, now))
    versions = {lang: Version(one["title"] or titled(_newest(asked, lang)), one["text"]) for lang, one in documents.items()}
    return Draft(id=draft, audience=Audience(next(iter(documents.values()))["audience"]), versions=versions,
                 edited=max(one["reviewed"] for one in documents.values()), questions=asked)


async def save(tx: Tx, draft: str, versions: Mapping[Lang, Version], audience: Audience, by: str, now: datetime) -> Draft:
    """What the versions are now; a language without one is left for later. Raises BadInput with the language as `field`."""
    await draft_of(tx, draft, now)
    for lang in LANGS:
        version = versions.get(lang, Version("", ""))
        if len(version.title) > LONGEST_TITLE or len(version.text) > LONGEST_TEXT:
            raise BadInput(f"A title has at most {LONGEST_TITLE} characters, a text {LONGEST_TEXT}. Shorten it.", field=lang)
        await tx.shelf.put(_document(draft, lang, audience, version, CANDIDATE, now), [])
    await tx.audit.add(by, "draft.saved", now=now, draft=draft)
    return await draft_of(tx, draft, now)


async def publish(tx: Tx, draft: str, by: str, now: datetime) -> list[str]:
    """Puts what is written on the shelf, where searches find it; the ids of its documents. Languages without a version are left out.

    Raises BadInput, and then nothing has changed: without `field` when nothing is written, else with the language that is not well formed.
    """
    found = await draft_of(tx, draft, now)
    written = {lang: version for lang, version in found.versions.items() if version.written}
    if not written:
        raise BadInput("Nothing is written yet. Write a title and a text in one language at least, then publish.")
    sections = {lang: _sections(lang, version) for lang, version in written.items()}
    for lang in LANGS:
        if lang in written:
            document = _document(draft, lang, found.audience, written[lang], REVIEWED, now)
            await tx.shelf.put(document, [_passage(document["id"], section) for section in sections[lang]])
        else:
            await tx.shelf.remove(f"{draft}.{lang}")
    await tx.gaps.set(ids(await tx.gaps.of_draft(draft, now)), GapState.ANSWERED, draft)
    await tx.audit.add(by, "draft.published", now=now, draft=draft, languages=sorted(written), audience=str(found.audience))
    return [f"{draft}.{lang}" for lang in LANGS if lang in written]


async def refuse(tx: Tx, draft: str, by: str, now: datetime) -> None:
    """Throws it away; its questions are open again."""
    await draft_of(tx, draft, now)
    for lang in LANGS:
        await tx.shelf.remove(f"{draft}.{lang}")
    await tx.gaps.set(ids(await tx.gaps.of_draft(draft, now)), GapState.OPEN)
    await tx.audit.add(by, "draft.refused", now=now, draft=draft)


async def withdraw(tx: Tx, document: str, by: str, now: datetime) -> str:
    """Takes an article that was written here off the shelf, in every language: a draft again, to be changed or read once more. Its id."""
    found = await tx.shelf.document(document)
    if found is None or found["source"] != SOURCE:
        raise NotFound()
    if found["tier"] != REVIEWED:
        raise IllegalMove()
    draft, audience = found["topic"], Audience(found["audience"])
    texts = {one["lang"]: Version(one["title"], one["text"]) for one in await tx.shelf.of_topic(SOURCE, draft)}
    for lang in LANGS:
        await tx.shelf.put(_document(draft, lang, audience, texts.get(lang, Version("", "")), CANDIDATE, now), [])
    await tx.gaps.set(ids(await tx.gaps.of_draft(draft, now)), GapState.DRAFTED, draft)
    await tx.audit.add(by, "article.withdrawn", now=now, draft=draft)
    return str(draft)


def _newest(asked: tuple[tuple[Lang, str], ...], lang: Lang) -> str:
    return next((text for its_lang, text in reversed(asked) if its_lang == lang), "")


def _sections(lang: Lang, version: Version) -> tuple[Section, ...]:
    try:
        return read_sections(lang, version.title, version.text)
    except BadArticle as error:
        raise BadInput(str(error), field=lang) from error


def _document(draft: str, lang: Lang, audience: Audience, version: Version, tier: str, now: datetime) -> dict[str, Any]:
    return {"id": f"{draft}.{lang}", "source": SOURCE, "path": f"{draft}/{lang}.md", "topic": draft, "lang": lang,
            "title": version.title.strip(), "audience": str(audience), "owner": OWNER, "reviewed": now.date().isoformat(), "tier": tier,
            "text": version.text.strip(), "hash": hashlib.sha256(f"{version.title}\n{version.text}".encode()).hexdigest()}


def _passage(document: str, section: Section) -> dict[str, Any]:
    return {"id": f"{document}.{section.ordinal}", "document": document, "ordinal": section.ordinal, "heading": section.heading,
            "text": section.text, "hash": section.hash, "embedder": None, "vector": None}
