"""Questions over passages in the shape of SQuAD 1.1 or 2.0. What is not well formed is named with its line.

A file may hold questions alone: a paragraph then names its passage by `sha256`, the digest of the passage's text, in place of `context`.
So one can ask over passages that one may not hand on.
"""

import gzip
import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from json.decoder import JSONObject  # type: ignore[attr-defined]
from json.scanner import py_make_scanner  # type: ignore[attr-defined]
from pathlib import Path
from typing import Any

from evals.case import BadData

ELSEWHERE = "sha256:"          # begins the id of a passage whose text stands in another file


@dataclass(frozen=True, kw_only=True)
class Passage:
    id: str
    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Question:
    id: str
    text: str
    passage: str | None        # id of the passage that answers it; None: none does
    where: str                 # file and line


@dataclass(frozen=True, kw_only=True)
class Squad:
    """A passage for each paragraph, numbered in the file's order; the same text twice is one passage."""

    passages: tuple[Passage, ...]
    questions: tuple[Question, ...]
    paragraph_of: Mapping[str, int]    # of each question, counted through: also of one that nothing answers
    paragraphs: tuple[str, ...]        # id of the passage of each paragraph


class Placed(dict[str, Any]):
    """A JSON object that knows the line on which it begins."""

    line = 0


def read(path: Path, *, elsewhere: bool = False) -> Squad:
    """`elsewhere`: the passages may stand in another file. Raises BadData."""
    reading = _Reading(path)
    passages: dict[str, Passage] = {}
    questions: list[Question] = []
    paragraph_of: dict[str, int] = {}
    paragraphs: list[str] = []
    for article in reading.items(reading.whole, "data"):
        title = str(article.get("title") or "").replace("_", " ")
        for paragraph in reading.items(article, "paragraphs"):
            passage = _pointed(reading, paragraph, elsewhere)
            if not passage:
                text = reading.text(paragraph, "context")
                passage = passages.setdefault(text, Passage(id=f"p{len(passages) + 1:05}", title=title, text=text)).id
            for asked in reading.items(paragraph, "qas"):
                question = _question(reading, asked, passage)
                if question.id in paragraph_of:
                    raise BadData(f"{question.where}: the question id {question.id} stands here twice")
                questions.append(question)
                paragraph_of[question.id] = len(paragraphs)
            paragraphs.append(passage)
    if not questions:
        raise BadData(f"{path}: no questions")
    return Squad(passages=tuple(passages.values()), questions=tuple(questions), paragraph_of=paragraph_of, paragraphs=tuple(paragraphs))


def over(asked: Squad, held: Squad, path: Path) -> Squad:
    """The questions of one file over the passages of another: by the passage's digest where the file names it, else by the question's id
    where both have it, else by the paragraph's place.

    Raises BadData where nothing tells which passage answers a question, or where that passage is missing.
    """
    same_places = len(asked.paragraphs) == len(held.paragraphs)
    by_digest = {ELSEWHERE + hashlib.sha256(each.text.encode()).hexdigest(): each.id for each in held.passages}

    def found(question: Question) -> str:
        wanted = asked.paragraphs[asked.paragraph_of[question.id]]
        if wanted.startswith(ELSEWHERE):
            if wanted not in by_digest:
                raise BadData(f"{question.where}: {path} has no passage with the digest {wanted}: the question {question.id} was asked of "
                              "another file, or of another edition of this one")
            return by_digest[wanted]
        if question.id in held.paragraph_of:
            return held.paragraphs[held.paragraph_of[question.id]]
        if same_places:
            return held.paragraphs[asked.paragraph_of[question.id]]
        raise BadData(f"{question.where}: {path} has no question with the id {question.id}, and another number of paragraphs")

    questions = tuple(replace(each, passage=each.passage and found(each)) for each in asked.questions)
    return Squad(passages=held.passages, questions=questions, paragraph_of=asked.paragraph_of, paragraphs=held.paragraphs)


def _pointed(reading: "_Reading", paragraph: Placed, elsewhere: bool) -> str:
    """The id of a passage of which only the digest stands here; "" where its text does."""
    if "context" in paragraph or "sha256" not in paragraph:
        return ""
    if not elsewhere:
        raise BadData(f"{reading.place(paragraph)}: the passage stands in another file: name that file with --passages")
    digest = reading.text(paragraph, "sha256").lower()
    if not re.fullmatch("[0-9a-f]{64}", digest):
        raise BadData(f"{reading.place(paragraph)}: `sha256` must be 64 hexadecimal digits")
    return ELSEWHERE + digest


def _question(reading: "_Reading", asked: Placed, passage: str) -> Question:
    name = asked.get("id")
    if not isinstance(name, str | int) or isinstance(name, bool):
        raise BadData(f"{reading.place(asked)}: `id` is missing")
    impossible = asked.get("is_impossible", False)
    if not isinstance(impossible, bool):
        raise BadData(f"{reading.place(asked)}: `is_impossible` must be true or false")
    if not impossible:
        for answer in reading.items(asked, "answers"):
            reading.text(answer, "text")
    return Question(id=str(name), text=reading.text(asked, "question"), passage=None if impossible else passage,
                    where=reading.place(asked))


class _Reading:
    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            whole = json.loads(raw.decode("utf-8-sig"), cls=_Placing)
        except OSError as error:
            raise BadData(f"{path}: {error.strerror or error}") from None
        except UnicodeDecodeError as error:
            raise BadData(f"{path}: not UTF-8 ({error})") from None
        except json.JSONDecodeError as error:
            raise BadData(f"{path}:{error.lineno}: not JSON ({error.msg})") from None
        except RecursionError:
            raise BadData(f"{path}:1: nested too deeply") from None
        if not isinstance(whole, Placed):
            raise BadData(f"{path}:1: a JSON object with `data` is wanted")
        self.whole = whole

    def place(self, item: Placed) -> str:
        return f"{self._path}:{item.line}"

    def items(self, item: Placed, key: str) -> Iterator[Placed]:
        found = item.get(key)
        if not isinstance(found, list):
            raise BadData(f"{self.place(item)}: `{key}` must be a list")
        for each in found:
            if not isinstance(each, Placed):
                raise BadData(f"{self.place(item)}: each of `{key}` must be an object")
            yield each

    def text(self, item: Placed, key: str) -> str:
        found = item.get(key)
        if not isinstance(found, str) or not found.strip():
            raise BadData(f"{self.place(item)}: `{key}` is missing or empty")
        return found.strip()


class _Placing(json.JSONDecoder):
    """Reads objects as `Placed`. The scanner written in C would ask nobody what an object is made of."""

    def __init__(self) -> None:
        super().__init__()
        self._ends: list[int] = []
        self.parse_object: Callable[..., tuple[Placed, int]] = self._placed
        self.scan_once = py_make_scanner(self)

    def decode(self, s: str, *args: Any) -> Any:
        self._ends = list(accumulate(len(line) + 1 for line in s.split("\n")))
        return super().decode(s, *args)

    def _placed(self, at: tuple[str, int], *args: Any) -> tuple[Placed, int]:
        found, end = JSONObject(at, *args)
        placed = Placed(found)
        placed.line = bisect_right(self._ends, at[1] - 1) + 1
        return placed, end
