"""From a gap to an article: a draft is found by nobody, what was published is found by its audience, and every step is audited."""

from datetime import UTC, datetime, timedelta

import pytest

from desk.drafts import Audience, Version
from desk.errors import BadInput, DeskError, IllegalMove, NotFound
from desk.gaps import GapState
from desk.people import Lang
from desk.store import Store
from knowledge import drafting
from knowledge.gaplist import Group, group, groups
from knowledge.library import Library
from knowledge.likeness import Likeness
from tests.knowledge.conftest import EVERYBODY, Ask, Put, embed_all

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WORDS = Likeness()             # only the same words are alike
DOG = {"en": Version("Dogs", "A dog may come on Fridays.\n\n## Where\nFloor 3."), "fa": Version("سگ", "سگ جمعه‌ها می‌تواند بیاید.")}


async def asked(store: Store, *questions: tuple[str, Lang]) -> list[Group]:
    async with store.begin() as tx:
        conversation = await tx.conversations.open(account=None, lang="en", now=NOON)
        for number, (text, lang) in enumerate(questions):
            await tx.gaps.record(turn=f"{conversation.id} {number}"[-32:], conversation=conversation.id, owner=None, text=text, lang=lang,
                                 asked_back=False, embedder="", vector=None, now=NOON + timedelta(minutes=number))
        return await groups(tx, WORDS, NOON)


async def begun(store: Store) -> str:
    (found,) = await asked(store, ("may i bring a dog", "en"), ("May I bring a dog?", "en"))
    async with store.begin() as tx:
        return await drafting.begin(tx, found, "an agent", NOON)


async def states(store: Store) -> list[GapState]:
    async with store.read() as tx:
        return [each.state for each in await groups(tx, WORDS, NOON)]


async def actions(store: Store) -> list[tuple[str, str]]:
    async with store.read() as tx:
        return [(entry.actor, entry.action) for entry in await tx.audit.all()]


async def test_what_is_asked_most_stands_first_with_its_first_and_last_time(store: Store) -> None:
    often, once = await asked(store, ("toner?", "en"), ("a dog?", "en"), ("Toner", "fa"))
    assert [(len(each.gaps), each.asked("en")) for each in (often, once)] == [(2, "toner?"), (1, "a dog?")]
    assert (often.first, often.last, often.langs) == (NOON, NOON + timedelta(minutes=2), ("en", "fa"))
    assert (often.shown("fa").text, often.shown("ar").text) == ("Toner", "Toner")


async def test_what_was_set_aside_stays_so_when_it_is_asked_again(store: Store) -> None:
    (found,) = await asked(store, ("a dog?", "en"))
    async with store.begin() as tx:
        await drafting.set_aside(tx, found, "an agent", NOON)
    (again,) = await asked(store, ("A dog", "en"))
    assert (again.state, len(again.gaps)) == (GapState.ASIDE, 2)
    async with store.begin() as tx:
        await drafting.bring_back(tx, again, "an agent", NOON)
    assert await states(store) == [GapState.OPEN]
    assert await actions(store) == [("an agent", "gap.set_aside"), ("an agent", "gap.brought_back")]


async def test_a_draft_is_found_by_nobody_and_what_is_published_by_its_audience(store: Store, library: Library, put: Put, ask: Ask) -> None:
    await put("wifi", "The guest pass lasts a day.")
    draft = await begun(store)
    async with store.begin() as tx:
        assert (await drafting.draft_of(tx, draft, NOON)).versions["en"] == Version("May I bring a dog?", "")
        await drafting.save(tx, draft, DOG, Audience.AGENTS, "an agent", NOON)
    await library.open()
    await embed_all(library)
    assert {hit.topic for hit in await ask("a dog on Fridays", may_see=EVERYBODY)} == {"wifi"}

    async with store.begin() as tx:
        published = await drafting.publish(tx, draft, "a supervisor", NOON)
    await library.open()
    await embed_all(library)
    assert published == [f"{draft}.en", f"{draft}.fa"]
    hit = (await ask("a dog on Fridays", may_see=EVERYBODY, lang="en"))[0]
    assert (hit.document, hit.text, hit.reviewed) == (f"{draft}.en", "A dog may come on Fridays.", "2026-11-22")
    assert {each.topic for each in await ask("a dog on Fridays", may_see=EVERYBODY - {"agents"})} == {"wifi"}
    assert await states(store) == []
    assert [action for _, action in await actions(store)] == ["draft.begun", "draft.saved", "draft.published"]

    (again,) = await asked(store, ("May I bring a dog?", "en"))
    assert (again.state, len(again.gaps)) == (GapState.OPEN, 1), "it is asked still"


async def test_what_is_withdrawn_is_a_draft_again(store: Store, library: Library, ask: Ask, put: Put) -> None:
    draft = await begun(store)
    async with store.begin() as tx:
        await drafting.save(tx, draft, DOG, Audience.EVERYONE, "an agent", NOON)
        await drafting.publish(tx, draft, "a supervisor", NOON)
        assert await drafting.withdraw(tx, f"{draft}.fa", "a supervisor", NOON) == draft
        assert dict((await drafting.draft_of(tx, draft, NOON)).versions) == DOG | {"ar": Version("", "")}
    await library.open()
    assert await ask("a dog on Fridays") == []
    house = await put("wifi", "The guest pass lasts a day.")
    async with store.begin() as tx:
        with pytest.raises(NotFound):
            await drafting.withdraw(tx, house, "a supervisor", NOON)
        with pytest.raises(IllegalMove):
            await drafting.withdraw(tx, f"{draft}.fa", "a supervisor", NOON)


async def test_what_is_refused_is_gone_and_its_questions_are_open_again(store: Store) -> None:
    draft = await begun(store)
    assert await states(store) == [GapState.DRAFTED]
    async with store.begin() as tx:
        await drafting.refuse(tx, draft, "a supervisor", NOON)
        with pytest.raises(NotFound):
            await drafting.draft_of(tx, draft, NOON)
        assert await tx.shelf.documents() == []
    assert await states(store) == [GapState.OPEN]


@pytest.mark.parametrize(("versions", "error", "field"), [
    ({}, BadInput, None),                                                      # nothing is written
    ({"en": Version("Dogs", "")}, BadInput, None),
    ({"en": Version("Dogs", "Lead.\n\n## Empty")}, BadInput, "en"),
    ({"en": Version("Dogs", "Lead."), "fa": Version("سگ", "# عنوان")}, BadInput, "fa"),
    ({"en": Version("", "Lead.")}, None, None),                                # the question is the title
    ({"en": Version("Dogs", "Lead.")}, None, None),
])
async def test_only_what_is_well_formed_is_published(store: Store, versions: dict[Lang, Version], error: type[DeskError] | None,
                                                     field: str | None) -> None:
    draft = await begun(store)
    async with store.begin() as tx:
        await drafting.save(tx, draft, versions, Audience.EVERYONE, "an agent", NOON)
    if error is None:
        async with store.begin() as tx:
            assert await drafting.publish(tx, draft, "a supervisor", NOON) == [f"{draft}.en"]
        return
    with pytest.raises(error) as raised:
        async with store.begin() as tx:
            await drafting.publish(tx, draft, "a supervisor", NOON)
    assert raised.value.facts.get("field") == field
    async with store.read() as tx:
        assert await tx.shelf.passages() == []


async def test_one_need_has_one_draft(store: Store) -> None:
    await begun(store)
    async with store.begin() as tx:
        gap = (await tx.gaps.all(NOON))[0]
        found = await group(tx, WORDS, gap.id, NOON)
        for act in (drafting.begin, drafting.set_aside, drafting.bring_back):
            with pytest.raises(IllegalMove):
                await act(tx, found, "an agent", NOON)
