"""An endpoint that speaks OpenAI's protocol, as the tests script it: what it was sent, and what it streams back."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

URL = "http://127.0.0.1:8181/v1"
STREAM = {"content-type": "text/event-stream"}
USAGE = {"prompt_tokens": 900, "completion_tokens": 60, "total_tokens": 960}


def piece(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def sse(pieces: Iterable[dict[str, Any]], *, done: bool = True) -> str:
    return "".join(f"data: {json.dumps(each)}\n\n" for each in pieces) + ("data: [DONE]\n\n" if done else "")


def words(text: str, finish: str | None = "stop") -> str:
    """The text in pieces of a few characters, then why it ended and what it took."""
    pieces = [piece({"role": "assistant", "content": ""}), *(piece({"content": text[at:at + 7]}) for at in range(0, len(text), 7))]
    if finish is None:
        return sse(pieces, done=False)
    return sse([*pieces, piece({}, finish), {**piece({}), "choices": [], "usage": USAGE}])


def call(name: str, arguments: str | dict[str, Any]) -> str:
    """One tool call, its arguments in two pieces."""
    raw = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    half = len(raw) // 2
    first = {"index": 0, "id": "call_0", "type": "function", "function": {"name": name, "arguments": raw[:half]}}
    rest = {"index": 0, "function": {"arguments": raw[half:]}}
    return sse([piece({"role": "assistant", "content": None, "tool_calls": [first]}), piece({"tool_calls": [rest]}),
                piece({}, "tool_calls"), {**piece({}), "choices": [], "usage": USAGE}])


def last(sent: dict[str, Any]) -> dict[str, Any]:
    """The last message of what the model was sent."""
    found: dict[str, Any] = sent["messages"][-1]
    return found


Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def served(behaviour: Behaviour) -> AsyncIterator[str]:
    """A real socket on loopback that reads one request and then behaves as it is told; gives its address."""
    writers: list[asyncio.StreamWriter] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
            await reader.readexactly(length)
            await behaviour(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        server.close()
        for writer in writers:
            writer.close()


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def chunk(text: str) -> bytes:
    data = text.encode()
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"
