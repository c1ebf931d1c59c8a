"""How one word looks: like a password, like an ordinary word, or like a name, number or address that people write down."""

import re
from enum import Enum

from guardrails.redaction.vocabulary import DAYS, NAMES, TALK, THINGS

ADDRESS = re.compile(r"\w+://|www\.|[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d]{2,}$")
FILLED = re.compile(r"[*xX•.#_?-]+$|<[^>]*>$")            # ******, xxxx, <password>
COUNTED = re.compile(
    r"\d{1,4}(?:st|nd|rd|th|x|h|hrs?|hours?|d|days?|min|mins?|m|s|sec|chars?|am|pm|fa|factor|step|mb|gb|روز\w*|بار\w*|ماه\w*|رقم\w*|"
    r"کاراکتر\w*|[ای]?م|-\w+)$|\d\d?[:.]\d\d$"
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}$",
    re.IGNORECASE,
)
TALKATIVE = re.compile(r"[a-z]{3,}(?:ed|ing|able|ible|tion|less)$")
ARABIZI = re.compile(r"(?:[a-z']*[2356789]'?[a-z']+)+[2357]?$")          # sha3'al: digits that are letters
TELLING = "!@#$%^*?~&"

NAMED = re.compile(
    r".*://|.*%20|&|www\.|[/~.\\]|--?\w|\$|#\w+$|@[\w.]+$|"
    r"%\w+%"                              # address, path, option, variable, tag, mention
    r"|[\w$-]+(?:/[\w.$-]+)+/?$|[^\\]*\\"                                              # either/or, path
    r"|[A-Fa-f0-9]{0,4}(?:[:-][A-Fa-f0-9]{0,4}){2,}$|\{?[A-Fa-f0-9]{8}-"               # MAC, IPv6, UUID
    r"|0[xX][A-Fa-f0-9]+|\d+[xX]\d+|\d{4}-\d\d-\d\dT|\d{1,2}[-/.][A-Za-z]{3,9}[-/.]\d|\d{1,4}(?:st|nd|rd|th)"   # code, moment, day, ordinal
    r"|[A-Z0-9]+(?:[-_./#:+&][A-Z0-9]+)*$"                                             # INC-2024-001, LAPTOP-7F3K2Q
    r"|[a-z0-9]+(?:[-_./+][a-z0-9]+)*$"                                                # port-8080, john_smith1
    r"|[A-Za-z]{0,3}[$€£]?[\d.,]+[A-Za-z%]{0,3}$|[A-Za-z0-9+/]+={1,2}$"                # amount, size, base64
    r"|[a-z][a-z0-9._-]{2,}@[a-z][a-z0-9.-]*$"                                         # root@srv01
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+$"                                                  # an e-mail
    r"|[A-Za-z_][\w.$]*\(|\w*[<(\[{][^\s]*[>)\]}]"                                                        # code, Outlook(2019)
)
NUMBERED = re.compile(r"(?:[A-Z0-9]+(?:[-_./#:][A-Z0-9]+)*|[\d.,:/-]+|[\w-]+(?:\.[\w-]+)+)$")          # an identifier, an amount, a host
DOTTED = re.compile(r"[\w$-]+(?:\.[\w$-]+)+(?::\d+)?(?:[/?].*)?$")                     # host, file, version
WORD_AND_NUMBER = re.compile(r"[A-Z]?[a-z]{2,}[-_.]\d{4,8}$")                          # Summer-2024
MIXED = re.compile(r"[a-z]\d+[A-Za-z]|\d[A-Za-z]+\d|[A-Za-z]*[a-z][A-Z]+\d")
PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


class Shape(Enum):
    STRONG = "letters and digits, or a symbol inside: no word of any language"
    DIGITS = "digits only"
    PLAIN = "a word that might be a password"
    NOTHING = "a word of talk, an address, a placeholder"


def shape(token: str) -> Shape:
    if not any(map(str.isalnum, token)) or FILLED.match(token) or ADDRESS.match(token) or COUNTED.match(token):
        return Shape.NOTHING
    bare = token.strip("!?*~")
    if bare.isdigit():
        return Shape.DIGITS if bare == token else Shape.STRONG
    if any(map(str.isdigit, bare)):
        if bare.lower() in TALK or bare.lower() in THINGS:
            return Shape.NOTHING
        return Shape.PLAIN if _number_of_a_thing(bare) or ARABIZI.match(bare) else Shape.STRONG
    if re.search(r"[^\W_][@#$%^*~+=_!&]+[^\W_]", bare) and bare.lower() not in THINGS:
        return Shape.STRONG
    words = [word.lower() for word in re.split(r"[^\w']+", bare) if word]
    if any(word in TALK or word in THINGS or TALKATIVE.match(word) for word in words[:1] if word) or any(word in THINGS for word in words):
        return Shape.NOTHING
    return Shape.PLAIN if len(words) == 1 or "-" in bare else Shape.NOTHING


def strict(token: str) -> bool:
    """A password even where nothing says so but the word "password" nearby: long enough, and no number of a thing."""
    return (
        len(token) >= 6
        and shape(token) is Shape.STRONG
        and (bool(WORD_AND_NUMBER.match(token)) or not NUMBERED.match(token.strip("!?")))
        and not _number_of_a_thing(token)
    )


def looks_like_password(token: str) -> bool:
    """At least eight characters of three kinds, and none of the things that people write with such characters."""
    core = token.rstrip("!?")
    if len(token) < 8 or kinds(token) < 3 or NAMED.match(core) or _number_of_a_thing(core):
        return bool(len(token) >= 8 and core != token and re.fullmatch(r"[a-z]{3,}\d{2,}", core) and not _number_of_a_thing(core))
    if DOTTED.match(core) or WORD_AND_NUMBER.match(core):
        return bool(WORD_AND_NUMBER.match(core)) and re.split(r"[-_.]", core)[0].lower() not in DAYS
    digits = any(map(str.isdigit, core))
    if any(sign in TELLING for sign in core):
        return digits or bool(re.search(r"[A-Za-z][$^%][A-Za-z$]|^[A-Za-z]{1,3}@[A-Za-z]", core))
    if not digits:
        return False
    if core.isalnum():
        return True
    parts = re.split(r"[^A-Za-z0-9]+", core)
    if re.search(r"['(),;]", core):
        return False
    return sum(bool(MIXED.search(part)) and not part.isupper() for part in parts) >= 2 or any(map(_random, parts))


def _random(part: str) -> bool:
    """3sivxu, but neither word42 nor 23H2"""
    mixed = len(part) >= 6 and any(map(str.isdigit, part)) and any(map(str.islower, part))
    return mixed and not re.fullmatch(r"[A-Za-z]+\d+|\d+[A-Za-z]{1,2}", part)


def kinds(token: str) -> int:
    return sum(
        any(test)
        for test in (
            (sign.isupper() for sign in token),
            (sign.islower() for sign in token),
            (sign.isdigit() for sign in token),
            (not sign.isalnum() for sign in token),
        )
    )


def _number_of_a_thing(token: str) -> bool:
    """Windows11, SQLServer2019, Room-204, KB5034441, AES-256."""
    if any(sign in "!@$%^*?~&" for sign in token):
        return False
    start = re.match(r"[A-Za-z]+", token)
    if not start:
        return False
    if start[0].lower() in NAMES or re.fullmatch(r"[A-Z]{1,5}[-_#]?\d{1,4}|KB\d+|[A-Z]{2,4}-\d+[-\w]*|S?HA\d+", token):
        return True
    return any(piece.lower() in NAMES for piece in PIECES.findall(start[0]) if len(piece) > 2)
