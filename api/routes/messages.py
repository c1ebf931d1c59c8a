"""Messages of the user: each is stored first, then answered, as JSON or as a stream."""

from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse

from api.callers import Anyone, Open
from api.problems import problem_of
from api.shapes import Answer, Id, Say
from api.stream import of_turn

router = APIRouter(prefix="/conversations/{conversation}/messages", tags=["messages"])

STREAM = "text/event-stream"
AS_BOTH: dict[int | str, dict[str, Any]] = {200: {
    "model": Answer,
    "content": {STREAM: {"schema": {"type": "string"}}},
    "description": "The whole answer; as a stream, `step` and `delta` events and then the whole answer in one `message` event",
}}


@router.post("", response_model=None, responses=AS_BOTH)
async def say(house: Open, caller: Anyone, request: Request, conversation: Id, sent: Say) -> Response:
    """Say something. The turn goes on even if nobody waits for its answer."""
    turn = await house.assistant.receive(caller, conversation, sent.text, sent.client_id)
    streams, answer = request.app.state.streams, partial(house.assistant.answer, turn)
    if STREAM in request.headers.get("accept", ""):
        return EventSourceResponse(of_turn(house.live, streams, turn, answer, lambda error: problem_of(request, error)),
                                   headers={"X-Accel-Buffering": "no"})
    return JSONResponse(await streams.work(answer))
