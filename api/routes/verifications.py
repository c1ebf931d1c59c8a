"""Verifications: two different factors on their own form, then the one-time page that sets a password. Nothing here is ever logged."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response, status

from agent.house import House
from api.callers import Anyone, Open, keep_guest
from api.shapes import Factor, FlowShown, Id, NewPassword, PasswordSet
from desk.errors import BadInput
from desk.identity import METHODS, TRIES_PER_CODE, Flow, FlowState, Method
from desk.services.verifying import Progress

router = APIRouter(prefix="/verifications", tags=["verifications"])

NEXT = {FlowState.FACTORS: "factors", FlowState.PASSWORD: "password"}


@router.get("/{flow}", response_model=FlowShown)
async def read(house: Open, caller: Anyone, flow: Id) -> dict[str, Any]:
    found, _ = await house.desk.verifying.of(caller, flow)
    return await _shown(house, found, house.clock())


@router.post("/{flow}/factors", response_model=FlowShown, responses={202: {"model": FlowShown, "description": "A code is on its way"}})
async def prove(house: Open, caller: Anyone, response: Response, flow: Id, sent: Factor) -> dict[str, Any]:
    """Prove one factor; `email` without a code sends one."""
    now = house.clock()
    if sent.code is not None:
        progress = await house.desk.verifying.prove(caller, flow, sent.method, sent.code.get_secret_value(), now)
        return await _shown(house, _told(house, progress), now)
    if sent.method is not Method.EMAIL:
        await house.desk.verifying.of(caller, flow)
        raise BadInput("A code of the authenticator app is needed.", errors=[{"in": "body", "pointer": "/code", "reason": "missing"}])
    response.status_code = status.HTTP_202_ACCEPTED
    return await _shown(house, await house.desk.verifying.send_code(caller, flow, now), now)


@router.post("/{flow}/password", response_model=PasswordSet)
async def set_password(house: Open, caller: Anyone, response: Response, flow: Id, sent: NewPassword) -> dict[str, Any]:
    """Set the new password, once, in the session that proved the factors."""
    now = house.clock()
    progress = await house.desk.verifying.set_password(caller, flow, sent.password.get_secret_value(), now)
    if progress.fresh_secret:
        keep_guest(response, house, progress.fresh_secret)
    return {**await _shown(house, _told(house, progress), now), "token": progress.fresh_secret}


def _told(house: House, progress: Progress) -> Flow:
    """Wake whoever looks at the conversation, and let the assistant tell of it."""
    house.live.wake(progress.flow.conversation)
    if progress.turn:
        house.assistant.soon(progress.turn)
    return progress.flow


async def _shown(house: House, flow: Flow, now: datetime) -> dict[str, Any]:
    async with house.desk.store.read() as tx:
        code_sent = await tx.flows.code_sent(flow, now)
    over = flow.state in NEXT and not flow.alive(now)
    return {"flow": flow.id, "action": flow.action, "state": FlowState.EXPIRED if over else flow.state, "methods": METHODS,
            "proven": flow.proven, "code_sent": code_sent, "tries_left": max(0, TRIES_PER_CODE - flow.tries),
            "expires_at": flow.expires_at, "next": None if over else NEXT.get(flow.state)}
