"""Passwords that are said to be one, in words of three languages: "my password is X", "pw: X", "رمزم X هست", "كلمة السر X"."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from guardrails.redaction import phrases as say
from guardrails.redaction.shape import Shape, shape, strict
from guardrails.redaction.view import Span
from guardrails.redaction.vocabulary import TALK, THINGS, UNITS

SHORTEST_WORD = 4              # of a plain word to be taken for a password
SHORTEST_NUMBER = 3            # of digits behind "is" or a colon; one more where nothing stands between


def find(text: str) -> Iterator[Span]:
    if "-u" in text or "-p" in text or "/user" in text:
        for option in say.OPTION.finditer(text):
            yield Span(*option.span(option.lastindex or 0))
    low = text.lower()
    for signed in _words(say.SIGNED_IN, low):
        if (value := _token(text, signed.end())) and shape(text[slice(*value)]) is Shape.STRONG and signed[1] not in THINGS:
            yield value
    cues = [cue.start() for cue in say.PAIR_CUE.finditer(low)]
    if cues:
        for slash in say.SLASH.finditer(text):
            if bisect_left(cues, slash.start() - 100) < bisect_left(cues, slash.start() + 100):
                yield from _paired(text, slash)
    nouns = _nouns(text, low)
    if not nouns:
        return
    starts = frozenset(noun.start() for noun in nouns)
    heres = [here.span() for here in _words(say.HERE, low)]
    for noun in nouns:
        for value in (_after(text, noun, starts) or _announced(text, noun, heres), _reversed(text, noun)):
            if value:
                yield value
                yield from _chained(text, value.end)
    for setting in _words(say.SET_IT, low):
        value = _token(text, setting.end())
        if value and strict(text[slice(*value)]):
            yield value


def _words(pattern: re.Pattern[str], low: str) -> Iterator[re.Match[str]]:
    """Matches that begin where a word does."""
    return (match for match in pattern.finditer(low) if not low[match.start() - 1 : match.start()].isalnum())


def _nouns(text: str, low: str) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    end = 0
    for core in say.CORE.finditer(low):
        start = core.start()
        while start > end and core.start() - start < say.PREFIX_AT_MOST and text[start - 1].isalnum():
            start -= 1
        if start >= end and (noun := say.NOUN.match(text, start)):
            found.append(noun)
            end = noun.end()
    return found


def _paired(text: str, slash: re.Match[str]) -> Iterator[Span]:
    """login with bob / X"""
    pair = say.PAIR.search(text[max(0, slash.start() - 100) : slash.start()])
    value = _token(text, slash.end())
    if not value:
        return
    if not pair:
        backwards = slash[0][0] == "/" and text[slash.start() - 1 : slash.start()] == " " and say.AFTER_PAIR.match(text, value.end)
        if backwards and shape(text[slice(*value)]) in (Shape.STRONG, Shape.DIGITS):
            yield value
        return
    name, look = pair["name"].lower(), shape(text[slice(*value)])
    if name in TALK or name in THINGS or name in ("face", "touch", "finger"):
        return
    told = bool(pair["told"].strip()) or pair["cue"].lower().startswith("cred")
    if slash[0] == ":":
        if look is Shape.STRONG and told:
            yield value
    elif look is Shape.STRONG or (told and look in (Shape.PLAIN, Shape.DIGITS) and say.AFTERWARDS.match(text, value.end)):
        yield value


def _after(text: str, noun: re.Match[str], starts: frozenset[int]) -> Span | None:
    """The value that follows the word "password", its owner, and "is", a colon or nothing at all."""
    position = noun.end()
    owner = say.OWNER.match(text, position)
    if owner:
        position = owner.end()
    before = text[max(0, noun.start() - 40) : noun.start()].lower().split()[-3:]
    owned = bool(owner or say.OWNED.search(noun[0])) or not say.MINE.isdisjoint(before)
    phrase = noun[0].lower().rstrip("s").endswith("phrase")
    if (to := say.TO.match(text, position)) and say.CHANGING.search(text[max(0, noun.start() - 60) : noun.start()]):
        return _linked(text, to.end(), owned, signed=False)
    sign = say.SIGN.match(text, position) or (say.GAP.match(text, position) if text[noun.start() - 1 : noun.start()] == "-" else None)
    if sign:
        return _linked(text, sign.end(), owned, signed=True, phrase=phrase)
    if noun[0].lower() == "passwords" and say.COPULA.match(text, position):
        return None
    if (copula := say.COPULA.match(text, position)) and (value := _linked(text, copula.end(), owned, signed=False, phrase=phrase)):
        return value
    return _beside(text, noun, position, owned) or _further(text, position, owned, starts)


def _linked(text: str, position: int, owned: bool, *, signed: bool, phrase: bool = False) -> Span | None:
    """What stands behind a colon or "is"."""
    quoted = say.QUOTED.match(text, position)
    if quoted and _quotable(quoted[1].split(), signed):
        return Span(*quoted.span(1))
    if phrase and (rest := say.REST.match(text, position)) and len(rest[0].split()) > 2 and _quotable(rest[0].split(), signed):
        return Span(rest.start(), rest.start() + len(rest[0].rstrip()))
    value = _token(text, position)
    if not value:
        return None
    token = text[slice(*value)]
    look = shape(token)
    if look is Shape.STRONG or (owned and token.lower() == "password" and say.LINE_ENDS.match(text, value.end)):
        return value
    if look is Shape.DIGITS:
        return value if len(token) >= SHORTEST_NUMBER and not _counts(text, value.end) else None
    if look is not Shape.PLAIN or len(token) < SHORTEST_WORD:
        return None
    if token.isascii():
        return value if say.AFTERWARDS.match(text, value.end) or say.ENDING.match(text, value.end) else None
    return value if owned and (signed or not token.startswith("ال")) and say.LINE_ENDS.match(text, value.end) else None


def _beside(text: str, noun: re.Match[str], position: int, owned: bool) -> Span | None:
    """What stands right beside it, with no "is" between: كلمة السر X, رمزم X هست, user bob pass X."""
    gap = say.GAP.match(text, position)
    if not gap:
        return None
    quoted = say.QUOTED.match(text, gap.end())
    if quoted and " " not in quoted[1] and shape(quoted[1]) is not Shape.NOTHING:
        return Span(*quoted.span(1))
    value = _token(text, gap.end())
    if not value:
        return None
    token = text[slice(*value)]
    look = shape(token)
    if look is Shape.NOTHING:
        return None
    if strict(token):
        return value
    user = say.USER.search(text[max(0, noun.start() - 90) : noun.start()])
    paired = bool(user and user[1].lower() not in TALK and user[1].lower() not in THINGS)
    ending = bool(say.ENDING.match(text, value.end))
    owned = owned or text[position : gap.end()].strip() in ("-", "(")
    told = owned and not noun[0].isascii()      # "my password X" is no English, رمزم X is Persian
    if look is Shape.STRONG:
        return value if paired or ending or owned else None
    if look is Shape.DIGITS:
        return value if len(token) > SHORTEST_NUMBER and not _counts(text, value.end) and (paired or ending or told) else None
    if not token.isascii() or len(token) < SHORTEST_WORD:
        return None
    if ending and (owned or not noun[0].isascii()):
        return value
    return value if (paired or (told and not token.isupper())) and say.AFTERWARDS.match(text, value.end) else None


def _further(text: str, position: int, owned: bool, starts: frozenset[int]) -> Span | None:
    """my password for the laptop is X; رمز ایمیل من اینه: X"""
    for _ in range(say.QUIET_AT_MOST):
        word = say.QUIET.match(text, position)
        if not word or word.start(1) in starts:
            aside = say.ASIDE.match(text, position)
            return Span(*aside.span(1)) if aside and shape(aside[1]) is Shape.STRONG else None
        plain = word[1].lower()
        if plain not in say.PASSED and (plain in TALK or ("@" not in plain and any(map(str.isdigit, plain)))):
            return None
        position = word.end()
        if sign := say.SIGN.match(text, position):
            return _linked(text, sign.end(), owned, signed=True)
        if copula := say.COPULA.match(text, position):
            return _linked(text, copula.end(), owned, signed=False)
        if not word[1].isascii() and (gap := say.GAP.match(text, position)):
            value = _token(text, gap.end())
            token = text[slice(*value)] if value else ""
            if value and (strict(token) or _ended(text, value)):
                return value
    return None


def _ended(text: str, value: Span) -> bool:
    """رمز کارتم 7755 است; الرقم السري حق البطاقة 7731"""
    token = text[slice(*value)]
    look = shape(token)
    if token.isascii() and look is not Shape.NOTHING and say.ENDING.match(text, value.end):
        return True
    return look is Shape.DIGITS and SHORTEST_NUMBER < len(token) < 9 and bool(say.LINE_ENDS.match(text, value.end))


def _announced(text: str, noun: re.Match[str], heres: Sequence[tuple[int, int]]) -> Span | None:
    """… password … here it is: X; … password below: (next line) X"""
    for start, end in heres[bisect_left(heres, (noun.end(), 0)) :][:5]:
        if end > noun.end() + say.HERE_WITHIN:
            break
        value = _token(text, end)
        if value and (strict(text[slice(*value)]) or ("\n" in text[start:end] and shape(text[slice(*value)]) is not Shape.NOTHING)):
            return value
    if line := say.NEXT_LINE.match(text, noun.end()):
        value = _trimmed(text, *line.span(1))
        if shape(text[slice(*value)]) in (Shape.STRONG, Shape.DIGITS):
            return value
    return None


def _reversed(text: str, noun: re.Match[str]) -> Span | None:
    """X is my password; X رمز منه"""
    begin = max(0, noun.start() - 100)
    before = text[begin : noun.start()]
    said = None
    if not say.REVERSED.isdisjoint(before.lower().split()[-3:]):
        said = say.BEFORE_REVERSED.search(before)
    mine = say.IS_MINE.match(text, noun.start()) or (say.OWNED.search(noun[0]) and say.ENDING.match(text, noun.end()))
    if not said and (mine or say.AS_IT.match(noun[0])):
        said = say.BEFORE_MINE.search(before)
    if not said:
        return None
    value = _trimmed(text, begin + said.start(1), begin + said.end(1))
    token = text[slice(*value)]
    look = shape(token)
    if strict(token):
        return value
    if say.AS_IT.match(noun[0]) and look is Shape.STRONG:
        return value
    if value.start and text[value.start - 1] not in "\n\"'«“" and not text[max(0, value.start - 4) : value.start].lower().endswith("use "):
        return None
    if look in (Shape.STRONG, Shape.DIGITS) or (look is Shape.PLAIN and token.isascii() and say.AFTERWARDS.match(text, noun.end())):
        return value
    return None


def _chained(text: str, position: int) -> Iterator[Span]:
    """X or Y"""
    for _ in range(5):
        another = say.ANOTHER.match(text, position)
        value = another and _token(text, another.end())
        if not value or not strict(text[slice(*value)]):
            return
        yield value
        position = value.end


def _token(text: str, position: int) -> Span | None:
    bare = say.BARE.match(text, position)
    if not bare:
        return None
    value = _trimmed(text, *bare.span())
    return value if value.end - value.start >= 2 else None


def _trimmed(text: str, start: int, end: int) -> Span:
    """Without the quotes, brackets and stops around it, or the next field of a connection string."""
    token = text[start:end]
    if cut := say.NEXT_FIELD.search(token):
        end = start + cut.start()
    while start < end and text[start] in "\"'`“„«‹‘([{<":
        start += 1
    while start < end and (text[end - 1] in "\"'`”“»›’.,;:" or (text[end - 1] in ")]}>" and set("([{<").isdisjoint(text[start:end]))):
        end -= 1
    if text[end - 1 : end] == "ه" and text[start : end - 1].isascii():       # hunter2ه: "is" without a space
        end -= 1
    return Span(start, end)


def _quotable(words: list[str], signed: bool) -> bool:
    """A phrase in quotation marks is a password, unless it reads like the message of a system."""
    if len(words) == 1:
        return shape(words[0]) is not Shape.NOTHING
    if signed:
        return say.SYSTEM.isdisjoint(word.lower().strip(".,!?") for word in words)
    talk = sum(word.lower().strip(".,!?") in TALK for word in words)
    return bool(words) and 3 * talk <= len(words)


def _counts(text: str, position: int) -> bool:
    """90 days, 12 characters"""
    unit = say.UNIT.match(text, position)
    return bool(unit and unit[1].lower() in UNITS)
