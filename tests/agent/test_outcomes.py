"""How a step went is heard in three languages, and a `not` more or less makes all the difference."""

import pytest

from agent.planner.reactions import how_it_went, reaction


@pytest.mark.parametrize(("text", "how"), [
    ("still not connecting", "still"), ("no, that didn't help at all", "still"), ("nope, same", "still"), ("it doesn't work", "still"),
    ("it works!", "solved"), ("yes, it's working again, thank you", "solved"), ("fixed, thanks", "solved"),
    ("هنوزم نمیشه", "still"), ("نه هنوز", "still"), ("حل نشده", "still"), ("نشد", "still"), ("فایده نداشت متأسفانه", "still"),
    ("شد", "solved"), ("آره حل شد مرسی", "solved"), ("الان وصل شدم ممنون", "solved"),
    ("لا ما زال لا يعمل", "still"), ("لسه", "still"), ("ما اشتغل", "still"), ("المشكلة لسه ما انحلت", "still"),
    ("اشتغل", "solved"), ("ايوه اشتغل", "solved"), ("تم حل المشكلة شكرا", "solved"),
    ("thanks", None), ("no thanks", None), ("ok, let me try", None), ("نه ممنون", None), ("باشه امتحان می‌کنم", None), ("لا شكرا", None),
    ("how do I reset my password", None), ("what about my ticket 1001", None), ("صفحه‌نمایشم شکسته", None), ("أريد موظفا", None),
    ("the new docking station that you gave me last week does not charge my laptop any more either", None),
])
def test_what_is_said_of_a_step(text: str, how: str | None) -> None:
    assert how_it_went(text) == how


@pytest.mark.parametrize(("text", "said"), [
    ("you got that wrong, I meant something else", "misread"), ("that was not my question", "misread"), ("thank you so much", "thanks"),
    ("لا مو هذا قصدي", "misread"), ("سؤالي كان عن شي ثاني", "misread"), ("مشكوور", "thanks"), ("متشكره جدا", "thanks"),
    ("نه منظورم این نیست", "misread"), ("یه چیز دیگه‌ای می‌خواستم", "misread"), ("دستتون درد نکنه", "thanks"),
    ("thanks for nothing", None), ("شكرا على تضييع وقتي", None), ("مرسی که وقتم رو تلف کردید", None),
    ("the projector in room 4 has no picture", None), ("my mouse is not what it was", None), ("أريد شاشة ثانية", None),
    ("پرینترم خرابه", None),
    ("thanks, and could you also open a ticket for my chair", None),
])
def test_what_is_said_of_an_answer(text: str, said: str | None) -> None:
    assert reaction(text) == said
