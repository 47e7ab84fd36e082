"""The benchmark's own checker and instances, where they lie beside the project; tests say so if not."""

import importlib.util
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from optimization.plan import Plan, plan_json
from optimization.problem import Problem
from optimization.problem_file import read_problem, write_problem

FOLDER = Path(__file__).parents[3] / "shared" / "bench" / "supply"
needs_benchmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the benchmark does not lie beside the project")
NAMES = ("p1-small-nb", "p2-small-blind", "p3-small-dtp", "p4-medium-nb", "p5-medium-blind", "p6-medium-scarce")


def instance(name: str) -> Problem:
    """One of the benchmark's problems."""
    return read_problem((FOLDER / "instances" / f"{name}.json").read_bytes())


def benchmark_says(problem: Problem, plan: Plan) -> dict[str, Any]:
    """The report of the benchmark's checker."""
    return _checker()(json.loads(write_problem(problem)), json.loads(plan_json(plan)))


@cache
def _checker() -> Callable[[Any, Any], dict[str, Any]]:
    spec = importlib.util.spec_from_file_location("supply_benchmark_check", FOLDER / "check.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[Any, Any], dict[str, Any]] = module.check
    return found
