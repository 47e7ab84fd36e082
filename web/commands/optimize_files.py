"""Files of problems and plans on disk, and figures of a plan as the commands tell them."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from optimization.check.verdict import Verdict
from optimization.plan import Plan
from optimization.plan_file import read_plan
from optimization.problem import Problem
from optimization.problem_file import read_problem

file_type = click.Path(exists=True, dir_okay=False, path_type=Path)
problem_argument = click.argument("problem_file", metavar="PROBLEM", type=file_type)


def open_problem(file: Path) -> Problem:
    """The problem in that file; a named refusal where it is none."""
    return read_problem(file.read_bytes())


def open_plan(file: Path) -> Plan:
    """The plan in that file; a named refusal where it is none."""
    return read_plan(file.read_bytes())


@contextmanager
def solvers_told_apart() -> Iterator[None]:
    """What a solver's library prints goes to standard error: on standard output stands the answer alone."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        ctypes.CDLL(None).fflush(None)
        os.dup2(kept, 1)
        os.close(kept)


def figures_of(plan: Plan, verdict: Verdict) -> dict[str, Any]:
    """A plan's cost in cents, whole and by component, and what it serves and wastes."""
    return {
        "cost": verdict.cost.total,
        "cost_by_component": asdict(verdict.cost),
        "service": verdict.service,
        "unmet_kits": verdict.unmet_kits,
        "wasted_kits": verdict.wasted_kits,
        "shipments": len(plan.consignments),
        "plan_hash": plan.hash,
    }
