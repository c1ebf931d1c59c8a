"""What can be checked in this house, and how: the declared assets and disruptions, the runbooks, and the door to the network."""

from collections.abc import Mapping
from datetime import datetime

from desk.errors import BadInput
from desk.mending import Disruption
from desk.people import Lang
from desk.store import Tx
from tools.assets import Asset, Declarations, DeclaredDisruption
from tools.naming import named
from tools.network import Network
from tools.runbooks import shipped
from tools.runbooks.runbook import Runbook


class Inventory:
    """Put together once; what is declared may be replaced while the house is open."""

    def __init__(self, declarations: Declarations | None = None, *, runbooks: Mapping[str, Runbook] | None = None,
                 network: Network | None = None) -> None:
        self._declared = declarations or Declarations()
        self._runbooks = shipped() if runbooks is None else runbooks
        self.network = network or Network()

    def declare(self, declarations: Declarations) -> None:
        self._declared = declarations

    @property
    def assets(self) -> tuple[Asset, ...]:
        return self._declared.assets

    @property
    def runbook_names(self) -> frozenset[str]:
        return frozenset(self._runbooks)

    def asset(self, name: str) -> Asset | None:
        return self._declared.by_id.get(name)

    def named(self, text: str) -> Asset | None:
        """The asset that a message speaks of."""
        return named(text, self.assets)

    def runbook(self, asset: Asset) -> Runbook:
        return self._runbooks[asset.runbook]

    def name(self, asset: str, lang: Lang) -> str:
        known = self.asset(asset)
        return known.name.in_(lang) if known else asset

    @property
    def disruptions(self) -> tuple[Disruption, ...]:
        """Those of the file, as the desk's own records look."""
        return tuple(_recorded(each) for each in self._declared.disruptions)

    def known(self, asset: str) -> Asset:
        """The asset of that id, for one who announces something about it."""
        found = self.asset(asset)
        if found is None:
            known = ", ".join(each.id for each in self.assets) or "none: declare assets first"
            raise BadInput(f"That is no declared asset. Choose one of {known}.", field="asset")
        return found

    async def disruptions_now(self, tx: Tx, now: datetime) -> list[Disruption]:
        """Those under way and those to come, of the file and of the desk, the earliest first."""
        both = [*self.disruptions, *await tx.disruptions.not_over(now)]
        return sorted((each for each in both if not each.over(now)), key=lambda each: each.starts_at)

    async def disruptions_of(self, asset: str, tx: Tx, now: datetime) -> list[Disruption]:
        return [each for each in await self.disruptions_now(tx, now) if each.asset == asset]


def _recorded(declared: DeclaredDisruption) -> Disruption:
    return Disruption(id=f"{declared.asset}:{declared.starts.isoformat()}", asset=declared.asset, kind=declared.kind,
                      starts_at=declared.starts, ends_at=declared.ends,
                      text={"en": declared.text.en, "ar": declared.text.ar, "fa": declared.text.fa})
