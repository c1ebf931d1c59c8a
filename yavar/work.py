"""Runs a worker: turns that were left and background jobs, without a web server."""

import asyncio
import signal

import typer

from yavar import logs
from yavar.compose import build
from yavar.settings import Settings, SettingsError


def run(settings: Settings) -> None:
    logs.configure(settings.log_level, settings.log_format)
    if not settings.shared:
        typer.echo("On SQLite `yavar serve` does the jobs itself. A worker needs a PostgreSQL in YAVAR_DATABASE_URL.", err=True)
        raise typer.Exit(2)
    try:
        asyncio.run(_work(settings))
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


async def _work(settings: Settings) -> None:
    """Until the process is told to end; what runs then is finished or given back."""
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, told.set)
    house = build(settings, sets_up=False)
    ending = asyncio.create_task(told.wait())
    opening = asyncio.create_task(house.open())
    await asyncio.wait({opening, ending}, return_when=asyncio.FIRST_COMPLETED)
    if not opening.done():
        opening.cancel()
    try:
        if opening.done():
            await opening
            typer.echo("Yavar works.")
            await ending
    finally:
        ending.cancel()
        await house.close()
