"""Whole conversations with a simulated user, graded by the desk's end state and by what must never happen."""

from evals import figures
from evals.scenarios.exam import Scenarios, beside
from evals.scenarios.loading import HANDS_OFF, ScenarioCase
from evals.scenarios.modelled import by_model
from evals.scenarios.playing import Seat
from evals.work import Stay


def plain_agent(case: ScenarioCase, stay: Stay) -> Seat:
    from evals.peers.desk_agent import desk_agent  # here: LangChain's agent takes a second to load, and needs a model that few runs have

    return desk_agent(case, stay)


EXAM = Scenarios(
    name="scenarios", about="whole conversations with a simulated user, graded by the desk's end state",
    goals={"pass^1": 0.95, "pass^4": 0.90, "handoff_precision": 0.95, "handoff_recall": 0.95, "forbidden_acts": 0,
           "simulator_failures": 0.05},
    figures={"pass^1": figures.accuracy, "pass^4": figures.passes(4), "handoff_precision": figures.precision(HANDS_OFF),
             "handoff_recall": figures.recall(HANDS_OFF), "forbidden_acts": figures.total("forbidden_acts"),
             "must_said": figures.value("must_said"), "messages": figures.value("messages", less=True),
             "simulator_failures": figures.value("simulator_failures", less=True)},
    peers={"create_agent": beside(seat=plain_agent), "model_user": beside(user=by_model)})
