"""What a turn has thought is kept until it ends, on either database, also when the connections to it are cut."""

from pathlib import Path
from typing import Any

from langgraph.graph import START, StateGraph

from agent.checkpoints import open_checkpoints
from tests.databases import cut_off, rows_of


def graph(saver: Any) -> Any:
    drawing = StateGraph(dict)
    drawing.add_node("think", lambda state: {"thought": state["heard"] * 2})
    drawing.add_edge(START, "think")
    return drawing.compile(checkpointer=saver)


def of(turn: str) -> Any:
    return {"configurable": {"thread_id": turn}}


async def test_a_turn_is_kept_until_it_is_forgotten(either_url: str, tmp_path: Path) -> None:
    checkpoints = await open_checkpoints(tmp_path / "turns.db", either_url)
    for turn in ("one", "two"):
        await graph(checkpoints.saver).ainvoke({"heard": 21}, of(turn))
    assert await checkpoints.turns() == {"one", "two"}
    await checkpoints.forget("one")
    assert await checkpoints.turns() == {"two"}
    await checkpoints.close()
    again = await open_checkpoints(tmp_path / "turns.db", either_url)
    kept = await again.saver.aget(of("two"))
    assert kept is not None and kept["channel_values"]["__root__"] == {"thought": 42}
    await again.close()


async def test_the_next_turn_finds_a_fresh_connection(postgres_url: str, tmp_path: Path) -> None:
    checkpoints = await open_checkpoints(tmp_path / "turns.db", postgres_url)
    await graph(checkpoints.saver).ainvoke({"heard": 1}, of("one"))
    cut_off(postgres_url)
    assert await graph(checkpoints.saver).ainvoke({"heard": 4}, of("two")) == {"thought": 8}
    assert await checkpoints.turns() == {"one", "two"}
    await checkpoints.close()


async def test_the_desk_s_tables_stay_its_own(postgres_url: str, tmp_path: Path) -> None:
    before = {name for name in rows_of(postgres_url) if "." not in name}
    checkpoints = await open_checkpoints(tmp_path / "turns.db", postgres_url)
    await checkpoints.close()
    assert {name for name in rows_of(postgres_url) if "." not in name} == before
