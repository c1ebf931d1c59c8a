"""The rules. This file is the policy; its order is reviewed like law."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from guardrails.arriving import asks_for_a_person, carries_orders, feels_bad
from guardrails.calling import (
    arguments_fit,
    made_already,
    own_account_only,
    role_may,
    rolled_out,
    tainted_turn_cannot_write,
    unknown_tool,
)
from guardrails.leaving import is_empty, leaks_secrets, said_twice, unknown_link, unsupported_claim
from guardrails.verdict import Verdict

INPUT = (asks_for_a_person, feels_bad, carries_orders)
CALL = (unknown_tool, role_may, own_account_only, arguments_fit, tainted_turn_cannot_write, made_already, rolled_out)
OUTPUT = (is_empty, leaks_secrets, unknown_link, unsupported_claim, said_twice)


Matter = TypeVar("Matter")


def judge(matter: Matter, rules: Sequence[Callable[[Matter], Verdict]]) -> Verdict:
    """The first verdict that is not a pass, in the order of the tuple."""
    for rule in rules:
        verdict = rule(matter)
        if not verdict.ok:
            return verdict
    return Verdict.passes()
