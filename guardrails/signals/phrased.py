"""Examples from the library: phrasings of its sections, with the intent that the corpus gives to the section."""

import tomllib
from pathlib import Path

from guardrails.signals.examples import BadCorpus, Example
from guardrails.signals.signal import FINE
from knowledge.articles import read_folder
from knowledge.phrasings import Phrasing, read_phrasings

NAME = "phrasings.toml"
SHARE = 2                      # tenths that are taken: all of them would outweigh the messages


def read_phrased(corpus: Path, articles: Path) -> list[Example]:
    """Raises BadCorpus where the corpus names an intent or a topic that there isn't."""
    if not (corpus / NAME).exists():
        return []
    intents = _intents(corpus / NAME)
    found = {article.topic for article in read_folder(articles)}
    if unknown := {topic for topic, _ in intents} - found:
        raise BadCorpus(f"{corpus / NAME}: there is no article {', '.join(sorted(unknown))}")
    return [Example(text=one.text, lang=article.lang, kind=intents[article.topic, one.ordinal], negative=False,
                    borrowed=True)
            for article in read_folder(articles) for one in read_phrasings(article, articles)
            if (article.topic, one.ordinal) in intents and _taken(one)]


def _intents(file: Path) -> dict[tuple[str, int], str]:
    try:
        tables = tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadCorpus(f"{file}: {error}") from error
    found = {(topic, ordinal): kind for topic, kinds in tables.items() for kind, ordinals in kinds.items() for ordinal in ordinals}
    if unknown := set(found.values()) - set(FINE):
        raise BadCorpus(f"{file}: unknown intents {', '.join(sorted(unknown))}")
    return found


def _taken(one: Phrasing) -> bool:
    """A steady sample, spread over the sections."""
    return int(one.hash[:8], 16) % 10 < SHARE
