"""The same fact asked in three languages, in several wordings and over two channels of a real server: as JSON and as a stream.

An answer that states another value than the shipped article contradicts it, and so every answer that states the right one. An answer
that states none, as a handoff does, contradicts nothing; how many do state it stands beside.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx

from evals import figures
from evals.exam import Figure, Judge, Judged, Peer, Work
from evals.served import served
from evals.suites.consistency.fact import Wording, load, stated
from knowledge.normalise import fold

API = "/api/v1/conversations"
CHANNELS: Mapping[str, str] = {"json": "application/json", "stream": "text/event-stream"}
PATIENCE = 60.0                # seconds for one answer
NUMBERS = re.compile(r"[\d:]+")        # of a ticket, of a due time: no two conversations have the same


@dataclass(frozen=True, kw_only=True)
class Consistency:
    name: str = "consistency"
    about: str = "is the same fact told alike in every language, wording and channel?"

    @property
    def goals(self) -> Mapping[str, float]:
        return {"contradictions": 0.01}

    @property
    def figures(self) -> Mapping[str, Figure]:
        return {"contradictions": figures.value("contradicts", less=True), "stated": figures.value("stated"),
                "channels_differ": figures.value("channels_differ", less=True)}

    @property
    def peers(self) -> Mapping[str, Peer]:
        return {}

    def cases(self, work: Work) -> Sequence[Wording]:
        own = Path(str(files("evals").joinpath("suites", "consistency", "facts.yaml")))
        return [wording for path in work.data or (own,) for fact in load(path) for wording in fact.wordings]

    @asynccontextmanager
    async def open(self, work: Work) -> AsyncIterator[Judge]:
        work.progress("starting a server")
        server = served()
        url = await asyncio.to_thread(server.__enter__)
        try:
            async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:
                async def judge(case: Wording) -> Judged:
                    return judged(case, {channel: await asked(client, case, channel) for channel in CHANNELS})

                yield judge
        finally:
            await asyncio.to_thread(server.__exit__, None, None, None)


async def asked(client: httpx.AsyncClient, case: Wording, channel: str) -> str:
    """The words of the answer; "" where nothing was said.

    Each is asked by another guest: what one person has begun, a verification say, changes what the same person is told next.
    """
    opened = await client.post(f"{API}/guest", json={"account": f"{case.id}-{channel}", "lang": case.lang})
    opened.raise_for_status()
    headers = {"Accept": CHANNELS[channel], "Authorization": f"Bearer {opened.json()['token']}"}
    client.cookies.clear()
    answer = await client.post(f"{API}/{opened.json()['id']}/messages", json={"text": case.text}, headers=headers)
    answer.raise_for_status()
    whole: dict[str, Any] = answer.json() if channel == "json" else streamed(answer.text)
    return str(whole["reply"]["text"]) if whole.get("reply") else ""


def streamed(body: str) -> dict[str, Any]:
    """The whole answer, which the last `message` event of a turn's stream holds. Raises ValueError without one."""
    events = [dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
              for block in body.split("\n\n")]
    found = [event["data"] for event in events if event.get("event") == "message"]
    if not found:
        raise ValueError("the stream ended without an answer")
    whole: dict[str, Any] = json.loads(found[-1])
    return whole


def judged(case: Wording, answers: Mapping[str, str]) -> Judged:
    values = {channel: stated(case.fact, case.lang, text) for channel, text in answers.items()}
    wrong = [channel for channel, found in values.items() if found and case.fact.value not in found]
    right = [channel for channel, found in values.items() if case.fact.value in found]
    differ = len({(NUMBERS.sub("", fold(text)), values[channel]) for channel, text in answers.items()}) > 1
    first = Judged(id=case.id, lang=case.lang, text=case.text, label=case.fact.value,
                   got=" ".join(sorted({each for found in values.values() for each in found})), right=not wrong and not differ,
                   values={"contradicts": len(wrong) / len(answers), "stated": len(right) / len(answers), "channels_differ": float(differ)},
                   evidence=dict(answers), transcript=({"author": "user", "text": case.text},
                                                       {"author": "assistant", "text": next(iter(answers.values()))}))
    if wrong:
        return replace(first, reason=f"says {first.got} where the article says {case.fact.value}", tags=("contradiction",))
    return replace(first, reason="the channels answer differently", tags=("channels differ",)) if differ else first


EXAM = Consistency()
