"""Which words are an act on a ticket that there is, and which ask for a new one."""

import pytest

from agent.planner.acts import ACTS, TicketActs
from tools import toolbox

TOOLS = frozenset(toolbox())


@pytest.fixture(scope="module")
def acts() -> TicketActs:
    return TicketActs(toolbox())


@pytest.mark.parametrize("text", [
    "please open a ticket, the printer of room 200 is broken and makes a grinding noise", "open a ticket for my broken chair please",
    "أرجو فتح تذكرة، طابعة الغرفة ٢٠٠ معطلة وتصدر صوتًا", "شاشتي مكسورة، أريد فتح تذكرة",
    "لطفاً تیکت باز کنید، چاپگر اتاق ۲۰۰ خراب است و صدا می‌دهد", "یه تیکت برام باز کنید",
])
def test_a_wish_for_a_new_ticket_is_no_act_on_an_old_one(acts: TicketActs, text: str) -> None:
    assert acts.act(text, TOOLS, about_tickets=False, new_ticket=True) == ""


@pytest.mark.parametrize(("text", "act"), [
    ("the same fault is back, please open my old ticket again", "reopen_ticket"),
    ("عادت المشكلة نفسها، افتحوا التذكرة من جديد", "reopen_ticket"),
    ("مشکل برگشته، لطفاً تیکتم را دوباره باز کنید", "reopen_ticket"),
])
def test_an_old_ticket_is_opened_again_even_where_a_new_one_was_read(acts: TicketActs, text: str, act: str) -> None:
    assert acts.act(text, TOOLS, about_tickets=False, new_ticket=True) == act


@pytest.mark.parametrize("name", ACTS)
def test_the_tools_own_examples_call_for_them(acts: TicketActs, name: str) -> None:
    for lines in toolbox()[name].examples.values():
        assert [acts.act(line, TOOLS, about_tickets=True) for line in lines] == [name] * len(lines)
