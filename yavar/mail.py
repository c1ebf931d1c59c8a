"""Sends what stands in the outbox. A message keeps its id as Message-ID, so that a receiver knows a second copy."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

import aiosmtplib
import structlog

from desk.services import Desk

log = structlog.get_logger()
GIVE_UP_AFTER = timedelta(hours=24)


class Mailer(Protocol):
    async def deliver(self, desk: Desk, now: datetime) -> int:
        """Send what waits; how many were sent."""
        ...


class SmtpMailer:
    def __init__(self, url: str, sender: str) -> None:
        self._server = urlsplit(url)
        self._sender = sender

    async def deliver(self, desk: Desk, now: datetime) -> int:
        async with desk.store.begin() as tx:
            waiting = await tx.outbox.take(now, now - GIVE_UP_AFTER)
        sent = 0
        for mail in waiting:
            try:
                await self._send(mail, desk.vault.open(mail["body"]))
            except (aiosmtplib.SMTPException, OSError) as error:
                log.warning("mail.failed", mail=mail["id"], error=type(error).__name__)
                async with desk.store.begin() as tx:
                    await tx.outbox.failed(mail["id"])
                continue
            async with desk.store.begin() as tx:
                await tx.outbox.sent(mail["id"], now)
            sent += 1
        return sent

    async def _send(self, mail: dict[str, Any], body: str) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, mail["address"], mail["subject"]
        message["Message-ID"] = f"<{mail['id']}@{self._sender.partition('@')[2]}>"
        message["Date"] = format_datetime(mail["at"])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body)
        await aiosmtplib.send(message, hostname=self._server.hostname, port=self._server.port, username=self._server.username,
                              password=self._server.password, use_tls=self._server.scheme == "smtps", timeout=20)
