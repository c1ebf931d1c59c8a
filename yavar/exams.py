"""What `yavar eval` needs the settings or the composition root for: the figures of this house's rollout, and the bench."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from evals.place import KEPT, Place

if TYPE_CHECKING:
    from agent.house import House
    from evals.bench.report import Bench
    from evals.suites.attacks.overheard import Overheard

MODEL = ("model", "model_url", "model_key", "model_tokens", "model_steps", "model_within", "model_step_within")
GATE_FAILED, USAGE, INFRASTRUCTURE = 1, 2, 3
Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="write the figures there")]
Timings = Annotated[int, typer.Option("--n", min=5, max=10_000, help="timings of each kind")]
Seed = Annotated[int, typer.Option(help="of what is drawn, and of the intervals")]


def place() -> Place:
    """What `yavar eval run` needs of this machine: where its records are kept, and houses for the suites that hold whole conversations."""
    from yavar.settings import SettingsError, load

    try:
        settings = load()
    except SettingsError as error:
        _fail(USAGE, str(error))
    _quiet()
    return Place(make_house=exam_house, runs=settings.home / "evals", kept=settings.home / KEPT,
                 facts={"commit": _commit(), "machine": _machine()})


def _commit() -> str:
    """Of the code that runs, where it runs from a clone; "+" where something in it is not committed."""
    import shutil
    import subprocess

    git = shutil.which("git")
    if git is None:
        return "unknown"
    found = subprocess.run([git, "-C", str(Path(__file__).parent), "describe", "--always", "--abbrev=12", "--dirty=+", "--exclude=*"],  # noqa: S603
                           capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


def _machine() -> str:
    import os
    import platform

    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def exam_house(home: Path, *, planned_by: str = "builtin", overheard: "Overheard | None" = None, **parts: Any) -> "House":
    """A house of an exam: a real one on SQLite in that folder, with quick password hashes; a model as the settings say, where one plans.

    `overheard` hears its log and its spans until it closes.
    """
    from argon2 import PasswordHasher

    from desk.passwords import Passwords
    from yavar.compose import build
    from yavar.settings import Settings, load

    model = {name: getattr(load(), name) for name in MODEL} if planned_by == "openai" else {}
    settings = Settings(home=home, secret=_exam_secret(), database_url="", planner=planned_by, **model)  # type: ignore[arg-type]
    quick = Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    if overheard is None:
        return build(settings, **{"beat": None, "passwords": quick} | parts)
    from yavar import logs
    from yavar.otlp import Collected

    house = build(settings, **{"beat": None, "passwords": quick, "tracing": Collected.into(overheard.trace)} | parts)
    return _until_closed(house, logs.overheard(overheard.log))


def _until_closed(house: "House", meanwhile: AbstractContextManager[None]) -> "House":
    stack, close = ExitStack(), house.on_close
    stack.enter_context(meanwhile)

    async def closed(house: "House") -> None:
        with stack:
            await close(house)

    house.on_close = closed
    return house


@cache
def _exam_secret() -> str:
    """One for all houses of a run: each is a copy of the first."""
    import secrets

    return secrets.token_hex(16)


def rollout(days: Annotated[int, typer.Option(min=1, max=3650, help="how far to look back")] = 90, json_file: Json = None) -> None:
    """Say how often people agreed with what tools in shadow or suggest would have done."""
    from datetime import timedelta

    from desk.store import Store
    from evals.bench.report import versions
    from evals.rollout import as_json, as_text, figures
    from yavar.clock import utcnow
    from yavar.settings import SettingsError, load

    async def found() -> Any:
        store = Store(load().database)
        try:
            await store.migrate()
            return await figures(store, utcnow() - timedelta(days=days))
        finally:
            await store.close()

    try:
        lines = asyncio.run(found())
    except SettingsError as error:
        _fail(USAGE, str(error))
    typer.echo(as_text(lines))
    _write(json_file, as_json(lines, versions()))


def hang(group: typer.Typer) -> None:
    """The benches that need a house of this machine, beside those that do not."""
    for bench in (turn, search, start):
        group.command()(bench)


def turn(n: Timings = 60, seed: Seed = 0, json_file: Json = None) -> None:
    """Measure how long a turn takes, beside a peer; exit status 1 where a goal is missed."""
    from evals.bench.turn import bench_turn

    _measure(lambda: bench_turn(_made_house(), n=n, seed=seed), json_file)


def search(n: Timings = 60, seed: Seed = 0,
           sizes: Annotated[str, typer.Option(help="how many passages, like 1000,10000")] = "1000,10000,50000",
           json_file: Json = None) -> None:
    """Measure how long a search takes, beside a peer; exit status 1 where a goal is missed."""
    try:
        wanted = tuple(int(size) for size in sizes.split(","))
    except ValueError:
        _fail(USAGE, f"--sizes {sizes}: write numbers with commas, like 1000,10000")
    from evals.bench.search import bench_search

    _measure(lambda: bench_search(n=n, seed=seed, sizes=wanted), json_file)


def start(seed: Seed = 0, json_file: Json = None) -> None:
    """Measure how long a house takes to open, beside a peer; exit status 1 where a goal is missed."""
    import os

    from evals.bench.start import bench_start

    environment = {name: value for name, value in os.environ.items() if not name.startswith("YAVAR_")}
    _measure(lambda: bench_start(environment, _free_port(), seed=seed), json_file)


def _measure(bench: "Callable[[], Coroutine[Any, Any, Bench]]", json_file: Path | None) -> None:
    _quiet()
    try:
        done = asyncio.run(bench())
    except Exception as error:  # whatever it is, it says nothing about the speed
        _fail(INFRASTRUCTURE, f"The bench could not be run: {type(error).__name__}: {error}")
    typer.echo(done.as_text())
    _write(json_file, done.as_json())
    if done.failing:
        raise typer.Exit(GATE_FAILED)


def _made_house() -> "Callable[..., House]":
    """Houses of the bench: each in a home of its own, on SQLite, whatever the settings say."""
    import secrets

    from yavar.compose import build
    from yavar.settings import Settings

    def make(home: Path, **parts: Any) -> "House":
        settings = Settings(home=home, secret=secrets.token_hex(16), database_url="", planner="builtin")  # type: ignore[arg-type]
        return build(settings, beat=None, **parts)

    return make


def _quiet() -> None:
    """The house logs each turn; a bench shows figures alone."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write(path: Path | None, whole: dict[str, Any]) -> None:
    if path is None:
        return
    try:
        path.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", "utf-8")
    except OSError as error:
        _fail(USAGE, f"--json {path}: {error.strerror or error}")


def _fail(status: int, message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(status)
