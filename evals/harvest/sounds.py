"""Whether a name is written in another script than the one it is known in: by its consonants, which both scripts write.

Coarse on purpose: letters that one language hears alike are one. A single short name would be found in half of all words, so only two
names in a row are looked for, first and last.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from knowledge.normalise import fold

# A capital is a sound for which Latin script has no letter of its own.
PAIRS = (("kh", "X"), ("gh", "g"), ("sh", "C"), ("ch", "C"), ("th", "s"), ("dh", "d"), ("zh", "g"), ("ph", "f"), ("ck", "k"))
LATIN = str.maketrans({"q": "g", "j": "g", "z": "d", "p": "b", "c": "k", "x": "ks"})
ARABIC = str.maketrans({
    "ب": "b", "پ": "b", "ت": "t", "ط": "t", "ث": "s", "س": "s", "ص": "s", "ج": "g", "چ": "C", "ژ": "g", "ح": "h", "ه": "h", "خ": "X",
    "د": "d", "ذ": "d", "ز": "d", "ض": "d", "ظ": "d", "ر": "r", "ش": "C", "غ": "g", "ق": "g", "گ": "g", "ف": "f", "ک": "k", "ك": "k",
    "ل": "l", "م": "m", "ن": "n"})
VOWELS = re.compile(r"[^bdfghklmnrstCX]")
SHORTEST = 2                   # consonants of a name that are enough, beside another


def skeleton(word: str) -> str:
    """The consonants of a word, in whichever script; a final h is silent in many names.

    >>> skeleton("Sarah"), skeleton("سارا"), skeleton("Crawford"), skeleton("کرافورد"), skeleton("Khosh"), skeleton("خوش")
    ('sr', 'sr', 'krfrd', 'krfrd', 'XC', 'XC')
    """
    plain = fold(word).translate(ARABIC)
    for written, sound in PAIRS:
        plain = plain.replace(written, sound)
    bones = VOWELS.sub("", plain.translate(LATIN))
    return bones[:-1] if bones.endswith("h") and len(bones) > 1 else bones


def sounds_in(name: Sequence[str], text: Sequence[str]) -> bool:
    """Whether the first and the last word of a name stand side by side in the text, in either order."""
    if len(name) < 2:
        return False
    wanted = {skeleton(name[0]), skeleton(name[-1])}
    if len(wanted) < 2 or min(map(len, wanted)) < SHORTEST:
        return False
    return any({one, other} == wanted for one, other in pairwise(skeleton(word) for word in text))
