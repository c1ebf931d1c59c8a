"""Guardrails on what is to be done. Each call passes all of them, whoever proposed it."""

from pydantic import ValidationError

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


def always_confirms(call: Proposed) -> Verdict:
    """What can't be undone, or moves other people, is asked with a card however plainly it was said."""
    if call.tool and call.tool.confirms and not call.approved:
        return Verdict.confirms("always_confirms")
    return Verdict.passes()


def tainted_turn_cannot_write(call: Proposed) -> Verdict:
    """After untrusted text has come into the turn, the person confirms the exact act before anything is written.

    A verification or a form may still be opened: by itself it changes nothing.
    """
    if call.tainted and not call.approved and call.tool and call.tool.risk is Risk.WRITE:
        return Verdict.confirms("tainted_turn_cannot_write")
    return Verdict.passes()


def not_plainly_asked(call: Proposed) -> Verdict:
    """What the planner thinks of by itself is a proposal."""
    if not call.asked and not call.approved and call.tool and call.tool.risk is Risk.WRITE:
        return Verdict.confirms("not_plainly_asked")
    return Verdict.passes()


def held_by_the_desk(call: Proposed) -> Verdict:
    """What a person of the desk keeps in their own hands is not begun again beside them."""
    return Verdict.refuses("held_by_the_desk") if call.held else Verdict.passes()


def made_already(call: Proposed) -> Verdict:
    return Verdict.refuses("made_already") if call.key in call.made else Verdict.passes()
