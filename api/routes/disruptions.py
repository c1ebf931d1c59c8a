"""Known incidents and planned maintenance: what people are told before they ask, for whoever works at the desk."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter

from agent.house import House
from api.callers import AtTheDesk, Open, account_of
from api.shapes import Id
from api.shapes_disruptions import AmendedDisruption, AssetShown, DisruptionShown, DisruptionsShown, NewDisruption, Words
from desk.mending import Disruption

router = APIRouter(prefix="/disruptions", tags=["disruptions"])


@router.get("", response_model=DisruptionsShown)
async def disruptions(house: Open, caller: AtTheDesk) -> dict[str, Any]:
    """Those under way and those to come, the earliest first, and the assets that there are."""
    now, inventory = house.clock(), house.mind.inventory
    async with house.desk.store.read() as tx:
        found = await inventory.disruptions_now(tx, now)
    filed = {each.id for each in inventory.disruptions}
    return {"assets": [AssetShown(id=each.id, name=Words(en=each.name.en, ar=each.name.ar, fa=each.name.fa)) for each in inventory.assets],
            "disruptions": [_shown(each, now, in_file=each.id in filed) for each in found]}


@router.post("", status_code=201, response_model=DisruptionShown)
async def announce(house: Open, caller: AtTheDesk, sent: NewDisruption) -> DisruptionShown:
    """Tell everybody who asks about the asset, and show it above the chat while it lasts. Audited."""
    now = house.clock()
    house.mind.inventory.known(sent.asset)
    async with house.desk.store.begin() as tx:
        found = await house.desk.watching.declare(tx, asset=sent.asset, kind=sent.kind, text=_clean(house, sent.text), ends_at=sent.ends_at,
                                                  starts_at=sent.starts_at or now, by=account_of(caller).id, now=now)
    return _shown(found, now)


@router.put("/{disruption}", response_model=DisruptionShown)
async def amend(house: Open, caller: AtTheDesk, disruption: Id, sent: AmendedDisruption) -> DisruptionShown:
    """Other words, another end. One that stands in the assets' file is changed there. Audited."""
    now = house.clock()
    async with house.desk.store.begin() as tx:
        found = await house.desk.watching.amend(tx, disruption, text=_clean(house, sent.text), starts_at=sent.starts_at,
                                                ends_at=sent.ends_at, by=account_of(caller).id, now=now)
    return _shown(found, now)


@router.post("/{disruption}/end", response_model=DisruptionShown)
async def end(house: Open, caller: AtTheDesk, disruption: Id) -> DisruptionShown:
    """It is over: whoever wanted to hear of it is told. Audited."""
    now = house.clock()
    async with house.desk.store.begin() as tx:
        found = await house.desk.watching.end(tx, disruption, by=account_of(caller).id, now=now)
    return _shown(found, now)


def _clean(house: House, words: Words) -> dict[str, str]:
    return {lang: house.assistant.redact(text) for lang, text in words.model_dump().items()}


def _shown(found: Disruption, now: datetime, *, in_file: bool = False) -> DisruptionShown:
    return DisruptionShown(id=found.id, asset=found.asset, kind=found.kind, text=Words(**found.text), starts_at=found.starts_at,
                           ends_at=found.ends_at, under_way=found.under_way(now), in_file=in_file)
