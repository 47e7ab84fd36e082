"""Duplicates: a code names one thing only."""

from collections.abc import Hashable, Iterable, Iterator

from irt.study.checks.check import check
from irt.study.draft import Draft
from irt.study.problems import Finding
from irt.study.randomization_plan import (
    Factorial,
    Listed,
    Minimization,
    OtherDesign,
    PermutedBlocks,
    Platform,
)
from irt.study.source import Path

CODED = (
    "arms", "factors", "cohorts", "blinding_groups", "kit_types", "items", "dose_levels", "visits", "countries",
    "depots", "release_routes",
)  # fmt: skip


def duplicate_codes(draft: Draft) -> Iterator[Finding]:
    """Two parts of one kind with the same code; levels of one factor, agents, sites and lots likewise."""
    for section in CODED:
        yield from _repeated((section,), (part.code for part in getattr(draft.study, section)), "code")
    for index, factor in enumerate(draft.study.factors):
        yield from _repeated(("factors", index, "levels"), factor.level_codes(), "code")
    yield from _repeated(("sites",), (site.number for site in draft.study.sites), "number")
    for name, size in draft.study.sizes.items():
        yield from _repeated(("sizes", name, "lots"), (lot.lot for lot in size.lots), "lot")
    if isinstance(draft.study.randomization, Platform):
        agents = (agent.code for agent in draft.study.randomization.agents)
        yield from _repeated(("randomization", "agents"), agents, "code")


def duplicate_lanes(draft: Draft) -> Iterator[Finding]:
    """Two lanes between the same places."""
    lanes = ((lane.origin, lane.target) for lane in draft.study.lanes)
    yield from _repeated(("lanes",), lanes, name="DuplicateLane")


def duplicate_ways(draft: Draft) -> Iterator[Finding]:
    """Two further ways of one code to the same place."""
    ways = ((way.code, way.target) for way in draft.study.resupply.planning.ways)
    yield from _repeated(("resupply", "planning", "ways"), ways, name="DuplicateWay")


def duplicate_carbon(draft: Draft) -> Iterator[Finding]:
    """Two carbon figures for one lane or way."""
    carbon = draft.study.resupply.planning.carbon
    lanes = ((lane.origin, lane.target, lane.way or "") for lane in (carbon.lanes if carbon else ()))
    yield from _repeated(("resupply", "planning", "carbon", "lanes"), lanes, name="DuplicateCarbon")


def duplicate_moves(draft: Draft) -> Iterator[Finding]:
    """Two titration moves between the same dose levels."""
    moves = ((move.origin, move.target) for move in draft.study.titration)
    yield from _repeated(("titration",), moves, name="DuplicateMove")


def duplicate_caps(draft: Draft) -> Iterator[Finding]:
    """Two caps of the same kind on the same thing."""
    caps = ((cap.scope, cap.key, cap.counts, cap.hard) for cap in draft.study.caps)
    yield from _repeated(("caps",), caps, name="DuplicateCap")


def duplicate_factors(draft: Draft) -> Iterator[Finding]:
    """A factor that is stratified or balanced by twice."""
    plan = draft.study.randomization
    here: Path = ("randomization",)
    if isinstance(plan, PermutedBlocks | OtherDesign | Listed):
        yield from _repeated((*here, "strata"), plan.strata, name="DuplicateFactor")
    if isinstance(plan, Minimization | OtherDesign):
        yield from _balanced_twice(plan, here)
    elif isinstance(plan, Factorial):
        for index, component in enumerate(plan.components):
            yield from _balanced_twice(component.minimization, (*here, "components", index, "minimization"))


def duplicate_components(draft: Draft) -> Iterator[Finding]:
    """Two treatment factors of one name: they would share their random numbers."""
    plan = draft.study.randomization
    names = [component.name for component in plan.components] if isinstance(plan, Factorial) else []
    yield from _repeated(("randomization", "components"), names, "name", "DuplicateComponent")


def _balanced_twice(plan: Minimization | OtherDesign, path: Path) -> Iterator[Finding]:
    factors = (weighted.factor for weighted in plan.factors)
    yield from _repeated((*path, "factors"), factors, "factor", "DuplicateFactor")


def _repeated(
    path: Path, values: Iterable[Hashable], key: str | None = None, name: str = "DuplicateCode"
) -> Iterator[Finding]:
    seen: set[Hashable] = set()
    for index, value in enumerate(values):
        if value in seen:
            where = (*path, index) if key is None else (*path, index, key)
            yield Finding(name, where, f"{_words(value)} is already given above")
        seen.add(value)


def _words(value: Hashable) -> str:
    parts = value if isinstance(value, tuple) else (value,)
    return "`" + " ".join(str(part) for part in parts if isinstance(part, str)) + "`"


CHECKS = tuple(
    check(find)
    for find in (
        duplicate_codes,
        duplicate_lanes,
        duplicate_ways,
        duplicate_carbon,
        duplicate_moves,
        duplicate_caps,
        duplicate_factors,
        duplicate_components,
    )
)
