"""The floor plan holds: rooms, stairs, sizes, and what never belongs in the repository."""

import ast
import re
import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
ROOMS = ("yavar", "api", "evals", "agent", "guardrails", "tools", "knowledge", "desk")
LONGEST = 400                          # lines of a module
# Lists of tables and of shapes, read as a whole; not a line of them is logic.
LONGER = {"desk/store/tables.py": 600, "api/shapes.py": 600}
NO_IDEA = {"util", "utils", "helper", "helpers", "misc", "manager", "managers", "handler", "handlers"}
# Written in two halves, so that this file does not hold what it looks for.
FOREIGN = re.compile("|".join((r"(?<![\w.-])/wo" r"rk/", r"/ro" r"ot/", r"registry\.np" r"mjs", r"pypi\.o" r"rg", r"pythonho" r"sted")))
BINARY = {".png", ".npz", ".woff2", ".ico"}


def modules() -> list[Path]:
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def tracked() -> list[Path]:
    """The files that are in the repository or would be with the next commit."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def test_imports_keep_to_the_floor_plan(capsys):
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True)
    assert status == 0, capsys.readouterr().out


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_s_name_is_ours_alone(room):
    assert set(packages_distributions().get(room, [])) <= {"yavar"}
    spec = find_spec(room)
    assert spec
    assert spec.origin
    assert Path(spec.origin).is_relative_to(ROOT)


def test_no_module_is_too_long():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in modules()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGER.get(name, LONGEST)} == {}


def test_no_module_s_name_hides_its_idea():
    assert [str(path.relative_to(ROOT)) for path in modules() if NO_IDEA & set(path.stem.split("_"))] == []


def test_every_module_says_what_it_is():
    """Generated migrations say it by their revision; an empty `__init__` of theirs needs no words."""
    silent = [str(path.relative_to(ROOT)) for path in modules()
              if (text := path.read_text("utf-8")).strip() and "migrations" not in path.parts and not ast.get_docstring(ast.parse(text))]
    assert silent == []


def test_only_the_front_door_reads_the_environment():
    readers = [str(path.relative_to(ROOT)) for path in modules() if path.relative_to(ROOT).parts[0] != "yavar"
               and re.search(r"\bos\.(environ|getenv)\b|from os import .*\b(environ|getenv)\b", path.read_text("utf-8"))]
    assert readers == []


def test_no_file_names_a_machine_s_folder_or_a_registry():
    found = {f"{path.relative_to(ROOT)}: {match.group()}" for path in tracked() if path.suffix not in BINARY
             for match in FOREIGN.finditer(path.read_text("utf-8"))}
    assert found == set()


def test_no_file_that_holds_secrets_is_in_the_repository():
    suspicious = [str(path.relative_to(ROOT)) for path in tracked()
                  if path.suffix in {".pem", ".key", ".db", ".sqlite"} or path.name in {".env", "secret", "yavar.toml"}]
    assert suspicious == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_every_package_with_its_hashes(lock):
    blocks = re.split(r"\n(?=\S)", (ROOT / lock).read_text("ascii").strip())
    assert len(blocks) > 50
    assert [block for block in blocks if not re.match(r"[a-z0-9-]+(\[[a-z,-]+\])?==\S+", block) or "--hash=sha256:" not in block] == []


def test_development_tests_what_runtime_runs():
    def versions(lock: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9-]+==\S+", (ROOT / lock).read_text("ascii"), re.MULTILINE))
    assert versions("requirements.lock") <= versions("requirements-dev.lock")


@pytest.mark.prove
def test_the_wheel_holds_the_rooms_with_their_data_and_no_tests(tmp_path):
    subprocess.run([Path(sys.executable).with_name("uv"), "build", "--quiet", "--wheel", "--out-dir", tmp_path], cwd=ROOT, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    assert {name.split("/")[0] for name in inside if ".dist-info/" not in name} == set(ROOMS)
    shipped = {str(path.relative_to(ROOT)) for path in tracked() if path.relative_to(ROOT).parts[0] in ROOMS}
    assert shipped - inside == set()
    assert {"LICENSE", "NOTICE"} <= {Path(name).name for name in inside}
