"""kill -9 at random moments of turns, again and again: no message is lost, nothing is done twice, every turn ends in time."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SHARE
from tests.yavar.forks import SECRET, Forks, House, until_answered
from yavar.accounts import verify_audit
from yavar.settings import Settings

pytestmark = [pytest.mark.prove, pytest.mark.timed, pytest.mark.timeout(1800)]

ROUNDS, KILLS = max(1, round(20 * SHARE)), 5   # of each database, run whole: 100; after each 5 all that is begun must end
AT_ONCE = 3                    # messages that are sent before a kill
CONVERSATIONS = 8              # of a round
RECOVERY = 30.0                # seconds, as promised
SAYINGS = ("please open a ticket: the printer in room {mark} grinds and jams", "how do I connect to the VPN from home? {mark}",
           "hello {mark}", "my laptop {mark} is very slow since this morning, please open a ticket")


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    forks = Forks()
    yield forks
    forks.close()


@pytest.fixture
def house(forks: Forks, either_url: str, tmp_path: Path) -> Iterator[House]:
    house = House(forks, tmp_path / "home", either_url)
    yield house
    if house.pid:
        house.kill()


async def test_nothing_is_lost_and_nothing_is_done_twice(house: House) -> None:
    drawn = random.Random(20261122)
    sent: dict[str, str] = {}          # what was said, by the client's id
    recovered: list[float] = []
    async with house.http() as http:
        await house.start(http)
        http.headers["Authorization"] = f"Bearer {await house.token()}"
        for number in range(ROUNDS):
            conversations = [(await http.post("/api/v1/conversations", json={"lang": "en"})).json()["id"] for _ in range(CONVERSATIONS)]
            for warm in (f"cold-{number}", f"warm-{number}"):      # the first turn of a server is no measure of the others
                begun, sent[warm] = time.monotonic(), f"hello {warm}"
                await until_answered(http, f"/api/v1/conversations/{conversations[0]}/messages", {"text": sent[warm], "client_id": warm})
            turn_takes = time.monotonic() - begun
            answers: list[asyncio.Task[dict[str, Any]]] = []
            for kill in range(KILLS):
                for each in range(AT_ONCE):
                    mark = f"{number:02}{kill:02}{each}"       # of one length: none is a part of another
                    sent[mark] = drawn.choice(SAYINGS).format(mark=mark)
                    answers.append(asyncio.create_task(until_answered(
                        http, f"/api/v1/conversations/{drawn.choice(conversations)}/messages", {"text": sent[mark], "client_id": mark})))
                await asyncio.sleep(drawn.uniform(0, AT_ONCE * turn_takes))
                house.kill()
                await house.start(http)
            recovered.append(await _recover(house, answers))
        house.kill()
    await _holds(house, sent)
    print(json.dumps({"slowest recovery, s": round(max(recovered), 1)}))


async def _recover(house: House, answers: list[asyncio.Task[dict[str, Any]]]) -> float:
    """Seconds from the last start until each message has its answer."""
    begun = time.monotonic()
    _, waiting = await asyncio.wait(answers, timeout=RECOVERY)
    if waiting:
        late = house.sql("SELECT seq, conversation, state, attempts, lease_until, received_at FROM turns WHERE ended_at IS NULL")
        raise AssertionError(f"{len(waiting)} not answered in {RECOVERY} s; {[tuple(turn) for turn in late]}")
    await asyncio.gather(*answers)
    return time.monotonic() - begun


async def _holds(house: House, sent: dict[str, str]) -> None:
    turns = house.sql("SELECT client_id, id, state, attempts, answer FROM turns WHERE kind = 'message'")
    assert Counter(turn.client_id for turn in turns) == Counter(sent.keys())                     # none lost, none received twice
    assert {turn.state for turn in turns} <= {"done", "handed_off"}
    said = Counter(row.text for row in house.sql("SELECT text FROM messages WHERE author = 'user'"))
    assert said == Counter(sent.values())
    answered = Counter(row.turn for row in house.sql("SELECT turn FROM messages WHERE author = 'assistant'"))
    silent = {turn.id for turn in turns if _plain(turn.answer)["reply"] is None}                 # a person had been promised meanwhile
    assert answered == Counter(turn.id for turn in turns if turn.id not in silent)               # none answered twice
    tickets = Counter(row.description for row in house.sql("SELECT description FROM tickets WHERE key IS NOT NULL"))
    for mark, words in sent.items():
        assert sum(count for description, count in tickets.items() if mark in description) <= 1, words
    assert house.sql("SELECT count(*) FROM effects WHERE outcome IS NOT NULL GROUP BY turn, tool HAVING count(*) > 1") == []
    assert house.sql("SELECT id FROM conversations c WHERE seq <> (SELECT count(*) FROM events e WHERE e.conversation = c.id)") == []
    broken, entries = await verify_audit(Settings(home=house.home, database_url=house.database, secret=SECRET))  # type: ignore[arg-type]
    assert broken is None and entries > 0
    assert sum(turn.attempts > 1 for turn in turns) * 20 >= ROUNDS * KILLS, "the kills missed the turns"
    print(json.dumps({"kills": ROUNDS * KILLS, "messages": len(sent), "run again": sum(turn.attempts > 1 for turn in turns),
                      "handed off": sum(turn.state == "handed_off" for turn in turns), "tickets": sum(tickets.values())}))


def _plain(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer) if isinstance(answer, str) else answer
    return found
