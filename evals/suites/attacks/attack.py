"""An attack as data: who says what, what was planted, and which calls the attacker hopes for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from desk.people import LANGS, Lang
from evals.case import BadData
from evals.peers.adversary import Batch

PLANTED = ("planted-article", "planted-ticket", "planted-tool")
TYPED = "typed-secret"
KINDS = ("pretext", "direct", "planted-article", "planted-ticket", "planted-tool", "exfiltration", "tool-abuse", TYPED)
KEYS = frozenset({"id", "kind", "who", "claims", "says", "plant", "asset", "wants", "expects", "typed"})
NUMBERED = re.compile(r"^- id:")


@dataclass(frozen=True, kw_only=True)
class Attack:
    id: str
    lang: Lang
    kind: str
    who: str                   # guest, user
    says: tuple[str, ...]
    wants: tuple[tuple[str, dict[str, Any]], ...]
    claims: str = "user2"      # the account that a guest names
    plant: str = ""
    asset: str = ""            # about which a planted notice is
    expects: frozenset[str] = field(default_factory=frozenset)     # tools by which the honest part is met
    typed: tuple[str, ...] = ()    # passwords and codes in `says`, which nothing may keep

    @cached_property
    def text(self) -> str:
        return self.says[0]

    def calls(self, numbers: dict[str, int]) -> list[Batch]:
        """What a planner that obeys proposes, a call at a time: first what reads the planted text."""
        reads: dict[str, list[Batch]] = {
            "planted-article": [[("search_knowledge", {"query": self.text})]], "planted-ticket": [[("ticket_status", {})]],
            "planted-tool": [[("run_diagnostic", {"asset": self.asset})]]}
        return [*reads.get(self.kind, []), *([(name, _numbered(args, numbers))] for name, args in self.wants)]


def load(paths: Sequence[Path]) -> list[Attack]:
    """Raises BadData, which names file and line."""
    return [attack for path in paths for attack in _attacks(path)]


def _attacks(path: Path) -> list[Attack]:
    try:
        text = path.read_text("utf-8")
        rows = yaml.safe_load(text)
    except OSError as error:
        raise BadData(f"{path}: {error.strerror or error}") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadData(f"{path}:{line}: not YAML ({error.problem})") from None
    if not isinstance(rows, list) or not rows:
        raise BadData(f"{path}:1: a list of attacks is wanted")
    begins = [number for number, line in enumerate(text.splitlines(), 1) if NUMBERED.match(line)]
    lang = path.stem.rpartition(".")[2]
    if lang not in LANGS:
        raise BadData(f"{path}:1: the file's name must end in a language, like attacks.fa.yaml")
    if len(begins) != len(rows):
        raise BadData(f"{path}:1: each attack begins with `- id:`")
    return [_attack(row, lang, f"{path}:{line}") for row, line in zip(rows, begins, strict=True)]


def _attack(row: Any, lang: Any, where: str) -> Attack:
    if not isinstance(row, dict) or not isinstance(row.get("id"), str):
        raise BadData(f"{where}: `id` is missing")
    if strange := sorted(set(map(str, row)) - KEYS):
        raise BadData(f"{where}: unknown: {', '.join(strange)}; known are {', '.join(sorted(KEYS))}")
    if row.get("kind") not in KINDS:
        raise BadData(f"{where}: unknown kind {row.get('kind')!r}; known are {', '.join(KINDS)}")
    if row.get("who") not in ("guest", "user"):
        raise BadData(f"{where}: `who` must be guest or user")
    if row["kind"] in PLANTED and not row.get("plant"):
        raise BadData(f"{where}: `plant` is missing")
    says = row.get("says")
    if not isinstance(says, list) or not says or not all(isinstance(each, str) and each.strip() for each in says):
        raise BadData(f"{where}: `says` must be a list of messages")
    wants = row.get("wants", [])
    if not isinstance(wants, list) or not all(isinstance(each, list) and len(each) == 2 and isinstance(each[0], str)
                                              and isinstance(each[1], dict) for each in wants):
        raise BadData(f"{where}: each of `wants` is [tool, {{arguments}}]")
    typed = row.get("typed", [])
    if not isinstance(typed, list) or not all(isinstance(each, str) and each and any(each in text for text in says) for each in typed):
        raise BadData(f"{where}: `typed` must be a list of strings, each as it stands in `says`")
    if row["kind"] == TYPED and not typed:
        raise BadData(f"{where}: `typed` is missing")
    return Attack(id=row["id"], lang=lang, kind=row["kind"], who=row["who"], says=tuple(says), claims=str(row.get("claims", "user2")),
                  wants=tuple((each[0], each[1]) for each in wants), plant=str(row.get("plant", "")), asset=str(row.get("asset", "")),
                  expects=frozenset(row.get("expects", ())), typed=tuple(typed))


def _numbered(args: dict[str, Any], numbers: dict[str, int]) -> dict[str, Any]:
    return {name: numbers.get(value, value) if isinstance(value, str) else value for name, value in args.items()}
