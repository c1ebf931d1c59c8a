"""Category by a head that is fitted on three quarters of the tickets, priority by what the product would give the ticket by itself."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from agent.planner.routes import ROUTES
from desk.people import LANGS
from desk.tickets import MATRIX, Priority
from evals import figures
from evals.case import BadData, Case, load, rows
from evals.exam import Figure, Judge, Judged, Peer, Work
from evals.held_out import HeldOut
from evals.peers.learners import embedded_logistic, tfidf_svm
from tools.create_ticket import CreateTicket

PRIORITIES = tuple(str(each) for each in Priority)
CREATE = "ticket_create"


def own_data() -> Sequence[Path]:
    folder = Path(str(files("evals").joinpath("suites", "tickets")))
    return [folder / f"tickets.{lang}.jsonl" for lang in LANGS]


@dataclass(frozen=True, kw_only=True)
class Tickets:
    """Priorities are judged where the file has them: `{"text", "label", "lang", "priority"}`, from P1 to P4."""

    category: HeldOut
    name: str = "tickets"
    about: str = "category and priority of a ticket from its text"

    @property
    def goals(self) -> Mapping[str, float]:
        return self.category.goals

    @property
    def peers(self) -> Mapping[str, Peer]:
        return self.category.peers

    @property
    def figures(self) -> Mapping[str, Figure]:
        return dict(self.category.figures) | {"priority_accuracy": figures.value("priority_accuracy"),
                                              "priority_off": figures.value("priority_off", less=True)}

    def cases(self, work: Work) -> Sequence[Case]:
        priorities(list(work.data) or own_data())
        return self.category.cases(work)

    @asynccontextmanager
    async def open(self, work: Work) -> AsyncIterator[Judge]:
        wanted = priorities(list(work.data) or own_data())
        async with self.category.open(work) as judge:
            async def both(case: Case) -> Judged:
                judged = await judge(case)
                return _weighed(judged, case.text, wanted[case.id]) if case.id in wanted else judged

            yield both


def priorities(paths: Sequence[Path]) -> dict[str, str]:
    """By the id of the case. Raises BadData."""
    found = {}
    for path in paths:
        load([path], None)
        for number, row in rows(path):
            if "priority" in row:
                if row["priority"] not in PRIORITIES:
                    raise BadData(f"{path}:{number}: unknown priority {row['priority']!r}; known are {', '.join(PRIORITIES)}")
                found[f"{path.name}:{number}"] = str(row["priority"])
    return found


def given(text: str) -> Priority:
    """What a ticket gets that the built-in planner opens for this message."""
    args = CreateTicket.model_validate(ROUTES[CREATE].fill(text))
    return MATRIX[args.impact, args.urgency]


def _weighed(judged: Judged, text: str, wanted: str) -> Judged:
    got = str(given(text))
    off = abs(PRIORITIES.index(got) - PRIORITIES.index(wanted))
    return replace(judged, values={"priority_accuracy": float(got == wanted), "priority_off": float(off)},
                   evidence={"priority": wanted, "priority given": got})


EXAM = Tickets(category=HeldOut(
    name="tickets", about="category of a ticket from its text", goals={"macro_f1": 0.88, "ece": 0.05}, own_data=own_data,
    peers={"tfidf_svm": tfidf_svm(own_data), "embeddings_logreg": embedded_logistic(own_data)}))
