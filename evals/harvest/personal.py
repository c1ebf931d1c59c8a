"""What must not leave the house with a text: secrets are taken out once more, and a text that still leads to somebody is given up."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from desk.people import Account, Profile, Role
from desk.store import Tx
from evals.harvest.sounds import sounds_in
from guardrails.intake import canonical
from guardrails.redaction import redact
from knowledge.normalise import fold, words

SHORTEST = 3                   # letters of a name: shorter ones stand in every text
NUMBER = "[number]"
LONG = re.compile(r"(?<![\w.])#?\d{5,}(?!\w)")
NO_WORD = re.compile(r"[\W_]")
CLITICS = "وفبلک"              # written before a name in Arabic, as one word with it
ROLES = frozenset(str(role) for role in Role)
MANY = 100_000                 # tickets whose numbers are known

# Somebody who says who they are, or names a person with their title; people whom the house doesn't know, too.
INTRODUCED = tuple(re.compile(pattern) for pattern in (
    r"(?i:\bmy name(?:'s|’s| is)|\bi am called)\s+\w+",
    r"(?i:\bthis is|\bi['’]m|\bi am)\s+[A-Z][a-z]+\s+(?:from|at|in|here|speaking|[A-Z][a-z]+)\b",
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Eng)\b\.?\s+[A-Z][\w-]+",
    r"(?:^|\s)[إا]سمي\s+\w+", r"(?:^|\s)(?:معك|معكم)\s+\w+\s+من\s", r"(?:^|\s)[أا]نا\s+[إا]سمي\s+\w+",
    r"(?:^|\s)(?:السيدة?|الأستاذة?|الاستاذة?|الدكتورة?|المهندسة?|الآنسة)\s+\w+",
    r"(?:^|\s)(?:اسمم|اسم من|نامم|نام من)\s+\w+", r"(?:^|\s)(?:آقای|خانم|سرکار|جناب)\s+\w+", r"(?:^|\s)(?:دکتر|مهندس)\s+\w+ی\b"))


@dataclass(frozen=True, kw_only=True)
class Known:
    """The people of a house, as far as a text could give them away."""

    single: frozenset[str]             # folded: account names, parts of names, addresses and devices
    names: tuple[tuple[str, ...], ...]     # whole names, word by word
    tickets: frozenset[str]

    @classmethod
    async def of(cls, tx: Tx) -> "Known":
        people, profiles = await tx.people.all(), await tx.people.profiles()
        numbers = (str(each.number) for each in await tx.tickets.all(limit=MANY))
        return cls.from_people(people, profiles.values(), numbers)

    @classmethod
    def from_people(cls, people: Iterable[Account], profiles: Iterable[Profile], tickets: Iterable[str] = ()) -> "Known":
        names, single = [], set[str]()
        for each in people:
            names.append(tuple(words(each.display)))
            single |= {each.name, *words(each.name), *words(each.display)}
            single |= {fold(each.email), fold(each.email.partition("@")[0]), fold(each.id)}
        for profile in profiles:
            single |= {NO_WORD.sub("", fold(device)) for device in profile.devices}
        telling = (each for each in single if len(each) >= SHORTEST and each.rstrip("0123456789") not in {"", *ROLES})
        return cls(single=frozenset(telling), names=tuple(names), tickets=frozenset(tickets))

    def clean(self, text: str) -> str | None:
        """The text without secrets and long numbers; None where it still leads to somebody, and where nothing is left."""
        if not text.strip():
            return None
        safe = redact(canonical(text)).text
        if self._named(safe) or any(pattern.search(safe) for pattern in INTRODUCED):
            return None
        return LONG.sub(NUMBER, self._without_tickets(safe))

    def _named(self, text: str) -> bool:
        said = words(text)
        bare = {word[1:] for word in said if word[:1] in CLITICS}
        if not self.single.isdisjoint({*said, *bare}) or any(each in fold(text) for each in self.single if not each.isalnum()):
            return True
        return any(sounds_in(name, said) for name in self.names)

    def _without_tickets(self, text: str) -> str:
        return re.sub(r"(?<![\w.])#?\d{4,}(?!\w)", lambda found: NUMBER if fold(found[0]).lstrip("#") in self.tickets else found[0], text)
