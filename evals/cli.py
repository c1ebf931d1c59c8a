"""`yavar eval`: 0 all gates hold, 1 a gate fails, 2 usage, 3 the machinery failed. An error is never counted as a wrong answer."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer

from evals.bench.cli import app as bench
from evals.place import Place

app = typer.Typer(help="Exams: suites with gates, beside a peer.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(bench, name="bench")

Done = TypeVar("Done")
GATE_FAILED, USAGE, INFRASTRUCTURE = 1, 2, 3
Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="write the run there")]
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="write the report there: one file, read from disk")]
Baseline = Annotated[Path | None, typer.Option(metavar="RUN.json", help="an earlier run: a significant drop fails")]


@app.command("list")
def list_suites() -> None:
    """Say which suites there are."""
    from evals.command import listed

    for line in _done(listed):
        typer.echo(line)


@app.command("run")
def run_suites(
    ctx: typer.Context,
    suites: Annotated[list[str], typer.Argument(metavar="SUITE…", help="or `all`, or `quick`: those of `make eval`")],
    data: Annotated[Path | None, typer.Option(help="cases of your own; without it the suite's")] = None,
    passages: Annotated[Path | None, typer.Option(help="passages from another file than the questions (retrieval)")] = None,
    planner: Annotated[str, typer.Option(help="builtin, or openai with the model of the settings")] = "builtin",
    repeat: Annotated[int, typer.Option(min=1, help="attempts at each case, for pass^k")] = 1,
    seed: Annotated[int, typer.Option(help="of whatever is drawn")] = 0,
    wanted: Annotated[str, typer.Option("--filter", help="only some cases: lang=fa, label=human, id=messages.fa*, or a word of it")] = "",
    tasks: Annotated[int, typer.Option(min=1, max=64, help="cases at a time")] = 4,
    within: Annotated[float, typer.Option("--timeout", min=0.001, help="seconds for one case")] = 300.0,
    peers: Annotated[bool, typer.Option("--peers/--no-peers", help="ask the peers too")] = True,
    minima: Annotated[list[str] | None, typer.Option("--min", metavar="METRIC=X", help="fail below it, overall or in any language (above "
                                                     "it, for figures where less is better); fa.accuracy=X for one language")] = None,
    gates: Annotated[Path | None, typer.Option(help="gates of your own, like evals/gates.toml; those apply to a suite's own data")] = None,
    baseline: Baseline = None,
    resume: Annotated[Path | None, typer.Option(metavar="FILE", help="record of a run: what was judged in it is not asked again")] = None,
    json_file: Json = None,
    html_file: Html = None,
    junit_file: Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="write the cases there as JUnit XML")] = None,
) -> None:
    """Run suites and print their figures by language, beside goals and peers."""
    from evals.command import Wish, run
    from evals.runner import Order

    if planner not in ("builtin", "openai"):
        _fail(USAGE, f"--planner {planner}: builtin or openai")
    order = Order(data=(data,) if data else (), passages=passages, seed=seed, repeat=repeat, filter=wanted, planner=planner,  # type: ignore[arg-type]
                  tasks=tasks, within=within, peers=peers)
    wish = Wish(suites=tuple(suites), order=order, minima=tuple(minima or ()), gates=gates, baseline=baseline, resume=resume,
                json=json_file, html=html_file, junit=junit_file)
    failed = _done(lambda: run(wish, _place(ctx)))
    if failed:
        _fail(GATE_FAILED, "\n".join(failed))


@app.command("compare")
def compare_runs(before: Annotated[Path, typer.Argument(metavar="A.json")], after: Annotated[Path, typer.Argument(metavar="B.json")],
                 seed: Annotated[int, typer.Option(help="of the bootstrap")] = 0) -> None:
    """Compare two runs case by case; exit status 1 where B is worse by more than chance."""
    from evals.command import compare

    worse = _done(lambda: compare(before, after, seed))
    if worse:
        _fail(GATE_FAILED, "\n".join(worse))


@app.command("report")
def report(run: Annotated[Path, typer.Argument(metavar="FILE.json")],
           html_file: Annotated[Path, typer.Option("--html", metavar="FILE", help="write it there")],
           baseline: Baseline = None) -> None:
    """Make the page that tells what a run found."""
    from evals.command import report

    _done(lambda: report(run, html_file, baseline))


@app.command("review")
def review_candidates(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="what `yavar eval harvest` wrote, or cases of your own")],
    rater: Annotated[str, typer.Option(metavar="NAME", help="who judges; each rater's labels stand apart")] = "",
    settle: Annotated[bool, typer.Option("--settle", help="decide the cases on which raters differ")] = False,
) -> None:
    """Label candidates one by one in this terminal; what was judged is kept, and the same command goes on."""
    from evals.reviewing import review

    if bool(rater) is settle:
        _fail(USAGE, "Say who judges with --rater NAME, or decide what raters differ on with --settle.")
    typer.echo(_done(lambda: review(file, rater, settle=settle, say=typer.echo, ask=_typed)))


@app.command("agreement")
def rater_agreement(file: Annotated[Path, typer.Argument(metavar="FILE.jsonl")],
                    seed: Annotated[int, typer.Option(help="of the bootstrap")] = 0) -> None:
    """Say how far raters agree (Cohen's kappa), by language and label, and list what they differ on."""
    from evals.reviewing import agreement

    typer.echo(_done(lambda: agreement(file, seed)))


def _typed(hint: str) -> str:
    typer.echo(hint)
    try:
        return input("> ")
    except KeyboardInterrupt:
        raise EOFError from None


def _place(ctx: typer.Context) -> Place:
    brought: Callable[[], Place] | None = ctx.obj
    return brought() if brought else Place()


def _done(work: "Callable[[], Done]") -> "Done":
    """What the work gives, or the exit status that says what kept it from it."""
    from evals.case import BadData
    from evals.runner import Broken

    try:
        return work()
    except BadData as error:
        _fail(USAGE, str(error))
    except Broken as error:
        _fail(INFRASTRUCTURE, str(error))


def _fail(status: int, message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(status)


if __name__ == "__main__":
    app()
