"""What a scenario is: a world, a person with a goal and facts, and the state in which the desk must end. Read from YAML."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from desk.handoffs import Reason
from desk.identity import Action
from desk.mending import DisruptionKind
from desk.people import LANGS, Lang
from desk.rollouts import Stage
from desk.tickets import FIRST_NUMBER, Kind, Level, Status
from tools.declared import Declared, Trilingual

Line = Annotated[str, Field(min_length=1)]
Lines = Annotated[tuple[Line, ...], Field(min_length=1)]
Facts = tuple[tuple[Line, ...], ...]           # every item must be there, by any one of its wordings

# What a person came for, and by what they know that they have it.
Goal = Literal[
    "told",        # all that must be said was said
    "heard",       # any answer will do
    "proved",      # the verification is done
    "did",         # one of the tools in `did` is shown as done
    "works",       # it works again
    "person",      # a person of the desk is on the way
]
# What nobody may bring about. Beside these, nothing of anybody else may change, and no identity act happens without two factors.
# A handoff is never among them: a person may always come.
Act = Literal["password_changed", "unlocked", "verification", "verified", "ticket", "ticket_cancelled", "ticket_changed", "comment",
              "form", "news", "frozen"]
Mood = Literal["plain", "polite", "hurried", "annoyed"]
MOODS: tuple[Mood, ...] = ("plain", "polite", "hurried", "annoyed")


class PerLang(Declared):
    """One thing in each language."""

    en: Lines
    ar: Lines
    fa: Lines

    def of(self, lang: Lang) -> tuple[str, ...]:
        found: tuple[str, ...] = getattr(self, lang)
        return found


class FactsPerLang(Declared):
    all: Facts = ()            # names, numbers and labels that read alike in every language
    en: Facts = ()
    ar: Facts = ()
    fa: Facts = ()

    def of(self, lang: Lang) -> Facts:
        found: Facts = getattr(self, lang)
        return (*self.all, *found)


class KnownTicket(Declared):
    """A ticket from before. They are numbered from 1001, in their order."""

    title: Trilingual
    text: Trilingual | None = None
    whose: Literal["user", "user2"] = "user"
    kind: Kind = Kind.INCIDENT
    status: Status = Status.NEW
    urgency: Level = Level.MEDIUM
    hours_ago: float = Field(2, ge=0)
    answer: Trilingual | None = None           # a public comment of the desk


class KnownDisruption(Declared):
    asset: Line
    kind: DisruptionKind = DisruptionKind.INCIDENT
    begins: float = -2                         # hours from now
    ends: float | None = 3
    text: Trilingual


class Rolled(Declared):
    tool: Line
    stage: Stage


class World(Declared):
    """What the desk is like when the conversation begins. It works Monday to Friday, 8:00 to 18:00 UTC."""

    who: Literal["user", "guest"] = "user"
    claims: Line = "user"                      # the account that a guest names
    at: datetime = datetime.fromisoformat("2026-11-23T10:00:00+00:00")     # a Monday
    locked: bool = False
    staffed: bool = True                       # in working hours somebody is there
    tickets: tuple[KnownTicket, ...] = ()
    disruptions: tuple[KnownDisruption, ...] = ()
    rollouts: tuple[Rolled, ...] = ()

    @model_validator(mode="after")
    def _has_a_zone(self) -> Self:
        if self.at.tzinfo is None:
            raise ValueError("`at` needs a time zone, like 2026-11-23T22:30Z")
        return self

    def number(self, place: int) -> int:
        return FIRST_NUMBER + place


class Step(Declared):
    """One thing that the person wants; the next begins when it is reached."""

    says: PerLang                              # how it may be put: one is drawn, another is the next try
    goal: Goal
    did: tuple[Line, ...] = ()                 # the tools one of which must be shown as done
    must_say: FactsPerLang = FactsPerLang()
    tells: PerLang | None = None               # what there is to say when asked about it, in this order
    picks: tuple[Line, ...] = ()               # buttons that this person would press, by their catalogue names
    ticket: int | None = None                  # the ticket that is meant where several are offered
    fixed_after: int | None = Field(None, ge=0)    # so many pieces of advice later it works; None: never
    concerns: FactsPerLang = FactsPerLang()    # what advice must be about to be tried out at all
    proves: Literal["both", "wrong_then_both", "email", "guesses", "not"] = "both"
    lacks: PerLang | None = None               # what is said instead of a proof that this person has not got
    confirms: Literal["do", "leave", "talk"] = "do"    # talk: says yes, and does not press
    nods: PerLang | None = None
    fields: dict[str, str | Trilingual] = Field(default_factory=dict)    # what goes into a form
    patience: int = Field(2, ge=0)             # answers that do not help, before the person leaves
    answered_in: dict[Lang, Lang] = Field(default_factory=dict)    # where it is not the language of the conversation

    def spoken(self, lang: Lang) -> Lang:
        """The language of this wish, in a conversation of that language."""
        return self.answered_in.get(lang, lang)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.goal == "did" and not self.did:
            raise ValueError("goal `did` names the tools in `did`")
        if self.goal == "told" and not all(self.must_say.of(lang) for lang in LANGS):
            raise ValueError("goal `told` needs `must_say` in each language: without it nobody knows when it is reached")
        if self.confirms == "talk" and not self.nods:
            raise ValueError("`confirms: talk` needs `nods`, the words that are said instead")
        return self


class Opened(Declared):
    """A ticket that must have been opened, beside that of a handoff."""

    kind: tuple[Kind, ...] = ()                # any of these; none: any
    about: FactsPerLang = FactsPerLang()       # in title or text
    urgency: Level | None = None


class Changed(Declared):
    status: Status | None = None
    urgency: Level | None = None
    comments: int | None = None                # more of the user's than before
    urged: bool | None = None                  # the desk was reminded, or the ticket raised or reopened


class Ends(Declared):
    """The state of the desk at the end. What is not named must be as it was."""

    tickets: tuple[Opened, ...] = ()
    changed: dict[int, Changed] = Field(default_factory=dict)      # by number
    verification: Action | None = None         # was opened
    password_changed: bool = False
    unlocked: bool = False
    handoff: tuple[Reason, ...] = ()           # for one of these reasons; none: nobody was handed over
    secured: bool | None = None                # the handoff's ticket is a security matter of the first priority, in the security queue
    frozen: bool = False                       # the account was frozen
    news: bool = False                         # will be told of a disruption's end
    form: str = ""                             # of that catalogue entry, was sent
    solved: bool | None = None                 # by a runbook
    cites: tuple[Line, ...] = ()               # topics, one of which the answers must rest on
    promised_from: datetime | None = None      # no person is promised before


class Scenario(Declared):
    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    about: Line                                # for somebody who reads a report
    world: World = World()
    moods: tuple[Mood, ...] = MOODS
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    ends: Annotated[tuple[Ends, ...], Field(min_length=1)]       # any one of them is right
    forbidden: tuple[Act, ...] = ()
    must_not_say: FactsPerLang = FactsPerLang()
    honest: bool = True                        # False: pretends to be somebody, or attacks

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        numbers = {self.world.number(place) for place in range(len(self.world.tickets))}
        for ends in self.ends:
            if strange := set(ends.changed) - numbers:
                raise ValueError(f"`changed` names ticket {min(strange)}; the world has {sorted(numbers) or 'none'}")
        return self

    def looked_for(self, lang: Lang) -> list[str]:
        """What the tickets must hold in the person's words."""
        return [wording for ends in self.ends for each in ends.tickets for item in each.about.of(lang) for wording in item]

    def hands_off(self) -> bool | None:
        """Whether a person should come; None where either is right."""
        handed = {bool(ends.handoff) for ends in self.ends}
        return handed.pop() if len(handed) == 1 else None


class Theme(Declared):
    """A file of scenarios on one theme."""

    theme: Annotated[str, Field(pattern=r"^[a-z]+(_[a-z]+)*$")]
    scenarios: Annotated[tuple[Scenario, ...], Field(min_length=1)]
