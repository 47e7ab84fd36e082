"""Until when tests plan and prove: by rounds and nodes, so that no busy machine changes what they assert."""

from math import inf

from optimization.exact.solve import Exact, solve_exact
from optimization.problem import Problem
from optimization.result import Goal

BEST = Goal(gap=0.0, seconds=inf)
"""Until it is proven or all rounds are done."""
NODES = 1_000


def exact_of(problem: Problem) -> Exact:
    """The exact model's answer within so many nodes of its search tree."""
    return solve_exact(problem, nodes=NODES)
