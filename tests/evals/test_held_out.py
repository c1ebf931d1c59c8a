"""The held-out messages are nobody's examples."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from desk.people import LANGS
from evals.suites.human.suite import EXAM as HUMAN
from evals.suites.routing.suite import EXAM as ROUTING
from guardrails.signals.examples import read
from guardrails.signals.features import tidy

CORPUS = Path(str(files("guardrails").joinpath("corpus")))
FEW = 4                        # words; a shorter message is said by everybody


@pytest.mark.parametrize("suite", [ROUTING, HUMAN], ids=lambda suite: suite.name)
def test_no_held_out_message_stands_in_the_corpus(suite):
    learnt = {bare(example.text) for example in read(CORPUS)}
    asked = [json.loads(line)["text"] for path in suite.own_data for line in path.read_text("utf-8").splitlines()]
    assert len(suite.own_data) == len(LANGS)
    assert [text for text in asked if len(text.split()) >= FEW and bare(text) in learnt] == []


def bare(text: str) -> str:
    return tidy(text).strip(" .!?؟،,")
