"""The last look at what an optimization answers, before anybody sees it."""

from irt.errors import IntegrityFault
from optimization.check.check_plan import check_plan
from optimization.check.verdict import Verdict, first_words
from optimization.problem import Problem
from optimization.result import Result


def passed(problem: Problem, result: Result) -> Verdict:
    """What the checker says of the result's plan; IntegrityFault unless it accepts plan, price and bound."""
    verdict = check_plan(problem, result.plan)
    if not verdict.accepted:
        words = first_words(verdict.violations)
        raise IntegrityFault(f"The plan breaks rules and is not given out. {words}")
    if verdict.cost != result.cost:
        raise IntegrityFault(f"The plan costs {verdict.cost} and was priced {result.cost}. It is not given out.")
    if result.bound > verdict.cost.total:
        raise IntegrityFault(f"The plan costs {verdict.cost.total}, below its bound of {result.bound}.")
    return verdict
