"""A real collector and a real model's endpoint on loopback: it takes OTLP over HTTP and says what it was given."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.agent.endpoint import STREAM


@dataclass
class Collector:
    url: str = ""
    status: int = 200
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    says: list[str] = field(default_factory=list)          # streams of the model, one for each time that it is asked

    @property
    def spans(self) -> list[Span]:
        sent = [resource for body in self.bodies for resource in ExportTraceServiceRequest.FromString(body).resource_spans]
        return [span for resource in sent for scope in resource.scope_spans for span in scope.spans]

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]

    def above(self, span: Span) -> list[str]:
        """The names of those that it is part of, the nearest first."""
        by_id = {each.span_id: each for each in self.spans}
        names = []
        while span.parent_span_id in by_id:
            span = by_id[span.parent_span_id]
            names.append(span.name)
        return names


def facts(span: Span) -> dict[str, Any]:
    return {each.key: getattr(each.value, str(each.value.WhichOneof("value"))) for each in span.attributes}


@contextmanager
def collector() -> Iterator[Collector]:
    it = Collector()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.path == "/v1/traces":
                it.bodies += [body] if it.status == 200 else []
                it.headers.append({name.lower(): value for name, value in self.headers.items()})
                return self._answer(it.status, {"content-type": "application/x-protobuf"}, b"")
            said = it.says.pop(0) if it.says else ""
            self._answer(200 if said else 500, STREAM, said.encode())

        def _answer(self, status: int, headers: Any, body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    it.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield it
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
