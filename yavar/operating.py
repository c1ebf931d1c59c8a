"""The commands of an operator: copies of the house, its schema, and what it holds on a person."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from yavar.settings import Settings

person = typer.Typer(help="What the house holds on a person.", no_args_is_help=True, rich_markup_mode=None)
File = Annotated[Path, typer.Argument(metavar="FILE", help="the backup, a zip file")]


def backup(file: File,
           with_secret: Annotated[bool, typer.Option("--with-secret", help="put the house's secret into it too")] = False) -> None:
    """Write the whole house into FILE, also while the server runs."""
    from yavar import backup as backups
    from yavar.clock import utcnow

    _tell(lambda settings: backups.backup(settings, file, with_secret=with_secret, now=utcnow()))


def restore(file: File) -> None:
    """Put the backup FILE into an empty house, on SQLite or PostgreSQL."""
    from yavar import backup as backups

    _tell(lambda settings: backups.restore(settings, file))


def upgrade(dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would be migrated")] = False) -> None:
    """Make a backup, then bring the database to this version's schema."""
    from yavar import backup as backups
    from yavar.clock import utcnow

    _tell(lambda settings: backups.upgrade(settings, dry_run=dry_run, now=utcnow()))


@person.command("export")
def export(name: str, file: Annotated[Path, typer.Argument(metavar="FILE", help="a new zip file")]) -> None:
    """Write everything that is held on NAME into FILE."""
    from yavar import backup as backups
    from yavar import rights
    from yavar.clock import utcnow

    def work(settings: "Settings") -> Coroutine[Any, Any, str]:
        backups.free(file)
        return rights.export(settings, name, file, utcnow())

    _tell(work)


@person.command("erase")
def erase(name: str, dry_run: Annotated[bool, typer.Option("--dry-run", help="only count what would go")] = False,
          yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False) -> None:
    """Erase NAME: nothing that names the person is left, and it cannot be undone."""
    from yavar import rights
    from yavar.clock import utcnow

    if not dry_run and not yes:
        _tell(lambda settings: rights.erase(settings, name, utcnow(), dry_run=True))
        typer.confirm("This cannot be undone. Erase?", abort=True)
    _tell(lambda settings: rights.erase(settings, name, utcnow(), dry_run=dry_run))


@person.command("hold")
def hold(name: str, reason: Annotated[str, typer.Option(help="why, as the file of the case names it")]) -> None:
    """Put NAME under legal hold: nothing of theirs is erased or ages out."""
    from yavar import rights
    from yavar.clock import utcnow

    _tell(lambda settings: rights.hold(settings, name, reason, utcnow()))


@person.command("release")
def release(name: str) -> None:
    """End the legal hold on NAME."""
    from yavar import rights
    from yavar.clock import utcnow

    _tell(lambda settings: rights.release(settings, name, utcnow()))


def hang(app: typer.Typer) -> None:
    """Hang these commands on the command line."""
    for command in (backup, restore, upgrade):
        app.command()(command)
    app.add_typer(person, name="person")


def _tell(work: "Callable[[Settings], Coroutine[Any, Any, str]]") -> None:
    """Run it with the settings and print what it says; what the operator can mend goes to standard error, with status 2."""
    from desk.errors import DeskError
    from yavar.settings import SettingsError, load

    async def run() -> str:
        return await work(load())

    try:
        typer.echo(asyncio.run(run()))
    except (DeskError, SettingsError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
