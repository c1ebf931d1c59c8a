"""Identity flows, their codes and capabilities in SQL."""

from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.codes import digest, new_id, same
from desk.errors import IllegalMove, NotFound
from desk.identity import CLOCKS_DIFFER, CODE_LIFETIME, FLOW_LIFETIME, MOVES, TRIES_PER_CODE, Action, Flow, FlowState, Method
from desk.store.locks import hold_conversation, turnstile
from desk.store.tables import capabilities, codes, flows


def _flow(row: RowMapping) -> Flow:
    return Flow(**{**row, "action": Action(row["action"]), "state": FlowState(row["state"]),
                   "proven": tuple(Method(name) for name in row["proven"])})


class Flows:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def open(self, *, conversation: str, account: str | None, subject_key: str, action: Action, now: datetime) -> Flow:
        flow = Flow(id=new_id(), conversation=conversation, account=account, subject_key=subject_key, action=action,
                    state=FlowState.FACTORS, proven=(), tries=0, created_at=now, expires_at=now + FLOW_LIFETIME)
        await self._sql.execute(insert(flows).values({**asdict(flow), "proven": []}))
        return flow

    async def get(self, flow: str) -> Flow:
        await hold_conversation(self._sql, select(flows.c.conversation).where(flows.c.id == flow).scalar_subquery())
        row = (await self._sql.execute(select(flows).where(flows.c.id == flow))).mappings().first()
        if row is None:
            raise NotFound()
        return _flow(row)

    async def latest(self, conversation: str) -> Flow | None:
        await hold_conversation(self._sql, conversation)
        wanted = select(flows).where(flows.c.conversation == conversation).order_by(flows.c.created_at.desc()).limit(1)
        row = (await self._sql.execute(wanted)).mappings().first()
        return _flow(row) if row else None

    async def count(self, subject_key: str, since: datetime) -> int:
        await turnstile(self._sql, f"flows:{subject_key}")      # held by who is about to open one more
        wanted = select(func.count()).where(flows.c.subject_key == subject_key, flows.c.created_at > since)
        return int((await self._sql.execute(wanted)).scalar_one())

    async def done_since(self, account: str, action: Action, since: datetime) -> bool:
        wanted = select(flows.c.id).where(flows.c.account == account, flows.c.action == action, flows.c.state == FlowState.DONE,
                                          flows.c.created_at > since)
        return (await self._sql.execute(wanted)).first() is not None

    async def prove(self, flow: Flow, method: Method) -> Flow:
        proven = flow.proven if method in flow.proven else (*flow.proven, method)
        await self._sql.execute(update(flows).where(flows.c.id == flow.id).values(proven=[str(name) for name in proven]))
        return replace(flow, proven=proven)

    async def miss(self, flow: Flow) -> Flow:
        await self._sql.execute(update(flows).where(flows.c.id == flow.id).values(tries=flows.c.tries + 1))
        return replace(flow, tries=flow.tries + 1)

    async def move(self, flow: Flow, to: FlowState) -> Flow:
        if to not in MOVES[flow.state]:
            raise IllegalMove(f"{flow.state} → {to}")
        done = await self._sql.execute(update(flows).where(flows.c.id == flow.id, flows.c.state == flow.state).values(state=to))
        if done.rowcount != 1:
            raise IllegalMove(f"{flow.state} → {to}")
        return replace(flow, state=to)

    async def keep_code(self, flow: Flow, code: str, now: datetime) -> None:
        """Keep a code's hash; codes sent before in the same flow are void."""
        await self._sql.execute(update(codes).where(codes.c.flow == flow.id, codes.c.used_at.is_(None)).values(used_at=now))
        await self._sql.execute(insert(codes).values(
            id=new_id(), flow=flow.id, hash=digest(code, flow.id, flow.account or ""), tries=0, expires_at=now + CODE_LIFETIME))

    async def code_sent(self, flow: Flow, now: datetime) -> bool:
        """True while a code that was sent in the flow can still be used."""
        wanted = select(codes.c.id).where(codes.c.flow == flow.id, codes.c.used_at.is_(None), codes.c.expires_at > now).limit(1)
        return (await self._sql.execute(wanted)).first() is not None

    async def use_code(self, flow: Flow, code: str, now: datetime) -> bool:
        """True for the first right use of the flow's live code; every try counts."""
        live = select(codes).where(codes.c.flow == flow.id, codes.c.used_at.is_(None), codes.c.expires_at > now,
                                   codes.c.expires_at <= now + CODE_LIFETIME + CLOCKS_DIFFER, codes.c.tries < TRIES_PER_CODE)
        row = (await self._sql.execute(live)).mappings().first()
        if row is None:
            return False
        if not same(row["hash"], digest(code, flow.id, flow.account or "")):
            await self._sql.execute(update(codes).where(codes.c.id == row["id"]).values(tries=codes.c.tries + 1))
            return False
        done = await self._sql.execute(update(codes).where(codes.c.id == row["id"], codes.c.used_at.is_(None)).values(used_at=now))
        return done.rowcount == 1

    async def mint(self, flow: Flow, *, session: str, now: datetime) -> None:
        """The capability: bound to person, action, flow and session, single use. It exists only as this row."""
        assert flow.account is not None
        await self._sql.execute(insert(capabilities).values(
            hash=digest(flow.id, flow.account, flow.action, session), flow=flow.id, account=flow.account, action=flow.action,
            session=session, expires_at=flow.expires_at))

    async def spend(self, flow: Flow, *, session: str, now: datetime) -> bool:
        """True for the first to use the capability, in the session that proved the factors."""
        done = await self._sql.execute(update(capabilities).where(
            capabilities.c.hash == digest(flow.id, flow.account or "", flow.action, session),
            capabilities.c.used_at.is_(None), capabilities.c.expires_at > now).values(used_at=now))
        return done.rowcount == 1
