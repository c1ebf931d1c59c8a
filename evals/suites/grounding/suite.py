"""Answers of a whole house: is every sentence carried by the passage that it cites, and is no link invented?

What is counted are answers with a citation. A sentence among them that cites nothing is not carried, unless the desk's own catalogue
says it, as it does of what was not found.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import numpy as np

from desk.people import Caller
from desk.store import Tx
from evals import figures, questions, shelf
from evals.answers import Answers
from evals.exam import Figure, Judge, Judged, Peer, Work
from evals.questions import Asked
from evals.suites.grounding.carrying import carried, invented, of_the_desk, told
from evals.work import Stay


def _share(part: str, whole: str) -> Figure:
    """Of all sentences of all answers; None where none was told."""
    def of(answers: Answers) -> float | None:
        among = float(np.nansum(answers.value(whole)))
        return float(np.nansum(answers.value(part))) / among if among else None
    return Figure(of=of)


@dataclass(frozen=True, kw_only=True)
class Grounding:
    name: str = "grounding"
    about: str = "is every sentence of an answer carried by its citation?"

    @property
    def goals(self) -> Mapping[str, float]:
        return {"supported": 0.98, "invented_links": 0.0}

    @property
    def figures(self) -> Mapping[str, Figure]:
        return {"supported": _share("carried", "told"), "invented_links": figures.total("invented"), "answered": figures.value("answered"),
                "right_article": figures.value("right article")}

    @property
    def peers(self) -> Mapping[str, Peer]:
        return {}

    def cases(self, work: Work) -> Sequence[Asked]:
        return questions.of_data(work).asked if work.data else questions.held_out().asked

    @asynccontextmanager
    async def open(self, work: Work) -> AsyncIterator[Judge]:
        async with work.house() as stay:
            if work.data:
                await _shelve(work, stay)
            caller = await _signed_in(stay)

            async def judge(asked: Asked) -> Judged:
                return await _judged(asked, stay, caller)

            yield judge


async def _signed_in(stay: Stay) -> Caller:
    desk = stay.house.desk
    caller = await desk.signin.caller(await desk.signin.issue_token("user", stay.clock()), stay.clock())
    assert caller is not None
    return caller


async def _shelve(work: Work, stay: Stay) -> None:
    """The passages of the files beside the house's own articles."""
    for name, book in questions.of_data(work).books.items():
        work.progress(f"{name}: embedding {len(book.passages)} passages")
        await shelf.put(stay.house.desk.store, book.passages, book.lang, work.embedder)
    await stay.house.library.open()


async def _judged(asked: Asked, stay: Stay, caller: Caller) -> Judged:
    house = stay.house
    assert caller.account is not None
    async with house.desk.store.begin() as tx:
        conversation = await tx.conversations.open(account=caller.account.id, lang=asked.lang, now=stay.clock())
    answer = await house.assistant.answer(await house.assistant.receive(caller, conversation.id, asked.text))
    reply = answer["reply"] or {"text": "", "citations": []}
    async with house.desk.store.read() as tx:
        cited = {int(each["n"]): await passage(tx, str(each["url"])) for each in reply["citations"]}
    return judged(asked, str(reply["text"]), cited, house.mind.own_hosts)


async def passage(tx: Tx, url: str) -> tuple[str, str]:
    """Id and words of the passage behind a citation's link, as the shelf holds it now; nothing where there is none."""
    document, _, ordinal = url.removeprefix("/knowledge/").partition("#p")
    known = await tx.shelf.document(document)
    for section in await tx.shelf.sections(document) if known else ():
        if known and str(section["ordinal"]) == ordinal:
            return f"{document}.{ordinal}", f"{known['title']}\n{section['heading']}\n{section['text']}"
    return "", ""


def judged(asked: Asked, text: str, cited: Mapping[int, tuple[str, str]], own_hosts: frozenset[str]) -> Judged:
    passages = {number: words for number, (_, words) in cited.items()}
    sentences = [each for each in told(text) if not of_the_desk(each, asked.lang)] if cited else []
    loose = [each.text for each in sentences if not carried(each, passages)]
    links = invented(text, passages, own_hosts)
    values = {"answered": float(bool(cited)), "told": float(len(sentences)), "carried": float(len(sentences) - len(loose)),
              "invented": float(len(links))}
    if cited and asked.gold:
        values["right article"] = float(any(name in asked.gold for name, _ in cited.values()))
    reason = "; ".join([*(f"not carried: {each}" for each in loose), *(f"invented: {each}" for each in links)])
    return Judged(id=asked.id, lang=asked.lang, text=asked.text, right=not loose and not links, values=values, reason=reason[:500],
                  evidence={"not carried": loose, "passages": {str(number): words[:600] for number, words in passages.items()}},
                  transcript=({"author": "user", "text": asked.text}, {"author": "assistant", "text": text}),
                  tags=tuple(name for name, wrong in (("not carried", loose), ("invented link", links)) if wrong))


EXAM = Grounding()
