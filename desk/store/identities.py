"""Who somebody is at a company's sign-in, and who is on the way there, in SQL."""

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.codes import digest, same
from desk.company import AWAY_FOR, Departure
from desk.errors import IllegalMove
from desk.store.locks import turnstile
from desk.store.tables import departures, identities


class Identities:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def account(self, issuer: str, subject: str) -> str | None:
        """The account of that identity. Names and addresses play no part."""
        wanted = select(identities.c.account).where(identities.c.issuer == issuer, identities.c.subject == subject)
        found: str | None = (await self._sql.execute(wanted)).scalar_one_or_none()
        return found

    async def newcomer(self, issuer: str, subject: str) -> str | None:
        """The account of that identity; who finds none is the only one that makes accounts until the transaction ends."""
        found = await self.account(issuer, subject)
        if found is None:
            await turnstile(self._sql, "newcomers")
            found = await self.account(issuer, subject)
        return found

    async def has_one(self, account: str, issuer: str | None = None) -> bool:
        wanted = select(identities.c.subject).where(identities.c.account == account)
        if issuer is not None:
            wanted = wanted.where(identities.c.issuer == issuer)
        return (await self._sql.execute(wanted.limit(1))).first() is not None

    async def add(self, issuer: str, subject: str, account: str, now: datetime) -> None:
        """Raises IllegalMove if somebody else was given it at the same time: read it again."""
        try:
            async with self._sql.begin_nested():
                await self._sql.execute(insert(identities).values(issuer=issuer, subject=subject, account=account, created_at=now))
        except IntegrityError:
            raise IllegalMove("That identity belongs to an account already.") from None

    async def depart(self, departure: Departure, browser: str, sealed_verifier: str, now: datetime) -> None:
        """Note who left. Those who never came back are forgotten on the way."""
        await self._sql.execute(delete(departures).where(departures.c.expires_at <= now))
        await self._sql.execute(insert(departures).values(
            state=digest(departure.state), browser=digest(browser), nonce=departure.nonce, verifier=sealed_verifier,
            expires_at=now + AWAY_FOR))

    async def come_back(self, state: str, browser: str, now: datetime) -> tuple[str, str] | None:
        """The nonce and the sealed verifier of the one who left from this browser; once, then never again."""
        gone = (await self._sql.execute(delete(departures).where(departures.c.state == digest(state)).returning(
            departures.c.browser, departures.c.nonce, departures.c.verifier, departures.c.expires_at))).mappings().first()
        if gone is None or gone["expires_at"] <= now or not same(gone["browser"], digest(browser)):
            return None
        return gone["nonce"], gone["verifier"]
