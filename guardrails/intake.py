"""The one form of a message that the rest of the house reads: canonical Unicode without anything invisible.

What a person approved, what a rule read and what ran can't differ by a hidden character then.
"""

import re
import unicodedata

from desk.errors import BadInput, TooLarge

LIMIT = 16 * 1024              # bytes of UTF-8

LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

# Soft hyphen, grapheme joiner, direction marks, overrides and isolates, zero-width and deprecated format characters, blank Hangul and
# Khmer letters, noncharacters, interlinear and musical controls, the tag block, and the plane-14 variation selectors.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)

EMOJI = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001faff"
)
STRAY_SELECTOR = re.compile(f"(?<![{EMOJI}])[\ufe00-\ufe0f](?!\u20e3)|(?<![{EMOJI}0-9#*])[\ufe00-\ufe0f](?=\u20e3)|[\ufe00-\ufe0d]")
STRAY_JOINER = re.compile(f"(?<![{EMOJI}\ufe0e\ufe0f])\u200d|\u200d(?![{EMOJI}])")

ARABIC_LETTER = "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c7"
ARABIC_MARK = "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
STRAY_NON_JOINER = re.compile(f"(?<![{ARABIC_LETTER}{ARABIC_MARK}])\u200c|\u200c(?![{ARABIC_LETTER}])")
SEVERAL_JOINERS = re.compile("\u200c{2,}|\u200d{2,}")


def canonical(text: str) -> str:
    """NFC, trimmed, free of invisible characters; ZWNJ stays between two Arabic-script letters, ZWJ inside an emoji.

    Raises TooLarge over 16 KiB, and BadInput for nothing at all, lone surrogates, NUL and control characters.
    """
    if len(text) > LIMIT:
        raise TooLarge(limit=LIMIT)
    text = LINE_ENDS.sub("\n", text)
    if FORBIDDEN.search(text):
        raise BadInput("The message holds control characters. Send plain text.", field="text")
    if len(text.encode()) > LIMIT:
        raise TooLarge(limit=LIMIT)
    text = unicodedata.normalize("NFC", _visible(text)).strip()
    if not text:
        raise BadInput("The message is empty. Write something, then send again.", field="text")
    if len(text.encode()) > LIMIT:      # a few characters grow under NFC
        raise TooLarge(limit=LIMIT)
    return text


def _visible(text: str) -> str:
    if text.isascii():
        return text
    text = INVISIBLE.sub("", text)
    text = STRAY_SELECTOR.sub("", text)
    text = SEVERAL_JOINERS.sub(lambda run: run[0][0], text)
    text = STRAY_JOINER.sub("", text)
    return STRAY_NON_JOINER.sub("", text)
