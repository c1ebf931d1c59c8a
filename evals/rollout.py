"""What shadow and suggest have shown: how often people agreed with what a tool would have done, and what that speaks for."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from desk.rollouts import Decision, Proposal, Stage
from desk.store import Store, Tx
from evals.statistics import wilson

# The action in the audit trail that shows that a person did the same; of other tools only an agent's word tells.
SAME_ACT = {"create_ticket": "ticket.opened", "unlock_account": "identity.unlock_done", "reset_password": "identity.reset_done"}
FOLLOWS_WITHIN = timedelta(days=7)
ENOUGH = 30                    # decisions below which nothing is said of the next stage
NEXT = {Stage.SHADOW: (Stage.SUGGEST, 0.80), Stage.SUGGEST: (Stage.AUTOMATIC, 0.95)}   # with the lower edge that speaks for it
DIGITS = 4
HEAD = ("tool", "lang", "stage", "proposed", "agreed", "disagreed", "expired", "waiting", "agreement [95 %]", "")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One tool in one language at one stage."""

    tool: str
    lang: str
    stage: Stage
    proposed: int
    agreed: int                # approved; or in shadow, what a person then did or said was right
    disagreed: int
    expired: int
    waiting: int

    @property
    def told(self) -> int:
        return self.agreed + self.disagreed

    @property
    def share(self) -> float | None:
        return self.agreed / self.told if self.told else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.agreed, self.told) if self.told else None

    @property
    def hint(self) -> str:
        """What the figures speak for. Nothing is promoted by itself."""
        after, wanted = NEXT[self.stage]
        if self.interval is None or self.told < ENOUGH:
            return f"{ENOUGH - self.told} more decisions before anything can be said"
        return f"speaks for {after}" if self.interval[0] >= wanted else f"stay: the lower edge is below {wanted:.0%}"


async def figures(store: Store, since: datetime | None = None) -> list[Line]:
    async with store.read() as tx:
        found: dict[tuple[str, str, Stage], list[tuple[Proposal, bool | None]]] = defaultdict(list)
        for proposal in await tx.proposals.all(since):
            found[proposal.tool, proposal.lang, proposal.stage].append((proposal, await _agreed(tx, proposal)))
    return [_line(tool, lang, stage, rows) for (tool, lang, stage), rows in sorted(found.items())]


async def _agreed(tx: Tx, proposal: Proposal) -> bool | None:
    """Whether a person agreed; None where it cannot be told, or not yet."""
    if proposal.stage is Stage.SUGGEST:
        return {Decision.APPROVED: True, Decision.REJECTED: False}.get(proposal.decision)
    if proposal.right is not None:
        return proposal.right
    act = SAME_ACT.get(proposal.tool)
    if act is None or proposal.account is None:
        return None
    if await tx.proposals.followed_by(proposal, act, proposal.created_at + FOLLOWS_WITHIN):
        return True
    return False if await tx.proposals.dealt_with(proposal) else None


def _line(tool: str, lang: str, stage: Stage, rows: Sequence[tuple[Proposal, bool | None]]) -> Line:
    decisions = [proposal.decision for proposal, _ in rows]
    return Line(tool=tool, lang=lang, stage=stage, proposed=len(rows), agreed=sum(agreed is True for _, agreed in rows),
                disagreed=sum(agreed is False for _, agreed in rows), expired=decisions.count(Decision.EXPIRED),
                waiting=decisions.count(Decision.WAITING))


def as_json(lines: Sequence[Line], versions: dict[str, str]) -> dict[str, Any]:
    metrics, intervals, by_lang = {}, {}, defaultdict(dict)  # type: ignore[var-annotated]
    for line in lines:
        if line.share is not None and line.interval is not None:
            name = f"{line.stage}.{line.tool}"
            by_lang[line.lang][name] = metrics[f"{line.lang}.{name}"] = round(line.share, DIGITS)
            intervals[f"{line.lang}.{name}"] = [round(edge, DIGITS) for edge in line.interval]
    cases = [{"tool": line.tool, "lang": line.lang, "stage": str(line.stage), "proposed": line.proposed, "agreed": line.agreed,
              "disagreed": line.disagreed, "expired": line.expired, "waiting": line.waiting, "hint": line.hint} for line in lines]
    return {"suite": "rollout", "n": sum(line.proposed for line in lines), "seed": 0, "versions": versions, "metrics": metrics,
            "by_lang": dict(by_lang), "intervals": intervals, "peers": {}, "cases": cases}


def as_text(lines: Sequence[Line]) -> str:
    if not lines:
        return "Nothing has been proposed yet. Put a tool into shadow or suggest: yavar rollout set TOOL shadow"
    rows: list[tuple[str, ...]] = [HEAD]
    rows += [(line.tool, line.lang, str(line.stage), *map(str, (line.proposed, line.agreed, line.disagreed, line.expired, line.waiting)),
              _share(line), line.hint) for line in lines]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def _share(line: Line) -> str:
    if line.share is None or line.interval is None:
        return "–"
    return f"{line.share:.2f} [{line.interval[0]:.2f}–{line.interval[1]:.2f}]"
