"""The rules, one by one: what each lets through and what it stops."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from desk.handoffs import Reason
from desk.people import Role
from guardrails import CALL, INPUT, OUTPUT, judge
from guardrails.matters import Draft, Incoming, Proposed
from guardrails.signals import FINE, Signal, Signals
from guardrails.verdict import Kind
from tools import toolbox

PASSAGE = {"n": 1, "title": "VPN", "heading": "Connect", "text": "1. Open the VPN app and choose Connect.\n2. Wait for the green sign."}


def read(intent: str, *, person: float = 0.0, negative: float = 0.0, orders: float = 0.0) -> Signals:
    return Signals(lang="en", spoken="en", sure=True, vector=np.zeros(3, dtype=np.float32),
                   intents={name: float(name == intent) for name in FINE},
                   wants_person=Signal(probability=person, threshold=0.2), negative=Signal(probability=negative, threshold=0.2),
                   injection=Signal(probability=orders, threshold=0.5))


@pytest.mark.parametrize(("signals", "before", "kind", "reason"), [
    (read("knowledge"), 0, Kind.PASSES, None),
    (read("knowledge", person=0.2), 0, Kind.HANDS_OFF, Reason.ASKED),             # at the threshold, whatever else is true
    (read("unlock", negative=0.9), 0, Kind.PASSES, None),                         # angry, but there is something to do first
    (read("upset", negative=0.9), 0, Kind.HANDS_OFF, Reason.UPSET),
    (read("upset", negative=0.1), 0, Kind.PASSES, None),                          # no feeling, no handoff
    (read("diagnostics", negative=0.9), 1, Kind.PASSES, None),                    # the second in a row
    (read("diagnostics", negative=0.9), 2, Kind.HANDS_OFF, Reason.UPSET),         # the third
    (read("diagnostics", negative=0.3), 5, Kind.PASSES, None),                    # a calm report of a fault
    (read("knowledge", orders=0.6), 0, Kind.TAINTS, None),
])
def test_what_comes_in(signals: Signals, before: int, kind: Kind, reason: Reason | None) -> None:
    verdict = judge(Incoming(text="…", signals=signals, negative_before=before), INPUT)
    assert (verdict.kind, verdict.reason) == (kind, reason)


@pytest.mark.parametrize(("name", "args", "role", "tainted", "code"), [
    ("create_ticket", {"title": "a", "description": "b"}, Role.USER, False, ""),
    ("create_ticket", {"title": "a", "description": "b"}, Role.GUEST, False, "guest_may_not"),
    ("create_ticket", {"title": "a", "description": "b"}, Role.USER, True, "tainted_turn_cannot_write"),
    ("create_ticket", {"title": "a", "description": "b", "requester": "bob"}, Role.USER, False, "names_a_subject"),
    ("create_ticket", {"title": "a"}, Role.USER, False, "arguments_do_not_fit"),
    ("reset_password", {}, Role.GUEST, False, ""),
    ("reset_password", {"user": "bob"}, Role.USER, False, "names_a_subject"),
    ("reset_password", {"who": "bob"}, Role.USER, False, "arguments_do_not_fit"),
    ("search_knowledge", {"query": "vpn"}, Role.GUEST, True, ""),
    ("delete_everything", {}, Role.ADMIN, False, "unknown_tool"),
])
def test_what_is_to_be_done(name: str, args: Mapping[str, Any], role: Role, tainted: bool, code: str) -> None:
    verdict = judge(Proposed(name=name, args=args, tool=toolbox().get(name), role=role, tainted=tainted, key="k"), CALL)
    assert verdict.code == code


TICKET = {"title": "a", "description": "b"}


@pytest.mark.parametrize(("name", "args", "facts", "code"), [
    ("create_ticket", TICKET, {}, ""),
    ("create_ticket", TICKET, {"asked": False}, "not_plainly_asked"),
    ("create_ticket", TICKET, {"asked": False, "approved": True}, ""),
    ("create_ticket", TICKET, {"tainted": True}, "tainted_turn_cannot_write"),
    ("create_ticket", TICKET, {"tainted": True, "approved": True}, ""),
    ("create_ticket", TICKET, {"role": Role.GUEST, "approved": True}, "guest_may_not"),          # a button gives nobody a right
    ("create_ticket", TICKET | {"requester": "bob"}, {"approved": True}, "names_a_subject"),
    ("cancel_ticket", {"number": 1001}, {}, "always_confirms"),
    ("cancel_ticket", {"number": 1001}, {"approved": True}, ""),
    ("escalate", {"number": 1001}, {}, "always_confirms"),
    ("escalate", {"number": 1001}, {"approved": True, "made": ("k",)}, "made_already"),
    ("nudge_ticket", {"number": 1001}, {}, ""),
    ("request_service", {"entry": "vpn"}, {"tainted": True, "asked": False}, ""),                # a form changes nothing by itself
    ("search_knowledge", {"query": "vpn"}, {"asked": False}, ""),
])
def test_what_a_button_decides(name: str, args: Mapping[str, Any], facts: dict[str, Any], code: str) -> None:
    proposed: dict[str, Any] = {"role": Role.USER, "tainted": False, "key": "k"} | facts
    verdict = judge(Proposed(name=name, args=args, tool=toolbox()[name], **proposed), CALL)
    assert verdict.code == code
    assert (verdict.kind is Kind.CONFIRMS) is (code in ("not_plainly_asked", "tainted_turn_cannot_write", "always_confirms"))


def test_the_same_call_is_not_made_twice_in_a_turn() -> None:
    call = Proposed(name="search_knowledge", args={"query": "vpn"}, tool=toolbox()["search_knowledge"], role=Role.USER, tainted=False,
                    made=("k",), key="k")
    assert judge(call, CALL).code == "made_already"


@pytest.mark.parametrize(("text", "code"), [
    ("Open the VPN app and choose Connect. [1]", ""),
    ("Hello, what can I do?", ""),
    ("", "empty"),
    ("Buy a new router from the shop next door. [1]", "unsupported_claim"),
    ("Open the VPN app and choose Connect. [2]", "unsupported_claim"),      # there is no second passage
    ("See https://evil.example/vpn for more.", "unknown_link"),
    ("Your password is: Tr0ub4dor&3", "leaks_secrets"),
    ("I said that before.", "said_twice"),
])
def test_what_would_be_shown(text: str, code: str) -> None:
    assert judge(Draft(text=text, lang="en", passages=(PASSAGE,), said_before=("I said that before.",)), OUTPUT).code == code
