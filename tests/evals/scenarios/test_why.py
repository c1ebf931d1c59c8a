"""Why each turn of a played conversation went as it did: what was read, what decided, what was done; the same with the same seed."""

import pytest

from desk.people import LANGS, Lang
from evals.judged import Judged
from evals.scenarios.loading import ScenarioCase
from evals.scenarios.playing import play
from evals.scenarios.stage import staged
from evals.scenarios.user import RuleUser
from evals.work import Work
from tests.evals.scenarios.conftest import scenario
from tests.evals.scenarios.test_playing import ASKS


async def played(work: Work, lang: Lang) -> Judged:
    of = scenario(steps=[ASKS], ends=[{"handoff": ["asked"]}])
    async with staged(work) as stage, stage.fresh() as stay:
        return await play(ScenarioCase(scenario=of, theme="person", lang=lang), RuleUser(of, lang, "1"), stay)


@pytest.mark.parametrize("lang", LANGS)
async def test_a_handoff_names_the_guardrail_that_decided_and_what_it_saw(work: Work, lang: Lang) -> None:
    judged = await played(work, lang)
    (turn,) = judged.turns
    assert judged.transcript[turn["at"] - 1]["author"] == "user"
    assert (turn["kind"], turn["lang"], turn["rules"], turn["handoff"]) == ("message", lang, ["asks_for_a_person"], "asked")
    person = turn["signals"]["person"]
    assert person["probability"] >= person["threshold"] and max(turn["routes"], key=turn["routes"].get) == "human"
    assert 0 <= turn["answerable"] <= 1 and turn["because"] == "asks_for_a_person"
    assert Judged.from_json(judged.as_json()).turns == judged.turns
    assert (await played(work, lang)).turns == judged.turns
