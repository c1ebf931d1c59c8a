"""What the terminal shows: a bar while a suite runs, then a row per figure, a column per language, goals and peers beside."""

from collections.abc import Sequence
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from evals.difference import Difference
from evals.result import Result

SHOWN = 5                      # errors


class Bar:
    """Looks on while suites run. Where nobody watches a terminal it says nothing."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                                  TextColumn("left"), TimeRemainingColumn(), console=console, transient=True,
                                  disable=not console.is_terminal)
        self._task: TaskID | None = None

    def __enter__(self) -> "Bar":
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._progress.stop()

    def begin(self, suite: str, attempts: int) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = self._progress.add_task(suite, total=attempts)

    def done(self) -> None:
        if self._task is not None:
            self._progress.advance(self._task)

    def say(self, line: str) -> None:
        if self._task is not None:
            self._progress.update(self._task, description=line)


def show(result: Result, console: Console) -> None:
    langs = list(result.by_lang)
    attempts = f" × {result.repeat}" if result.repeat > 1 else ""
    table = Table(title=f"{result.suite}: {result.about} (n = {result.n}{attempts}, seed {result.seed})", title_justify="left")
    table.add_column("")
    table.add_column("all [95 %]")
    for lang in langs:
        table.add_column(f"{lang} (n = {result.sizes.get(lang, 0)})")
    table.add_column("gap")
    table.add_column("goal")
    for name, value in result.metrics.items():
        row = [_cell(value, result.intervals.get(name))]
        row += [_cell(result.by_lang[lang].get(name), result.intervals.get(f"{lang}.{name}")) for lang in langs]
        table.add_row(name, *row, _cell(result.gap.get(name)), _goal(result, name))
    for peer, figures in result.peers.items():
        table.add_section()
        for name in result.metrics:
            if name in figures:
                beside = (_cell(figures.get(f"{lang}.{name}")) for lang in langs)
                table.add_row(f"{peer}: {name}", _cell(figures[name]), *beside, "", "", style="dim")
    console.print(table)
    _show_errors(result, console)


def _show_errors(result: Result, console: Console) -> None:
    failed = [each for each in result.judged if each.right is None]
    if failed:
        console.print(f"{len(failed)} could not be judged; they are in no figure:")
        for each in failed[:SHOWN]:
            console.print(f"  {each.id}: {each.error}", markup=False)
    for peer, error in result.peer_errors.items():
        console.print(f"The peer {peer} could not be asked: {error}", markup=False)


def show_differences(title: str, found: Sequence[Difference], console: Console) -> None:
    table = Table(title=title, title_justify="left")
    for head in ("", "n", "before", "after", "change [95 %]", "p", "q", ""):
        table.add_column(head)
    for each in found:
        flag = ("worse" if each.worse else "better") if each.significant else ""
        change = f"{each.change:+.3f} [{each.low:+.3f}–{each.high:+.3f}]"
        table.add_row(each.name, str(each.n), _cell(each.before), _cell(each.after), change, f"{each.p:.3f}", f"{each.q:.3f}", flag,
                      style="" if flag else "dim")
    console.print(table)
    flagged = sum(each.significant for each in found)
    console.print(f"{flagged} of {len(found)} differences are more than chance (q < 0.05; McNemar's exact test for shares, else a paired "
                  "bootstrap; corrected for their number)." if found else "No figure can be compared: the runs have no case in common.")


def _goal(result: Result, name: str) -> str:
    goal = result.goals.get(name)
    if goal is None:
        return ""
    reached = all(figures[name] <= goal if name in result.less else figures[name] >= goal
                  for figures in result.places().values() if name in figures)
    return f"{'≤' if name in result.less else '≥'} {goal:g} {'✓' if reached else '✗'}"


def _cell(value: float | None, interval: Sequence[float] | None = None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" + (f" [{interval[0]:.3f}–{interval[1]:.3f}]" if interval else "")
