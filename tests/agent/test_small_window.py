"""A model with a small window is told as much as it can hold, whatever is asked, and always of the way to look things up."""

import json
from dataclasses import replace

import httpx
import pytest
import respx

from agent.planner.budget import Budget, tokens_of
from tests.agent.conftest import PATIENT, MakeHouse, say
from tests.agent.endpoint import STREAM, URL, call, words

WINDOW = 4096
ASKED = {"en": ("How do I connect to the VPN from home?", "my account is locked"), "ar": ("كيف أتصل بالـ VPN من البيت؟", "حسابي مقفل"),
         "fa": ("چطور از خانه به VPN وصل شوم؟", "حسابم قفل شده")}


@pytest.mark.parametrize("lang", list(ASKED))
async def test_everything_of_a_step_has_room_in_the_window(make_house: MakeHouse, httpx2_mock: respx.Router, lang: str) -> None:
    told = httpx2_mock.post(f"{URL}/chat/completions")
    told.side_effect = [httpx.Response(200, headers=STREAM, text=call("search_knowledge", {"query": ASKED[lang][0]})),
                        *[httpx.Response(200, headers=STREAM, text=words("[1]"))] * 4]
    house = await make_house(budget=replace(PATIENT, context=WINDOW))
    for text in ASKED[lang]:
        await say(house, text, lang)
    sent = [json.loads(each.request.content) for each in told.calls]
    assert len(sent) >= 3 and any("<data passage=" in str(message["content"]) for message in sent[1]["messages"])
    for each in sent:
        size = tokens_of(json.dumps(each["tools"], ensure_ascii=False)) + sum(tokens_of(str(one["content"])) for one in each["messages"])
        assert size + each["max_tokens"] <= WINDOW, size
    names = [[tool["function"]["name"] for tool in each["tools"]] for each in sent]
    assert all("search_knowledge" in each for each in names) and names[0] == names[1] and "unlock_account" in names[-1]


def test_a_large_window_changes_nothing() -> None:
    assert Budget().within_context() == Budget()
    assert Budget(context=1_000_000).within_context().answer == Budget().answer
