"""The rules, one by one: what each lets through and what it stops."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from desk.handoffs import Reason
from desk.people import Lang, Role
from guardrails import CALL, INPUT, OUTPUT, judge
from guardrails.matters import Draft, Incoming, Proposed
from guardrails.signals import FINE, Signal, Signals, calls_for_an_act
from guardrails.verdict import Kind
from tools import toolbox

PASSAGE = {"n": 1, "title": "VPN", "heading": "Connect", "text": "1. Open the VPN app and choose Connect.\n2. Wait for the green sign."}


def read(intent: str, *, person: float = 0.0, negative: float = 0.0, orders: float = 0.0, delicate: float = 0.0,
         danger: float = 0.0) -> Signals:
    return Signals(lang="en", spoken="en", sure=True, vector=np.zeros(3, dtype=np.float32),
                   intents={name: float(name == intent) for name in FINE},
                   wants_person=Signal(probability=person, threshold=0.2), negative=Signal(probability=negative, threshold=0.2),
                   injection=Signal(probability=orders, threshold=0.5), delicate=Signal(probability=delicate, threshold=0.5),
                   danger=Signal(probability=danger, threshold=0.5), danger_kind="lost")


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
    (read("knowledge", delicate=0.6), 0, Kind.HANDS_OFF, Reason.DELICATE),        # whatever else it asks for
    (read("reset", danger=0.6), 0, Kind.HANDS_OFF, Reason.SECURITY),              # never routed as a reset
    (read("human", person=0.95, delicate=0.9, danger=0.6), 0, Kind.HANDS_OFF, Reason.SECURITY),
    (read("reset", danger=0.4), 0, Kind.PASSES, None),
    (read("knowledge", delicate=0.4), 0, Kind.PASSES, None),
])
def test_what_comes_in(signals: Signals, before: int, kind: Kind, reason: Reason | None) -> None:
    verdict = judge(Incoming(text="…", signals=signals, negative_before=before), INPUT)
    assert (verdict.kind, verdict.reason) == (kind, reason)


@pytest.mark.parametrize(("signals", "answerable", "kind"), [
    (read("knowledge", person=0.5), 0.5, Kind.HANDS_OFF),
    (read("knowledge", person=0.5), 0.6, Kind.PASSES),           # a mention of a person in a question that an article settles
    (read("knowledge", person=0.9), 1.0, Kind.HANDS_OFF),        # a plain wish needs no article
    (read("upset", negative=0.9), 0.5, Kind.HANDS_OFF),
    (read("upset", negative=0.9), 0.6, Kind.PASSES),
    (read("knowledge", delicate=0.6), 1.0, Kind.HANDS_OFF),
    (read("knowledge", danger=0.6), 0.8, Kind.HANDS_OFF),
    (read("knowledge", danger=0.6), 0.9, Kind.PASSES),           # trouble told as a story, that an article settles
    (read("knowledge", danger=0.8), 1.0, Kind.HANDS_OFF),        # a plain danger needs no article
])
def test_an_article_that_answers_comes_before_a_faint_signal(signals: Signals, answerable: float, kind: Kind) -> None:
    assert judge(Incoming(text="…", signals=signals, answerable=answerable), INPUT).kind is kind


@pytest.mark.parametrize(("signals", "kind"), [
    (read("upset", negative=0.9), Kind.PASSES),
    (read("knowledge", delicate=0.9), Kind.PASSES),
    (read("upset", person=0.9), Kind.HANDS_OFF),                 # the button for a person brings one
    (read("knowledge", orders=0.6), Kind.TAINTS),                # the title of a ticket may be anybody's words
])
def test_a_button_that_was_pressed_carries_no_feeling(signals: Signals, kind: Kind) -> None:
    """Its words are the assistant's own: “Something isn't working” is no complaint of the person."""
    assert judge(Incoming(text="…", signals=signals, picked=True, negative_before=5), INPUT).kind is kind


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


@pytest.mark.parametrize(("text", "lang", "rests", "code"), [
    ("Open the VPN app and choose Connect. [1]", "en", False, ""),
    ("Here is how:\n\n1. Open the VPN app and choose Connect. [1]\n2. Wait for the green sign. [1] Did it help?", "en", False, ""),
    ("Install the client from the shop next door. Open the VPN app and choose Connect. [1]", "en", False, "strays_from_its_sources"),
    ("Open the VPN app and choose Connect. [1] Then call the vendor and pay the fee.", "en", False, "strays_from_its_sources"),
    ("Open the VPN app on port 4711 and choose Connect. [1]", "en", False, "strays_from_its_sources"),
    ("Open the settings and type the address of the server.", "en", False, "answers_from_nothing"),
    ("I have reset your password.", "en", False, "answers_from_nothing"),
    ("Which of your devices is it?", "en", False, ""),                        # asks back
    ("How do I use the VPN on my telephone?", "en", False, "echoes"),
    (" ".join(["First open the settings of the machine."] * 8) + " Did it help?", "en", False, "answers_from_nothing"),
    ("Your ticket is open.", "en", True, ""),                                 # a tool has said so
    ("Your ticket is open and we will call you.", "fa", True, "wrong_language"),
    ("تیکت شما ثبت شد و همکاران ما پیگیری می‌کنند.", "fa", True, ""),
    ("تم فتح التذكرة وسيتولى أحد الزملاء متابعتها.", "fa", True, "wrong_language"),
    ("تیکت شما با عنوان «the printer on floor two is jammed again» ثبت شد.", "fa", True, ""),   # quoted
    ("Your ticket is open. 谢谢", "en", True, "wrong_language"),
])
def test_what_a_model_would_show(text: str, lang: Lang, rests: bool, code: str) -> None:
    draft = Draft(text=text, lang=lang, passages=(PASSAGE,), asked="How do I use the VPN on my telephone?", by_model=True, rests=rests)
    assert judge(draft, OUTPUT).code == code
    assert judge(replace(draft, by_model=False), OUTPUT).code in (code, "")   # the house's own words are held to the other rules


@pytest.mark.parametrize(("signals", "plainly"), [(read("knowledge"), True), (read("reset"), True), (read("ticket_add"), True),
                                                  (read("greeting"), False), (read("out_of_scope"), False), (read("upset"), False)])
def test_a_message_calls_for_an_act_or_only_for_words(signals: Signals, plainly: bool) -> None:
    assert calls_for_an_act(signals) is plainly
