"""Guardrails on what would be shown."""

import re
from itertools import pairwise
from urllib.parse import urlsplit

from desk.handoffs import Reason
from guardrails.matters import Draft
from guardrails.redaction import redact
from guardrails.signals.language import identify
from guardrails.verdict import Verdict
from knowledge.normalise import words

CITED = re.compile(r"\[(\d+)\]")
LINK = re.compile(r"(?:https?://|www\.)[^\s)\]>\"']+", re.IGNORECASE)
SECRETS = frozenset({"[password]", "[code]", "[card]", "[secret]"})
QUOTED = re.compile("[“\"«][^”\"»]*[”\"»]")
STRANGE = re.compile("[\u0370-\u05ff\u0780-\u08ff\u0900-\u1cff\u2e80-\ud7af]{2}")     # Greek, Cyrillic, Hebrew, Indic, East Asian
QUESTION = 40                  # words: longer ones tell something and only end in a question
MARKS = re.compile(r"^\s*(?:\d+[.)]|[-*#]+)\s+", re.MULTILINE)
SENTENCE = re.compile(r"(?<=[.!?؟:])[*\"”»)]*\s+|\n+")
TELLING = 4                    # words: fewer tell nothing
LEAD_IN = 16                   # words at most
SAME_PAIRS = 0.45              # of a model's pairs of words; invented sentences reach 0.44 with the nearest passage of the library
SAME_WORDS = 0.8               # of a draft, with the message that it answers
SUPPORT = 0.5                  # share of a cited sentence's character trigrams that its passage must hold


def is_empty(draft: Draft) -> Verdict:
    return Verdict.passes() if draft.text.strip() else Verdict.withholds("empty")


def leaks_secrets(draft: Draft) -> Verdict:
    cleaned = redact(draft.text).text
    fresh = {mark for mark in SECRETS if cleaned.count(mark) > draft.text.count(mark)}
    return Verdict.withholds("leaks_secrets") if fresh else Verdict.passes()


def unknown_link(draft: Draft) -> Verdict:
    """Only links that a cited passage holds, or that are the house's own, may be shown."""
    known = draft.own_hosts | {_host(link) for passage in draft.passages for link in LINK.findall(str(passage["text"]))}
    strange = {_host(link) for link in LINK.findall(draft.text)} - known
    return Verdict.withholds("unknown_link") if strange else Verdict.passes()


def unsupported_claim(draft: Draft) -> Verdict:
    """Every citation names a passage of this turn, and the sentence before it is carried by that passage."""
    texts = {int(passage["n"]): f"{passage['title']} {passage['heading']} {passage['text']}" for passage in draft.passages}
    start = 0
    for cited in CITED.finditer(draft.text):
        sentence, start = draft.text[start:cited.start()], cited.end()
        text = texts.get(int(cited[1]))
        if text is None or not _carried(_last_sentence(sentence), text):
            return Verdict.withholds("unsupported_claim")
    return Verdict.passes()


def strays_from_its_sources(draft: Draft) -> Verdict:
    """What a model tells stands nearly word for word in the passage that it cites next; only a lead-in or a question stands alone."""
    if not draft.by_model or not CITED.search(draft.text):
        return Verdict.passes()
    texts = {int(passage["n"]): f"{passage['title']} {passage['heading']} {passage['text']}" for passage in draft.passages}
    start = 0
    for cited in CITED.finditer(draft.text):
        told, start = draft.text[start:cited.start()], cited.end()
        if not all(_leads_in(each) or _stands_in(each, texts.get(int(cited[1]), "")) for each in _sentences(told)):
            return Verdict.withholds("strays_from_its_sources")
    alone = _sentences(draft.text[start:])
    return Verdict.passes() if all(map(_leads_in, alone)) else Verdict.withholds("strays_from_its_sources")


def echoes(draft: Draft) -> Verdict:
    """A model that says the user's own words again has answered nothing."""
    said = set(words(draft.text))
    same = draft.by_model and len(said) >= TELLING and len(said & set(words(draft.asked))) >= SAME_WORDS * len(said)
    return Verdict.withholds("echoes") if same else Verdict.passes()


def wrong_language(draft: Draft) -> Verdict:
    """A model answers in the user's language, in letters that its readers know; what it quotes may be in another."""
    plain = QUOTED.sub(" ", CITED.sub(" ", draft.text))
    tongue = identify(plain)
    strange = STRANGE.search(plain) or (tongue.sure and tongue.spoken != draft.lang)
    return Verdict.withholds("wrong_language") if draft.by_model and strange else Verdict.passes()


def answers_from_nothing(draft: Draft) -> Verdict:
    """Where something is to be looked up or done, a model's words rest on a source or a result, or they ask back."""
    if not draft.by_model or draft.rests or CITED.search(draft.text) or _asks_back(draft.text):
        return Verdict.passes()
    return Verdict.withholds("answers_from_nothing")


def said_twice(draft: Draft) -> Verdict:
    """The same answer again helps nobody: a person does."""
    return Verdict.hands_off(Reason.LOOP, "said_twice") if draft.text in draft.said_before else Verdict.passes()


def _asks_back(text: str) -> bool:
    return text.rstrip(" *_\n").endswith(("?", "؟")) and len(text.split()) <= QUESTION


def _host(link: str) -> str:
    return urlsplit(link if "://" in link else f"https://{link}").netloc.lower()


def _last_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?؟])\s+|\n", text.strip())[-1]


def _carried(sentence: str, passage: str) -> bool:
    grams = _trigrams(sentence)
    return not grams or len(grams & _trigrams(passage)) / len(grams) >= SUPPORT


def _sentences(text: str) -> list[str]:
    return [each for each in SENTENCE.split(MARKS.sub("", text)) if len(words(each)) >= TELLING]


def _leads_in(sentence: str) -> bool:
    """A short announcement, heading or question: it claims nothing."""
    return sentence.rstrip(" *_").endswith((":", "?", "؟")) and len(sentence.split()) <= LEAD_IN


def _stands_in(sentence: str, passage: str) -> bool:
    """By pairs of words, since any sentence of a language shares its letters; and no number that the passage has not."""
    said, source = words(sentence), words(passage)
    numbers = {word for word in said if word.isdigit()}
    pairs = set(pairwise(said))
    return numbers <= set(source) and len(pairs & set(pairwise(source))) >= SAME_PAIRS * len(pairs)


def _trigrams(text: str) -> set[str]:
    line = f" {' '.join(words(text))} "
    return {line[at:at + 3] for at in range(len(line) - 2)}
