"""`yavar eval bench …`: what takes how long."""

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Speed, and what the clock gives away.", no_args_is_help=True, rich_markup_mode=None)

GATE_FAILED, USAGE, INFRASTRUCTURE = 1, 2, 3


@app.callback()
def bench() -> None:
    """Speed, and what the clock gives away."""


@app.command("enumeration")
def enumeration(pairs: Annotated[int, typer.Option(min=10, help="of a known and an unknown name")] = 1000,
                door: Annotated[list[str] | None, typer.Option(help="only this one; may be given again")] = None,
                seed: Annotated[int, typer.Option(help="of the order and the bootstrap")] = 0,
                json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="write the figures there")] = None) -> None:
    """Whether the time of an answer tells if an account exists: difference of medians, known minus unknown."""
    from evals.bench.enumeration import DOORS, GOAL_MS, as_json, measure

    chosen = tuple(each for each in DOORS if not door or each.name in door)
    if len(chosen) < len(set(door or ())):
        typer.echo(f"There are the doors {', '.join(each.name for each in DOORS)}.", err=True)
        raise typer.Exit(USAGE)
    figures = []
    try:
        for figure in measure(pairs, seed, chosen):
            figures.append(figure)
            typer.echo(f"{figure.door:<12}{figure.difference_ms:+8.3f} ms [{figure.low_ms:+.3f}, {figure.high_ms:+.3f}] of "
                       f"{figure.unknown_ms:.2f} ms, {figure.pairs} pairs, goal under {GOAL_MS:g} ms")
    except Exception as error:  # whatever it is, it says nothing about the figure
        typer.echo(f"It could not be measured: {type(error).__name__}: {error}", err=True)
        raise typer.Exit(INFRASTRUCTURE) from None
    if json_file:
        json_file.write_text(json.dumps(as_json(figures, pairs, seed), indent=1) + "\n", "utf-8")
    if not all(figure.holds for figure in figures):
        raise typer.Exit(GATE_FAILED)
