"""Two different factors, then the password; in any script of digits, once, and only for whose it is."""

import asyncio

import httpx
import pytest

from tests.api.scripted import PASSWORD, World
from tests.databases import kept_by

NEW = "four quiet green boats"
PERSIAN, ARABIC = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"), str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
KEYS = {"flow", "action", "state", "methods", "proven", "code_sent", "tries_left", "expires_at", "next"}


def plain(code: str) -> str:
    return code


def persian(code: str) -> str:
    return f" {code[:3]}\u200c{code[3:]} ".translate(PERSIAN)


def arabic(code: str) -> str:
    return f"\u200f{code[:4]}\u00a0-\u00a0{code[4:]}".translate(ARABIC)


async def factor(client: httpx.AsyncClient, flow: str, method: str, code: str | None = None) -> httpx.Response:
    return await client.post(f"/api/v1/verifications/{flow}/factors", json={"method": method} | ({"code": code} if code else {}))


async def prove_both(world: World, client: httpx.AsyncClient, flow: str, name: str) -> None:
    assert (await factor(client, flow, "totp", await world.totp(name))).status_code == 200
    await factor(client, flow, "email")
    assert (await factor(client, flow, "email", await world.mailed_code(name))).json()["state"] in ("password", "done")


@pytest.mark.parametrize("typed", [plain, persian, arabic])
async def test_a_guest_resets_the_password_after_two_factors(world: World, typed: object) -> None:
    assert callable(typed)
    guest, conversation = await world.guest("user")
    flow = await world.flow(guest, conversation)
    fresh = (await guest.get(f"/api/v1/verifications/{flow}")).json()
    assert set(fresh) == KEYS
    assert fresh == fresh | {"flow": flow, "action": "reset", "state": "factors", "methods": ["totp", "email"], "proven": [],
                             "code_sent": False, "tries_left": 5, "next": "factors"}

    one = await factor(guest, flow, "totp", typed(await world.totp("user")))
    assert (one.status_code, one.json()["state"], one.json()["proven"]) == (200, "factors", ["totp"])
    sent = await factor(guest, flow, "email")
    assert (sent.status_code, sent.json()["code_sent"]) == (202, True)
    two = await factor(guest, flow, "email", typed(await world.mailed_code("user")))
    assert (two.json()["state"], two.json()["next"], two.json()["proven"]) == ("password", "password", ["totp", "email"])

    done = await guest.post(f"/api/v1/verifications/{flow}/password", json={"password": NEW})
    assert (done.status_code, done.json()["state"], done.json()["next"], set(done.json())) == (200, "done", None, KEYS | {"token"})
    await world.desk.signin.sign_in("user", NEW, world.clock())
    assert [turn.kind for turn in world.assistant.told] == ["reset_done"]

    assert (await guest.get(f"/api/v1/verifications/{flow}")).status_code == 401          # the old secret has ended
    assert f"yavar_guest={done.json()['token']}" in done.headers["set-cookie"]
    renewed = world.caller(done.json()["token"])
    assert (await renewed.get(f"/api/v1/conversations/{conversation}")).status_code == 200
    again = await renewed.post(f"/api/v1/verifications/{flow}/password", json={"password": "another four boats"})
    assert (again.status_code, again.json()["code"]) == (403, "flow_over")


async def test_one_who_is_signed_in_keeps_the_session_and_loses_the_others(world: World) -> None:
    here, elsewhere = await world.signed_in("user"), await world.signed_in("user")
    flow = await world.flow(here, await world.opened(here))
    await prove_both(world, here, flow, "user")
    done = await here.post(f"/api/v1/verifications/{flow}/password", json={"password": NEW})
    assert (done.json()["state"], done.json()["token"]) == ("done", None)
    assert (await here.get("/api/v1/tickets")).status_code == 200
    assert (await elsewhere.get("/api/v1/tickets")).status_code == 401


async def test_unlocking_needs_no_password(world: World) -> None:
    user = await world.signed_in("user")
    flow = await world.flow(user, await world.opened(user), "unlock")
    await prove_both(world, user, flow, "user")
    assert (await user.get(f"/api/v1/verifications/{flow}")).json()["state"] == "done"
    assert [turn.kind for turn in world.assistant.told] == ["unlock_done"]


async def test_wrong_codes_are_counted_and_end_the_verification(world: World) -> None:
    user = await world.signed_in("user")
    flow = await world.flow(user, await world.opened(user))
    for left in (4, 3, 2, 1):
        answer = await factor(user, flow, "totp", "000000")
        assert (answer.status_code, answer.json()["code"], answer.json()["tries_left"]) == (403, "wrong_code", left)
    assert (await factor(user, flow, "totp", "000000")).json()["code"] == "tries_used_up"
    assert (await factor(user, flow, "totp", await world.totp("user"))).json()["code"] == "flow_over"
    assert (await user.get(f"/api/v1/verifications/{flow}")).json()["state"] == "failed"


async def test_a_step_is_never_skipped(world: World) -> None:
    user = await world.signed_in("user")
    flow = await world.flow(user, await world.opened(user))
    early = await user.post(f"/api/v1/verifications/{flow}/password", json={"password": NEW})
    assert (early.status_code, early.json()["code"]) == (403, "needs_factors")
    await factor(user, flow, "totp", await world.totp("user"))
    assert (await user.post(f"/api/v1/verifications/{flow}/password", json={"password": NEW})).json()["code"] == "needs_factors"
    await world.desk.signin.sign_in("user", PASSWORD, world.clock())


@pytest.mark.parametrize("password", ["", "short", "password", "12345678", "x" * 257])
async def test_a_weak_password_is_refused_and_another_may_be_tried(world: World, password: str) -> None:
    user = await world.signed_in("user")
    flow = await world.flow(user, await world.opened(user))
    await prove_both(world, user, flow, "user")
    weak = await user.post(f"/api/v1/verifications/{flow}/password", json={"password": password})
    assert (weak.status_code, weak.json()["code"]) == (422, "weak_password")
    assert (await user.post(f"/api/v1/verifications/{flow}/password", json={"password": NEW})).status_code == 200


async def test_a_password_is_kept_as_it_was_typed(world: World) -> None:
    typed = "  ｐａｓｓ گذرواژهٔ من ۱۲۳  "
    user = await world.signed_in("user")
    flow = await world.flow(user, await world.opened(user))
    await prove_both(world, user, flow, "user")
    await user.post(f"/api/v1/verifications/{flow}/password", json={"password": typed})
    _, account = await world.desk.signin.sign_in("user", typed, world.clock())
    assert account.name == "user"


async def test_a_verification_ends_with_its_time(world: World) -> None:
    user = await world.signed_in("user")
    flow = await world.flow(user, await world.opened(user))
    await prove_both(world, user, flow, "user")
    world.clock.pass_(minutes=31)
    late = (await user.get(f"/api/v1/verifications/{flow}")).json()
    assert (late["state"], late["next"], late["code_sent"]) == ("expired", None, False)
    assert (await user.post(f"/api/v1/verifications/{flow}/password", json={"password": NEW})).json()["code"] == "flow_over"


async def test_of_fifty_at_once_one_sets_the_password(world: World) -> None:
    world.house.rate = 0.0                 # all fifty get as far as the flow: what the limits do is told elsewhere
    user = await world.signed_in("user")
    flow = await world.flow(user, await world.opened(user))
    await prove_both(world, user, flow, "user")
    path = f"/api/v1/verifications/{flow}/password"
    answers = await asyncio.gather(*(user.post(path, json={"password": f"{NEW} {n}"}) for n in range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] + [403] * 49


async def test_codes_and_passwords_are_in_no_log_and_no_row(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    guest, conversation = await world.guest("user")
    flow = await world.flow(guest, conversation)
    totp = await world.totp("user")
    await factor(guest, flow, "totp", totp)
    await factor(guest, flow, "email")
    mailed = await world.mailed_code("user")
    await factor(guest, flow, "email", mailed)
    await guest.post(f"/api/v1/verifications/{flow}/password", json={"password": NEW})
    logged = capsys.readouterr()
    kept = kept_by(world.desk.store.url)
    for secret in (totp, mailed, NEW):
        assert secret not in logged.out + logged.err
        assert secret.encode() not in kept
