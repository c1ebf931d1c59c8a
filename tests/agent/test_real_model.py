"""Opt-in: a real model behind `LIVE_LLM=http://127.0.0.1:PORT/v1`. It is no judge of quality: whatever it does, people are answered."""

import os

import pytest

from agent.planner import Budget
from tests.agent.conftest import MakeHouse, say

LIVE = os.environ.get("LIVE_LLM", "")
MESSAGES = (("en", "How do I connect to the VPN from home?"), ("ar", "كيف أتصل بالـ VPN من البيت؟"), ("fa", "چطور از خانه به VPN وصل شوم؟"),
            ("en", "good morning"), ("ar", "أريد فتح تذكرة، شاشة الجهاز مكسورة"), ("fa", "رمزم را فراموش کرده‌ام"))


@pytest.mark.skipif(not LIVE, reason="LIVE_LLM names no endpoint")
@pytest.mark.parametrize(("lang", "text"), MESSAGES)
async def test_people_are_answered_whatever_the_model_does(make_house: MakeHouse, lang: str, text: str) -> None:
    answer = await say(await make_house(LIVE, budget=Budget()), text, lang)
    assert answer["reply"]["text"].strip() and answer["reply"]["lang"] == lang
    assert (answer["handoff"] is None) or answer["handoff"]["reason"] != "planner_down"
    note = answer["reply"]["text"].partition("\n\n")[0]
    assert answer["planner"] == "openai" or answer["handoff"] or len(note) > 20
