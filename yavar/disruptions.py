"""What the command line does with disruptions: straight on the database, beside a running server."""

from collections.abc import Mapping
from datetime import datetime

from desk.errors import BadInput
from desk.mending import DisruptionKind
from desk.services.watching import Watching
from desk.store import Store
from desk.words import words
from tools.assets import read_assets
from tools.declared import BadDeclaration
from tools.inventory import Inventory
from yavar.clock import utcnow
from yavar.demo_services import PORTS, declared
from yavar.settings import Settings, SettingsError

BY = "command line"            # in the audit trail


async def declare(settings: Settings, asset: str, text: Mapping[str, str], *, start: str, until: str, maintenance: bool) -> str:
    now, store = utcnow(), Store(settings.database)
    starts, ends = _moment(start) or now, _moment(until)
    kind = DisruptionKind.MAINTENANCE if maintenance else DisruptionKind.INCIDENT
    try:
        await store.migrate()
        async with store.begin() as tx:
            known = _assets(settings, await tx.marks.get("house") == "demo")
            if asset not in known:
                raise BadInput(f"`{asset}` is no declared asset. Choose one of {', '.join(known) or 'none: declare assets first'}.")
            found = await Watching(store, words()).declare(tx, asset=asset, kind=kind, text=text, starts_at=starts, ends_at=ends, by=BY,
                                                           now=now)
    finally:
        await store.close()
    return found.id


async def listed(settings: Settings) -> str:
    store = Store(settings.database)
    try:
        await store.migrate()
        async with store.read() as tx:
            found = await tx.disruptions.not_over(utcnow())
    finally:
        await store.close()
    lines = [f"{each.id}  {each.asset}  {each.kind}  {each.starts_at:%Y-%m-%dT%H:%MZ} – "
             f"{each.ends_at.strftime('%Y-%m-%dT%H:%MZ') if each.ends_at else '?'}  {each.in_('en')}" for each in found]
    return "\n".join(lines) or "No disruption is recorded; those of the assets' file stand there."


async def end(settings: Settings, disruption: str) -> str:
    store = Store(settings.database)
    try:
        await store.migrate()
        async with store.begin() as tx:
            found = await Watching(store, words()).end(tx, disruption, by=BY, now=utcnow())
    finally:
        await store.close()
    return f"{found.asset}: over."


def _assets(settings: Settings, is_demo: bool) -> list[str]:
    if settings.assets_file is None:
        return [asset.id for asset in declared(dict.fromkeys(PORTS, 1), utcnow()).assets] if is_demo else []
    try:
        return [asset.id for asset in read_assets(settings.assets_file, Inventory().runbook_names).assets]
    except BadDeclaration as error:
        raise SettingsError(error.problems) from None


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadInput(f"`{text}` is no moment with its time zone. Write it like 2026-11-22T18:00Z.")
    return moment
