"""The demo's mailbox and phone, as a newcomer's script reads them: one's own, and nobody else's."""

import httpx
import pytest

from agent.house import House
from tests.journeys.conftest import Clock, as_guest


@pytest.mark.parametrize(("claims", "shown"), [("user", True), ("nobody-of-that-name", False)])
async def test_a_guest_reads_the_claimed_persons_code_and_mail_alone(http: httpx.AsyncClient, house: House, clock: Clock, claims: str,
                                                                     shown: bool) -> None:
    desk = await as_guest(http, house, clock, claims)
    needs = (await desk.say("I forgot my password"))["needs"]
    assert (await desk.call("POST", f"/verifications/{needs['flow']}/factors", {"method": "email"})).status_code == 202
    headers = desk.headers | {"Accept": "application/json"}
    mails = (await http.get("/demo/outbox", headers=headers)).json()["mails"]
    code = (await http.get("/demo/authenticator", headers=headers)).json()["code"]
    assert bool(mails) is shown
    if shown:
        assert code == await desk.app_code("user") and (await desk.mailed_code("user")) in mails[0]["body"]
    else:
        assert code is None
