"""`yavar eval harvest` and `yavar eval replay`: what a real desk has to teach, read from its database and never written to it."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from yavar.settings import Settings

USAGE = 2
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

    settings, begins = _settings(), _moment(since)
    if suite not in suites.names() or not getattr(suites.exam(suite), "labels", ()):
        _fail(f"--suite {suite}: candidates are labelled messages, for a suite like routing or human")

    async def found() -> Harvest:
        async with looked_at(settings) as store:
            return await harvested(store, suite=suite, since=begins, hashed=lambda name: digest(settings.house_secret, "harvest", name))

    try:
        gathered = asyncio.run(found())
        fresh = add(out, gathered.rows)
    except (BadData, DeskError) as error:
        _fail(str(error))
    for why, count in gathered.why.most_common():
        typer.echo(f"{count:>6}  {why}")
    typer.echo(f"{fresh} new candidates in {out}, {len(gathered.rows) - fresh} were there already; {gathered.given_up} given up, whose "
               "text names somebody.")
    if fresh:
        typer.echo(f"Nobody has reviewed them yet: yavar eval review {out} --rater NAME")


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        _fail(f"--since {text}: write a day like {date(2026, 11, 1).isoformat()}")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _settings() -> "Settings":
    from yavar.settings import SettingsError, load

    try:
        return load()
    except SettingsError as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(USAGE)
