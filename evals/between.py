"""The figures of two runs beside each other, of the suites that both have."""

from collections.abc import Mapping, Sequence

from evals import figures, suites
from evals.case import BadData
from evals.comparing import compare
from evals.difference import Difference
from evals.exam import Exam, Figure
from evals.result import Result
from evals.runner import Broken


def differences(before: Sequence[Result], after: Sequence[Result], seed: int = 0) -> dict[str, list[Difference]]:
    """Of the suites that both have."""
    earlier = {result.suite: result for result in before}
    return {result.suite: compare(_figures(result), earlier[result.suite].judged, result.judged, seed) for result in after
            if result.suite in earlier}


def exam_of(name: str) -> Exam:
    """Raises BadData where there is no such suite, Broken where it can't be loaded."""
    try:
        return suites.exam(name)
    except suites.NoSuite as error:
        raise BadData(str(error)) from None
    except ImportError as error:
        raise Broken(f"{error}. Evals need scikit-learn: `make dev` installs it.") from error


def _figures(result: Result) -> Mapping[str, Figure]:
    """Of a suite that isn't ours only what every case tells: whether it was right, and its numbers."""
    if result.suite in suites.names():
        return exam_of(result.suite).figures
    names = sorted({name for each in result.judged for name in each.values})
    return {"accuracy": figures.accuracy} | {name: figures.value(name, less=name in result.less) for name in names}
