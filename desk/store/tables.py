"""Every table of the house, under one MetaData; nothing here is one database's alone."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

metadata = MetaData(naming_convention={
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
})


LARGEST = 2 ** 31 - 1            # that an Integer holds on every database


class Moment(TypeDecorator[datetime]):
    """A moment in UTC. A naive datetime is refused rather than guessed at."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _id() -> Column[str]:
    return Column("id", String(32), primary_key=True)


accounts = Table(
    "accounts", metadata, _id(),
    Column("name", String(120), nullable=False, unique=True),
    Column("display", String(200), nullable=False),
    Column("email", String(254), nullable=False),
    Column("role", String(20), nullable=False),
    Column("lang", String(2), nullable=False),
    Column("timezone", String(60), nullable=False, default="UTC"),
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),                       # gone from the directory: may not sign in, is not deleted
)

profiles = Table(                                        # what a directory says of a person beside the account itself
    "profiles", metadata,
    Column("account", ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("source", String(60), nullable=False),        # which directory it came from
    Column("manager", String(120)),
    Column("department", String(200)),
    Column("site", String(200)),
    Column("vip", Boolean, nullable=False, default=False),
    Column("devices", JSON, nullable=False),
    Column("synced_at", Moment, nullable=False),
)

identities = Table(                                      # who somebody is at a company's sign-in
    "identities", metadata,
    Column("issuer", String(255), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("account", ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
)

departures = Table(                                      # who is away at the company's sign-in and has not come back yet
    "departures", metadata,
    Column("state", String(64), primary_key=True),       # hashed, as is what binds it to the browser
    Column("browser", String(64), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("verifier", String(400), nullable=False),     # sealed
    Column("expires_at", Moment, nullable=False),
)

credentials = Table(
    "credentials", metadata,
    Column("account", ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("password_hash", String(200), nullable=False),
    Column("password_changed_at", Moment, nullable=False),
    Column("failed", Integer, nullable=False, default=0),
    Column("locked_until", Moment),
    Column("totp_secret", String(400), nullable=False, default=""),
    Column("totp_last_step", Integer, nullable=False, default=0),
)

holds = Table(                                           # legal hold: nothing of the person is erased or ages out
    "holds", metadata,
    Column("account", ForeignKey("accounts.id", ondelete="RESTRICT"), primary_key=True),
    Column("reason", String(400), nullable=False),
    Column("placed_at", Moment, nullable=False),
)

sessions = Table(
    "sessions", metadata,
    Column("hash", String(64), primary_key=True),
    Column("kind", String(10), nullable=False),          # browser, token, guest
    Column("account", ForeignKey("accounts.id", ondelete="CASCADE"), index=True),
    Column("conversation", String(32), index=True),      # a guest's only one
    Column("csrf", String(64), nullable=False, default=""),
    Column("device", String(60), nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
    Column("last_seen_at", Moment),
    Column("expires_at", Moment, nullable=False),
)

conversations = Table(
    "conversations", metadata, _id(),
    Column("account", ForeignKey("accounts.id", ondelete="CASCADE"), index=True),
    Column("claim", ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("claim_key", String(64)),
    Column("lang", String(2), nullable=False),
    Column("speaker", String(10), nullable=False),
    Column("epoch", Integer, nullable=False, default=0),
    Column("person", ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("seq", Integer, nullable=False, default=0),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("closed_at", Moment),
)

messages = Table(
    "messages", metadata,
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("author", String(10), nullable=False),
    Column("account", String(32)),
    Column("turn", String(32)),
    Column("text", Text, nullable=False),
    Column("lang", String(2), nullable=False),
    Column("citations", JSON, nullable=False),
    Column("actions", JSON, nullable=False),
    Column("extra", JSON, nullable=False),
)

events = Table(
    "events", metadata,
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("data", JSON, nullable=False),
    Column("at", Moment, nullable=False),
)

turns = Table(
    "turns", metadata, _id(),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("session", String(64), nullable=False),
    Column("account", String(32)),
    Column("seq", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("lang", String(2), nullable=False),
    Column("client_id", String(200)),
    Column("body_hash", String(64), nullable=False),
    Column("state", String(12), nullable=False, index=True),
    Column("attempts", Integer, nullable=False, default=0),
    Column("lease", String(32)),
    Column("lease_until", Moment),
    Column("received_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("answer", JSON),
    UniqueConstraint("conversation", "client_id"),
)

effects = Table(
    "effects", metadata,
    Column("key", String(64), primary_key=True),
    Column("turn", String(32), nullable=False, index=True),
    Column("tool", String(60), nullable=False),
    Column("at", Moment, nullable=False),
    Column("outcome", JSON),                             # none: started, and nobody knows how it ended
)

rollouts = Table(                                        # how far a tool may go; `*` stands for every tool, group or language
    "rollouts", metadata,
    Column("tool", String(60), primary_key=True),
    Column("group", String(60), primary_key=True),
    Column("lang", String(2), primary_key=True),
    Column("stage", String(10), nullable=False),
    Column("since", Moment, nullable=False),
    Column("by", String(32), nullable=False),
)

proposals = Table(                                       # calls that were decided and not run: in shadow, or until an agent approves
    "proposals", metadata, _id(),
    Column("key", String(64), nullable=False, unique=True),
    Column("turn", String(32), nullable=False, index=True),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("account", ForeignKey("accounts.id", ondelete="CASCADE"), index=True),
    Column("group", String(60), nullable=False),
    Column("lang", String(2), nullable=False),
    Column("tool", String(60), nullable=False),
    Column("args", JSON, nullable=False),
    Column("seal", String(64), nullable=False),
    Column("stage", String(10), nullable=False),
    Column("decision", String(10), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("by", String(32)),
    Column("decided_at", Moment),
    Column("right", Boolean),
    Column("outcome", JSON),
)

tickets = Table(
    "tickets", metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("requester", ForeignKey("accounts.id", ondelete="SET NULL"), index=True),
    Column("title", String(200), nullable=False),
    Column("description", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("impact", String(10), nullable=False),
    Column("urgency", String(10), nullable=False),
    Column("priority", String(2), nullable=False),
    Column("status", String(12), nullable=False, index=True),
    Column("queue", String(60), nullable=False),
    Column("lang", String(2), nullable=False),
    Column("conversation", String(32), index=True),
    Column("assignee", ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("key", String(64), unique=True),              # what asked for it, so that it is opened once
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
)

comments = Table(
    "comments", metadata, _id(),
    Column("ticket", ForeignKey("tickets.number", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("author", String(10), nullable=False),
    Column("account", String(32)),
    Column("text", Text, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("key", String(64), unique=True),
)

urgings = Table(                                         # nudged, raised, reopened by whose ticket it is
    "urgings", metadata, _id(),
    Column("ticket", ForeignKey("tickets.number", ondelete="CASCADE"), nullable=False, index=True),
    Column("account", ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("way", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("key", String(64), nullable=False, unique=True),
)

attachments = Table(                                     # what a file is; its bytes are outside the database, under their hash
    "attachments", metadata, _id(),
    Column("account", ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), index=True),
    Column("ticket", ForeignKey("tickets.number", ondelete="CASCADE"), index=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("name", String(120), nullable=False),
    Column("media_type", String(120), nullable=False),
    Column("size", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
)

handoffs = Table(
    "handoffs", metadata, _id(),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("ticket", ForeignKey("tickets.number", ondelete="CASCADE"), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("state", String(10), nullable=False, index=True),
    Column("queue", String(60), nullable=False),
    Column("expected_by", Moment, nullable=False),
    Column("card", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("taken_by", ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("told_late", Boolean, nullable=False, default=False),
    Column("claimed_at", Moment),
    Column("resolved_at", Moment),
    Column("front", Boolean, nullable=False, default=False, server_default=false()),
    Column("told_place", Integer),
)

presence = Table(
    "presence", metadata,
    Column("account", ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("state", String(10), nullable=False),
    Column("since", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("active_at", Moment, nullable=False),
    Column("chosen", Boolean, nullable=False),
)

callbacks = Table(
    "callbacks", metadata, _id(),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("ticket", ForeignKey("tickets.number", ondelete="CASCADE"), nullable=False),
    Column("phone", Text, nullable=False),               # sealed; empty once it is over
    Column("state", String(10), nullable=False, index=True),
    Column("slot_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("taken_by", ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("tries", Integer, nullable=False),
    Column("apologies", Integer, nullable=False),
    Column("reminded_at", Moment),
)

disruptions = Table(                                     # known incidents and planned maintenance
    "disruptions", metadata, _id(),
    Column("asset", String(60), nullable=False, index=True),
    Column("kind", String(12), nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment),
    Column("text", JSON, nullable=False),                # by language
    Column("declared_by", String(32)),
)

mendings = Table(                                        # how far a conversation has come in a runbook
    "mendings", metadata, _id(),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("asset", String(60), nullable=False),
    Column("runbook", String(60), nullable=False),
    Column("state", String(12), nullable=False),
    Column("tried", JSON, nullable=False),
    Column("news_of", String(120), index=True),          # the disruption whose end the user wants to be told of
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
)

flows = Table(
    "flows", metadata, _id(),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("account", ForeignKey("accounts.id", ondelete="CASCADE"), index=True),
    Column("subject_key", String(64), nullable=False, index=True),
    Column("action", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("proven", JSON, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

cards = Table(                                           # forms and confirmations beside the chat
    "cards", metadata, _id(),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("account", ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(12), nullable=False),
    Column("tool", String(60), nullable=False),
    Column("args", JSON, nullable=False),
    Column("seal", String(64), nullable=False),
    Column("state", String(10), nullable=False),
    Column("key", String(64), nullable=False, unique=True),   # of the call that asked for it, so that it is opened once
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

codes = Table(
    "codes", metadata, _id(),
    Column("flow", ForeignKey("flows.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("hash", String(64), nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

capabilities = Table(
    "capabilities", metadata,
    Column("hash", String(64), primary_key=True),
    Column("flow", ForeignKey("flows.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("account", String(32), nullable=False),
    Column("action", String(10), nullable=False),
    Column("session", String(64), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

audit = Table(
    "audit", metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("actor", String(32), nullable=False),
    Column("action", String(60), nullable=False),
    Column("subject", String(32)),
    Column("detail", JSON, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

outbox = Table(
    "outbox", metadata, _id(),
    Column("at", Moment, nullable=False),
    Column("account", ForeignKey("accounts.id", ondelete="CASCADE"), index=True),
    Column("kind", String(20), nullable=False),          # code, notice
    Column("address", String(254), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("body", Text, nullable=False),                # sealed until it is sent
    Column("key", String(64), unique=True),
    Column("sent_at", Moment),
    Column("taken_until", Moment),                       # by whoever sends it now
    Column("attempts", Integer, nullable=False, default=0),
)

timers = Table(                                          # jobs, where no engine for them stands beside
    "timers", metadata, _id(),
    Column("name", String(60), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("key", String(200), unique=True),             # while it waits
    Column("turnstile", String(200), index=True),        # those that share it run one after another
    Column("due_at", Moment, nullable=False, index=True),
    Column("taken_until", Moment),
    Column("tries", Integer, nullable=False, default=0),
    Column("given_up_at", Moment),
    Column("created_at", Moment, nullable=False),
)

documents = Table(
    "documents", metadata, _id(),
    Column("source", String(60), nullable=False),
    Column("path", String(400), nullable=False),
    Column("topic", String(120), nullable=False, index=True),
    Column("lang", String(2), nullable=False),
    Column("title", String(300), nullable=False),
    Column("audience", String(60), nullable=False),
    Column("owner", String(120), nullable=False),
    Column("reviewed", String(10), nullable=False),
    Column("tier", String(12), nullable=False),
    Column("text", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("updated_at", Moment),                        # at its source, where that says so
    UniqueConstraint("source", "path"),
)

sources = Table(                                         # where documents of the house's own come from
    "sources", metadata,
    Column("name", String(40), primary_key=True),        # what its documents have as their source
    Column("kind", String(12), nullable=False),
    Column("place", String(1000), nullable=False),
    Column("audience", String(60), nullable=False),
    Column("lang", String(4), nullable=False),           # of what does not say; auto: as each passage reads
    Column("added_at", Moment, nullable=False),
    Column("added_by", String(32), nullable=False),
    Column("synced_at", Moment),                         # the last look at it, however it ended
    Column("report", JSON),                              # what came of it
)

passages = Table(
    "passages", metadata, _id(),
    Column("document", ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),
    Column("heading", String(400), nullable=False),
    Column("text", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("embedder", String(60)),
    Column("vector", LargeBinary),                       # float16, little-endian
    Column("lang", String(2)),                           # where it is not the document's
    Column("begins", Integer),                           # characters into the document's text, where it was cut out of it
    Column("ends", Integer),
)

phrasings = Table(                                       # how people ask for a section; searched, never shown
    "phrasings", metadata, _id(),
    Column("document", ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),          # of the section
    Column("text", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("embedder", String(60)),
    Column("vector", LargeBinary),                       # float16, little-endian
)

gaps = Table(                                            # what was asked and not answered
    "gaps", metadata, _id(),
    Column("turn", String(32), nullable=False, unique=True),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("lang", String(2), nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("asked_back", Boolean, nullable=False),
    Column("state", String(10), nullable=False),
    Column("draft", String(24), index=True),             # the topic of the article that is to answer it
    Column("embedder", String(60), nullable=False),
    Column("vector", LargeBinary),                       # float16, little-endian
)

marks = Table(                                           # small facts about the house: generation of the index, seeded, …
    "marks", metadata,
    Column("name", String(60), primary_key=True),
    Column("value", Text, nullable=False),
)

Index("ix_turns_conversation_seq", turns.c.conversation, turns.c.seq)
