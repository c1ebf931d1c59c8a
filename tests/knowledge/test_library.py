"""Search: who sees what, in which language, and what survives changes."""

import asyncio
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.store import Store
from knowledge.chroma import VectorIndex
from knowledge.embedder import HashingEmbedder
from knowledge.errors import IndexBusy
from knowledge.library import Library
from tests.knowledge.conftest import EVERYBODY, Ask, Put, embed_all

PUBLIC = frozenset({"public"})
SIGNED_IN = PUBLIC | {"everyone"}
CLASSES = ("public", "everyone", "agents")


async def test_a_hit_is_ready_to_be_quoted(library: Library, put: Put, ask: Ask) -> None:
    document = await put("vpn", "وصل شدن.", ("وقتی وی‌پی‌ان قطع می‌شود", "1. برنامه را **ببندید**.\n2. دوباره باز کنید."), lang="fa",
                         title="وی‌پی‌ان")
    await library.open()
    hit = (await ask("وی پی ان قطع میشود", lang="fa"))[0]
    assert (hit.document, hit.topic, hit.lang, hit.title) == (document, "vpn", "fa", "وی‌پی‌ان")
    assert hit.heading == "وقتی وی‌پی‌ان قطع می‌شود"
    assert hit.text == "1. برنامه را **ببندید**.\n2. دوباره باز کنید."
    assert hit.url == f"/knowledge/{document}#p1"
    assert hit.reviewed == "2026-11-20"
    assert hit.lexical > 0.5


@pytest.mark.parametrize(("may_see", "seen"), [
    (frozenset(), set()),
    (PUBLIC, {"public"}),
    (SIGNED_IN, {"public", "everyone"}),
    (EVERYBODY, {"public", "everyone", "agents"}),
    (EVERYBODY | {"nobody"}, {"public", "everyone", "agents"}),
])
async def test_one_finds_what_one_may_see_and_nothing_else(library: Library, put: Put, ask: Ask, may_see: frozenset[str],
                                                            seen: set[str]) -> None:
    for audience in CLASSES:
        await put(f"vpn-{audience}", "The VPN app drops after twelve hours.", audience=audience)
    await library.open()
    await embed_all(library)
    assert {hit.audience for hit in await ask("vpn drops", may_see=may_see)} == seen


async def test_what_one_may_not_see_does_not_even_move_the_scores(library: Library, put: Put, ask: Ask) -> None:
    await put("wifi", "The guest pass lasts a day.", "Choose the network.", audience="public")
    await library.open()
    await embed_all(library)
    before = await ask("guest pass", may_see=PUBLIC)
    await put("keys", *(f"Guest pass key number {at}." for at in range(20)), audience="agents")
    await library.open()
    await embed_all(library)
    assert await ask("guest pass", may_see=PUBLIC) == before
    assert (await ask("guest pass key", may_see=EVERYBODY))[0].topic == "keys"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(CLASSES), st.sampled_from(["vpn", "password", "printer", "کلمه عبور", "طابعة"])), max_size=8),
       st.frozensets(st.sampled_from(CLASSES)), st.sampled_from(["vpn", "password printer", "عبور", "طابعة"]))
def test_no_shelf_and_no_question_leaks_a_class(tmp_path_factory: pytest.TempPathFactory, shelf: list[tuple[str, str]],
                                                 may_see: frozenset[str], question: str) -> None:
    async def scene() -> None:
        home = tmp_path_factory.mktemp("home")
        store, embedder = Store(f"sqlite+aiosqlite:///{home}/house.db"), HashingEmbedder()
        await store.migrate()
        library = Library(store, embedder, home)
        async with store.begin() as tx:
            for at, (audience, text) in enumerate(shelf):
                await tx.shelf.put(
                    {"id": f"d{at}", "source": "wiki", "path": f"{at}", "topic": f"t{at}", "lang": "en", "title": text,
                     "audience": audience, "owner": "desk", "reviewed": "2026-11-20", "tier": "reviewed", "text": text, "hash": f"{at}"},
                    [{"id": f"d{at}.0", "document": f"d{at}", "ordinal": 0, "heading": "", "text": text, "hash": f"{at}" * 20,
                      "embedder": None, "vector": None}])
        await library.open()
        await embed_all(library)
        hits = await library.search(question, vector=await embedder.query(question), may_see=may_see)
        assert {hit.audience for hit in hits} == {audience for audience, _ in shelf} & may_see
        await library.close()
        await store.close()
    asyncio.run(scene())


async def test_a_document_that_waits_for_review_is_in_no_answer(library: Library, put: Put, ask: Ask) -> None:
    await put("vpn", "The VPN app signs in by itself.", tier="unreviewed")
    await library.open()
    await embed_all(library)
    assert await ask("vpn") == []
    await put("vpn", "The VPN app signs in by itself.", tier="reviewed")
    await library.open()
    assert [hit.topic for hit in await ask("vpn")] == ["vpn"]


async def test_a_topic_is_shown_in_the_readers_language(library: Library, put: Put, ask: Ask) -> None:
    await put("vpn", "Connect to the VPN.", ("VPN drops", "Restart the Cisco app."), lang="en", title="VPN")
    await put("vpn", "وصل شدن به شبکهٔ شرکت.", ("قطع شدن", "برنامه را ببندید."), lang="fa", title="شبکهٔ شرکت")
    await library.open()
    await embed_all(library)
    persian, english = await ask("VPN drops cisco", lang="fa"), await ask("VPN drops cisco", lang="en")
    assert {hit.lang for hit in persian} == {"fa"}
    assert {hit.lang for hit in english} == {"en"}
    assert (persian[0].heading, english[0].heading) == ("قطع شدن", "VPN drops")


async def test_without_a_translation_the_other_language_is_still_found(library: Library, put: Put, ask: Ask) -> None:
    await put("sap", "SAP asks for a licence.", lang="en")
    await put("vpn", "وصل شدن به شبکه.", lang="fa")
    await library.open()
    await embed_all(library)
    best = (await ask("SAP licence میخواد", lang="fa"))[0]
    assert (best.topic, best.lang) == ("sap", "en")


async def test_documents_that_merely_share_a_topic_are_no_translations(library: Library, put: Put, ask: Ask) -> None:
    await put("general", "SAP asks for a licence.", lang="en", path="a/en.md")
    await put("general", "Outlook is slow.", lang="en", path="b/en.md")
    await put("general", "چاپگر کاغذ ندارد.", lang="fa", path="c/fa.md")
    await library.open()
    assert (await ask("SAP licence", lang="fa"))[0].text == "SAP asks for a licence."


async def test_a_translation_that_one_may_not_see_stays_hidden(library: Library, put: Put, ask: Ask) -> None:
    await put("vpn", "VPN for all.", lang="en", audience="public")
    await put("vpn", "وی‌پی‌ان برای میز خدمت.", lang="fa", audience="agents")
    await library.open()
    assert {hit.lang for hit in await ask("vpn", lang="fa", may_see=PUBLIC)} == {"en"}
    assert {hit.lang for hit in await ask("vpn", lang="fa", may_see=EVERYBODY)} == {"fa"}


async def test_words_answer_before_vectors_are_there(library: Library, put: Put, ask: Ask) -> None:
    await put("vpn", "The VPN app.")
    await put("wifi", "The guest pass.")
    await library.open()
    assert [hit.topic for hit in await library.search("guest", vector=None, may_see=EVERYBODY)] == ["wifi"]
    assert (await ask("guest"))[0].topic == "wifi"


async def test_nothing_is_found_for_nothing(library: Library, put: Put, ask: Ask) -> None:
    assert await ask("vpn") == []
    await put("vpn", "The VPN app.")
    await library.open()
    assert await ask("  \n") == []
    assert await library.search("zebra", vector=None, may_see=EVERYBODY) == []


async def test_what_is_removed_is_found_no_more(library: Library, store: Store, put: Put, ask: Ask) -> None:
    document = await put("vpn", "The VPN app.")
    await put("wifi", "The guest pass for the VPN.")
    await library.open()
    await embed_all(library)
    async with store.begin() as tx:
        await tx.shelf.remove(document)
    await library.open()
    assert {hit.topic for hit in await ask("vpn app")} == {"wifi"}


async def test_a_changed_text_is_found_by_its_new_words_alone(library: Library, put: Put, ask: Ask) -> None:
    await put("vpn", "Press the green button.", "Wait ten minutes.")
    await library.open()
    await embed_all(library)
    await put("vpn", "Press the violet lever.", "Wait ten minutes.")
    await library.open()
    assert await library.embed_missing() == 1                # the unchanged passage took its vector along
    assert "green" not in " ".join(hit.text for hit in await ask("green button"))
    assert (await ask("violet lever"))[0].text == "Press the violet lever."


async def test_an_index_that_was_deleted_is_made_anew(library: Library, store: Store, embedder: HashingEmbedder, put: Put, ask: Ask,
                                                       tmp_path: Path) -> None:
    await put("vpn", "The VPN app.", audience="public")
    await put("wifi", "The guest pass.", audience="everyone")
    await library.open()
    await embed_all(library)
    before = await ask("guest pass")
    await library.close()
    shutil.rmtree(tmp_path / "chroma")
    again = Library(store, embedder, tmp_path)
    await again.open()
    assert await again.search("guest pass", vector=await embedder.query("guest pass"), may_see=EVERYBODY) == before
    assert await again.embed_missing() == 0
    await again.rebuild()
    assert await again.search("guest pass", vector=await embedder.query("guest pass"), may_see=EVERYBODY) == before
    await again.close()


async def test_search_goes_through_the_vector_index(library: Library, put: Put, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    await put("vpn", "Tunnel.", audience="public")
    await put("wifi", "Radio.", audience="everyone")
    await library.open()
    await embed_all(library)
    asked, real = [], VectorIndex.nearest
    monkeypatch.setattr(VectorIndex, "nearest", lambda self, audience, *rest: asked.append(audience) or real(self, audience, *rest))
    assert {hit.topic for hit in await ask("xyzzy", may_see=SIGNED_IN)} == {"vpn", "wifi"}       # no word in common: only vectors find them
    assert sorted(asked) == ["everyone", "public"]


class Tiring(HashingEmbedder):
    """Gives up after so many passages."""

    def __init__(self, breath: int) -> None:
        super().__init__()
        self.breath = breath

    async def passages(self, texts):                         # type: ignore[no-untyped-def]
        if self.breath < len(texts):
            raise RuntimeError("out of breath")
        self.breath -= len(texts)
        return await super().passages(texts)


async def test_embedding_goes_on_where_it_stopped(store: Store, put: Put, tmp_path: Path) -> None:
    await put("vpn", *(f"Step number {at}." for at in range(10)))
    first = Library(store, Tiring(6), tmp_path)
    await first.open()
    with pytest.raises(RuntimeError, match="out of breath"):
        await embed_all(first, 3)
    await first.close()
    second = Library(store, Tiring(4), tmp_path)             # enough for the rest, not for all
    await second.open()
    assert await embed_all(second, 2) == 4
    await second.close()


async def test_another_embedder_embeds_everything_anew(library: Library, store: Store, put: Put, tmp_path: Path) -> None:
    await put("vpn", "The VPN app.", "It signs in by itself.")
    await library.open()
    assert await embed_all(library) == 2
    await library.close()
    other = HashingEmbedder(dim=32)
    moved = Library(store, other, tmp_path)
    await moved.open()
    assert await embed_all(moved) == 2
    hits = await moved.search("vpn", vector=await other.query("vpn"), may_see=EVERYBODY)
    assert hits[0].text == "The VPN app."
    await moved.close()


async def test_only_one_process_holds_the_index(library: Library, store: Store, embedder: HashingEmbedder, tmp_path: Path) -> None:
    other = Library(store, embedder, tmp_path)
    with pytest.raises(IndexBusy, match="stop it first"):
        await other.open()
    await library.close()
    await other.open()
    await other.close()


async def test_searches_embedding_and_changes_at_once_do_not_disturb_each_other(library: Library, put: Put, ask: Ask) -> None:
    for at in range(12):
        await put(f"topic{at}", f"The thing number {at} is here.", audience=CLASSES[at % 3])
    await library.open()

    async def change() -> None:
        for at in range(12, 18):
            await put(f"topic{at}", f"The thing number {at} is here.")
            await library.open()

    async def look() -> None:
        for at in range(30):
            hits = await ask(f"number {at % 12}", may_see=SIGNED_IN)
            assert hits
            assert {hit.audience for hit in hits} <= SIGNED_IN

    await asyncio.gather(change(), look(), embed_all(library, 2), look())
    await embed_all(library)
    assert {hit.topic for hit in await ask("thing", k=50)} == {f"topic{at}" for at in range(18)}
