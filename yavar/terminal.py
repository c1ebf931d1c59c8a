"""Commands for people at a terminal: talk, search, look at the tools, roll them out, ask why."""

import asyncio
import getpass
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from yavar.giving_up import INFRASTRUCTURE, USAGE, fail, known_settings

if TYPE_CHECKING:
    from desk.people import Lang

Tongue = Annotated[str, typer.Option("--lang", help="en, ar or fa")]
rollout = typer.Typer(help="How far each tool may go, by group and language.", no_args_is_help=True, rich_markup_mode=None)


def hang(app: typer.Typer, knowledge: typer.Typer) -> None:
    """Put these commands on the command line, each in its place."""
    app.command()(chat)
    app.command()(tools)
    app.command()(explain)
    app.add_typer(rollout, name="rollout")
    knowledge.command("search")(search)


def chat(lang: Tongue = "", url: Annotated[str, typer.Option(help="the server; without it the one of these settings")] = "",
         token: Annotated[str, typer.Option(help="a bearer token; without it you are asked")] = "") -> None:
    """Talk to the assistant of a running server. Ctrl-D or Ctrl-C ends it; the conversation stays."""
    from desk.people import LANGS
    from yavar.lines import Lines
    from yavar.remote import NoServer, Problem, Remote
    from yavar.talk import Talk

    tongue = next((each for each in LANGS if each == lang), None)
    if lang and tongue is None:
        fail(f"`{lang}` is no language of the house. Choose one of {', '.join(LANGS)}.")
    try:
        Talk(Remote(_address(url), token or _ask_token(), lang or "en"), tongue, Lines()).run()
    except (NoServer, Problem) as error:
        fail(str(error), INFRASTRUCTURE if isinstance(error, NoServer) else USAGE)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def search(text: str, lang: Tongue = "", k: Annotated[int, typer.Option("--k", min=1, max=20, help="how many passages")] = 5) -> None:
    """Find the passages nearest to TEXT: asks the running server, or opens the index where none runs."""
    from desk.errors import DeskError
    from yavar.asking import search as find

    try:
        found = asyncio.run(find(known_settings(), text, _lang(lang) if lang else None, k))
    except DeskError as error:
        fail(str(error))
    if not found:
        typer.echo("Nothing was found.")
    for at, hit in enumerate(found, 1):
        typer.echo(f"{at}. {hit.title}  [{hit.lang}]  {hit.score:.2f}\n   {hit.url}\n   {hit.snippet}")


def tools() -> None:
    """Name the tools: risk, who may, how far they are rolled out, and what calls for them."""
    from yavar.rolling import listed_tools

    typer.echo(asyncio.run(listed_tools(known_settings())))


def explain(text: str, lang: Tongue = "en", role: Annotated[str, typer.Option(help="whose message it is")] = "user",
            k: Annotated[int, typer.Option("--k", min=1, max=20, help="how many passages")] = 3) -> None:
    """Say what the house reads in TEXT and would do. Nothing is stored, nothing is run."""
    from desk.errors import DeskError
    from desk.people import Role
    from yavar.asking import explained

    if role not in set(Role):
        fail(f"`{role}` is no role. Choose one of {', '.join(Role)}.")
    try:
        typer.echo(asyncio.run(explained(known_settings(), text, Role(role), _lang(lang), k)))
    except DeskError as error:
        fail(str(error))


@rollout.command("list")
def list_stages() -> None:
    """Say what has been decided; without a decision a tool is automatic."""
    from yavar.rolling import stages

    typer.echo(asyncio.run(stages(known_settings())))


@rollout.command("set")
def set_stage(tool: Annotated[str, typer.Argument(help="a tool's name, or '*' for all")],
              stage: Annotated[str, typer.Argument(help="off, shadow, suggest, automatic; or unset")],
              group: Annotated[str, typer.Option(help="a role; '*' for everybody")] = "*",
              lang: Annotated[str, typer.Option(help="en, ar, fa; '*' for all")] = "*") -> None:
    """Decide how far TOOL goes; it holds from the next message on, and is audited."""
    from desk.errors import DeskError
    from yavar.rolling import decide

    try:
        typer.echo(asyncio.run(decide(known_settings(), tool, stage, group=group, lang=lang)))
    except DeskError as error:
        fail(str(error))


def _address(url: str) -> str:
    address = url or known_settings().address
    if not address.startswith(("http://", "https://")):
        fail(f"--url {address}: an address like http://127.0.0.1:8080 is wanted.")
    return address


def _ask_token() -> str:
    if not sys.stdin.isatty():
        fail("--token is missing. `yavar token issue ACCOUNT` prints one.")
    return getpass.getpass("Token (`yavar token issue ACCOUNT` prints one): ").strip()


def _lang(name: str) -> "Lang":
    from desk.people import LANGS

    found = next((each for each in LANGS if each == name), None)
    if found is None:
        fail(f"`{name}` is no language of the house. Choose one of {', '.join(LANGS)}.")
    return found
