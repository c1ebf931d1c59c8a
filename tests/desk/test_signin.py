"""Signing in: wrong, unknown and locked look alike, and guesses made side by side each count."""

import asyncio

import pytest

from desk.errors import NotSignedIn
from desk.services import Desk
from tests.desk.conftest import OLD_PASSWORD, QUICK, Clock, Someone


@pytest.mark.parametrize(("name", "password", "allowed"), [
    ("sara", OLD_PASSWORD, True),
    ("SARA@demo.invalid", OLD_PASSWORD, True),
    ("sara", "wrong", False),
    ("nobody", OLD_PASSWORD, False),
])
async def test_only_the_right_password_signs_in(desk: Desk, sara: Someone, clock: Clock, name: str, password: str, allowed: bool) -> None:
    if allowed:
        secret, account = await desk.signin.sign_in(name, password, clock())
        caller = await desk.signin.caller(secret, clock())
        assert account == sara.account and caller is not None and caller.account == sara.account
    else:
        with pytest.raises(NotSignedIn):
            await desk.signin.sign_in(name, password, clock())


@pytest.mark.parametrize("kept", [None, "", "no hash at all"])
def test_where_no_password_is_kept_none_is_right_not_even_the_decoys_own(kept: str | None) -> None:
    assert not any(QUICK.matches(kept, tried) for tried in ("", "nobody's password", OLD_PASSWORD))


@pytest.mark.parametrize(("guesses", "locked"), [(4, False), (5, True), (20, True)])   # five wrong ones lock for 30 minutes
async def test_guesses_made_side_by_side_each_count(desk: Desk, sara: Someone, clock: Clock, guesses: int, locked: bool) -> None:
    tried = await asyncio.gather(*(desk.signin.sign_in("sara", f"guess {number}", clock()) for number in range(guesses)),
                                 return_exceptions=True)
    assert all(isinstance(each, NotSignedIn) for each in tried), tried
    if locked:
        with pytest.raises(NotSignedIn):
            await desk.signin.sign_in("sara", OLD_PASSWORD, clock())
        clock.pass_(minutes=31)
    secret, _ = await desk.signin.sign_in("sara", OLD_PASSWORD, clock())
    assert await desk.signin.caller(secret, clock()) is not None
