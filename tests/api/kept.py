"""Kept runs for the HTTP tests: small ones of a suite that is nobody's, in the folder that the world's pages show."""

import json
import os
from pathlib import Path
from typing import Any

TEXTS = {"en": "the printer is jammed", "ar": "الطابعة لا تعمل", "fa": "پرینتر کار نمی‌کند"}
WHY = {"at": 1, "kind": "message", "lang": "en", "planner": "builtin", "rules": ["asks_for_a_person"],
       "actions": [{"tool": "search_knowledge", "outcome": "done"}], "feeling": 0.25, "routes": {"human": 0.875, "upset": 0.125},
       "answerable": 0.0625, "signals": {"person": {"probability": 0.9375, "threshold": 0.5}}, "handoff": "asked",
       "because": "asks_for_a_person"}
TALK = [{"author": "user", "text": "a person please"}, {"author": "assistant", "text": "**One moment**"}]


def a_case(lang: str, at: int, *, right: bool | None, **more: Any) -> dict[str, Any]:
    return {"id": f"{lang}-{at}", "text": f"{TEXTS[lang]} {at}", "lang": lang, "label": "other", "got": "other" if right else "human",
            "right": right, "probability": 0.75} | more


def a_run(wrong: int = 1, of: int = 20, suite: str = "theirs", **more: Any) -> dict[str, Any]:
    """Of each language the first cases are wrong; the very first is a conversation, the last English one could not be judged."""
    cases = [a_case(lang, at, right=at >= wrong) for lang in TEXTS for at in range(of)]
    cases[0] |= {"transcript": TALK, "turns": [WHY], "evidence": {"speaker": "human"}, "reason": "handed over: yes"}
    cases[of - 1] |= {"right": None, "error": "no answer within 1 s"}
    share = round(1 - wrong / of, 4)
    figures = {lang: {"accuracy": share} for lang in TEXTS}
    gate = {"suite": suite, "name": "accuracy", "value": share, "wanted": 0.9, "less": False, "holds": share >= 0.9}
    return {"suite": suite, "about": "one of theirs", "n": len(cases), "seed": 7, "metrics": {"accuracy": share}, "by_lang": figures,
            "intervals": {"accuracy": [0.5, 1.0], "fa.accuracy": [0.25, 1.0]}, "goals": {"accuracy": 0.9}, "gap": {"accuracy": 0.0},
            "errors": 1, "peers": {"keyword_list": {"accuracy": 0.625, "fa.accuracy": 0.375}}, "gates": [gate],
            "versions": {"commit": "0123456789ab", "yavar": "0.1.0", "planner": "builtin"}, "at": "2025-03-12T09:30:00+00:00",
            "cases": cases} | more


def kept(folder: Path, name: str, whole: object, at: int = 1_741_770_000) -> str:
    """`at` are seconds since 1970: when the file was written."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(whole if isinstance(whole, str) else json.dumps(whole, ensure_ascii=False), "utf-8")
    os.utime(path, (at, at))
    return name
