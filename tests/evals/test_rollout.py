"""Figures of the rollout: who agreed, told from an agent's word, from a decision, or from what the audit trail shows."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.people import Role
from desk.rollouts import Decision, Stage
from desk.store import Store
from evals.rollout import ENOUGH, Line, as_json, as_text, figures

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
async def store(tmp_path: Path):
    store = Store(f"sqlite+aiosqlite:///{tmp_path / 'yavar.db'}")
    await store.migrate()
    yield store
    await store.close()


async def proposed(store: Store, key: str, stage: Stage, *, tool: str = "create_ticket") -> str:
    """A proposal for Sara, in a conversation of hers."""
    async with store.begin() as tx:
        sara = await tx.people.by_name("sara") or await tx.people.add(
            name="sara", display="Sara", email="sara@example.org", role=Role.USER, lang="en", password_hash="x", totp_secret="", now=NOW)
        conversation = await tx.conversations.open(account=sara.id, lang="en", now=NOW)
        decision = Decision.WAITING if stage is Stage.SUGGEST else Decision.WATCHED
        return (await tx.proposals.add(key=key, turn="t", conversation=conversation.id, account=sara.id, group="user", lang="en", tool=tool,
                                       args={}, stage=stage, decision=decision, now=NOW, expires_at=NOW + timedelta(minutes=30))).id


async def test_decisions_count_as_agreement(store: Store) -> None:
    for at, decision in enumerate([Decision.APPROVED] * 3 + [Decision.REJECTED, Decision.EXPIRED]):
        proposal = await proposed(store, str(at), Stage.SUGGEST)
        async with store.begin() as tx:
            await tx.proposals.decide(await tx.proposals.get(proposal), decision, "agent", NOW)
    await proposed(store, "open", Stage.SUGGEST)
    (line,) = await figures(store)
    assert (line.proposed, line.agreed, line.disagreed, line.expired, line.waiting) == (6, 3, 1, 1, 1)
    assert line.share == 0.75 and line.interval is not None and line.interval[0] < 0.75 < line.interval[1]
    told = as_json([line], {})
    assert told["by_lang"] == {"en": {"suggest.create_ticket": 0.75}} and "0.75" in as_text([line])


@pytest.mark.parametrize(("action", "days", "agreed"), [
    ("identity.unlock_done", 1, True),
    ("identity.unlock_done", 8, False),        # too long afterwards to be the same matter
    ("identity.reset_done", 1, False),         # something else
])
async def test_what_a_person_then_did_is_told_from_the_audit_trail(store: Store, action: str, days: int, agreed: bool) -> None:
    await proposed(store, "one", Stage.SHADOW, tool="unlock_account")
    async with store.begin() as tx:
        sara = await tx.people.by_name("sara")
        assert sara is not None
        await tx.audit.add("agent", action, subject=sara.id, now=NOW + timedelta(days=days))
    (line,) = await figures(store)
    assert (line.agreed, line.disagreed) == (int(agreed), 0)      # nobody has ended the matter: it can't be told


async def test_an_agents_word_outweighs_the_trail(store: Store) -> None:
    proposal = await proposed(store, "one", Stage.SHADOW, tool="unlock_account")
    async with store.begin() as tx:
        found = await tx.proposals.get(proposal)
        await tx.audit.add("agent", "identity.unlock_done", subject=found.account, now=NOW + timedelta(minutes=5))
        await tx.proposals.judge(found, False, "agent", NOW)
    (line,) = await figures(store)
    assert (line.agreed, line.disagreed) == (0, 1)


@pytest.mark.parametrize(("stage", "agreed", "disagreed", "says"), [
    (Stage.SHADOW, ENOUGH - 1, 0, "1 more"),
    (Stage.SHADOW, ENOUGH, 0, "speaks for suggest"),
    (Stage.SUGGEST, ENOUGH, 0, "stay"),        # 30 of 30 leave the lower edge at 0.886
    (Stage.SUGGEST, 100, 0, "speaks for automatic"),
    (Stage.SUGGEST, 100, 10, "stay"),
])
def test_a_hint_is_given_where_the_interval_allows_it(stage: Stage, agreed: int, disagreed: int, says: str) -> None:
    line = Line(tool="create_ticket", lang="en", stage=stage, proposed=agreed + disagreed, agreed=agreed, disagreed=disagreed, expired=0,
                waiting=0)
    assert says in line.hint


async def test_an_empty_house_says_how_to_begin(store: Store) -> None:
    assert "yavar rollout set" in as_text(await figures(store))
