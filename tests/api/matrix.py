"""Who may call what: one line for each endpoint of the API and each page. A new route without a line fails the tests.

A line names the method, the path, who may, and whose the thing is that the path names. `OWN` lets in its owner alone;
`OR_DESK` its owner and whoever works at the desk. Everybody else gets what a stranger to it gets. To add an endpoint, add its line,
with the body that it needs.
"""

from dataclasses import dataclass, field
from typing import Any

from desk.people import AT_THE_DESK, Role
from desk.rollouts import seal_of

EVERYBODY = frozenset(Role)                    # whoever shows a session, guests too
SIGNED_IN = EVERYBODY - {Role.GUEST}
DESK = frozenset(AT_THE_DESK)
SUPERVISING = frozenset({Role.SUPERVISOR, Role.ADMIN})
EVALUATING = frozenset({Role.EVALUATOR, Role.ADMIN})
WATCHING = frozenset({Role.OBSERVER, Role.SUPERVISOR, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})
OPEN = frozenset[Role]()                       # no session needed

OWN, OR_DESK = "own", "or desk"


@dataclass(frozen=True)
class Line:
    method: str
    path: str
    who: frozenset[Role]
    whose: str = ""                            # "", OWN or OR_DESK
    sent: dict[str, Any] = field(default_factory=dict)
    state: tuple[int, str] | None = None       # refused to the right caller by the state of things: proof that they got in
    once: bool = False                         # only the first can do it
    files: bool = False                        # a picture is sent with it
    names: dict[str, str] = field(default_factory=dict)   # what stands in the path under a name that the scene uses otherwise

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

A_RUN = "a-run"
A_CALL = {"phone": "+1 555 010 0200", "slot": "2025-03-12T10:00:00Z"}
AN_ARTICLE = {"title": "Toner", "text": "Ask at the front desk."}
TOLD = {"en": "A cable is cut.", "ar": "انقطع أحد الكابلات.", "fa": "یک کابل قطع شده است."}

API = (
    Line("POST", "/conversations", SIGNED_IN),
    Line("POST", "/conversations/guest", OPEN, sent={"account": "user"}),
    Line("GET", "/conversations/{conversation}", EVERYBODY, OWN),
    Line("GET", "/conversations/{conversation}/events", EVERYBODY, OWN),
    Line("POST", "/conversations/{conversation}/messages", EVERYBODY, OWN, {"text": "hello"}),
    Line("POST", "/conversations/{conversation}/handoff", EVERYBODY, OWN),
    Line("POST", "/conversations/{conversation}/resume", EVERYBODY, OWN),
    Line("POST", "/conversations/{conversation}/close", EVERYBODY, OWN),
    Line("POST", "/conversations/{conversation}/solved", EVERYBODY, OWN, {"solved": True}, (409, "illegal_move")),
    Line("GET", "/conversations/{conversation}/callback", EVERYBODY, OWN),
    Line("POST", "/conversations/{conversation}/callback", EVERYBODY, OWN, A_CALL),
    Line("DELETE", "/conversations/{conversation}/callback", EVERYBODY, OWN),
    Line("POST", "/conversations/{conversation}/attachments", SIGNED_IN, OWN, files=True),
    Line("GET", "/verifications/{flow}", EVERYBODY, OWN),
    Line("POST", "/verifications/{flow}/factors", EVERYBODY, OWN, {"method": "email"}),
    Line("POST", "/verifications/{flow}/password", EVERYBODY, OWN, {"password": "four quiet green boats"}, (403, "needs_factors")),
    Line("GET", "/confirmations/{card}", SIGNED_IN, OWN),
    Line("POST", "/confirmations/{card}", SIGNED_IN, OWN, {"decision": "do"}),
    Line("GET", "/requests/{form}", SIGNED_IN, OWN),
    Line("POST", "/requests/{form}", SIGNED_IN, OWN, {"fields": {"item": "laptop", "replaces": "no", "reason": "mine is slow"}}),
    Line("POST", "/requests/{form}/cancel", SIGNED_IN, OWN),
    Line("GET", "/tickets", SIGNED_IN),
    Line("POST", "/tickets", SIGNED_IN, sent={"title": "The printer is on fire"}),
    Line("GET", "/tickets/{number}", SIGNED_IN, OR_DESK),
    Line("PATCH", "/tickets/{number}", SIGNED_IN, OR_DESK, {"comment": "It still burns"}),
    Line("POST", "/tickets/{number}/nudge", SIGNED_IN, OWN),
    Line("POST", "/tickets/{number}/escalate", SIGNED_IN, OWN),
    Line("POST", "/tickets/{number}/attachments", SIGNED_IN, OR_DESK, files=True),
    Line("GET", "/attachments/{attachment}", SIGNED_IN, OR_DESK),
    Line("DELETE", "/attachments/{attachment}", SIGNED_IN, OWN),
    Line("GET", "/knowledge/search", EVERYBODY, sent={"q": "vpn"}),
    Line("GET", "/knowledge/gaps", DESK),
    Line("POST", "/knowledge/gaps/{gap}/aside", DESK, once=True),
    Line("POST", "/knowledge/gaps/{gap}/back", DESK, state=(409, "illegal_move")),
    Line("POST", "/knowledge/gaps/{gap}/draft", DESK, once=True),
    Line("GET", "/knowledge/drafts", DESK),
    Line("GET", "/knowledge/drafts/{draft}", DESK),
    Line("PUT", "/knowledge/drafts/{draft}", DESK, sent={"audience": "everyone", "versions": {"en": AN_ARTICLE}}),
    Line("POST", "/knowledge/drafts/{draft}/publish", SUPERVISING, state=(422, "bad_input")),      # nothing is written yet
    Line("POST", "/knowledge/drafts/{draft}/refuse", SUPERVISING, once=True),
    Line("POST", "/knowledge/articles/{document}/withdraw", SUPERVISING, once=True, names={"document": "{written}"}),
    Line("GET", "/knowledge/due", DESK),
    Line("GET", "/sessions", SIGNED_IN),
    Line("DELETE", "/sessions", SIGNED_IN),
    Line("DELETE", "/sessions/{session}", SIGNED_IN, OWN),
    Line("GET", "/accounts", ADMINS),
    Line("GET", "/accounts/{account}", ADMINS),
    Line("GET", "/accounts/{account}/sessions", ADMINS),
    Line("DELETE", "/accounts/{account}/sessions", ADMINS),
    Line("DELETE", "/accounts/{account}/sessions/{session}", ADMINS),
    Line("GET", "/rollouts", ADMINS),
    Line("PUT", "/rollouts", ADMINS, sent={"tool": "*", "stage": "suggest"}),
    Line("GET", "/audit", SUPERVISING),
    Line("GET", "/audit/export", SUPERVISING),
    Line("GET", "/evaluations", EVALUATING),
    Line("GET", "/evaluations/{run}", EVALUATING),
    Line("GET", "/evaluations/{run}/cases", EVALUATING),
    Line("GET", "/evaluations/{run}/cases/{number}", EVALUATING, names={"number": "1"}),
    Line("GET", "/evaluations/{run}/compare", EVALUATING, sent={"before": A_RUN}),
    Line("GET", "/evaluations/{run}/export", EVALUATING),
    Line("GET", "/disruptions", DESK),
    Line("POST", "/disruptions", DESK, sent={"asset": "vpn", "text": TOLD}),
    Line("PUT", "/disruptions/{disruption}", DESK, sent={"text": TOLD}),
    Line("POST", "/disruptions/{disruption}/end", DESK, once=True),
    Line("GET", "/desk/presence", DESK),
    Line("POST", "/desk/presence", DESK, sent={"state": "busy"}),
    Line("GET", "/desk/callbacks", DESK),
    Line("POST", "/desk/callbacks/{callback}/take", DESK, once=True),
    Line("POST", "/desk/callbacks/{callback}/done", DESK, state=(409, "illegal_move")),
    Line("POST", "/desk/callbacks/{callback}/missed", DESK, state=(409, "illegal_move")),
    Line("GET", "/desk/queue", DESK),
    Line("POST", "/desk/queue/next", DESK, once=True),
    Line("GET", "/desk/conversations/{conversation}", DESK),
    Line("POST", "/desk/conversations/{conversation}/claim", DESK, once=True),
    Line("POST", "/desk/conversations/{conversation}/reply", DESK, sent={"text": "On my way"}, state=(409, "illegal_move")),
    Line("POST", "/desk/conversations/{conversation}/return", DESK, state=(409, "illegal_move")),
    Line("POST", "/desk/conversations/{conversation}/resolve", DESK, state=(409, "illegal_move")),
    Line("GET", "/desk/proposals", DESK),
    Line("POST", "/desk/proposals/{proposal}/approve", DESK, sent={"seal": seal_of("create_ticket", {})}, once=True),
    Line("POST", "/desk/proposals/{proposal}/reject", DESK, once=True),
    Line("POST", "/desk/proposals/{proposal}/judge", DESK, sent={"right": True}, state=(409, "illegal_move")),
)

PAGES = (
    Line("GET", "/", OPEN),
    Line("GET", "/signin", OPEN),
    Line("POST", "/signin", OPEN, sent={"name": "user", "password": "an old password of theirs"}),
    Line("POST", "/signout", OPEN),
    Line("GET", "/signin/help", OPEN),
    Line("POST", "/signin/help", OPEN, sent={"account": "user"}),
    Line("GET", "/signin/company", OPEN, state=(404, "")),             # this house has no company
    Line("GET", "/signin/company/back", OPEN, state=(404, "")),
    Line("GET", "/signin/company/out", OPEN, state=(404, "")),
    Line("POST", "/language", OPEN, sent={"lang": "fa"}),
    Line("GET", "/board", SUPERVISING),
    Line("GET", "/watch", WATCHING),
    Line("GET", "/lab", EVALUATING),
    Line("GET", "/evaluations", EVALUATING),
    Line("GET", "/evaluations/{run}", EVALUATING),
    Line("GET", "/evaluations/{run}/cases/{number}", EVALUATING, names={"number": "1"}),
    Line("GET", "/evaluations/{run}/compare", EVALUATING),
    Line("GET", "/evaluations/{run}/export/{form}", EVALUATING, names={"form": "html"}),
    Line("GET", "/admin", ADMINS),
    Line("GET", "/disruptions", DESK),
    Line("POST", "/disruptions", DESK, sent={"asset": "vpn", **{f"text.{lang}": text for lang, text in TOLD.items()}}),
    Line("GET", "/disruptions/{disruption}", DESK),
    Line("POST", "/disruptions/{disruption}", DESK, sent={f"text.{lang}": text for lang, text in TOLD.items()}),
    Line("POST", "/disruptions/{disruption}/end", DESK),
    Line("GET", "/admin/rollout", ADMINS),
    Line("POST", "/admin/rollout", ADMINS, sent={"tool": "*", "stage.en": "suggest"}),
    Line("GET", "/sessions", SIGNED_IN),
    Line("POST", "/sessions/end-others", SIGNED_IN),
    Line("POST", "/sessions/{session}/end", SIGNED_IN, OWN),
    Line("GET", "/admin/accounts", ADMINS),
    Line("GET", "/admin/accounts/{account}", ADMINS),
    Line("POST", "/admin/accounts/{account}/sessions/end", ADMINS),
    Line("POST", "/admin/accounts/{account}/sessions/{session}/end", ADMINS),
    Line("GET", "/chat", EVERYBODY),
    Line("POST", "/chat/say", SIGNED_IN, sent={"text": "hello"}),
    Line("POST", "/chat/person", SIGNED_IN),
    Line("GET", "/chat/guest", frozenset({Role.GUEST})),
    Line("GET", "/chat/{conversation}", EVERYBODY, OWN),
    Line("GET", "/chat/{conversation}/since/{seq}", EVERYBODY, OWN),
    Line("POST", "/chat/{conversation}/say", EVERYBODY, OWN, {"text": "hello"}),
    Line("POST", "/chat/{conversation}/person", EVERYBODY, OWN),
    Line("POST", "/chat/{conversation}/resume", EVERYBODY, OWN),
    Line("POST", "/chat/{conversation}/close", EVERYBODY, OWN),
    Line("POST", "/chat/{conversation}/solved", EVERYBODY, OWN, {"solved": "yes"}),
    Line("GET", "/chat/{conversation}/callback", EVERYBODY, OWN),
    Line("POST", "/chat/{conversation}/callback", EVERYBODY, OWN, A_CALL),
    Line("POST", "/chat/{conversation}/callback/cancel", EVERYBODY, OWN),
    Line("GET", "/verify/{flow}", EVERYBODY, OWN),
    Line("POST", "/verify/{flow}/send", EVERYBODY, OWN),
    Line("POST", "/verify/{flow}/code", EVERYBODY, OWN, {"method": "totp", "code": "1"}),
    Line("GET", "/verify/{flow}/password", EVERYBODY, OWN),
    Line("POST", "/verify/{flow}/password", EVERYBODY, OWN, {"password": "four quiet green boats"}),
    Line("GET", "/confirmations/{card}", SIGNED_IN, OWN),
    Line("POST", "/confirmations/{card}", SIGNED_IN, OWN, {"decision": "do"}),
    Line("GET", "/requests/{card}", SIGNED_IN, OWN, names={"card": "{form}"}),
    Line("POST", "/requests/{card}", SIGNED_IN, OWN, {"f-item": "laptop", "f-replaces": "no", "f-reason": "mine is slow"},
         names={"card": "{form}"}),
    Line("POST", "/requests/{card}/cancel", SIGNED_IN, OWN, names={"card": "{form}"}),
    Line("GET", "/tickets", SIGNED_IN),
    Line("GET", "/tickets/new", SIGNED_IN),
    Line("POST", "/tickets", SIGNED_IN, sent={"title": "The printer is on fire"}),
    Line("GET", "/tickets/{number}", SIGNED_IN, OR_DESK),
    Line("POST", "/tickets/{number}/comment", SIGNED_IN, OWN, {"comment": "It still burns"}),
    Line("POST", "/tickets/{number}/nudge", SIGNED_IN, OWN),
    Line("GET", "/tickets/{number}/escalate", SIGNED_IN, OWN),
    Line("POST", "/tickets/{number}/escalate", SIGNED_IN, OWN, {"reason": "It still burns"}),
    Line("GET", "/tickets/{number}/cancel", SIGNED_IN, OWN),
    Line("POST", "/tickets/{number}/cancel", SIGNED_IN, OWN),
    Line("POST", "/tickets/{number}/reopen", SIGNED_IN, OWN, {"comment": "It burns again"}, (409, "")),      # it is open still
    Line("POST", "/tickets/{number}/attachments", SIGNED_IN, OR_DESK, files=True),
    Line("GET", "/attachments/{attachment}", SIGNED_IN, OR_DESK),
    Line("POST", "/attachments/{attachment}/remove", SIGNED_IN, OWN),
    Line("POST", "/tickets/suggest", SIGNED_IN, sent={"title": "The VPN drops"}),
    Line("POST", "/requests/{card}/suggest", SIGNED_IN, OWN, {"f-reason": "mine is slow"}, names={"card": "{form}"}),
    Line("GET", "/knowledge", EVERYBODY),
    Line("GET", "/knowledge/{document}", EVERYBODY),
    Line("POST", "/knowledge/{document}/withdraw", SUPERVISING, once=True, names={"document": "{written}"}),
    Line("GET", "/knowledge/gaps", DESK),
    Line("POST", "/knowledge/gaps/{gap}/aside", DESK),
    Line("POST", "/knowledge/gaps/{gap}/back", DESK),
    Line("POST", "/knowledge/gaps/{gap}/draft", DESK),
    Line("GET", "/knowledge/drafts", DESK),
    Line("GET", "/knowledge/drafts/{draft}", DESK),
    Line("POST", "/knowledge/drafts/{draft}", DESK, sent={"title.en": "Toner", "text.en": "Ask at the front desk."}),
    Line("POST", "/knowledge/drafts/{draft}/review", SUPERVISING, once=True,
         sent={"title.en": "Toner", "text.en": "Ask at the front desk.", "then": "publish"}),
    Line("POST", "/knowledge/drafts/{draft}/refuse", SUPERVISING, once=True),
    Line("GET", "/desk", DESK),
    Line("POST", "/desk/presence", DESK, sent={"state": "busy"}),
    Line("POST", "/desk/next", DESK),
    Line("POST", "/desk/calls/{callback}/take", DESK),
    Line("POST", "/desk/calls/{callback}/done", DESK),
    Line("POST", "/desk/calls/{callback}/missed", DESK),
    Line("GET", "/desk/queue", DESK),
    Line("GET", "/desk/{conversation}", DESK),
    Line("GET", "/desk/{conversation}/news", DESK),
    Line("POST", "/desk/{conversation}/claim", DESK),
    Line("POST", "/desk/{conversation}/reply", DESK, sent={"text": "On my way"}),
    Line("POST", "/desk/{conversation}/return", DESK),
    Line("POST", "/desk/{conversation}/resolve", DESK),
    Line("GET", "/proposals", DESK),
    Line("POST", "/proposals/{proposal}", DESK, sent={"decision": "reject"}),
    Line("GET", "/audit", SUPERVISING),
    Line("GET", "/audit/export/{form}", SUPERVISING, names={"form": "csv"}),
    Line("GET", "/demo/outbox", EVERYBODY),
    Line("GET", "/demo/authenticator", EVERYBODY),
)
