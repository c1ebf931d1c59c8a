"""Spans for an OpenTelemetry collector, over OTLP/HTTP. Imported only where an endpoint is set: it costs start-up time.

What is told is checked here once more: a fact is a number or a name that a program chose, so that no word of anybody's can leave.
"""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import TextIO

import httpx2
import structlog
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import Span as OtelSpan
from opentelemetry.trace import SpanKind, StatusCode, format_trace_id

from desk.tracing import NOTHING, Fact, Span

log = structlog.get_logger("yavar.otlp")
PATH = "/v1/traces"
WITHIN = 3.0                   # seconds for one delivery
REST = 30.0                    # seconds without a try after one that failed: what ends meanwhile is lost, and nothing waits for it
NAME = re.compile(r"[A-Za-z0-9_.:/{}*-]{1,120}")
TITLE = re.compile(r"[A-Za-z0-9_.:/{}* -]{1,120}")
UNTOLD = "?"


class Delivery(SpanExporter):
    """Posts finished spans. One line is logged when deliveries begin to fail and one when they work again."""

    def __init__(self, endpoint: str, headers: Mapping[str, str], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._address = endpoint + PATH
        self._client = httpx2.Client(timeout=WITHIN, headers={**headers, "Content-Type": "application/x-protobuf"}, trust_env=False)
        self._monotonic = monotonic
        self._failed_at: float | None = None

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        if self._failed_at is not None and self._monotonic() < self._failed_at + REST:
            return SpanExportResult.FAILURE
        try:
            answer = self._client.post(self._address, content=encode_spans(spans).SerializeToString())
            failed = "" if answer.is_success else f"HTTP {answer.status_code}"
        except (httpx2.HTTPError, OSError) as error:
            failed = type(error).__name__
        self._tell(failed)
        return SpanExportResult.FAILURE if failed else SpanExportResult.SUCCESS

    def _tell(self, failed: str) -> None:
        if failed and self._failed_at is None:
            log.warning("otlp.not_delivered", error=failed, remedy="See whether what YAVAR_OTLP_ENDPOINT names takes OTLP over HTTP.")
        if not failed and self._failed_at is not None:
            log.info("otlp.delivered_again")
        self._failed_at = self._monotonic() if failed else None

    def shutdown(self) -> None:
        self._client.close()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return True


class Written(SpanExporter):
    """Writes each span as a line of JSON: all of it that a collector would be told."""

    def __init__(self, to: TextIO) -> None:
        self._to = to

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        for span in spans:
            self._to.write(json.dumps(json.loads(span.to_json()), ensure_ascii=False) + "\n")
        return SpanExportResult.SUCCESS


class Collected:
    """Every span goes to the collector. The trace's id stands in each log line that is written inside of one."""

    def __init__(self, taken_by: SpanProcessor) -> None:
        self._provider = TracerProvider(sampler=ALWAYS_ON, shutdown_on_exit=False,
                                        resource=Resource.create({"service.name": "yavar", "service.version": _version()}))
        self._provider.add_span_processor(taken_by)
        self._tracer = self._provider.get_tracer("yavar")

    @classmethod
    def at(cls, endpoint: str, headers: Mapping[str, str]) -> "Collected":
        return cls(BatchSpanProcessor(Delivery(endpoint, headers)))

    @classmethod
    def into(cls, stream: TextIO) -> "Collected":
        """At once, and by whoever ends the span: what a stream is told can be held against what happened."""
        return cls(SimpleSpanProcessor(Written(stream)))

    @contextmanager
    def span(self, name: str, facts: Mapping[str, Fact] = NOTHING, *, serves: bool = False) -> Iterator[Span]:
        kind = SpanKind.SERVER if serves else SpanKind.INTERNAL
        with self._tracer.start_as_current_span(_title(name), kind=kind, record_exception=False, set_status_on_exception=False) as begun:
            told = _Told(begun)
            told.tell(facts)
            with structlog.contextvars.bound_contextvars(trace_id=format_trace_id(begun.get_span_context().trace_id)):
                try:
                    yield told
                except BaseException as error:
                    told.tell({"error.type": type(error).__name__})        # its text may hold what a person typed
                    begun.set_status(StatusCode.ERROR)
                    raise

    def close(self) -> None:
        self._provider.shutdown()


class _Told:
    def __init__(self, span: OtelSpan) -> None:
        self._span = span

    def tell(self, facts: Mapping[str, Fact]) -> None:
        for name, value in facts.items():
            if value != "":
                self._span.set_attribute(name, value if not isinstance(value, str) or NAME.fullmatch(value) else UNTOLD)

    def call(self, name: str) -> None:
        self._span.update_name(_title(name))


def _title(name: str) -> str:
    return name if TITLE.fullmatch(name) else UNTOLD


def _version() -> str:
    try:
        return version("yavar")
    except PackageNotFoundError:
        return "0"
