"""People synced from a directory: added, changed, disabled when they vanish, never deleted."""

import json
from pathlib import Path

import pytest

from desk.company import Rules
from desk.errors import BadInput, NotSignedIn
from desk.people import Account, Role
from desk.roster import Move
from desk.roster_files import FileSource
from desk.services import Desk
from desk.services.syncing import Syncing
from tests.desk.conftest import OLD_PASSWORD, Clock, Someone

HEADER = "name,display,email,groups,lang,timezone,manager,department,site,vip,devices\n"
LEILA = "Leila,لیلا رضایی,leila@corp.example,staff;it-desk,fa,Asia/Tehran,omar,Finance,Tehran,yes,LT-0042;PH-7\n"
OMAR = "omar,عمر حداد,omar@corp.example,staff,ar,Asia/Amman,,Sales,Amman,no,\n"
RULES = Rules(roles={"it-desk": Role.AGENT})


class Directory:
    """A file that changes, and the house that follows it."""

    def __init__(self, desk: Desk, clock: Clock, folder: Path) -> None:
        self._file = folder / "corp.csv"
        self._desk, self._clock = desk, clock
        self._syncing = Syncing(desk.store, RULES, "https://login.example.org")

    async def lists(self, *rows: str, header: str = HEADER, **how: bool) -> list[tuple[Move, str, tuple[str, ...]]]:
        self._file.write_text(header + "".join(rows), "utf-8")
        return [(step.move, step.name, step.what) for step in await self._syncing.sync(FileSource(self._file), self._clock(), **how)]

    async def account(self, name: str) -> Account:
        async with self._desk.store.read() as tx:
            return next(account for account in await tx.people.all() if account.name == name)


@pytest.fixture
def directory(desk: Desk, clock: Clock, tmp_path: Path) -> Directory:
    return Directory(desk, clock, tmp_path)


async def test_who_is_listed_is_added_with_all_that_the_directory_knows(desk: Desk, directory: Directory) -> None:
    assert await directory.lists(LEILA, OMAR) == [(Move.ADD, "leila", ()), (Move.ADD, "omar", ())]
    leila = await directory.account("leila")
    assert (leila.display, leila.email, leila.role, leila.lang, leila.timezone) == (
        "لیلا رضایی", "leila@corp.example", Role.AGENT, "fa", "Asia/Tehran")
    async with desk.store.read() as tx:
        profile = await tx.people.profile(leila.id)
    assert profile is not None
    assert (profile.manager, profile.department, profile.site, profile.vip, profile.devices) == (
        "omar", "Finance", "Tehran", True, ("LT-0042", "PH-7"))
    assert await directory.lists(LEILA, OMAR) == []


async def test_a_dry_run_says_the_same_and_changes_nothing(desk: Desk, directory: Directory) -> None:
    assert await directory.lists(LEILA, dry=True) == [(Move.ADD, "leila", ())]
    async with desk.store.read() as tx:
        assert await tx.people.all() == []
    assert await directory.lists(LEILA) == [(Move.ADD, "leila", ())]


async def test_what_changed_there_changes_here_and_a_lost_group_takes_the_role(desk: Desk, directory: Directory, clock: Clock) -> None:
    await directory.lists(LEILA)
    token = await desk.signin.issue_token("leila", clock())
    assert await directory.lists(LEILA.replace("staff;it-desk", "staff").replace("Finance", "Audit")) == [
        (Move.CHANGE, "leila", ("role", "profile"))]
    assert (await directory.account("leila")).role is Role.USER
    assert await desk.signin.caller(token, clock()) is None


async def test_who_vanishes_is_disabled_and_signed_out_and_may_come_back(desk: Desk, directory: Directory, clock: Clock) -> None:
    await directory.lists(LEILA, OMAR)
    before, token = await directory.account("leila"), await desk.signin.issue_token("leila", clock())
    _, guest = await desk.signin.open_guest("leila", "fa", clock())
    assert await directory.lists(OMAR) == [(Move.DISABLE, "leila", ())]
    assert (await directory.account("leila")).disabled
    for secret in (token, guest):
        assert await desk.signin.caller(secret, clock()) is None
    assert await directory.lists(OMAR) == []
    assert await directory.lists(LEILA, OMAR) == [(Move.ENABLE, "leila", ())]
    after = await directory.account("leila")
    assert (after.id, after.disabled) == (before.id, False)


async def test_those_whom_no_directory_lists_are_left_alone(desk: Desk, directory: Directory, sara: Someone) -> None:
    await directory.lists(LEILA)
    assert not (await directory.account("sara")).disabled
    await directory.lists(LEILA, "sara,Sara,sara@corp.example,staff,en,UTC,,,,,\n")
    await directory.lists(LEILA)
    assert (await directory.account("sara")).disabled
    with pytest.raises(NotSignedIn):
        await desk.signin.sign_in("sara", OLD_PASSWORD, sara.account.disabled_at or Clock().now)


async def test_the_houses_own_administrator_loses_nothing_to_a_directory(desk: Desk, directory: Directory, clock: Clock) -> None:
    async with desk.store.begin() as tx:
        await tx.people.add(name="root", display="Root", email="root@localhost", role=Role.ADMIN, lang="en", password_hash="-",
                            totp_secret="", now=clock())
    await directory.lists("root,The Root,root@corp.example,staff,en,UTC,,,,,\n")
    assert (await directory.account("root")).role is Role.ADMIN
    assert await directory.lists() == [(Move.SKIP, "root", ("the last administrator",))]
    assert not (await directory.account("root")).disabled


@pytest.mark.parametrize(("left", "allowed"), [(15, True), (14, False)])   # of 20: 5 may go, 6 may not
async def test_a_list_that_is_suddenly_short_changes_nothing_unless_forced(directory: Directory, left: int, allowed: bool) -> None:
    rows = [f"person{number},,,staff,en,UTC,,,,,\n" for number in range(20)]
    await directory.lists(*rows)
    if allowed:
        assert len(await directory.lists(*rows[:left])) == 20 - left
        return
    with pytest.raises(BadInput, match="6 of 20"):
        await directory.lists(*rows[:left])
    assert not (await directory.account("person19")).disabled
    assert len(await directory.lists(*rows[:left], force=True)) == 6


async def test_two_directories_do_not_take_each_others_people(desk: Desk, directory: Directory, clock: Clock, tmp_path: Path) -> None:
    await directory.lists(LEILA)
    other = tmp_path / "branch.json"
    other.write_text(json.dumps([{"name": "leila", "role": "admin"}, {"name": "noor", "lang": "ar", "devices": ["LT-1"]}]))
    steps = await Syncing(desk.store, RULES).sync(FileSource(other), clock())
    assert [(step.move, step.name) for step in steps] == [(Move.SKIP, "leila"), (Move.ADD, "noor")]
    assert (await directory.account("leila")).role is Role.AGENT


async def test_a_subject_says_who_it_is_at_the_company(desk: Desk, directory: Directory) -> None:
    header = "name,subject\n"
    await directory.lists("leila,s-9\n", header=header)
    async with desk.store.read() as tx:
        assert await tx.identities.account("https://login.example.org", "s-9") == (await directory.account("leila")).id


@pytest.mark.parametrize(("header", "row", "said"), [
    (HEADER, "leila,,,,xx,,,,,,\n", "line 2: `xx` is no language"),
    (HEADER, "leila,,,,en,Asia/Nowhere,,,,,\n", "line 2: `Asia/Nowhere` is no time zone"),
    (HEADER, ",,,,en,UTC,,,,,\n", "line 2: `name` is empty"),
    (HEADER, "leila,x\n", "line 2: it has not as many fields"),
    (HEADER, "leila,,,,en,UTC,,,,,\nLEILA,,,,en,UTC,,,,,\n", "line 3: `leila` is listed already at line 2"),
    (HEADER, "leila,,,,en,UTC,,,,perhaps,\n", "`vip` is `perhaps`"),
    ("name,rank\n", "leila,1\n", "`rank` is no column"),
    ("display\n", "leila\n", "`name` is missing"),
    ("name,role\n", "leila,guest\n", "`guest` is no role"),
    ("name\n", "x" * 121 + "\n", "longer than 120"),
])
async def test_what_is_wrong_in_the_file_is_named_and_nothing_is_done(desk: Desk, directory: Directory, header: str, row: str,
                                                                      said: str) -> None:
    with pytest.raises(BadInput, match=said):
        await directory.lists(row, header=header)
    async with desk.store.read() as tx:
        assert await tx.people.all() == []
