"""Which entry of the service catalogue a message asks for: by the phrases that the catalogue itself gives."""

from desk.catalogue import Catalogue, Entry
from knowledge.normalise import words
from knowledge.smallwords import small_words
from knowledge.stems import stem


def entry_for(catalogue: Catalogue, text: str) -> Entry | None:
    """The entry whose phrases cover the most of the message; None if none does, or two do equally."""
    said = set(stems(text))
    scores = sorted(((_score(entry, said), entry.id) for entry in catalogue.entries), reverse=True)
    (best, name), (second, _) = scores[0], scores[1] if len(scores) > 1 else (0, "")
    return catalogue.get(name) if best > second else None


def stems(text: str) -> list[str]:
    """The telling words of a text, shortened so that a question and what it is about meet."""
    return [stem(word) for word in words(text) if word not in small_words()]


def _score(entry: Entry, said: set[str]) -> int:
    """Words of its phrases that are said, whole phrases only; a longer phrase is worth more than its words."""
    found: set[str] = set()
    longest = 0
    for phrase in entry.aliases.all:
        parts = stems(phrase)
        if parts and set(parts) <= said:
            found |= set(parts)
            longest = max(longest, len(parts))
    return len(found) + 2 * longest
