"""The vectors of the shipped articles, committed beside them: a fresh house searches by meaning at once, without minutes of embedding."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desk.people import Lang
from knowledge.articles import Article, indexed, read_folder
from knowledge.embedder import Embedder
from knowledge.phrasings import read_phrasings
from knowledge.space import FEWEST, Space

VECTORS = Path(str(files("knowledge").joinpath("vectors")))
Half = NDArray[np.float16]


@dataclass(frozen=True, kw_only=True)
class Built:
    embedded: int
    kept: int
    dropped: int


async def build_vectors(articles: Path, vectors: Path, embedder: Embedder) -> Built:
    """Bring the file of this embedder up to the articles; only texts that it lacks are embedded."""
    found = read_folder(articles)
    texts, asked = _texts(found), _asked(found, articles)
    known = read_vectors(vectors, embedder.id)
    missing = [hash_ for hash_ in texts if hash_ not in known]
    fresh = await embedder.passages([texts[hash_] for hash_ in missing])
    made = dict(zip(missing, fresh.astype(np.float16), strict=True))
    made |= {hash_: (await embedder.query(text)).astype(np.float16) for hash_, (text, _) in asked.items() if hash_ not in known}
    kept = {hash_: vector for hash_, vector in known.items() if hash_ in texts or hash_ in asked}
    if made or len(kept) < len(known):
        _write(_file(vectors, embedder.id), kept | made)
        _space_of(asked, kept | made, space_file(vectors, embedder.id))
    return Built(embedded=len(made), kept=len(kept), dropped=len(known) - len(kept))


def stale(articles: Path, vectors: Path, embedder: str) -> bool:
    """Whether the committed vectors are of other texts than the articles."""
    found = read_folder(articles)
    return read_vectors(vectors, embedder).keys() != _texts(found).keys() | _asked(found, articles).keys()


def read_vectors(vectors: Path, embedder: str) -> Mapping[str, Half]:
    """Vectors by the hash of their text; none if this embedder has no file."""
    file = _file(vectors, embedder)
    if not file.exists():
        return {}
    with np.load(file) as saved:
        return dict(zip((bytes(row).hex() for row in saved["hashes"]), saved["vectors"].astype(np.float16), strict=True))


def _texts(articles: list[Article]) -> dict[str, str]:
    return {one.hash: indexed(article.title, one.heading, one.text) for article in articles for one in article.sections}


def _asked(articles: list[Article], folder: Path) -> dict[str, tuple[str, Lang]]:
    return {one.hash: (one.text, article.lang) for article in articles for one in read_phrasings(article, folder)}


def _space_of(asked: Mapping[str, tuple[str, Lang]], vectors: Mapping[str, Half], file: Path) -> None:
    """Phrasings are questions in three languages: what a space is fitted on."""
    if len(asked) >= FEWEST:
        order = sorted(asked)
        Space.fit(np.stack([vectors[hash_] for hash_ in order]).astype(np.float32), [asked[hash_][1] for hash_ in order]).save(file)


def space_file(vectors: Path, embedder: str) -> Path:
    return vectors / f"{embedder}.space.npz"


def _file(vectors: Path, embedder: str) -> Path:
    return vectors / f"{embedder}.npz"


def _write(file: Path, vectors: Mapping[str, Half]) -> None:
    """In the order of the hashes, so that the same articles always make the same file."""
    order = sorted(vectors)
    hashes = np.array([list(bytes.fromhex(hash_)) for hash_ in order], dtype=np.uint8)
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savez(file, hashes=hashes, vectors=np.stack([vectors[hash_] for hash_ in order]).astype("<f2"))
