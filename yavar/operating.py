"""The commands of an operator: copies of the house, its schema, and what it holds on a person."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

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


def hang(app: typer.Typer) -> None:
    """Hang these commands on the command line."""
    for command in (backup, restore, upgrade):
        app.command()(command)
    app.add_typer(person, name="person")


def _tell(work: "Any") -> None:
    """Run it with the settings and print what it says; what the operator can mend goes to standard error, with status 2."""
    from desk.errors import DeskError
    from yavar.settings import SettingsError, load

    async def run() -> str:
        doing: Coroutine[Any, Any, str] = work(load())
        return await doing

    try:
        typer.echo(asyncio.run(run()))
    except (DeskError, SettingsError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
