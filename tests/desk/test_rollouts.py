"""How far a tool may go: the most exact decision holds, a person is always reachable, and every change is audited."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import BadInput
from desk.rollouts import ANY, GROUPS, TONGUES, WHERE_NOBODY_SAID, Rollout, Stage, seal_of, stage_of
from desk.services.rolling import Rolling
from desk.store import Store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KNOWN = ("create_ticket", "search_knowledge")


def decided(tool: str, group: str, lang: str, stage: Stage) -> Rollout:
    return Rollout(tool=tool, group=group, lang=lang, stage=stage, since=NOW, by="admin")


@pytest.mark.parametrize(("rollouts", "holds"), [
    ([], WHERE_NOBODY_SAID),
    ([decided(ANY, ANY, ANY, Stage.SUGGEST)], Stage.SUGGEST),
    ([decided(ANY, ANY, ANY, Stage.OFF), decided("create_ticket", ANY, ANY, Stage.SHADOW)], Stage.SHADOW),
    ([decided("create_ticket", ANY, ANY, Stage.SHADOW), decided("create_ticket", ANY, "fa", Stage.SUGGEST)], Stage.SUGGEST),
    # the group comes before the language
    ([decided("create_ticket", "user", ANY, Stage.OFF), decided("create_ticket", ANY, "fa", Stage.SUGGEST)], Stage.OFF),
    ([decided("create_ticket", "agent", "fa", Stage.OFF), decided("search_knowledge", "user", "fa", Stage.OFF)], WHERE_NOBODY_SAID),
])
def test_the_most_exact_decision_holds(rollouts: list[Rollout], holds: Stage) -> None:
    assert stage_of(rollouts, "create_ticket", "user", "fa") is holds
    assert stage_of(reversed(rollouts), "create_ticket", "user", "fa") is holds


CELLS = st.tuples(st.sampled_from((ANY, *KNOWN)), st.sampled_from(GROUPS), st.sampled_from(TONGUES))


@given(cells=st.dictionaries(CELLS, st.sampled_from(Stage), max_size=12))
def test_a_decision_never_reaches_beyond_what_it_names(cells: dict[tuple[str, str, str], Stage]) -> None:
    rollouts = [decided(*cell, stage) for cell, stage in cells.items()]
    for tool in KNOWN:
        for group in GROUPS[1:]:
            for lang in TONGUES[1:]:
                wanted = ((ANY, tool), (ANY, group), (ANY, lang))
                covering = {stage for cell, stage in cells.items() if all(part in each for part, each in zip(cell, wanted, strict=True))}
                found = stage_of(rollouts, tool, group, lang)
                assert found in (covering or {WHERE_NOBODY_SAID})
                assert found is cells.get((tool, group, lang), found)


@given(left=st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=3),
       right=st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=3))
def test_a_seal_belongs_to_one_call(left: dict[str, str], right: dict[str, str]) -> None:
    assert (seal_of("a", left) == seal_of("a", right)) is (left == right)
    assert seal_of("a", left) != seal_of("b", left)


@pytest.fixture
async def store(tmp_path):
    store = Store(f"sqlite+aiosqlite:///{tmp_path / 'yavar.db'}")
    await store.migrate()
    yield store
    await store.close()


async def test_each_change_is_audited_and_nothing_else_is(store: Store) -> None:
    rolling = Rolling(store)
    for stage in (Stage.SHADOW, Stage.SHADOW, Stage.SUGGEST, None, None):
        await rolling.set("create_ticket", stage, group="user", known=KNOWN, by="admin", now=NOW)
    async with store.read() as tx:
        assert await tx.rollouts.all() == []
        told = [(entry.action, entry.actor, entry.detail["before"], entry.detail["stage"]) for entry in await tx.audit.all()]
    assert told == [("rollout.changed", "admin", None, "shadow"), ("rollout.changed", "admin", "shadow", "suggest"),
                    ("rollout.changed", "admin", "suggest", None)]


@pytest.mark.parametrize(("tool", "group", "lang"), [
    ("handoff", ANY, ANY), ("person", ANY, ANY), ("no_such_tool", ANY, ANY), ("create_ticket", "king", ANY), ("create_ticket", ANY, "de")])
async def test_a_person_cannot_be_switched_off_nor_what_there_is_not(store: Store, tool: str, group: str, lang: str) -> None:
    with pytest.raises(BadInput) as refused:
        await Rolling(store).set(tool, Stage.OFF, group=group, lang=lang, known=KNOWN, by="admin", now=NOW)
    assert "always on" in str(refused.value) if tool in ("handoff", "person") else "Choose one of" in str(refused.value)
    await Rolling(store).set("create_ticket", Stage.OFF, known=KNOWN, by="admin", now=NOW)
    async with store.read() as tx:
        assert [each.tool for each in await tx.rollouts.all()] == ["create_ticket"]
