"""Fits the head that says whether an article answers a message: on labelled questions, and on messages that want something else."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desk.people import Lang
from guardrails.signals.answering import FILE, beheld
from guardrails.signals.heads import Array, Heads, Read
from guardrails.signals.learn import Unseen
from guardrails.signals.reader import Reader
from guardrails.signals.signal import Signal, Signals
from knowledge.embedder import Embedder
from knowledge.evidence import KINDS
from knowledge.learning import fitted
from knowledge.library import Library
from knowledge.trial import EVERYTHING, Tried, labelled_questions, shipped_library, tried

# No article settles these. What a tool does and an article also tells of is left out: either answer is right.
ELSEWHERE = frozenset({"human", "upset", "ticket_status", "ticket_add", "greeting", "thanks", "capabilities", "out_of_scope"})
COUNT = 0.1                    # of such a message beside a question: they are many and mostly easy


async def fit_answering(embedder: Embedder, heads: Heads, unseen: Sequence[Unseen], file: Path = FILE) -> dict[str, Any]:
    """Write weights and cross-validated figures by language; returns what was written."""
    reader = Reader(embedder, heads)
    asked = [(question, await reader.read(question.text, question.lang)) for question in labelled_questions()]
    elsewhere = [message for message in unseen if message.kind in ELSEWHERE]
    found: dict[str, Any] = {"embedder": embedder.id}
    for kind in KINDS:
        rows: list[tuple[float, ...]] = []
        right: list[bool] = []
        async with shipped_library(embedder, phrased=kind == "phrased") as library:
            for question, signals in asked:
                row, topic = await _row(library, question.text, signals, question.lang)
                rows.append(row)
                right.append(topic == question.topic)
            for message in elsewhere:
                row, _ = await _row(library, message.text, _signals(message), message.lang)
                rows.append(row)
                right.append(False)
        langs = [*(question.lang for question, _ in asked), *(message.lang for message in elsewhere)]
        counts = [1.0] * len(asked) + [COUNT] * len(elsewhere)
        if kind == "plain":
            async for one in tried(embedder):
                rows.append(beheld(one.text, _read(heads, one), one.hits))
                right.append(one.right)
                langs.append(one.lang)
                counts.append(1.0)
        found[kind] = fitted(rows, right, langs, counts)
    await asyncio.to_thread(file.write_text, json.dumps(found, indent=1) + "\n", "utf-8")
    return found


async def _row(library: Library, text: str, signals: Signals, lang: Lang) -> tuple[tuple[float, ...], str]:
    hits = await library.search(text, vector=signals.vector, may_see=EVERYTHING, lang=lang)
    return beheld(text, signals, hits), hits[0].topic


def _signals(message: Unseen) -> Signals:
    """As read by heads that had not seen the message."""
    return _as_signals(message, message.lang, message.vector)


def _read(heads: Heads, one: Tried) -> Signals:
    vector = one.vector.astype("f4")
    return _as_signals(heads.read(one.text, vector), one.lang, vector)


def _as_signals(found: Unseen | Read, lang: Lang, vector: Array) -> Signals:
    def signal(probability: float) -> Signal:
        return Signal(probability=probability, threshold=1.0)
    return Signals(lang=lang, spoken=lang, sure=True, vector=vector, intents=found.intents, wants_person=signal(found.wants_person),
                   negative=signal(found.negative), injection=signal(0.0), delicate=signal(0.0), danger=signal(0.0),
                   danger_kind="")
