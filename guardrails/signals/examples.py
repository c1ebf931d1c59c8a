"""The corpus that the heads are fitted on: one message a line, one file per intent and language, `! ` before a message that feels bad."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desk.people import LANGS, Lang
from guardrails.signals.signal import FINE

NEGATIVE = "! "
ATTACK, BENIGN = "attack", "benign"        # orders to the machine, and honest messages with the same words
DELICATE = "delicate"                      # what only a person should answer, whatever else it asks for
DANGERS = ("clicked", "lost", "infected", "intruded")     # what the security team must know of at once
HARMLESS = "harmless"                      # messages with the same words that tell of no danger
BESIDE = (ATTACK, BENIGN, DELICATE, *DANGERS, HARMLESS)   # kinds that are no intent
QUESTION = "question"                      # of the library's labelled ones: told at length, as people do, and no danger


class BadCorpus(Exception):
    """The corpus can't be read."""


@dataclass(frozen=True, kw_only=True)
class Example:
    text: str
    lang: Lang
    kind: str                  # one of FINE or of BESIDE, or QUESTION
    negative: bool
    borrowed: bool = False     # no message but a phrasing from the library: it counts for less, and no figure is measured on it


def read(corpus: Path) -> list[Example]:
    """Every message once per kind, in a settled order. Raises BadCorpus, naming file and line."""
    found: dict[tuple[str, str, str], Example] = {}
    for lang in LANGS:
        names = {path.stem for path in (corpus / lang).glob("*.txt")}
        if names ^ {*FINE, *BESIDE}:
            raise BadCorpus(f"{corpus / lang}: these files are missing or unknown: {sorted(names ^ {*FINE, *BESIDE})}")
        for kind in sorted(names):
            for example in _messages(corpus / lang / f"{kind}.txt", lang, kind):
                found.setdefault((example.text, example.lang, example.kind), example)
    return list(found.values())


def fingerprint(examples: Sequence[Example]) -> str:
    """Names the corpus by what it says; blank lines and repetitions change nothing."""
    whole = hashlib.sha256()
    for example in sorted(examples, key=lambda each: (each.lang, each.kind, each.text)):
        whole.update("\x1f".join((example.lang, example.kind, str(example.negative), example.text)).encode() + b"\n")
    return whole.hexdigest()


def _messages(path: Path, lang: Lang, kind: str) -> list[Example]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise BadCorpus(f"{path}: not UTF-8 ({error})") from error
    kept = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        text = line.strip().removeprefix(NEGATIVE).strip()
        if not text or text == NEGATIVE.strip():
            raise BadCorpus(f"{path}:{number}: a mark without a message")
        kept.append(Example(text=text, lang=lang, kind=kind, negative=line.strip().startswith(NEGATIVE)))
    return kept
