"""Attached files: sent with a conversation or a ticket, fetched by whoever may see it, taken back by who sent them."""

from typing import Any

from fastapi import APIRouter, Request, Response, status

from api.callers import Open, SignedIn
from api.shapes import Attached, Id, Number
from api.uploads import MULTIPART, read_form
from api.uploads import download as as_download
from desk.attachments import Attachment
from desk.errors import BadInput
from desk.services.attaching import Sent

router = APIRouter(tags=["attachments"])

BYTES: dict[int | str, dict[str, Any]] = {200: {"description": "The file", "content": {"application/octet-stream": {}}}}


@router.post("/conversations/{conversation}/attachments", status_code=201, response_model=Attached, openapi_extra=MULTIPART)
async def to_conversation(house: Open, caller: SignedIn, request: Request, conversation: Id) -> dict[str, Any]:
    """Send files beside the chat. The people at the desk can open them; the assistant does not read them."""
    added = await house.desk.attaching.to_conversation(caller, conversation, await _files(house, request), house.clock())
    house.live.wake(conversation)
    return _shown(added)


@router.post("/tickets/{number}/attachments", status_code=201, response_model=Attached, openapi_extra=MULTIPART)
async def to_ticket(house: Open, caller: SignedIn, request: Request, number: Number) -> dict[str, Any]:
    """Send files with one's own ticket; at the desk, with any."""
    return _shown(await house.desk.attaching.to_ticket(caller, number, await _files(house, request), house.clock()))


@router.get("/attachments/{attachment}", response_class=Response, responses=BYTES)
async def download(house: Open, caller: SignedIn, attachment: Id) -> Response:
    found, content = await house.desk.attaching.content(caller, attachment)
    return as_download(found, content)


@router.delete("/attachments/{attachment}", status_code=status.HTTP_204_NO_CONTENT)
async def remove(house: Open, caller: SignedIn, attachment: Id) -> None:
    """Take back a file that one sent."""
    found = await house.desk.attaching.remove(caller, attachment, house.clock())
    if found.conversation:
        house.live.wake(found.conversation)


async def _files(house: Open, request: Request) -> list[Sent]:
    _, files = await read_form(request, house.desk.attaching.limits)
    if not files:
        raise BadInput("No file was sent. Send one or more in the multipart field `files`.")
    return [Sent(name=house.assistant.redact(each.name) if each.name.strip() else "file", content=each.content) for each in files]


def _shown(added: list[Attachment]) -> dict[str, Any]:
    return {"attachments": [each.shown for each in added]}
