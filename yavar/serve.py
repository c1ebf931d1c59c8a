"""Runs the server and says where to open it and how to sign in."""

import socket

import typer
import uvicorn

from agent.house import House
from api.app import make_app
from evals.kept import Kept
from evals.place import KEPT
from yavar import demo, logs
from yavar.compose import build
from yavar.settings import Settings, SettingsError


def run(settings: Settings, *, with_demo: bool) -> None:
    logs.configure(settings.log_level, settings.log_format)
    try:
        house = build(settings, with_demo=with_demo)
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    server = Server(house, settings)
    open_house = house.on_open

    async def open_and_tell(opened: House) -> None:
        await open_house(opened)
        async with opened.desk.store.read() as tx:
            anybody = bool(await tx.people.all())
        typer.echo(welcome(opened, anybody=anybody))

    house.on_open = open_and_tell
    server.run()
    if server.failure:
        typer.echo(str(server.failure), err=True)
        raise typer.Exit(2 if isinstance(server.failure, SettingsError) else 1)


class Server(uvicorn.Server):
    """Ends when the house cannot be opened, and ends open streams before it waits for the requests that are left."""

    def __init__(self, house: House, settings: Settings) -> None:
        self.failure: BaseException | None = None
        self._app = make_app(lambda: house, failed=self._failed, runs=Kept(settings.home / KEPT))
        super().__init__(uvicorn.Config(self._app, host=settings.host, port=settings.port, log_config=None, log_level="warning",
                                        access_log=False, server_header=False, timeout_graceful_shutdown=10))

    def _failed(self, error: BaseException) -> None:
        self.failure = error
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.streams.stop()
        await super().shutdown(sockets)


def welcome(house: House, *, anybody: bool = True) -> str:
    if not house.demo and not anybody:
        return (f"Yavar is ready: {house.url}\n"
                "Nobody can sign in yet. In another terminal, with the same settings:\n"
                "  yavar account add NAME --role admin --email ADDRESS   prints the first administrator's password, once\n"
                "  yavar knowledge load FOLDER                           puts your articles on the shelf (docs/operating.md)\n"
                f"Then open {house.url}/signin")
    if not house.demo:
        return f"Yavar is ready: {house.url}\nAdd people with `yavar user add NAME --role ROLE`."
    names = ", ".join(name for name, _, _ in demo.PEOPLE)
    return (f"Yavar is ready: {house.url}\n"
            f"Sign in as one of {names} with the password {demo.PASSWORD}\n"
            f"Their mail is at {house.url}/demo/outbox, their authenticator codes at {house.url}/demo/authenticator")
