"""What the house logs: one line per event, as JSON or as text, without a word that anybody typed.

An exception's message may hold what a user said, so a line tells its type and where it broke and nothing more. Lines of libraries
keep their place alone, for the same reason: nobody here chose their words.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

Format = Literal["json", "text"]
LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
TRUSTED = ("uvicorn",)         # loggers whose templates are fixed sentences; their arguments are dropped all the same
DEEPEST = 30                   # frames of a trace
CHAIN = 5                      # causes of an exception


def configure(level: str, form: Format = "json", *, to: TextIO | None = None) -> None:
    """Send the lines of every room and of every library to `to`, standard error if it is not given."""
    _send(level, form, to or sys.stderr)
    logging.captureWarnings(True)


def _send(level: str, form: Format, stream: TextIO) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]), processors=processors(form),
                        logger_factory=structlog.PrintLoggerFactory(stream), cache_logger_on_first_use=False)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OfLibraries(form))
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(max(LEVELS[level], logging.WARNING))


@contextmanager
def overheard(to: TextIO) -> Iterator[None]:
    """All that a house logs at its most talkative goes to `to` for a while; whoever was configured before goes on afterwards.

    Of several at a time, the one that was begun last must end first.
    """
    before, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    _send("debug", "json", to)
    try:
        yield
    finally:
        structlog.configure(**before)
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)


def processors(form: Format) -> tuple[Processor, ...]:
    return (structlog.contextvars.merge_contextvars, structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True), type_and_place, _renderer(form))


def type_and_place(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An exception as the types of its chain and the places it went through: never its message, never a variable."""
    exc_info = event.pop("exc_info", None)
    error = exc_info if isinstance(exc_info, BaseException) else (exc_info[1] if isinstance(exc_info, tuple) else
                                                                  sys.exc_info()[1] if exc_info else None)
    if error:
        event.setdefault("error", type(error).__name__)
        event["trace"] = [line for each in _chain(error) for line in _told(each)]
    return event


class OfLibraries(logging.Formatter):
    """A line of a library: who wrote it, where, and the exception's type. Of its words only those that cannot hold a user's."""

    def __init__(self, form: Format) -> None:
        super().__init__()
        self._render = _renderer(form)

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {"event": "library", "logger": record.name, "level": record.levelname.lower(),
                                 "place": f"{record.pathname}:{record.lineno} {record.funcName}"}
        if record.name.split(".")[0] in TRUSTED:
            event["event"] = str(record.msg).strip()
        structlog.processors.TimeStamper(fmt="iso", utc=True)(None, "", event)
        return str(self._render(None, "", type_and_place(None, "", {**event, "exc_info": record.exc_info})))


def _renderer(form: Format) -> Processor:
    if form == "text":
        return structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came of, the outermost first."""
    for _ in range(CHAIN):
        if error is None:
            return
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _told(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__, limit=-DEEPEST)
    return [type(error).__name__, *(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)]
