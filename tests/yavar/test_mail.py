"""The outbox is sent over SMTP to a real server, each message once; a server that is down loses nothing."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from argon2 import PasswordHasher

from desk.hours import Hours
from desk.passwords import Passwords
from desk.services import Desk, open_desk
from desk.store import Store
from desk.words import words
from tests.yavar.servers import free_port
from yavar import demo
from yavar.mail import SmtpMailer

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


class Mailbox:
    def __init__(self) -> None:
        self.got: list[Message] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.got.append(message_from_bytes(envelope.content))
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    box, port = Mailbox(), free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, f"smtp://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    store = Store(database_url)
    await store.migrate()
    desk = open_desk(store, words(), hours=Hours.parse("Mon-Sun 00:00-24:00"), phone="100", secret="of this test only", passwords=QUICK)
    async with store.begin() as tx:
        await demo.seed_people(tx, desk.vault, QUICK, NOW)
        person = await tx.people.by_name("user2")
        assert person is not None
        await tx.outbox.put(account=person.id, kind="code", address=person.email, subject="کد تأیید شما",
                            sealed_body=desk.vault.seal("کد شما: 12345678"), key=None, now=NOW)
    yield desk
    await store.close()


async def test_a_mail_is_sent_once_and_readable_in_persian(desk: Desk, mailbox: tuple[Mailbox, str]) -> None:
    box, url = mailbox
    mailer = SmtpMailer(url, "desk@house.invalid")
    assert await mailer.deliver(desk, NOW) == 1
    assert await mailer.deliver(desk, NOW) == 0
    assert len(box.got) == 1 and box.got[0]["To"] == "user2@demo.invalid" and box.got[0]["Auto-Submitted"] == "auto-generated"
    payload = box.got[0].get_payload(decode=True)
    assert isinstance(payload, bytes) and "کد شما: 12345678" in payload.decode("utf-8")


async def test_a_mail_waits_for_a_server_that_is_down(desk: Desk, mailbox: tuple[Mailbox, str]) -> None:
    box, url = mailbox
    assert await SmtpMailer(f"smtp://127.0.0.1:{free_port()}", "desk@house.invalid").deliver(desk, NOW) == 0
    assert box.got == []
    assert await SmtpMailer(url, "desk@house.invalid").deliver(desk, NOW + timedelta(minutes=1)) == 1


async def test_a_mail_of_yesterday_is_given_up(desk: Desk, mailbox: tuple[Mailbox, str]) -> None:
    box, url = mailbox
    assert await SmtpMailer(url, "desk@house.invalid").deliver(desk, NOW + timedelta(hours=25)) == 0
    assert box.got == []
