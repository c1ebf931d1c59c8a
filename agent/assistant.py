"""The assistant: receives a message, runs its turn under a lease, and records what came of it in one transaction."""

import asyncio
import time
from contextlib import suppress
from dataclasses import replace
from itertools import takewhile
from typing import Any

import structlog
from langchain_core.runnables import RunnableConfig
from langgraph.graph.state import CompiledStateGraph
from langsmith import tracing_context

from agent import answer as answers
from agent import missing
from agent.checkpoints import DOWN, Checkpoints
from agent.graph import build_graph
from agent.leading_in import before_handoff
from agent.mind import Mind
from agent.returned import held_by, not_again
from agent.state import Going, Said, State
from desk.cards import CardKind
from desk.codes import digest
from desk.conversations import Author, Conversation, Message, Speaker
from desk.errors import AnotherBody, LeaseLost, Unavailable
from desk.handoffs import Reason, note_of
from desk.people import Caller, Role
from desk.services.carding import CARD_TURN
from desk.services.proposing import speaks_aside
from desk.store import Tx
from desk.tracing import Span
from desk.turns import ATTEMPTS, LEASE, Turn, TurnState
from guardrails.arriving import TROUBLED
from guardrails.intake import canonical
from guardrails.redaction import redact
from guardrails.signals.language import identify

log = structlog.get_logger()
WITHIN = 20.0                  # seconds for a whole turn; then a person takes over
HEARD = 12                     # messages of the conversation that the planner is given
RECURSION = 60                 # nodes of one turn at most; the graph's own step budget ends it long before
LOOK_AGAIN = 0.2               # seconds between looks at a turn that somebody else runs


class Assistant:
    def __init__(self, mind: Mind) -> None:
        self._mind = mind
        self._checkpoints: Checkpoints | None = None
        self._graph: CompiledStateGraph[State, Going, State, State] = build_graph()
        self._running: set[asyncio.Task[Any]] = set()

    async def open(self, checkpoints: Checkpoints | None) -> None:
        """Keep what a turn has thought so far, until it ends: a turn that is picked up goes on at its last step."""
        if checkpoints:
            await self._forget_ended(checkpoints)
        self._checkpoints = checkpoints
        self._graph = build_graph(checkpoints.saver if checkpoints else None)

    async def _forget_ended(self, checkpoints: Checkpoints) -> None:
        """What a process kept that was killed between a turn's end and forgetting it."""
        for turn in await checkpoints.turns():
            async with self._mind.desk.store.read() as tx:
                ended = await tx.turns.ended(turn)
            if ended:
                await checkpoints.forget(turn)

    async def close(self) -> None:
        await self.settle()
        if self._checkpoints:
            await self._checkpoints.close()

    def redact(self, text: str) -> str:
        """Text as it may be stored: canonical, without secrets. Nothing stays nothing."""
        return redact(canonical(text)).text if text.strip() else ""

    async def receive(self, caller: Caller, conversation: str, text: str, client_id: str | None = None) -> Turn:
        """Record the message, redacted, before anything else is done with it. The same client id gives the same turn."""
        safe = redact(canonical(text))
        now, mind = self._mind.clock(), self._mind
        async with mind.desk.store.begin() as tx:
            whose = await tx.conversations.of(caller, conversation)
            known = await tx.turns.by_client_id(whose.id, client_id) if client_id else None
            if known:
                if known.body_hash != digest(safe.text):
                    raise AnotherBody()
                return known
            lang = identify(safe.text, last=whose.lang).lang
            if lang != whose.lang or whose.closed_at:
                whose = await tx.conversations.change(whose, replace(whose, lang=lang, closed_at=None, updated_at=now))
            message = await tx.conversations.say(whose.id, Author.USER, safe.text, lang, now,
                                                 account=caller.account.id if caller.account else None)
            turn = await tx.turns.receive(conversation=whose.id, session=caller.session, account=whose.account, seq=message.seq,
                                          kind="message", text=safe.text, lang=lang, client_id=client_id, body_hash=digest(safe.text),
                                          now=now)
            if set(safe.found) & {"password", "code", "secret"}:
                await tx.conversations.say(whose.id, Author.SYSTEM, mind.desk.words.say(lang, "redacted.note"), lang, now)
            if whose.speaker is not Speaker.ASSISTANT:
                silent = answers.silent(turn.id, whose.speaker, mind.planners.first)
                await tx.turns.finish(turn, TurnState.DONE, silent, now)
                turn = await tx.turns.get(turn.id)
        mind.live.wake(whose.id)
        return turn

    async def answer(self, turn: Turn) -> dict[str, Any]:
        """What became of the turn: run it, or wait for whoever runs it. A database that is away for a moment is waited for."""
        gives_up = time.monotonic() + WITHIN
        mine: Turn | None = None
        while True:
            try:
                if mine:
                    await self._give_back(mine)
                async with self._mind.desk.store.read() as tx:
                    turn = await tx.turns.get(turn.id)
                if turn.over:
                    return turn.answer or {}
                async with self._mind.desk.store.begin() as tx:
                    mine = await tx.turns.take(turn.id, self._mind.clock())
                if mine:
                    await self._run(mine)
                    mine = None
                    continue
            except Unavailable:
                if time.monotonic() > gives_up:
                    raise
            await asyncio.sleep(LOOK_AGAIN)

    async def _give_back(self, turn: Turn) -> None:
        with suppress(LeaseLost):
            async with self._mind.desk.store.begin() as tx:
                await tx.turns.release(turn)

    def soon(self, turn: Turn) -> None:
        """Run the turn in the background."""
        task = asyncio.create_task(self.answer(turn))
        self._running.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception():
            log.error("turn.failed", exc_info=task.exception())

    async def pick_up(self) -> int:
        """Run turns that nobody runs any more, in their order. Returns how many."""
        async with self._mind.desk.store.read() as tx:
            abandoned = await tx.turns.abandoned(self._mind.clock())
        for turn in abandoned:
            self.soon(turn)
        return len(abandoned)

    async def settle(self) -> None:
        """Wait for what runs in the background."""
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)

    async def _run(self, turn: Turn) -> None:
        keeper = asyncio.create_task(self._keep_lease(turn))
        try:
            with self._mind.tracing.span("turn", {"yavar.turn": turn.id, "yavar.kind": turn.kind, "yavar.attempt": turn.attempts}) as span:
                await self._run_once(turn, span)
        except LeaseLost:
            log.info("turn.late", turn=turn.id)
        finally:
            keeper.cancel()
            self._mind.live.wake(turn.conversation)

    async def _run_once(self, turn: Turn, span: Span) -> None:
        async with self._mind.desk.store.read() as tx:
            conversation = await tx.conversations.get(turn.conversation)
            going, state = await self._start(tx, turn, conversation)
        if turn.attempts > ATTEMPTS:
            state["hand_off"], state["because"] = Reason.PLANNER_DOWN, "attempts_used_up"
            return await self._record(turn, conversation, state)
        try:
            async with asyncio.timeout(WITHIN):
                state = await self._think(turn, state, going)
        except (Unavailable, *DOWN) as error:
            raise Unavailable() from error
        except Exception as error:
            log.exception("turn.broke", turn=turn.id, error=type(error).__name__)
            state |= {"hand_off": Reason.PLANNER_DOWN, "because": type(error).__name__, "planner": "builtin"}
        span.tell({"yavar.planner": state["planner"], "yavar.lang": state["lang"], "yavar.steps": state["steps"],
                   "yavar.reason": str(state["hand_off"]), "yavar.because": state["because"], "yavar.fell": state["fell"]})
        await self._record(turn, conversation, not_again(state, going))
        if self._checkpoints:
            await self._checkpoints.forget(turn.id)

    async def _think(self, turn: Turn, state: State, going: Going) -> State:
        """Through the graph: from the start, or from the step that an earlier run of this turn came to."""
        config: RunnableConfig = {"configurable": {"thread_id": turn.id}, "recursion_limit": RECURSION}
        begun = self._checkpoints is not None and turn.attempts > 1 and await self._checkpoints.saver.aget(config) is not None
        with tracing_context(enabled=False):    # LangSmith's own variables in the environment would send what people write elsewhere
            return await self._graph.ainvoke(None if begun else state, config, context=going,  # type: ignore[return-value]
                                             durability="exit" if self._checkpoints else None)

    async def _keep_lease(self, turn: Turn) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            try:
                async with self._mind.desk.store.begin() as tx:
                    await tx.turns.renew(turn, self._mind.clock())
            except LeaseLost:
                return
            except Unavailable:
                log.warning("lease.not_renewed", turn=turn.id)

    async def _start(self, tx: Tx, turn: Turn, conversation: Conversation) -> tuple[Going, State]:
        messages = [each for each in await tx.conversations.messages(conversation.id, HEARD * 2) if each.seq <= turn.seq]
        before = [each for each in messages if each.author is Author.ASSISTANT]
        owner = await tx.people.by_id(conversation.account) if conversation.account else None
        last = before[-1].extra if before else {}
        note = note_of(await tx.handoffs.latest(conversation.id))
        going = Going(mind=self._mind, turn=turn, conversation=conversation, role=owner.role if owner else Role.GUEST,
                      asks=last.get("asks", ""), choices=tuple(last.get("choices", ())),
                      card=await self._card_waits(tx, conversation), negative_before=await self._negative_before(tx, turn),
                      began=time.monotonic(), said_before=tuple(_without_note(each) for each in before[-1:]),
                      note=note, held=await held_by(note, self._mind), dealt_with=await tx.handoffs.dealt_with(conversation.id),
                      rollouts=tuple(await tx.rollouts.all()), proposal=await self._mind.desk.proposing.of(tx, turn))
        state: State = {"heard": _heard(messages[-HEARD:]), "lang": conversation.lang, "sentiment": answers.CALM, "tainted": False,
                        "answerable": None, "planner": self._mind.planners.first, "steps": 0, "tokens": 0, "corrected": False, "fell": "",
                        "calls": [], "granted": [], "approved": "", "made": [], "outcomes": [], "draft": None, "because": "",
                        "hand_off": "", "solved": ""}
        return going, state

    async def _card_waits(self, tx: Tx, conversation: Conversation) -> bool:
        return any(card.kind is CardKind.CONFIRMATION for card in await tx.cards.waiting(conversation.id, self._mind.clock()))

    async def _negative_before(self, tx: Tx, turn: Turn) -> int:
        felt = await tx.turns.feelings(turn.conversation, before=turn.seq)
        return len(list(takewhile(lambda score: score >= TROUBLED, felt)))

    async def _record(self, turn: Turn, before: Conversation, state: State) -> None:
        """The turn's end: what is said, who speaks next and the turn's answer, all or nothing; late output is dropped."""
        now, mind = self._mind.clock(), self._mind
        asked = await missing.missing(turn, state, mind)
        async with mind.desk.store.begin() as tx:
            conversation = await tx.conversations.get(before.id)
            await self._tell_of_proposal(tx, turn, conversation, state)
            late = conversation.epoch != before.epoch
            aside = turn.kind == CARD_TURN and conversation.speaker is not Speaker.ASSISTANT and not state["hand_off"]
            if aside or (late and turn.kind == CARD_TURN):
                await self._tell_of_card(tx, turn, conversation, state)
            if late or aside or speaks_aside(turn, conversation):
                silent = answers.silent(turn.id, conversation.speaker, state["planner"], state["sentiment"])
                await tx.turns.finish(turn, TurnState.DONE, silent, now)
                return
            ended = TurnState.HANDED_OFF if state["hand_off"] else TurnState.DONE
            tell = self._hand_off if state["hand_off"] else self._solved if state["solved"] else self._say
            answer = await tell(tx, turn, conversation, state)
            await missing.record(tx, turn, conversation, state, asked, mind)
            await tx.turns.finish(turn, ended, answer, now)
            self._stream(conversation.id, turn.id, answer["reply"]["text"])   # the last step before the whole message can be read
        mind.figures.turn(state["planner"], str(ended), (now - turn.received_at).total_seconds())
        log.info("turn.ended", turn=turn.id, state=str(ended), reason=state["hand_off"], because=state["because"], planner=state["planner"],
                 fell=state["fell"])

    async def _tell_of_card(self, tx: Tx, turn: Turn, conversation: Conversation, state: State) -> None:
        """What a card's button did is told even where the assistant does not speak: as a note of the desk."""
        if turn.kind == CARD_TURN and state["draft"]:
            await tx.conversations.say(conversation.id, Author.SYSTEM, state["draft"]["text"], state["lang"], self._mind.clock(),
                                       turn=turn.id, actions=answers.actions(state))

    async def _tell_of_proposal(self, tx: Tx, turn: Turn, conversation: Conversation, state: State) -> None:
        """What an approved call did is kept with its proposal, and said as a note of the desk where the assistant does not speak."""
        outcome = next(({"status": each["outcome"], "code": each["code"]} for each in state["outcomes"]),
                       {"status": "failed", "code": state["because"]})
        await self._mind.desk.proposing.ended(tx, turn, outcome)
        if speaks_aside(turn, conversation) and state["draft"]:
            await tx.conversations.say(conversation.id, Author.SYSTEM, state["draft"]["text"], state["lang"], self._mind.clock(),
                                       turn=turn.id, actions=answers.actions(state), extra={"needs": answers.needs(state)})

    async def _say(self, tx: Tx, turn: Turn, conversation: Conversation, state: State) -> dict[str, Any]:
        note = self._mind.desk.words.say(state["lang"], "planner.fell_back") if state["fell"] else ""
        answer = answers.spoken(turn.id, state, conversation.speaker, note)
        draft, reply = state["draft"], answer["reply"]
        extra = {"choices": reply["choices"], "asks": draft["asks"] if draft else "", "needs": answer["needs"], "note": note,
                 "details": answers.details(state), "overdue": answers.overdue(state)}
        await tx.conversations.say(conversation.id, Author.ASSISTANT, reply["text"], state["lang"], self._mind.clock(), turn=turn.id,
                                   citations=reply["citations"], actions=answer["actions"], extra=extra)
        return answer

    async def _hand_off(self, tx: Tx, turn: Turn, conversation: Conversation, state: State) -> dict[str, Any]:
        findings = {"feeling": state["sentiment"], "because": state["because"],
                    "findings": [_plain(outcome) for outcome in state["outcomes"]]}
        handed = await self._mind.desk.handing.hand_off(tx, conversation, Reason(state["hand_off"]), self._mind.clock(), findings=findings)
        handed = replace(handed, text=before_handoff(state, self._mind.desk.words) + handed.text)
        answer = answers.handed(turn.id, state, handed)
        await tx.conversations.say(conversation.id, Author.ASSISTANT, handed.text, state["lang"], self._mind.clock(), turn=turn.id,
                                   actions=answer["actions"], extra={"handoff": answer["handoff"], "needs": answer["needs"]})
        return answer

    async def _solved(self, tx: Tx, turn: Turn, conversation: Conversation, state: State) -> dict[str, Any]:
        """The user's word on what a person resolved; one that a button has said already is only thanked for."""
        desk, now = self._mind.desk, self._mind.clock()
        if await tx.handoffs.resolved(conversation.id):
            text = await desk.solving.answer(tx, conversation, state["solved"] == "yes", now)
        else:
            text = desk.words.say(state["lang"], "smalltalk.thanks")
        after = await tx.conversations.get(conversation.id)
        answer = answers.told(turn.id, state, text, after.speaker, await tx.handoffs.current(conversation.id))
        await tx.conversations.say(conversation.id, Author.ASSISTANT, text, state["lang"], now, turn=turn.id)
        return answer

    def _stream(self, conversation: str, turn: str, text: str) -> None:
        """The judged text, word by word, for those who look on."""
        for word in text.split(" "):
            self._mind.live.tell(conversation, "delta", {"turn": turn, "text": word + " "})


def _heard(messages: list[Message]) -> list[Said]:
    roles = {Author.USER: "user", Author.ASSISTANT: "assistant", Author.PERSON: "assistant"}
    return [{"role": roles[each.author], "text": _without_note(each)} for each in messages if each.author in roles]


def _without_note(message: Message) -> str:
    """What was said, without the note on who planned it."""
    return message.text.removeprefix(f"{message.extra['note']}\n\n") if message.extra.get("note") else message.text


def _plain(outcome: dict[str, Any]) -> dict[str, Any]:
    """An outcome for the handoff card: passages by their titles alone."""
    facts = {name: value for name, value in outcome["facts"].items() if name != "passages"}
    return {"tool": outcome["tool"], "outcome": outcome["outcome"], "code": outcome["code"], "facts": facts,
            "sources": [passage["title"] for passage in outcome["facts"].get("passages", ())][:3]}
