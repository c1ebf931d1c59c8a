"""The rules. This file is the policy; its order is reviewed like law."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from guardrails.arriving import asks_for_a_person, carries_orders, feels_bad, in_danger, is_delicate
from guardrails.calling import (
    always_confirms,
    arguments_fit,
    held_by_the_desk,
    made_already,
    not_plainly_asked,
    not_rolled_out,
    own_account_only,
    role_may,
    rolled_out,
    tainted_turn_cannot_write,
    unknown_tool,
)
from guardrails.leaving import (
    answers_from_nothing,
    echoes,
    is_empty,
    leaks_secrets,
    said_twice,
    strays_from_its_sources,
    unknown_link,
    unsupported_claim,
    wrong_language,
)
from guardrails.verdict import Verdict

INPUT = (in_danger, asks_for_a_person, is_delicate, feels_bad, carries_orders)
CALL = (unknown_tool, role_may, own_account_only, arguments_fit, made_already, held_by_the_desk, not_rolled_out, always_confirms,
        tainted_turn_cannot_write, not_plainly_asked, rolled_out)
OUTPUT = (is_empty, leaks_secrets, unknown_link, unsupported_claim, strays_from_its_sources, wrong_language, echoes,
          answers_from_nothing, said_twice)


Matter = TypeVar("Matter")


def judge(matter: Matter, rules: Sequence[Callable[[Matter], Verdict]]) -> Verdict:
    """The first verdict that is not a pass, in the order of the tuple."""
    for rule in rules:
        verdict = rule(matter)
        if not verdict.ok:
            return verdict
    return Verdict.passes()
