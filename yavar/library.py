"""`yavar knowledge`: sources of the house's own documents, and whether the library is whole."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from yavar.giving_up import fail, known_settings

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from knowledge.sources.syncing import Told

T = TypeVar("T")
FAULTS = 1                     # status where something is wrong with what was looked at
Name = Annotated[str, typer.Argument(metavar="NAME", help="as `yavar knowledge list` names it")]


def hang(knowledge: typer.Typer) -> None:
    """Put these commands on the command line."""
    for command in (add, sync, remove, rebuild, verify):
        knowledge.command()(command)
    knowledge.command("list")(list_sources)


def add(place: Annotated[Path, typer.Argument(metavar="PLACE", help="a folder, or one file")],
        name: Annotated[str, typer.Option(help="without it the folder's")] = "",
        audience: Annotated[str, typer.Option(help="who may read it: public, everyone or agents")] = "everyone",
        lang: Annotated[str, typer.Option(help="of what does not say: en, ar or fa; auto: as it reads")] = "auto") -> None:
    """Let the library hold the documents of PLACE: Markdown, HTML, text, PDF, Word, Excel, PowerPoint, saved mail."""
    from yavar import sources

    added = _done(sources.add(known_settings(), place, name=name, audience=audience, lang=lang))
    typer.echo(f"{added} added. `yavar knowledge sync {added}` reads it.")


def sync(name: Annotated[str, typer.Argument(metavar="[NAME]", help="without it all sources")] = "",
         force: Annotated[bool, typer.Option("--force", help="even if most of its files are there no more")] = False,
         anew: Annotated[bool, typer.Option("--anew", help="also read what has not changed")] = False) -> None:
    """Make the library hold what the sources hold; what has not changed is left alone. May be broken off, and run again."""
    from yavar import sources

    with _progress() as told:
        found = _done(sources.sync(known_settings(), name, force=force, anew=anew, told=told))
    for source, report in found.items():
        typer.echo(f"{source}: {sources.outcome(report)}")
        for reason in sources.reasons(report):
            typer.echo(f"  {reason}", err=True)
    if any("failed" in report for report in found.values()):
        raise typer.Exit(FAULTS)


def list_sources() -> None:
    """Name the sources, with what came of the last look at each."""
    from yavar import sources

    typer.echo(_done(sources.listed(known_settings())))


def remove(name: Name) -> None:
    """Forget a source, and everything that the library has from it."""
    from yavar import sources

    typer.echo(_done(sources.remove(known_settings(), name)))


def rebuild() -> None:
    """Make the index anew from the database, while no server runs on it."""
    from yavar import sources

    typer.echo(_done(sources.rebuild(known_settings())))


def verify() -> None:
    """Compare the database with the index and the counted words; exit status 1 where something is wrong."""
    from yavar import sources

    verdict = _done(sources.verify(known_settings()))
    for fault in verdict.faults:
        typer.echo(f"✗ {fault.what}\n  → {fault.remedy}")
    if verdict.behind:
        typer.echo("The index has not seen the last change yet: the server catches up within seconds, or when it starts.")
    if verdict.waiting:
        typer.echo(f"{verdict.waiting} passages are found by their words, and by their sense once the server has read them.")
    typer.echo(f"{verdict.documents} documents, {verdict.passages} passages: {'not whole' if verdict.faults else 'whole'}")
    if verdict.faults:
        raise typer.Exit(FAULTS)


def _done(work: "Coroutine[Any, Any, T]") -> T:
    from desk.errors import DeskError
    from knowledge.errors import KnowledgeError
    from yavar.settings import SettingsError

    try:
        return asyncio.run(work)
    except (DeskError, KnowledgeError, SettingsError) as error:
        fail(str(error))


@contextmanager
def _progress() -> "Iterator[Told]":
    """A bar with the time that is left, on a terminal; elsewhere nothing."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("files", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
