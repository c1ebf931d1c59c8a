"""A library that was never written: passages of drawn words and drawn vectors, as many as wanted, over access classes."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desk.codes import digest
from desk.store import Store

VOCABULARY = 20_000
WORDS, SECTIONS = 90, 4        # of a passage, of an article
CLASSES = ("public", "everyone", "agents")
LANGS = ("en", "ar", "fa")


def vectors(n: int, dim: int, draw: np.random.Generator) -> NDArray[np.float32]:
    """Unit vectors close to one another, as those of sentences are."""
    found: NDArray[np.float32] = draw.normal(size=(n, dim)).astype(np.float32) + np.float32(1.5)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found


def question(draw: np.random.Generator) -> str:
    return " ".join(_word(rank) for rank in _ranks(8, draw))


async def fill(store: Store, n: int, embedder: str, dim: int, seed: int) -> None:
    """Put `n` passages on the shelf, with their vectors."""
    draw = np.random.default_rng(seed)
    drawn = vectors(n, dim, draw).astype("<f2")
    async with store.begin() as tx:
        for document, passages in _articles(n, embedder, drawn, draw):
            await tx.shelf.put(document, passages)


def _articles(n: int, embedder: str, drawn: NDArray[np.float16],
              draw: np.random.Generator) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    for at in range(0, n, SECTIONS):
        number = at // SECTIONS
        lang, title, name = LANGS[number % len(LANGS)], f"Article {number}", f"generated-{number}"
        texts = [" ".join(_word(rank) for rank in _ranks(WORDS, draw)) for _ in range(min(SECTIONS, n - at))]
        document = {"id": name, "source": "generated", "path": name, "topic": name, "lang": lang, "title": title,
                    "audience": CLASSES[number % len(CLASSES)], "owner": "bench", "reviewed": "2026-01-01", "tier": "core",
                    "text": "\n\n".join(texts), "hash": digest(name)}
        yield document, [{"id": f"{name}-{ordinal}", "document": name, "ordinal": ordinal, "heading": f"Section {ordinal}", "text": text,
                          "hash": digest(name, str(ordinal)), "embedder": embedder, "vector": drawn[at + ordinal].tobytes()}
                         for ordinal, text in enumerate(texts)]


def _ranks(n: int, draw: np.random.Generator) -> NDArray[np.int64]:
    """Words by rank, the first ones often: as in any language."""
    return np.minimum(draw.zipf(1.2, n), VOCABULARY)


def _word(rank: int) -> str:
    """A made-up word of two to five syllables, always the same for its rank."""
    left = int(rank) * 7919 + 31
    syllables: list[str] = []
    while left and len(syllables) < 5:
        left, at = divmod(left, 60)
        syllables.append("bdfgklmnprst"[at % 12] + "aeiou"[at // 12])
    return "".join(syllables)
