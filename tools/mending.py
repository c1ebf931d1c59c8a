"""How a conversation goes through a runbook: what is looked at now, what is remembered, and what is told."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from desk.mending import Disruption, DisruptionKind, Mending, MendingState
from tools.assets import Asset
from tools.checks import Found, look
from tools.plainly import Plainly
from tools.runbooks.runbook import Step
from tools.runbooks.walking import Halt, Halted, walk
from tools.tool import Context, Outcome, Status

WITHIN = 10.0                  # seconds for all checks of one turn
SHORT = 160                    # characters of a step in the list of what was tried


@dataclass(kw_only=True)
class Looking:
    """One go of checks: what is found, each within its own time and all within `WITHIN`."""

    ctx: Context
    asset: Asset
    began: float
    disruption: Disruption | None = None
    timezone: str = "UTC"      # of the one who asked

    @classmethod
    def at(cls, asset: Asset, ctx: Context) -> "Looking":
        return cls(ctx=ctx, asset=asset, began=asyncio.get_running_loop().time())

    async def __call__(self, step: Step) -> Found | None:
        assert step.check is not None
        asset = self.ctx.inventory.asset(step.asset) if step.asset else self.asset
        return await self.check(asset, step.check) if asset else None

    async def check(self, asset: Asset, check: str) -> Found | None:
        if check == "known":
            return await self._known(asset)
        left = max(0.0, WITHIN - (asyncio.get_running_loop().time() - self.began))
        return await look(asset, check, self.ctx.inventory.network, self.ctx.now, within=left)

    async def _known(self, asset: Asset) -> Found:
        """What the desk has declared: under way comes before what is to come."""
        async with self.ctx.desk.store.read() as tx:
            found = await self.ctx.inventory.disruptions_of(asset.id, tx, self.ctx.now)
            owner = await tx.people.by_id(self.ctx.conversation.account) if self.ctx.conversation.account else None
        self.timezone = owner.timezone if owner else self.timezone
        now = [each for each in found if each.under_way(self.ctx.now)]
        self.disruption = next((each for each in now if each.kind is DisruptionKind.INCIDENT), next(iter(now or found), None))
        if self.disruption is None:
            return Found(asset=asset.id, check="known", code="clear")
        return Found(asset=asset.id, check="known", code=str(self.disruption.kind) if now else "planned")


async def begin(asset: Asset, ctx: Context) -> Outcome:
    """Check the asset from the beginning of its runbook; what was told before stays told. A turn that is run again begins nothing anew."""
    runbook, looking = ctx.inventory.runbook(asset), Looking.at(asset, ctx)
    halted = await walk(runbook.steps, looking, checks_only=True)
    async with ctx.desk.store.begin() as tx:
        known = await tx.mendings.open_one(ctx.conversation.id, ctx.now)
        same = known if known and known.asset == asset.id else None
        mending = same or await tx.mendings.start(ctx.conversation.id, asset.id, runbook.id, ctx.now)
        if mending.last_turn() != ctx.turn:
            await tx.mendings.go_on(mending, [row | {"first": True} for row in _tried(halted, ctx)], ctx.now)
    outcome = _outcome(halted, asset, looking, ctx)
    return replace(outcome, facts=outcome.facts | {"begun": True})


async def go_on(mending: Mending, asset: Asset, ctx: Context) -> Outcome:
    """The step after the last one; a fault that was found before and is still there, or no step left, leads to a person."""
    runbook, looking = ctx.inventory.runbook(asset), Looking.at(asset, ctx)
    before = [each for each in mending.tried if each["turn"] != ctx.turn or each.get("first")]
    mending = _as_of(mending, before)
    halted = await walk(runbook.after(mending.passed()), looking, checks_only=False)
    stuck = halted.step is not None and halted.step.id in mending.stopped_at()
    if stuck and halted.step and halted.step.asset:     # told already, and not the asset's own fault: there is more to try
        halted = await walk(runbook.after(mending.passed() | {halted.step.id}), looking, checks_only=False)
        stuck = False
    over = halted.halt in (Halt.PERSON, Halt.USED_UP) or (halted.halt is Halt.OWNER and stuck)
    async with ctx.desk.store.begin() as tx:
        await tx.mendings.go_on(mending, _tried(halted, ctx), ctx.now, state=MendingState.HANDED_OFF if over else MendingState.OPEN)
    if not over:
        return _outcome(halted, asset, looking, ctx)
    facts = _facts(halted, asset, ctx) | {"hand_off": "unsolved", "tried": len(mending.tried)}
    return Outcome(status=Status.DONE, code="runbook.used_up", facts=facts)


def _as_of(mending: Mending, tried: list[dict[str, Any]]) -> Mending:
    """The mending as it was before this turn: a turn that is run again takes the same step, not the next."""
    return replace(mending, tried=tuple(tried))


def _tried(halted: Halted, ctx: Context) -> list[dict[str, Any]]:
    """What is remembered: checks with their findings, and the step that was told. One at which it stopped may be looked at again."""
    rows: list[dict[str, Any]] = []
    for step, found in halted.seen:
        stopped = halted.step is step and halted.found is found
        rows.append({"step": step.id, "turn": ctx.turn, "asset": found.asset, "check": found.check, "found": found.code,
                     "stopped": stopped})
    if halted.halt is Halt.TELL and halted.step:
        rows.append({"step": halted.step.id, "turn": ctx.turn})
    return rows


def _outcome(halted: Halted, asset: Asset, looking: Looking, ctx: Context) -> Outcome:
    facts, plainly = _facts(halted, asset, ctx), Plainly(ctx, looking.timezone)
    if halted.halt is Halt.DISRUPTION and looking.disruption:
        facts["disruption"] = looking.disruption.id
        facts["said"] = plainly.disruption(looking.disruption, asset)
    elif looking.disruption and looking.disruption.to_come(ctx.now):
        facts["said"] += " " + plainly.planned(looking.disruption, asset)
    return Outcome(status=Status.DONE, code=f"diagnostic.{halted.halt}", facts=facts)


def _facts(halted: Halted, asset: Asset, ctx: Context) -> dict[str, Any]:
    plainly = Plainly(ctx)
    facts: dict[str, Any] = {
        "asset": asset.id, "name": asset.name.in_(ctx.lang), "owner": asset.owner, "topics": list(asset.topics),
        "said": plainly.halted(halted, asset),
        "findings": [{"asset": found.asset, "check": found.check, "found": found.code} for _, found in halted.seen],
        "details": plainly.details([found for _, found in halted.seen]), "summary": plainly.summary(halted, asset)[:SHORT]}
    return facts


def one_check(found: Found, asset: Asset, looking: Looking, ctx: Context) -> Outcome:
    """A single check that was asked for by name; it begins no runbook."""
    step = Step(id="asked", check=found.check)
    end: Mapping[str, Halt] = {"next": Halt.CLEAR, "owner": Halt.OWNER, "disruption": Halt.DISRUPTION}
    halted = Halted(halt=end[step.leads_to(found.code)], step=step, found=found, seen=((step, found),))
    return _outcome(halted, asset, looking, ctx)
