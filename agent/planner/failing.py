"""The ways in which a model fails. Each ends the model's part in the turn; the built-in planner goes on."""

from enum import StrEnum


class Failure(StrEnum):
    TIMEOUT = "timeout"                # nothing came in time
    STALLED = "stalled"                # the stream began and then fell silent
    CUT = "cut"                        # the stream ended in the middle
    CONNECTION = "connection"
    RATE_LIMITED = "rate_limited"
    SERVER = "server"                  # the endpoint says that it is broken
    DENIED = "denied"                  # the key is wrong, or may not do this
    NO_MODEL = "no_model"              # the endpoint knows no such model, or has no such address
    BAD_REQUEST = "bad_request"        # the endpoint understands us, and refuses: too long, no tools
    GARBLED = "garbled"                # what came is no answer of this protocol
    EMPTY = "empty"
    REFUSAL = "refusal"
    ARGUMENTS = "arguments"            # they did not fit the tool's schema, also when told why
    UNKNOWN_TOOL = "unknown_tool"
    LOOP = "loop"                      # the same call again and again
    STEPS = "steps"                    # of the turn's budget
    TOKENS = "tokens"                  # of the turn's budget
    TIME = "time"                      # of the turn's budget
    RESTING = "resting"                # it failed often of late and is left alone for a while
    WITHHELD = "withheld"              # a guardrail did not let its draft pass


THE_ENDPOINT_S = frozenset({Failure.TIMEOUT, Failure.STALLED, Failure.CUT, Failure.CONNECTION, Failure.RATE_LIMITED, Failure.SERVER,
                            Failure.DENIED, Failure.NO_MODEL, Failure.GARBLED})
"""Those that the next user would meet as well. The others depend on what was asked, and one user must not switch the model off for all."""


class ModelFailed(Exception):
    """The model gave nothing that can be used. The built-in planner goes on; `/metrics` counts it by its kind."""

    def __init__(self, kind: Failure) -> None:
        super().__init__(str(kind))
        self.kind = kind
