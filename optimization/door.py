"""The door of the optimizer: every plan that is given out comes from here, found by the search or by a rule."""

import time
from collections.abc import Callable
from functools import partial

from optimization.problem import Problem
from optimization.result import Goal, Result, Watch, unwatched
from optimization.rules.floor import never_dearer
from optimization.solve import optimize


def best_plan(
    problem: Problem, goal: Goal, watch: Watch = unwatched, clock: Callable[[], float] = time.monotonic
) -> Result:
    """What the search finds, or what predictive resupply comes to where that is cheaper; with the bound of both."""
    return never_dearer(partial(optimize, clock=clock))(problem, goal, watch)
