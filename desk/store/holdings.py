"""What the house holds on people: every column of every table is declared here, and a test fails while one is not.

Export, erasure and retention read these declarations and nothing else. The order is the order of erasure: children before parents.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, Table, or_, select

from desk.codes import digest
from desk.people import Account
from desk.store import tables as t

Rows = ColumnElement[bool]


class Erasure(StrEnum):
    DELETE = "delete"          # the rows go
    BLANK = "blank"            # the rows stay for others, without a word of it
    KEEP = "keep"              # the rows hold an id at most, which names nobody once the account is gone


@dataclass(frozen=True)
class Whose:
    """The person, and the keys under which a claim of their account is counted."""

    id: str
    keys: tuple[str, ...]

    @classmethod
    def of(cls, account: Account) -> "Whose":
        return cls(account.id, (account.id, *(digest(name.strip().lower(), "claim") for name in (account.name, account.email))))


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One table. Each column stands in exactly one of the four lists."""

    table: Table
    plain: Sequence[str] = ()      # about nobody
    ids: Sequence[str] = ()        # an account's id, or a session's hash
    personal: Sequence[str] = ()   # what a person is called, said, wrote or is said of
    secret: Sequence[str] = ()     # proves who somebody is: never exported
    theirs: Callable[[Whose], Rows] | None = None    # the person's own rows; None: the table is about nobody
    wrote: Callable[[Whose], Rows] | None = None     # rows of others in which the person worked: exported, kept with the id
    erasure: Erasure = Erasure.DELETE


def conversations_of(whose: Whose) -> Select[tuple[str]]:
    """The person's conversations, and those in which a guest claimed to be the person."""
    c = t.conversations.c
    return select(c.id).where(or_(c.account == whose.id, c.claim == whose.id, c.claim_key.in_(whose.keys)))


def tickets_of(whose: Whose) -> Select[tuple[int]]:
    c = t.tickets.c
    return select(c.number).where(or_(c.requester == whose.id, c.conversation.in_(conversations_of(whose))))


def _turns_of(whose: Whose) -> Select[tuple[str]]:
    return select(t.turns.c.id).where(t.turns.c.conversation.in_(conversations_of(whose)))


def _flows_of(whose: Whose) -> Select[tuple[str]]:
    c = t.flows.c
    return select(c.id).where(or_(c.account == whose.id, c.subject_key.in_(whose.keys), c.conversation.in_(conversations_of(whose))))


HOLDINGS: tuple[Holding, ...] = (
    Holding(table=t.capabilities, plain=("flow", "action", "expires_at", "used_at"), ids=("account", "session"), secret=("hash",),
            theirs=lambda who: or_(t.capabilities.c.account == who.id, t.capabilities.c.flow.in_(_flows_of(who)))),
    Holding(table=t.codes, plain=("id", "flow", "tries", "expires_at", "used_at"), secret=("hash",),
            theirs=lambda who: t.codes.c.flow.in_(_flows_of(who))),
    Holding(table=t.flows, plain=("id", "conversation", "action", "state", "proven", "tries", "created_at", "expires_at"),
            ids=("account", "subject_key"), theirs=lambda who: t.flows.c.id.in_(_flows_of(who))),
    Holding(table=t.effects, plain=("key", "turn", "tool", "at"), personal=("outcome",),
            theirs=lambda who: t.effects.c.turn.in_(_turns_of(who))),
    Holding(table=t.turns, plain=("id", "conversation", "seq", "kind", "lang", "client_id", "state", "attempts", "lease", "lease_until",
                                  "received_at", "ended_at"),
            ids=("session", "account"), personal=("text", "answer"), secret=("body_hash",),
            theirs=lambda who: t.turns.c.conversation.in_(conversations_of(who))),
    Holding(table=t.callbacks, plain=("id", "conversation", "ticket", "state", "slot_at", "due_at", "asked_at", "tries", "apologies",
                                      "reminded_at"),
            ids=("taken_by",), personal=("phone",), theirs=lambda who: or_(
                t.callbacks.c.conversation.in_(conversations_of(who)), t.callbacks.c.ticket.in_(tickets_of(who))),
            wrote=lambda who: t.callbacks.c.taken_by == who.id),
    Holding(table=t.mendings, plain=("id", "conversation", "asset", "runbook", "state", "tried", "news_of", "created_at", "updated_at"),
            theirs=lambda who: t.mendings.c.conversation.in_(conversations_of(who))),
    Holding(table=t.cards, plain=("id", "conversation", "kind", "tool", "seal", "state", "key", "created_at", "expires_at"),
            ids=("account",), personal=("args",),
            theirs=lambda who: or_(t.cards.c.account == who.id, t.cards.c.conversation.in_(conversations_of(who)))),
    Holding(table=t.attachments, plain=("id", "conversation", "ticket", "sha256", "media_type", "size", "created_at"), ids=("account",),
            personal=("name",), theirs=lambda who: or_(
                t.attachments.c.account == who.id, t.attachments.c.conversation.in_(conversations_of(who)),
                t.attachments.c.ticket.in_(tickets_of(who)))),
    Holding(table=t.proposals, plain=("id", "key", "turn", "conversation", "group", "lang", "tool", "seal", "stage", "decision",
                                      "created_at", "expires_at", "decided_at", "right", "outcome"),
            ids=("account", "by"), personal=("args",),
            theirs=lambda who: or_(t.proposals.c.account == who.id, t.proposals.c.conversation.in_(conversations_of(who))),
            wrote=lambda who: t.proposals.c.by == who.id),
    Holding(table=t.urgings, plain=("id", "ticket", "way", "at", "key"), ids=("account",), personal=("reason",),
            theirs=lambda who: or_(t.urgings.c.account == who.id, t.urgings.c.ticket.in_(tickets_of(who)))),
    Holding(table=t.presence, plain=("state", "since", "seen_at", "active_at", "chosen"), ids=("account",),
            theirs=lambda who: t.presence.c.account == who.id),
    Holding(table=t.handoffs, plain=("id", "conversation", "ticket", "reason", "state", "queue", "expected_by", "created_at", "told_late",
                                     "claimed_at", "resolved_at", "front", "told_place"),
            ids=("taken_by",), personal=("card",),
            theirs=lambda who: t.handoffs.c.conversation.in_(conversations_of(who)), wrote=lambda who: t.handoffs.c.taken_by == who.id),
    Holding(table=t.gaps, plain=("id", "turn", "conversation", "lang", "at", "asked_back", "state", "draft", "embedder"),
            personal=("text", "vector"), theirs=lambda who: t.gaps.c.conversation.in_(conversations_of(who))),
    Holding(table=t.events, plain=("conversation", "seq", "kind", "at"), personal=("data",),
            theirs=lambda who: t.events.c.conversation.in_(conversations_of(who))),
    Holding(table=t.messages, plain=("conversation", "seq", "at", "author", "turn", "lang", "citations"), ids=("account",),
            personal=("text", "actions", "extra"),
            theirs=lambda who: t.messages.c.conversation.in_(conversations_of(who)), wrote=lambda who: t.messages.c.account == who.id),
    Holding(table=t.comments, plain=("id", "ticket", "at", "author", "public", "key"), ids=("account",), personal=("text",),
            theirs=lambda who: t.comments.c.ticket.in_(tickets_of(who)), wrote=lambda who: t.comments.c.account == who.id,
            erasure=Erasure.BLANK),
    Holding(table=t.tickets, plain=("number", "kind", "impact", "urgency", "priority", "status", "queue", "lang", "conversation", "key",
                                    "created_at", "updated_at", "due_at"),
            ids=("requester", "assignee"), personal=("title", "description"),
            theirs=lambda who: t.tickets.c.number.in_(tickets_of(who)), wrote=lambda who: t.tickets.c.assignee == who.id,
            erasure=Erasure.BLANK),
    Holding(table=t.outbox, plain=("id", "at", "kind", "key", "sent_at", "attempts", "taken_until"), ids=("account",),
            personal=("address", "subject", "body"), theirs=lambda who: t.outbox.c.account == who.id),
    Holding(table=t.sessions, plain=("kind", "conversation", "created_at", "last_seen_at", "expires_at"), ids=("account",),
            personal=("device",), secret=("hash", "csrf"),
            theirs=lambda who: or_(t.sessions.c.account == who.id, t.sessions.c.conversation.in_(conversations_of(who)))),
    Holding(table=t.conversations, plain=("id", "lang", "speaker", "epoch", "seq", "created_at", "updated_at", "closed_at"),
            ids=("account", "claim", "claim_key", "person"), theirs=lambda who: t.conversations.c.id.in_(conversations_of(who)),
            wrote=lambda who: t.conversations.c.person == who.id),
    Holding(table=t.credentials, plain=("password_changed_at", "failed", "locked_until", "totp_last_step"), ids=("account",),
            secret=("password_hash", "totp_secret"), theirs=lambda who: t.credentials.c.account == who.id),
    Holding(table=t.profiles, plain=("source", "synced_at"), ids=("account",), personal=("manager", "department", "site", "vip", "devices"),
            theirs=lambda who: t.profiles.c.account == who.id),
    Holding(table=t.identities, plain=("issuer", "created_at"), ids=("account",), personal=("subject",),
            theirs=lambda who: t.identities.c.account == who.id),
    Holding(table=t.holds, plain=("placed_at",), ids=("account",), personal=("reason",), theirs=lambda who: t.holds.c.account == who.id),
    Holding(table=t.accounts, plain=("role", "created_at", "disabled_at"), ids=("id",),
            personal=("name", "display", "email", "lang", "timezone"),
            theirs=lambda who: t.accounts.c.id == who.id),
    Holding(table=t.audit, plain=("seq", "at", "action", "detail", "previous", "hash"), ids=("actor", "subject"),   # its chain must hold
            theirs=lambda who: or_(t.audit.c.actor == who.id, t.audit.c.subject == who.id), erasure=Erasure.KEEP),
    Holding(table=t.documents, plain=("id", "source", "path", "topic", "lang", "title", "audience", "owner", "reviewed", "tier", "text",
                                      "hash", "updated_at")),     # published articles: the house's own words
    Holding(table=t.passages, plain=("id", "document", "ordinal", "heading", "text", "hash", "embedder", "vector", "lang", "begins",
                                     "ends")),
    Holding(table=t.sources, plain=("name", "kind", "place", "audience", "lang", "added_at", "synced_at", "report"), ids=("added_by",)),
    Holding(table=t.phrasings, plain=("id", "document", "ordinal", "text", "hash", "embedder", "vector")),
    Holding(table=t.disruptions, plain=("id", "asset", "kind", "starts_at", "ends_at", "text"), ids=("declared_by",)),   # told to everybody
    Holding(table=t.timers, plain=("id", "name", "facts", "key", "turnstile", "due_at", "taken_until", "tries", "given_up_at",
                                   "created_at")),     # facts are ids
    Holding(table=t.rollouts, plain=("tool", "group", "lang", "stage", "since"), ids=("by",)),     # what the house has decided
    Holding(table=t.departures, plain=("state", "browser", "nonce", "verifier", "expires_at")),    # hashed or sealed, gone in minutes
    Holding(table=t.marks, plain=("name", "value")),
)
