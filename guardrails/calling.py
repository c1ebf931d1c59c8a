"""Guardrails on what is to be done. Each call passes all of them, whoever proposed it."""

from pydantic import ValidationError

from desk.rollouts import Stage
from guardrails.matters import Proposed
from guardrails.verdict import Verdict
from tools.tool import Risk

SUBJECTS = frozenset({"user", "account", "subject", "person", "username", "email", "owner", "requester", "on_behalf_of"})


def unknown_tool(call: Proposed) -> Verdict:
    return Verdict.passes() if call.tool else Verdict.refuses("unknown_tool")


def role_may(call: Proposed) -> Verdict:
    return Verdict.passes() if call.tool and call.tool.allows(call.role) else Verdict.refuses("guest_may_not")


def own_account_only(call: Proposed) -> Verdict:
    """Nobody else can be named: not in the schema, and not beside it."""
    named = SUBJECTS & {name.lower() for name in call.args}
    return Verdict.refuses("names_a_subject") if named else Verdict.passes()


def arguments_fit(call: Proposed) -> Verdict:
    """Nothing runs on arguments that the tool's schema refuses."""
    try:
        if call.tool:
            call.tool.args.model_validate(dict(call.args))
    except ValidationError:
        return Verdict.refuses("arguments_do_not_fit")
    return Verdict.passes()


def tainted_turn_cannot_write(call: Proposed) -> Verdict:
    """After untrusted text has come into the turn, the user asks again before anything is written.

    A verification may still be opened: by itself it changes nothing.
    """
    if call.tainted and call.tool and call.tool.risk is Risk.WRITE:
        return Verdict.refuses("tainted_turn_cannot_write")
    return Verdict.passes()


def made_already(call: Proposed) -> Verdict:
    return Verdict.refuses("made_already") if call.key in call.made else Verdict.passes()


def rolled_out(call: Proposed) -> Verdict:
    """A tool that is off or in shadow for this group and language never runs, whoever has approved it; one in suggest runs when
    an agent has approved exactly this call."""
    if call.stage is Stage.AUTOMATIC or (call.stage is Stage.SUGGEST and call.released):
        return Verdict.passes()
    return Verdict.refuses(f"tool_{call.stage}")
