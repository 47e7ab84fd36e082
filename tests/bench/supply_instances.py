"""Planning problems for the bench: by the benchmark's generator if it lies beside the project, else synthetic."""

import importlib.util
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from optimization.problem_file import write_problem
from tests.optimization.benchmark import FOLDER
from tests.optimization.instances import Shape, network


@dataclass(frozen=True)
class Size:
    """What the generator is asked for."""

    sites: int = 20
    kits: int = 4
    lots: int = 3
    weeks: int = 12
    depots: int = 3
    blind: int = 0
    scarcity: float = 1.35


SMALL = Size()
MEDIUM = Size(200, 6, 6, 26, 8)
LARGE = Size(1000, 8, 10, 52, 30)


def source() -> str:
    """Where the problems come from, in words."""
    return "the benchmark's generator" if FOLDER.is_dir() else "synthetic networks: the benchmark is not here"


def write_instance(size: Size, seed: int, folder: Path) -> Path:
    """The file of the problem of this size and seed."""
    path = folder / f"{size.sites}-{size.weeks}-{size.blind}-{size.scarcity}-{seed}.json"
    if FOLDER.is_dir():
        generator = _module("gen")
        parameters = {name: getattr(size, name) for name in size.__dataclass_fields__}
        generator.dump(generator.generate(seed=seed, **parameters), path)
    else:
        path.write_text(write_problem(network(_shape(size, seed))), encoding="utf-8")
    return path


def outside_verdict(problem_file: Path, plan_file: Path) -> bool | None:
    """Whether the benchmark's own checker accepts the plan; None where it is not here."""
    if not FOLDER.is_dir():
        return None
    said = _module("check").check(json.loads(problem_file.read_text()), json.loads(plan_file.read_text()))
    return bool(said["feasible"])


def _shape(size: Size, seed: int) -> Shape:
    return Shape(
        sites=size.sites,
        weeks=size.weeks,
        depots=max(1, size.depots - 1),
        classes=2,
        kits_per_class=max(1, size.kits // 2),
        lots=size.lots,
        blind=size.blind,
        supply_share=size.scarcity,
        seed=seed,
    )


@cache
def _module(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"supply_benchmark_{name}", FOLDER / f"{name}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
