"""Findings in plain words for the one who asked; figures stand apart, as Details."""

from collections.abc import Sequence
from datetime import datetime

from desk.dates import moment_text
from desk.mending import Disruption
from tools.assets import Asset
from tools.checks.found import Found
from tools.runbooks.walking import Halt, Halted
from tools.tool import Context

FIGURES = ("status", "connect_ms", "tls_ms", "first_byte_ms", "ms", "until")   # shown, in this order


class Plainly:
    def __init__(self, ctx: Context, timezone: str = "UTC") -> None:
        self._ctx = ctx
        self._timezone = timezone

    def _say(self, key: str, **facts: object) -> str:
        return self._ctx.desk.words.say(self._ctx.lang, key, **facts)

    def halted(self, halted: Halted, asset: Asset) -> str:
        """What is to be said of it: one or two sentences, or the step to try."""
        if halted.halt is Halt.TELL and halted.step and halted.step.tell:
            return halted.step.tell.in_(self._ctx.lang)
        if halted.found and halted.halt in (Halt.OWNER, Halt.PERSON):
            return self._fault(halted.found, asset)
        if halted.halt is Halt.DISRUPTION:
            return ""              # the disruption has words of its own
        looked = any(found.check != "known" for _, found in halted.seen)
        return self._say("diagnostic.healthy" if looked else "diagnostic.nothing_known", name=asset.name.in_(self._ctx.lang))

    def _fault(self, found: Found, asset: Asset) -> str:
        return self._say(f"finding.{found.check}.{found.code}", name=self._name(found, asset))

    def _name(self, found: Found, asset: Asset) -> str:
        return self._ctx.inventory.name(found.asset, self._ctx.lang) if found.asset != asset.id else asset.name.in_(self._ctx.lang)

    def disruption(self, disruption: Disruption, asset: Asset) -> str:
        name, text = asset.name.in_(self._ctx.lang), disruption.in_(self._ctx.lang)
        said = self._say(f"disruption.{disruption.kind}", name=name, text=text)
        return f"{said} {self._say('disruption.until', when=self._when(disruption.ends_at))}" if disruption.ends_at else said

    def planned(self, disruption: Disruption, asset: Asset) -> str:
        return self._say("disruption.planned", name=asset.name.in_(self._ctx.lang), text=disruption.in_(self._ctx.lang),
                         when=self._when(disruption.starts_at))

    def _when(self, moment: datetime) -> str:
        return moment_text(moment, self._ctx.lang, self._timezone, self._ctx.now)

    def details(self, seen: Sequence[Found]) -> list[str]:
        """One line per check: what was looked at, what was found, and its figures."""
        several = len({found.asset for found in seen}) > 1
        return [self._detail(found, several) for found in seen]

    def _detail(self, found: Found, several: bool) -> str:
        figures = [self._say(f"figure.{name}", n=found.figures[name]) for name in FIGURES if name in found.figures]
        what = self._say(f"check.{found.check}")
        whose = f"{self._ctx.inventory.name(found.asset, self._ctx.lang)} – " if several else ""
        beside = f" ({' · '.join(figures)})" if figures else ""
        return f"{whose}{what}: {self._say(f'found.{found.check}.{found.code}')}{beside}"

    def summary(self, halted: Halted, asset: Asset) -> str:
        """For the list of what was tried: the step, or the asset with what decided."""
        if halted.halt is Halt.TELL and halted.step and halted.step.tell:
            return halted.step.tell.in_(self._ctx.lang)
        if halted.found:
            what = self._say(f"found.{halted.found.check}.{halted.found.code}")
            return f"{self._name(halted.found, asset)}: {self._say(f'check.{halted.found.check}')} – {what}"
        return f"{asset.name.in_(self._ctx.lang)}: {self._say('found.nothing')}"
