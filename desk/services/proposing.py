"""Proposals at the desk: recorded by a turn, decided by an agent, run once by a new turn, and never left without an answer."""

from datetime import datetime
from typing import Any

from desk.conversations import Author, Conversation, Speaker
from desk.dates import moment_text
from desk.errors import IllegalMove, Refused
from desk.handoffs import Reason
from desk.hours import Hours
from desk.people import Account
from desk.rollouts import LOOK_WITHIN, Decision, Proposal, Stage, seal_of, stage_of
from desk.services.handing import Handing, handoff_data
from desk.store import Store, Tx
from desk.turns import Turn
from desk.words import Words

PROPOSAL_TURN = "proposal"     # kind of the turn in which an approved call runs
CLIENT = "proposal:"


class Proposing:
    def __init__(self, store: Store, words: Words, hours: Hours, handing: Handing) -> None:
        self._store = store
        self._words = words
        self._hours = hours
        self._handing = handing

    async def record(self, tx: Tx, *, key: str, turn: Turn, conversation: Conversation, group: str, lang: str, tool: str,
                     args: dict[str, Any], stage: Stage, now: datetime) -> Proposal:
        """Record the call. The same wish while it waits already is the same proposal."""
        seal = seal_of(tool, args)
        same = [each for each in await tx.proposals.waiting(now) if (each.conversation, each.seal) == (conversation.id, seal)]
        if stage is Stage.SUGGEST and same:
            return same[0]
        decision = Decision.WAITING if stage is Stage.SUGGEST else Decision.WATCHED
        return await tx.proposals.add(key=key, turn=turn.id, conversation=conversation.id, account=conversation.account, group=group,
                                      lang=lang, tool=tool, args=args, stage=stage, decision=decision, now=now,
                                      expires_at=self._hours.add(now, LOOK_WITHIN))

    async def when(self, tx: Tx, proposal: Proposal, now: datetime) -> str:
        """By when somebody has decided, in the words and time zone of whom it is for."""
        owner = await tx.people.by_id(proposal.account) if proposal.account else None
        return moment_text(proposal.expires_at, proposal.lang, owner.timezone if owner else "UTC", now)

    async def approve(self, agent: Account, proposal_id: str, seal: str, now: datetime) -> tuple[Proposal, Turn]:
        """Exactly the call that the agent saw may run, once, in a turn of its own. A stage that was lowered since then wins."""
        async with self._store.begin() as tx:
            proposal = await self._to_decide(tx, agent, proposal_id, now)
            if seal != proposal.seal:
                raise IllegalMove("What you saw is not what is stored. Read the proposal again, then decide.")
            if stage_of(await tx.rollouts.all(), proposal.tool, proposal.group, proposal.lang) in (Stage.OFF, Stage.SHADOW):
                raise IllegalMove("The tool has been switched off since. Reject the proposal, or ask an administrator.")
            await self._decide(tx, proposal, Decision.APPROVED, agent, now)
            asked = await tx.turns.get(proposal.turn)
            conversation = await tx.conversations.get(proposal.conversation)
            turn = await tx.turns.receive(conversation=conversation.id, session=asked.session, account=asked.account, seq=conversation.seq,
                                          kind=PROPOSAL_TURN, text=asked.text, lang=conversation.lang, client_id=CLIENT + proposal.id,
                                          body_hash=proposal.seal, now=now)
            return await tx.proposals.get(proposal.id), turn

    async def reject(self, agent: Account, proposal_id: str, note: str, now: datetime) -> Proposal:
        """Nothing runs; the user is told, with the agent's words if there are any."""
        async with self._store.begin() as tx:
            proposal = await self._to_decide(tx, agent, proposal_id, now)
            await self._decide(tx, proposal, Decision.REJECTED, agent, now)
            conversation = await tx.conversations.get(proposal.conversation)
            say = self._words.say
            text = say(conversation.lang, "proposal.rejected.note", note=note) if note else say(conversation.lang, "proposal.rejected")
            await tx.conversations.say(conversation.id, Author.SYSTEM, text, conversation.lang, now)
            return await tx.proposals.get(proposal.id)

    async def judge(self, agent: Account, proposal_id: str, right: bool, now: datetime) -> Proposal:
        """A person's word on what was only watched."""
        async with self._store.begin() as tx:
            proposal = await tx.proposals.get(proposal_id)
            if proposal.decision is not Decision.WATCHED:
                raise IllegalMove("That one was not in shadow. Approve or reject it.")
            await tx.proposals.judge(proposal, right, agent.id, now)
            await tx.audit.add(agent.id, "proposal.judged", subject=proposal.account, now=now, proposal=proposal.id, tool=proposal.tool,
                               right=right)
            return await tx.proposals.get(proposal.id)

    async def ended(self, tx: Tx, turn: Turn, outcome: dict[str, Any]) -> None:
        """What came of an approved call, kept with its proposal."""
        if turn.kind == PROPOSAL_TURN and turn.client_id:
            await tx.proposals.ended(turn.client_id.removeprefix(CLIENT), outcome)

    async def of(self, tx: Tx, turn: Turn) -> Proposal | None:
        """The approved proposal that the turn is to run."""
        if turn.kind != PROPOSAL_TURN or not turn.client_id:
            return None
        proposal = await tx.proposals.get(turn.client_id.removeprefix(CLIENT))
        return proposal if proposal.decision is Decision.APPROVED else None

    async def keep_promises(self, now: datetime) -> list[str]:
        """Bring a person for each proposal that nobody decided on in time, with an apology. Returns their conversations."""
        async with self._store.begin() as tx:
            late = await tx.proposals.late(now)
            for proposal in late:
                if await tx.proposals.decide(proposal, Decision.EXPIRED, "house", now):
                    await self._bring_a_person(tx, proposal, now)
        return [proposal.conversation for proposal in late]

    async def _bring_a_person(self, tx: Tx, proposal: Proposal, now: datetime) -> None:
        conversation = await tx.conversations.get(proposal.conversation)
        handed = await self._handing.hand_off(tx, conversation, Reason.LOW_CONFIDENCE, now)
        text = self._words.say(conversation.lang, "proposal.expired") + " " + handed.text
        await tx.conversations.say(conversation.id, Author.SYSTEM, text, conversation.lang, now,
                                   extra={"handoff": handoff_data(handed.handoff)})

    async def _to_decide(self, tx: Tx, agent: Account, proposal_id: str, now: datetime) -> Proposal:
        proposal = await tx.proposals.get(proposal_id)
        if proposal.account == agent.id:
            raise Refused("Another colleague decides on what was proposed for your own account.")
        if not proposal.open(now):
            raise IllegalMove("That proposal is decided or has expired. Look at the list again.")
        return proposal

    async def _decide(self, tx: Tx, proposal: Proposal, decision: Decision, agent: Account, now: datetime) -> None:
        if not await tx.proposals.decide(proposal, decision, agent.id, now):
            raise IllegalMove("A colleague was quicker. Look at the list again.")
        await tx.audit.add(agent.id, f"proposal.{decision}", subject=proposal.account, now=now, proposal=proposal.id, tool=proposal.tool)


def speaks_aside(turn: Turn, conversation: Conversation) -> bool:
    """What an approved call did is told as a note of the desk where the assistant does not speak."""
    return turn.kind == PROPOSAL_TURN and conversation.speaker is not Speaker.ASSISTANT
