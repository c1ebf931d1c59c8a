"""Rollout decisions and proposals in SQL. A decision on a proposal is one conditional update: of many, one wins."""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.codes import new_id
from desk.errors import NotFound
from desk.rollouts import Decision, Proposal, Rollout, Stage, seal_of
from desk.store.tables import audit, handoffs, proposals, rollouts


def _rollout(row: RowMapping) -> Rollout:
    return Rollout(**{**row, "stage": Stage(row["stage"])})


def _proposal(row: RowMapping) -> Proposal:
    return Proposal(**{**row, "stage": Stage(row["stage"]), "decision": Decision(row["decision"])})


class Rollouts:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def all(self) -> list[Rollout]:
        wanted = select(rollouts).order_by(rollouts.c.tool, rollouts.c.group, rollouts.c.lang)
        return [_rollout(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def put(self, rollout: Rollout) -> None:
        values = {"stage": rollout.stage, "since": rollout.since, "by": rollout.by}
        here = _here(rollout.tool, rollout.group, rollout.lang)
        if (await self._sql.execute(update(rollouts).where(*here).values(values))).rowcount:
            return
        try:
            async with self._sql.begin_nested():
                await self._sql.execute(insert(rollouts).values(tool=rollout.tool, group=rollout.group, lang=rollout.lang, **values))
        except IntegrityError:     # somebody else said something at the same moment: the later word stands
            await self._sql.execute(update(rollouts).where(*here).values(values))

    async def drop(self, tool: str, group: str, lang: str) -> None:
        await self._sql.execute(delete(rollouts).where(*_here(tool, group, lang)))


def _here(tool: str, group: str, lang: str) -> tuple[Any, ...]:
    return rollouts.c.tool == tool, rollouts.c.group == group, rollouts.c.lang == lang


class Proposals:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def add(self, *, key: str, turn: str, conversation: str, account: str | None, group: str, lang: str, tool: str,
                  args: dict[str, Any], stage: Stage, decision: Decision, now: datetime, expires_at: datetime) -> Proposal:
        """The proposal of that key: recorded now, or the one that was recorded before."""
        try:
            async with self._sql.begin_nested():
                await self._sql.execute(insert(proposals).values(
                    id=new_id(), key=key, turn=turn, conversation=conversation, account=account, group=group, lang=lang, tool=tool,
                    args=args, seal=seal_of(tool, args), stage=stage, decision=decision, created_at=now, expires_at=expires_at))
        except IntegrityError:
            pass
        row = (await self._sql.execute(select(proposals).where(proposals.c.key == key))).mappings().one()
        return _proposal(row)

    async def get(self, proposal: str) -> Proposal:
        row = (await self._sql.execute(select(proposals).where(proposals.c.id == proposal))).mappings().first()
        if row is None:
            raise NotFound()
        return _proposal(row)

    async def waiting(self, now: datetime) -> list[Proposal]:
        """What an agent may still decide on, the longest waiting first."""
        return await self._found(proposals.c.decision == Decision.WAITING, proposals.c.expires_at > now)

    async def late(self, now: datetime) -> list[Proposal]:
        return await self._found(proposals.c.decision == Decision.WAITING, proposals.c.expires_at <= now)

    async def unjudged(self, since: datetime, limit: int = 30) -> list[Proposal]:
        """Shadow proposals that nobody has given a word on, the newest last."""
        wanted = select(proposals).where(proposals.c.decision == Decision.WATCHED, proposals.c.right.is_(None),
                                         proposals.c.created_at > since).order_by(proposals.c.created_at.desc()).limit(limit)
        return [_proposal(row) for row in reversed((await self._sql.execute(wanted)).mappings().all())]

    async def all(self, since: datetime | None = None) -> list[Proposal]:
        return await self._found(*([proposals.c.created_at > since] if since else []))

    async def _found(self, *where: Any) -> list[Proposal]:
        wanted = select(proposals).where(*where).order_by(proposals.c.created_at, proposals.c.id)
        return [_proposal(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def decide(self, proposal: Proposal, decision: Decision, by: str, now: datetime) -> bool:
        """False if it was decided meanwhile."""
        done = await self._sql.execute(update(proposals).where(
            proposals.c.id == proposal.id, proposals.c.decision == Decision.WAITING).values(decision=decision, by=by, decided_at=now))
        return done.rowcount == 1

    async def judge(self, proposal: Proposal, right: bool, by: str, now: datetime) -> None:
        await self._sql.execute(update(proposals).where(
            proposals.c.id == proposal.id, proposals.c.decision == Decision.WATCHED).values(right=right, by=by, decided_at=now))

    async def ended(self, proposal: str, outcome: dict[str, Any]) -> None:
        await self._sql.execute(update(proposals).where(proposals.c.id == proposal).values(outcome=outcome))

    async def dealt_with(self, proposal: Proposal) -> bool:
        """True once the people at the desk have ended the handoff that followed."""
        found = exists().where(handoffs.c.conversation == proposal.conversation, handoffs.c.created_at >= proposal.created_at,
                               handoffs.c.state.in_(("resolved", "returned")))
        return bool((await self._sql.execute(select(found))).scalar_one())

    async def followed_by(self, proposal: Proposal, action: str, within: datetime) -> bool:
        """True if the audit trail shows that action for the same person afterwards. A ticket that a handoff opened by itself is none."""
        wanted = select(audit.c.detail).where(audit.c.action == action, audit.c.subject == proposal.account,
                                              audit.c.at >= proposal.created_at, audit.c.at <= within)
        own = select(handoffs.c.ticket).where(handoffs.c.conversation == proposal.conversation)
        tickets = set((await self._sql.execute(own)).scalars())
        return any(detail.get("ticket") not in tickets for detail in (await self._sql.execute(wanted)).scalars())
