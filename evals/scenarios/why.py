"""Why each turn of a played conversation went as it did: what was read in the message, and what came of it.

The message is read a second time by the same reader and the same library, which give what the turn itself was given; what decided is
taken from what the house counted and recorded, never worked out anew.
"""

from collections import Counter
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from agent.house import House
from agent.mind import MAY_SEE
from desk.conversations import Message, Speaker
from desk.people import Role
from desk.turns import Turn
from evals.scenarios.screen import Screen, Seen

HITS = "yavar_guardrail_hits"
TOP = 4                        # routes that are told
DIGITS = 4


class Watched:
    """A screen, and somebody who looks on. `turns` holds plain JSON values: no id and no time of day is in it.

    Each has `at` (the message of the transcript that began it, from 1), `kind`, `lang`, `planner`, `rules` (guardrails that did not pass),
    `actions`, `feeling` (probability of negative feeling), `handoff` and `because`; one that began with a message has `routes`,
    `signals` and `answerable` too.
    """

    def __init__(self, screen: Screen, house: House, conversation: str) -> None:
        self._screen = screen
        self._house = house
        self._conversation = conversation
        self._known: set[str] = set()
        self.turns: list[Mapping[str, Any]] = []

    async def say(self, text: str) -> Seen:
        return await self._noting(self._screen.say(text))

    async def prove(self, flow: str, how: str) -> Seen:
        return await self._noting(self._screen.prove(flow, how))

    async def press(self, card: str, *, do: bool) -> Seen:
        return await self._noting(self._screen.press(card, do=do))

    async def form(self, card: str) -> Mapping[str, Sequence[str]]:
        return await self._screen.form(card)

    async def fill(self, card: str, fields: Mapping[str, str]) -> Seen:
        return await self._noting(self._screen.fill(card, fields))

    async def messages(self) -> list[Message]:
        return await self._screen.messages()

    async def _noting(self, act: Awaitable[Seen]) -> Seen:
        before = _hits(self._house)
        seen = await act
        rules = sorted((_hits(self._house) - before).elements())
        async with self._house.desk.store.read() as tx:
            fresh = [each for each in await tx.turns.of_conversation(self._conversation) if each.id not in self._known]
            messages = await tx.conversations.messages(self._conversation)
        self._known.update(each.id for each in fresh)
        for turn in fresh:
            self.turns.append(await self._why(turn, messages, rules if turn is fresh[-1] else []))
        return seen

    async def _why(self, turn: Turn, messages: Sequence[Message], rules: Sequence[str]) -> Mapping[str, Any]:
        answer = turn.answer or {}
        places = {message.seq: place for place, message in enumerate(messages, start=1)}
        did = [{"tool": each["tool"], "outcome": each["outcome"]} for each in answer.get("actions", ())]
        found = {"at": places.get(turn.seq, 0), "kind": turn.kind, "lang": turn.lang, "planner": answer.get("planner", ""),
                 "rules": list(rules), "actions": did}
        if answer.get("reply") is None and answer.get("speaker") != Speaker.ASSISTANT:
            return found | {"silent": True}        # a person speaks: the machine reads nothing
        if turn.kind == "message":
            found |= await self._read(turn) | {"feeling": answer.get("sentiment", {}).get("score")}
        if answer.get("handoff"):
            found |= {"handoff": answer["handoff"]["reason"], "because": await self._because()}
        return found

    async def _read(self, turn: Turn) -> dict[str, Any]:
        mind = self._house.mind
        async with self._house.desk.store.read() as tx:
            owner = await tx.people.by_id(turn.account) if turn.account else None
        signals = await mind.reader.read(turn.text, last=turn.lang)    # type: ignore[arg-type]
        hits = await mind.library.search(turn.text, vector=signals.vector, may_see=MAY_SEE[owner.role if owner else Role.GUEST],
                                         lang=signals.lang)
        answers = mind.answering.probability(turn.text, signals, hits) if mind.answering else mind.library.answers(turn.text, hits)
        likely = sorted(signals.intents.items(), key=lambda item: -item[1])[:TOP]
        named = {"person": signals.wants_person, "delicate": signals.delicate, "negative": signals.negative, "orders": signals.injection}
        return {"routes": {name: round(share, DIGITS) for name, share in likely}, "answerable": round(answers or 0.0, DIGITS),
                "signals": {name: {"probability": round(each.probability, DIGITS), "threshold": round(each.threshold, DIGITS)}
                            for name, each in named.items()}}

    async def _because(self) -> str:
        async with self._house.desk.store.read() as tx:
            latest = await tx.handoffs.latest(self._conversation)
        return str(latest.card.get("because") or "") if latest else ""


def _hits(house: House) -> "Counter[str]":
    """How often each guardrail did not pass, since the house was opened."""
    found: Counter[str] = Counter()
    for family in text_string_to_metric_families(house.figures.text().decode()):
        for sample in family.samples:
            if sample.name == f"{HITS}_total":
                found[sample.labels["rule"]] = round(sample.value)
    return found
