"""`yavar eval harvest` and `yavar eval replay`: what a real desk has to teach, read from its database and never written to it."""

import asyncio
import sys
from datetime import UTC, date, datetime
from json import dumps
from logging import CRITICAL
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from yavar.giving_up import INFRASTRUCTURE, fail, known_settings

if TYPE_CHECKING:
    from agent.house import House
    from desk.store import Store
    from evals.replay.report import Replay
    from evals.work import Clock
    from yavar.settings import Settings

Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="write it there")]
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="write a page there: one file, read from disk")]
Since = Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="only conversations in which anything happened since then (UTC)")]


def harvest(out: Annotated[Path, typer.Option("--out", metavar="FILE.jsonl", help="where candidates go; what is in it already stays")],
            suite: Annotated[str, typer.Option(help="for which suite they are: routing, human, sentiment, injection")] = "routing",
            since: Since = "") -> None:
    """Turn what people corrected or rated into candidate cases, without anything that leads to a person; review them before use."""
    from desk.codes import digest
    from desk.errors import DeskError
    from evals import suites
    from evals.case import BadData
    from evals.harvest.candidates import Harvest, add
    from evals.harvest.candidates import harvest as harvested
    from yavar.stores import looked_at

    settings, begins = known_settings(), _moment(since)
    if suite not in suites.names() or not getattr(suites.exam(suite), "labels", ()):
        fail(f"--suite {suite}: candidates are labelled messages, for a suite like routing or human")

    async def found() -> Harvest:
        async with looked_at(settings) as store:
            return await harvested(store, suite=suite, since=begins, hashed=lambda name: digest(settings.house_secret, "harvest", name))

    try:
        gathered = asyncio.run(found())
        fresh = add(out, gathered.rows)
    except (BadData, DeskError) as error:
        fail(str(error))
    for why, count in gathered.why.most_common():
        typer.echo(f"{count:>6}  {why}")
    typer.echo(f"{fresh} new candidates in {out}, {len(gathered.rows) - fresh} were there already; {gathered.given_up} given up, whose "
               "text names somebody.")
    if fresh:
        typer.echo(f"Nobody has reviewed them yet: yavar eval review {out} --rater NAME")


def replay(since: Since = "", limit: Annotated[int, typer.Option(min=1, help="how many conversations at most, the newest")] = 200,
           planner: Annotated[str, typer.Option(help="builtin, or openai with the model of the settings")] = "builtin",
           json_file: Json = None, html_file: Html = None) -> None:
    """Say to this version what people really wrote, in a throw-away copy of the desk, and show what would differ."""
    import structlog

    from desk.errors import DeskError
    from evals.case import BadData
    from evals.replay.report import as_text, page
    from evals.review import write_text
    from yavar.settings import SettingsError

    settings, begins = known_settings(), _moment(since)
    if planner not in ("builtin", "openai"):
        fail(f"--planner {planner}: builtin or openai")
    for path in (json_file, html_file):
        if path and not path.parent.is_dir():          # nobody learns so only after a long run
            fail(f"{path}: there is no folder {path.parent}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(CRITICAL))      # every turn of the copy would be logged
    try:
        found = asyncio.run(_replayed(settings, begins, limit, planner))
        if json_file:
            write_text(json_file, dumps(found.as_json(), ensure_ascii=False, indent=1) + "\n")
        if html_file:
            write_text(html_file, page(found))
    except (BadData, DeskError, SettingsError) as error:
        fail(str(error))
    except Exception as error:  # whatever it is, it says nothing of the version
        fail(f"The replay was broken off: {type(error).__name__}: {error}", INFRASTRUCTURE)
    typer.echo(as_text(found))


async def _replayed(settings: "Settings", begins: datetime | None, limit: int, planner: str) -> "Replay":
    from desk.codes import digest, new_token
    from evals.bench.report import versions
    from evals.replay.playing import replay as replayed
    from evals.replay.report import Replay
    from yavar.clock import utcnow
    from yavar.stores import looked_at

    now = utcnow()
    async with looked_at(settings) as store:
        with TemporaryDirectory(prefix="yavar-replay-", ignore_cleanup_errors=True) as home:
            demo = await _is_demo(store)
            played = await replayed(
                store, since=begins, limit=limit, home=Path(home), now=now, progress=_progress,
                make=lambda folder, clock: _copy_house(settings, folder, clock, planner, new_token(), demo=demo),
                hashed=lambda name: digest(settings.house_secret, "replay", name))
    return Replay(played, now.isoformat(timespec="seconds"), versions())


async def _is_demo(store: "Store") -> bool:
    from yavar.compose import MARK

    async with store.read() as tx:
        return await tx.marks.get(MARK) == "demo"


def _copy_house(settings: "Settings", home: Path, clock: "Clock", planner: str, secret: str, *, demo: bool) -> "House":
    """As the settings say, but in that folder, on SQLite, with a secret of its own and with nobody to send anything to."""
    from pydantic import SecretStr

    from yavar.compose import build
    from yavar.demo_services import PORTS, declared

    alone = {"home": home, "database_url": "", "secret": SecretStr(secret), "planner": planner, "assets": settings.assets_file,
             "smtp_url": None, "otlp_endpoint": "", "otlp_headers": None, "oidc_issuer": None}
    house = build(settings.model_copy(update=alone), with_demo=False, clock=clock, beat=None)
    if demo and settings.assets_file is None:
        house.mind.inventory.declare(declared(dict.fromkeys(PORTS, 1), clock()))       # named, and not looked at
    return house


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r{done} of {of} conversations", err=True, nl=done == of)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        fail(f"--since {text}: write a day like {date(2026, 11, 1).isoformat()}")
    return found if found.tzinfo else found.replace(tzinfo=UTC)
