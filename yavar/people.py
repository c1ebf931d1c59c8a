"""`yavar people`: people synced from a directory."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from yavar.settings import Settings

app = typer.Typer(help="People, as a directory lists them.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def people() -> None:
    """People, as a directory lists them."""


@app.command("sync")
def sync(file: Annotated[Path, typer.Argument(help="CSV with a header line, or JSON: name, display, email, role or groups, lang, timezone, "
                                                   "manager, department, site, vip, devices, subject")],
         source: Annotated[str, typer.Option(help="the directory's name; without it the file's")] = "",
         dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would change")] = False,
         force: Annotated[bool, typer.Option("--force", help="even if many are not listed any more")] = False) -> None:
    """Add and change people as FILE lists them; who is not listed any more is disabled and signed out."""
    from desk.errors import DeskError
    from yavar.settings import SettingsError, load

    try:
        lines = asyncio.run(_sync(load(), file, source, dry=dry_run, force=force))
    except (DeskError, SettingsError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    typer.echo("\n".join(lines))


async def _sync(settings: "Settings", file: Path, source: str, *, dry: bool, force: bool) -> list[str]:
    from desk.roster import Move
    from desk.roster_files import FileSource
    from desk.services.syncing import Syncing
    from desk.store import Store
    from yavar.clock import utcnow

    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = Store(settings.database)
    try:
        await store.migrate()
        steps = await Syncing(store, settings.rules, settings.oidc_issuer).sync(FileSource(file, source), utcnow(), dry=dry, force=force)
    finally:
        await store.close()
    counts = ", ".join(f"{move} {sum(step.move is move for step in steps)}" for move in Move)
    lines = [f"{step.move} {step.name}" + (f": {', '.join(step.what)}" if step.what else "") for step in steps]
    return [*lines, f"{'would be done' if dry else 'done'}: {counts}"]
