"""The console's table of a run: a row per figure, a column per language, the peer beside."""

from rich.console import Console
from rich.table import Table

from evals.runner import Run


def show(run: Run, console: Console) -> None:
    langs = list(run.by_lang)
    table = Table(title=f"{run.suite.name}: {run.suite.about} (n = {len(run.cases)}, seed {run.seed})", title_justify="left")
    table.add_column("")
    table.add_column("all [95 %]")
    for lang in langs:
        table.add_column(f"{lang} (n = {sum(case.lang == lang for case in run.cases)})")
    intervals, by_lang = run.intervals, run.by_lang
    for name, value in run.metrics.items():
        row = [_cell(value, intervals.get(name))]
        row += [_cell(by_lang[lang][name], intervals.get(f"{lang}.{name}")) if name in by_lang[lang] else "–" for lang in langs]
        table.add_row(name, *row)
    for peer, figures in run.peer_figures.items():
        table.add_section()
        for name in run.metrics:
            if name in figures:
                beside = (_cell(figures.get(f"{lang}.{name}")) for lang in langs)
                table.add_row(f"{peer}: {name}", _cell(figures[name]), *beside, style="dim")
    console.print(table)


def _cell(value: float | None, interval: list[float] | None = None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" + (f" [{interval[0]:.3f}–{interval[1]:.3f}]" if interval else "")
