"""Speed and cost, each figure beside a peer's of the same run: machines are shared, so ratios say more than seconds."""

from evals.bench.report import Bench, Goal, Row
from evals.bench.search import bench_search
from evals.bench.start import bench_start
from evals.bench.turn import bench_turn

__all__ = ["Bench", "Goal", "Row", "bench_search", "bench_start", "bench_turn"]
