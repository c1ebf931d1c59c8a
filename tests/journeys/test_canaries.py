"""Codes and passwords, typed in the chat or on their form, stand nowhere: not in a database, a checkpoint, an index or a log."""

from pathlib import Path

import httpx
import pytest

from agent.house import House
from tests.databases import kept_by
from tests.journeys.conftest import NEW_PASSWORD, PASSWORD, Clock, signed_in

TYPED = {
    "en": ("my password is Zebra-Quilt-77! and it is refused", "Zebra-Quilt-77!", "the code I got is 48151623", "48151623"),
    "ar": ("كلمة السر حقتي هي Zebra-Quilt-77! وما تشتغل", "Zebra-Quilt-77!", "رمز التحقق اللي وصلني 48151623", "48151623"),
    "fa": ("رمزم Zebra-Quilt-77! هست ولی قبول نمی‌کنه", "Zebra-Quilt-77!", "کدی که برام اومد 48151623 بود", "48151623"),
}


@pytest.mark.parametrize("lang", list(TYPED))
async def test_secrets_stand_nowhere(http: httpx.AsyncClient, house: House, clock: Clock, tmp_path: Path, lang: str,
                                     capsys: pytest.CaptureFixture[str]) -> None:
    desk = await signed_in(http, house, clock, "user", lang)
    first, password, second, code = TYPED[lang]
    await desk.say(first)
    await desk.say(second)
    wanted = {"en": "I forgot my password", "ar": "نسيت كلمة المرور", "fa": "رمز عبورم را فراموش کرده‌ام"}[lang]
    answer = await desk.say(wanted)
    await desk.verify(answer["needs"])
    mailed = await desk.mailed_code("user")   # eight digits; six could stand in a file by chance
    printed = "".join(capsys.readouterr())
    raw = _everything_of(house, tmp_path / "home")
    assert desk.conversation.encode() in raw
    for secret in (password, code, mailed, NEW_PASSWORD, PASSWORD):
        assert secret.encode() not in raw, secret
        assert secret not in printed, secret


def _everything_of(house: House, home: Path) -> bytes:
    files = b"".join(file.read_bytes() for file in sorted(home.rglob("*")) if file.is_file())
    return files + kept_by(house.desk.store.url)
