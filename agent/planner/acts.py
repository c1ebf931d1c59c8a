"""What a message wants done with a ticket: told from its words by odds that are learnt from the ticket tools' own declared examples."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from importlib.resources import as_file, files
from itertools import chain, pairwise
from math import log

from guardrails.signals.examples import read
from knowledge.normalise import words
from knowledge.stems import stem
from tools.tool import Tool

ACTS = ("escalate", "cancel_ticket", "nudge_ticket", "reopen_ticket")
# What a ticket is called; a message that names none is only taken for an act on one where it was read as being about tickets.
CALLED = ("ticket", "tickets", "request", "incident", "تذكرة", "تذكرتي", "التذكرة", "طلبي", "الطلب", "بلاغ", "بلاغي", "تیکت", "تیکتم",
          "تیکتی", "درخواست", "درخواستم")
NEAR = ("ticket_status", "ticket_create", "ticket_add")    # intents whose words are nearest to those of the acts
CLEAR = 1.8                    # log odds from which an act is heard
CLEARER = 3.2                  # where the message was read as something else
CLEAREST = 6.0                 # where it was read as a wish for a new ticket, whose words are much the same
AGAINST = -0.7                 # how much one word can speak against an act
SMOOTH = 0.3                   # what a word counts that was never seen


class TicketActs:
    """Odds of words and pairs of words, each act against all else that people say about tickets. Learnt at its first use, in a moment."""

    def __init__(self, tools: Mapping[str, Tool]) -> None:
        self._tools = {name: tools[name] for name in ACTS if name in tools}

    def act(self, text: str, offered: frozenset[str], *, about_tickets: bool, new_ticket: bool = False) -> str:
        """The tool that the message calls for; "" for none. `about_tickets`: it was read as being about one; `new_ticket`: as a wish."""
        said = _features(text)
        if not about_tickets and not said & _CALLED:
            return ""
        clear = CLEAR if about_tickets else CLEAREST if new_ticket else CLEARER
        scores = {name: sum(odds[each] for each in said if each in odds) for name, odds in self._odds.items() if name in offered}
        best = max(scores, key=scores.__getitem__, default="")
        return best if best and scores[best] >= clear else ""

    @cached_property
    def _odds(self) -> Mapping[str, Mapping[str, float]]:
        of_acts = {name: [line for lines in tool.examples.values() for line in lines] for name, tool in self._tools.items()}
        known = {feature for lines in of_acts.values() for line in lines for feature in _features(line)}
        shares = {name: _shares(map(_features, lines)) for name, lines in of_acts.items()}
        besides = _besides()
        return {name: {feature: max(AGAINST, log(share[feature] / max(other[feature] for other in (*besides, *_others(shares, name)))))
                       for feature in known} for name, share in shares.items()}


def _others(shares: Mapping[str, "_Shares"], name: str) -> list["_Shares"]:
    return [share for other, share in shares.items() if other != name]


class _Shares(Counter[str]):
    """In which share of the lines a feature stands, never quite none."""

    lines = 0

    def __getitem__(self, feature: str) -> float:  # type: ignore[override]
        return (self.get(feature, 0) + SMOOTH) / (self.lines + 2 * SMOOTH)


@cache
def _besides() -> tuple[_Shares, ...]:
    """What else people say: all of the corpus, and those of its messages that are nearest. Read at the first call and kept."""
    with as_file(files("guardrails").joinpath("corpus")) as corpus:
        messages = [(message.kind, _features(message.text)) for message in read(corpus)]
    return (_shares(said for _, said in messages), *(_shares(said for kind, said in messages if kind == near) for near in NEAR))


def _shares(lines: Iterable[frozenset[str]]) -> _Shares:
    kept = list(lines)
    found = _Shares(chain.from_iterable(kept))
    found.lines = max(30, len(kept))
    return found


def _features(text: str) -> frozenset[str]:
    """Shortened words and pairs of them, numbers as one."""
    said = ["#" if word.isdigit() else stem(word) for word in words(text)]
    return frozenset(said) | {" ".join(pair) for pair in pairwise(said)}


_CALLED = _features(" ".join(CALLED))
