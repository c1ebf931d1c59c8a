"""The identity flow at the desk: opened by a tool, proved on its own form, finished here. Nothing in it reads a chat's text."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp

from desk.codes import digest, new_code, totp_step
from desk.conversations import Author, Conversation, Speaker
from desk.directory import Directory
from desk.errors import DeskError, FlowOver, IllegalMove, NeedsFactors, NeedsPerson, TriesUsedUp, WrongCode
from desk.handoffs import Reason
from desk.identity import (
    FLOWS_PER_DAY,
    MESSAGES_PER_DAY,
    ONE_RESET_PER,
    TRIES_PER_CODE,
    Action,
    Flow,
    FlowState,
    Method,
    two_different,
)
from desk.passwords import Passwords
from desk.people import PRIVILEGED, Account, Caller
from desk.services.handing import Handing
from desk.services.signin import GUEST_LASTS
from desk.store import Store, Tx
from desk.turns import Turn
from desk.vault import Vault
from desk.words import Words

DAY = timedelta(hours=24)
DECOY_SECRET = pyotp.random_base32()   # what a claim of nobody is checked against: the same work, never right
CODE_EVENT = {Action.RESET: "reset_done", Action.UNLOCK: "unlock_done"}


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a flow stands after a step, and the turn that tells the conversation of it, if any."""

    flow: Flow
    turn: Turn | None = None
    fresh_secret: str | None = None     # a guest's session goes on under this one


class Verifying:
    def __init__(self, store: Store, words: Words, vault: Vault, passwords: Passwords, directory: Directory, handing: Handing, *,
                 heightened_risk: bool) -> None:
        self._store = store
        self._words = words
        self._vault = vault
        self._passwords = passwords
        self._directory = directory
        self._handing = handing
        self._heightened_risk = heightened_risk

    async def start(self, tx: Tx, conversation: Conversation, action: Action, now: datetime) -> Flow:
        """The live flow of that action in the conversation: the one that is open, or a new one."""
        open_one = await tx.flows.latest(conversation.id)
        if open_one and open_one.action is action and open_one.alive(now):
            return open_one
        key = conversation.claim_key or digest(conversation.account or "", "subject")
        owner = await tx.people.by_id(conversation.account) if conversation.account else None
        if owner and self._for_a_person(owner):
            raise NeedsPerson()
        if await tx.flows.count(key, now - DAY) >= FLOWS_PER_DAY:
            raise NeedsPerson()
        flow = await tx.flows.open(conversation=conversation.id, account=conversation.subject, subject_key=key, action=action, now=now)
        await tx.audit.add(conversation.account or "guest", "identity.started", subject=flow.account, now=now, flow=flow.id,
                           what=str(action))
        return flow

    async def of(self, caller: Caller, flow: str) -> tuple[Flow, Conversation]:
        """The caller's own flow; someone else's is not found."""
        async with self._store.read() as tx:
            found = await tx.flows.get(flow)
            return found, await tx.conversations.of(caller, found.conversation)

    async def send_code(self, caller: Caller, flow_id: str, now: datetime) -> Flow:
        """Send an e-mail code: to the person of the flow, or to nobody with the same effort."""
        async with self._store.begin() as tx:
            flow = await self._open_flow(tx, caller, flow_id, now)
            code = new_code()
            await tx.flows.keep_code(flow, code, now)
            person = await tx.people.by_id(flow.account) if flow.account else None
            quiet = await tx.outbox.count(person.id if person else "", "code", now - DAY) >= MESSAGES_PER_DAY
            lang = person.lang if person else "en"
            body = self._vault.seal(self._words.say(lang, "mail.code.body", code=code, minutes=10))
            await tx.outbox.put(account=person.id if person else None, kind="code", address=person.email if person and not quiet else "",
                                subject=self._words.say(lang, "mail.code.subject"), sealed_body=body, key=None, now=now)
        return flow

    async def prove(self, caller: Caller, flow_id: str, method: Method, code: str, now: datetime) -> Progress:
        """One factor. Two different ones finish the flow's first half; every wrong try counts and is kept."""
        async with self._store.begin() as tx:
            flow = await self._open_flow(tx, caller, flow_id, now)
            if method in flow.proven:
                raise IllegalMove("That factor is proved already. Prove the other one.")
            right = await self._right(tx, flow, method, code, now)
            progress, wrong = (await self._proved(tx, caller, flow, method, now), None) if right else await self._missed(tx, flow, now)
        if wrong:
            raise wrong
        return progress

    async def _right(self, tx: Tx, flow: Flow, method: Method, code: str, now: datetime) -> bool:
        if method is Method.EMAIL:
            return await tx.flows.use_code(flow, code, now) and flow.account is not None
        known = await tx.people.credentials(flow.account) if flow.account else None
        secret = self._vault.open(known.totp_secret) if known and known.totp_secret else DECOY_SECRET
        step = totp_step(secret, code, now, known.totp_last_step if known else 0)
        return step is not None and known is not None and await tx.people.use_totp_step(known.account, step)

    async def _missed(self, tx: Tx, flow: Flow, now: datetime) -> tuple[Progress, DeskError]:
        flow = await tx.flows.miss(flow)
        if flow.tries < TRIES_PER_CODE:
            return Progress(flow=flow), WrongCode(tries_left=TRIES_PER_CODE - flow.tries)
        flow = await tx.flows.move(flow, FlowState.FAILED)
        await tx.audit.add("house", "identity.failed", subject=flow.account, now=now, flow=flow.id,
                           what=str(flow.action))
        return Progress(flow=flow), TriesUsedUp()

    async def _proved(self, tx: Tx, caller: Caller, flow: Flow, method: Method, now: datetime) -> Progress:
        flow = await tx.flows.prove(flow, method)
        await tx.audit.add(_actor(caller), "identity.factor", subject=flow.account, now=now, flow=flow.id, method=str(method))
        if not two_different(flow.proven) or flow.account is None:
            return Progress(flow=flow)
        person = await tx.people.by_id(flow.account)
        assert person is not None
        if self._for_a_person(person) or await self._too_soon(tx, flow, now):
            return await self._to_a_person(tx, flow, now)
        await tx.flows.mint(flow, session=caller.session, now=now)
        if flow.action is Action.RESET:
            return Progress(flow=await tx.flows.move(flow, FlowState.PASSWORD))
        await self._spend(tx, flow, caller, now)
        await self._directory.unlock(tx, person.id, now)
        return await self._done(tx, caller, flow, person, now)

    async def set_password(self, caller: Caller, flow_id: str, password: str, now: datetime) -> Progress:
        """The one-time page's act. Other sessions end; a guest's goes on under a fresh secret."""
        flow, _ = await self.of(caller, flow_id)
        if flow.state is not FlowState.PASSWORD or flow.account is None:
            raise FlowOver() if flow.state is not FlowState.FACTORS else NeedsFactors()
        async with self._store.read() as tx:
            person = await tx.people.by_id(flow.account)
        assert person is not None
        await asyncio.to_thread(self._passwords.accept, password, name=person.name)
        async with self._store.begin() as tx:
            flow = await tx.flows.get(flow_id)
            if not flow.alive(now):
                raise FlowOver()
            await tx.people.credentials(person.id)       # held: of two flows of one person, one is the first
            if await self._too_soon(tx, flow, now):
                raise NeedsPerson()
            await self._spend(tx, flow, caller, now)
            await self._directory.set_password(tx, person.id, password, now)
            await tx.people.end_sessions(person.id, but=caller.session)
            fresh = await self._fresh_guest(tx, caller, now)
            progress = await self._done(tx, caller, flow, person, now)
        return Progress(flow=progress.flow, turn=progress.turn, fresh_secret=fresh)

    async def _fresh_guest(self, tx: Tx, caller: Caller, now: datetime) -> str | None:
        if not caller.is_guest or caller.conversation is None:
            return None
        await tx.people.end_guest_sessions(caller.conversation)
        secret, _ = await tx.people.open_session("guest", account=None, conversation=caller.conversation, now=now, lasts=GUEST_LASTS)
        return secret

    async def _spend(self, tx: Tx, flow: Flow, caller: Caller, now: datetime) -> None:
        if not await tx.flows.spend(flow, session=caller.session, now=now):
            raise FlowOver()

    async def _done(self, tx: Tx, caller: Caller, flow: Flow, person: Account, now: datetime) -> Progress:
        flow = await tx.flows.move(flow, FlowState.DONE)
        event = CODE_EVENT[flow.action]
        await tx.audit.add(_actor(caller), f"identity.{event}", subject=person.id, now=now, flow=flow.id,
                           factors=[str(method) for method in flow.proven])
        subject = self._words.say(person.lang, f"mail.{event}.subject")
        body = self._vault.seal(self._words.say(person.lang, f"mail.{event}.body", name=person.display))
        await tx.outbox.put(account=person.id, kind="notice", address=person.email, subject=subject, sealed_body=body,
                            key=digest(flow.id, event), now=now)
        return Progress(flow=flow, turn=await self._tell(tx, caller, flow, event, now))

    async def _tell(self, tx: Tx, caller: Caller, flow: Flow, event: str, now: datetime) -> Turn | None:
        """A turn in which the assistant tells of it; where it does not speak, a note of the desk."""
        conversation = await tx.conversations.get(flow.conversation)
        await tx.conversations.tell(conversation.id, "needs", {"needs": None}, now)
        if conversation.speaker is not Speaker.ASSISTANT:
            text = self._words.say(conversation.lang, f"identity.{event}")
            await tx.conversations.say(conversation.id, Author.SYSTEM, text, conversation.lang, now)
            return None
        conversation = await tx.conversations.get(flow.conversation)
        return await tx.turns.receive(conversation=conversation.id, session=caller.session, account=conversation.account,
                                      seq=conversation.seq, kind=event, text="", lang=conversation.lang, client_id=f"flow:{flow.id}",
                                      body_hash="", now=now)

    async def _to_a_person(self, tx: Tx, flow: Flow, now: datetime) -> Progress:
        flow = await tx.flows.move(flow, FlowState.PERSON)
        conversation = await tx.conversations.get(flow.conversation)
        handed = await self._handing.hand_off(tx, conversation, Reason.FORBIDDEN, now)
        text = self._words.say(conversation.lang, "identity.person") + " " + handed.text
        await tx.conversations.say(conversation.id, Author.SYSTEM, text, conversation.lang, now)
        return Progress(flow=flow)

    async def _open_flow(self, tx: Tx, caller: Caller, flow_id: str, now: datetime) -> Flow:
        flow = await tx.flows.get(flow_id)
        await tx.conversations.of(caller, flow.conversation)
        if flow.state is not FlowState.FACTORS or not flow.alive(now):
            raise FlowOver()
        return flow

    def _for_a_person(self, person: Account) -> bool:
        return self._heightened_risk or person.role in PRIVILEGED

    async def _too_soon(self, tx: Tx, flow: Flow, now: datetime) -> bool:
        return flow.action is Action.RESET and await tx.flows.done_since(flow.account or "", Action.RESET, now - ONE_RESET_PER)


def _actor(caller: Caller) -> str:
    return caller.account.id if caller.account else "guest"
