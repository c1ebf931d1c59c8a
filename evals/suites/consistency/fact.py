"""A fact as data: its value, the words that state it in each language, and how people ask for it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from desk.people import LANGS, Lang
from evals.case import BadData
from knowledge.normalise import fold

CITED = re.compile(r" ?\[\d+\]|\*\*")
BEGINS = re.compile(r"^- id:")


@dataclass(frozen=True, kw_only=True)
class Fact:
    id: str
    value: str
    states: Mapping[Lang, re.Pattern[str]]     # with the value as a group
    asks: Mapping[Lang, Sequence[str]]

    @cached_property
    def wordings(self) -> "list[Wording]":
        return [Wording(fact=self, lang=lang, text=text, id=f"{self.id}-{lang}-{number}")
                for lang, texts in self.asks.items() for number, text in enumerate(texts, 1)]


@dataclass(frozen=True, kw_only=True)
class Wording:
    fact: Fact
    id: str
    lang: Lang
    text: str


def stated(fact: Fact, lang: Lang, text: str) -> frozenset[str]:
    """The values that an answer states of the fact; none where it says nothing of it."""
    return frozenset(group for match in fact.states[lang].finditer(_plain(text)) for group in match.groups() if group)


def load(path: Path) -> list[Fact]:
    """Raises BadData, which names file and line."""
    try:
        text = path.read_text("utf-8")
        rows = yaml.safe_load(text)
    except OSError as error:
        raise BadData(f"{path}: {error.strerror or error}") from None
    except yaml.MarkedYAMLError as error:
        raise BadData(f"{path}:{error.problem_mark.line + 1 if error.problem_mark else 1}: not YAML ({error.problem})") from None
    lines = [number for number, line in enumerate(text.splitlines(), 1) if BEGINS.match(line)]
    if not isinstance(rows, list) or not rows or len(lines) != len(rows):
        raise BadData(f"{path}:1: a list of facts is wanted, each beginning with `- id:`")
    return [_fact(row, f"{path}:{line}") for row, line in zip(rows, lines, strict=True)]


def _fact(row: Any, where: str) -> Fact:
    match row:
        case {"id": str(name), "value": str(value), "states": dict(states), "asks": dict(asks)}:
            if strange := {*states, *asks} - set(LANGS):
                raise BadData(f"{where}: unknown language {', '.join(sorted(map(str, strange)))}")
            if missing := [lang for lang in asks if lang not in states]:
                raise BadData(f"{where}: `states` says nothing of {', '.join(missing)}")
            return Fact(id=name, value=value, asks=asks, states={lang: _pattern(each, where) for lang, each in states.items()})
    raise BadData(f"{where}: a fact has `id`, `value` in quotation marks, `states` and `asks` by language")


def _pattern(text: object, where: str) -> re.Pattern[str]:
    try:
        found = re.compile(fold(str(text)))
    except re.error as error:
        raise BadData(f"{where}: `states`: {error}") from None
    if not found.groups:
        raise BadData(f"{where}: `states` must hold the value as a group, like (\\d+)")
    return found


def _plain(text: str) -> str:
    """In the letters and digits of the patterns, without citations and emphasis."""
    return fold(CITED.sub("", text))
