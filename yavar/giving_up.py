"""How a command ends that cannot go on: one sentence on standard error, and a status that a script understands."""

from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from yavar.settings import Settings

USAGE, INFRASTRUCTURE = 2, 3


def fail(message: str, status: int = USAGE) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(status)


def known_settings() -> "Settings":
    """The settings; a wrong one ends the command and is named."""
    # read only here: `yavar --help` needs none of it
    from yavar.settings import SettingsError, load

    try:
        return load()
    except SettingsError as error:
        fail(str(error))
