"""Hears the user's answer to "was this solved?" in three languages. What is not plainly yes or no is neither."""

from desk.people import LANGS
from desk.words import Words
from knowledge.normalise import words as tokens

LONGEST_YES, LONGEST_NO = 8, 12        # words; a longer message says more than that
BETWEEN = "|"                          # of phrases in the catalogue


def solved(text: str, words: Words) -> bool | None:
    """True for yes, False for no, None for anything else."""
    line = tokens(text)
    if not line or len(line) > LONGEST_NO or "?" in text or "؟" in text:
        return None
    if any(tokens(words.say(lang, f"solved.{answer}")) == line for lang in LANGS for answer in ("yes", "no")):
        return any(tokens(words.say(lang, "solved.yes")) == line for lang in LANGS)
    rest, agreed = _without(line, [phrase for phrase in _phrases(words, "yes") if len(phrase) > 1])
    rest, denied = _without(rest, _phrases(words, "no"))
    if denied:
        return None if agreed else False
    _, short = _without(rest, [phrase for phrase in _phrases(words, "yes") if len(phrase) == 1])
    return True if (agreed or short) and len(line) <= LONGEST_YES else None


def _phrases(words: Words, answer: str) -> list[list[str]]:
    """Of all languages, the longest first."""
    said = [tokens(phrase) for lang in LANGS for phrase in words.say(lang, f"solved.words.{answer}").split(BETWEEN)]
    return sorted((phrase for phrase in said if phrase), key=len, reverse=True)


def _without(line: list[str], phrases: list[list[str]]) -> tuple[list[str], bool]:
    """What is left of the line, and whether anything was found."""
    found = False
    for phrase in phrases:
        at = 0
        while at + len(phrase) <= len(line):
            if line[at:at + len(phrase)] == phrase:
                line, found = [*line[:at], "", *line[at + len(phrase):]], True
            at += 1
    return line, found
