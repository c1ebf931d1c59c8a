"""The suites, in the order in which they are listed."""

from evals.suite import Suite
from evals.suites.human.suite import HUMAN
from evals.suites.injection.suite import INJECTION
from evals.suites.routing.suite import ROUTING
from evals.suites.sentiment.suite import SENTIMENT

SUITES: tuple[Suite, ...] = (ROUTING, HUMAN, SENTIMENT, INJECTION)
