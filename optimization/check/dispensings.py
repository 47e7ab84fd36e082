"""The rules of what is used: for a demand, no more than it, of the right kit type, released and fresh enough."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optimization.check.movements import Numbers
from optimization.check.verdict import Code, Violation, is_whole
from optimization.plan import Dispensing
from optimization.problem import Demand, Lot, Problem


@dataclass(frozen=True, slots=True)
class Uses:
    """The lines that can be counted, as columns: the demand and the lot by their places, and how many kits.

    `others`: the lines that cannot.
    """

    demand: Numbers
    lot: Numbers
    kits: Numbers
    others: tuple[Dispensing, ...]


def uses_of(problem: Problem, dispensings: tuple[Dispensing, ...]) -> Uses:
    """The lines that can be counted."""
    wanted, lots = _places(problem), {name: place for place, name in enumerate(problem.lots)}
    of = np.array([wanted.get((one.site, one.kit, one.day), -1) for one in dispensings], dtype=np.int64)
    lot = np.array([lots.get(one.lot, -1) for one in dispensings], dtype=np.int64)
    kits = np.array([one.kits if is_whole(one.kits) else 0 for one in dispensings], dtype=np.int64)
    counts = (of >= 0) & (lot >= 0) & (kits > 0)
    others = tuple(dispensings[place] for place in np.flatnonzero(~counts).tolist())
    return Uses(of[counts], lot[counts], kits[counts], others)


def _places(problem: Problem) -> dict[tuple[str, str, int], int]:
    """The place of each demand by site, kit type and day."""
    return {(row.site, row.kit, row.day): place for place, row in enumerate(problem.demand)}


def not_used(problem: Problem, uses: Uses) -> Iterator[Violation]:
    """Each line serves a demand of the problem with a whole number of kits of a known lot."""
    wanted = _places(problem) if uses.others else {}
    for one in uses.others:
        if (one.site, one.kit, one.day) not in wanted:
            yield Violation(Code.DEMAND, f"{named(one)}: nothing is wanted there")
        elif not is_whole(one.kits) or one.kits <= 0:
            yield Violation(Code.INTEGER, f"{named(one)}: {one.kits} kits")
        else:
            yield Violation(Code.LOT, f"{named(one)}: there is no lot {one.lot}")


def check_uses(problem: Problem, uses: Uses) -> Iterator[Violation]:
    """Every rule for every use, then that no demand is served twice; columns first, words for what they find."""
    lots = list(problem.lots.values())
    suspect = ~_fits(problem, lots, uses)
    for row, lot in zip(uses.demand[suspect].tolist(), uses.lot[suspect].tolist(), strict=True):
        yield from _use(problem, problem.demand[row], lots[lot])
    yield from no_more_than_wanted(problem, uses)


def _fits(problem: Problem, lots: list[Lot], uses: Uses) -> np.ndarray:
    """Whether each use keeps the rules of `_use`."""
    kits = {name: place for place, name in enumerate(problem.kit_types)}
    countries = {name: place for place, name in enumerate(sorted({one.country for one in problem.nodes.values()}))}
    rows, nodes = problem.demand, problem.nodes
    of_kit = np.array([kits[row.kit] for row in rows], dtype=np.int64)[uses.demand]
    until = np.array([row.day + row.dnd_days for row in rows], dtype=np.int64)[uses.demand]
    country = np.array([countries[nodes[row.site].country] for row in rows], dtype=np.int64)[uses.demand]
    lot_kit = np.array([kits[lot.kit] for lot in lots], dtype=np.int64)[uses.lot]
    expiry = np.array([lot.expiry_day for lot in lots], dtype=np.int64)[uses.lot]
    released = np.array([[name in lot.countries for name in countries] for lot in lots], dtype=np.bool_)
    released = released.reshape(len(lots), len(countries))
    return np.asarray((lot_kit == of_kit) & (expiry >= until) & released[uses.lot, country])


def _use(problem: Problem, demand: Demand, lot: Lot) -> Iterator[Violation]:
    """The lot is of the kit type, released for the site's country, and outlives the days it must last."""
    country = problem.nodes[demand.site].country
    if lot.kit != demand.kit:
        yield Violation(Code.KIT, f"{named(demand)}: lot {lot.id} is {lot.kit}")
    if lot.expiry_day < demand.day + demand.dnd_days:
        days = f"expires on day {lot.expiry_day} and must last to day {demand.day + demand.dnd_days}"
        yield Violation(Code.DO_NOT_DISPENSE, f"{named(demand)}: lot {lot.id} {days}")
    if country not in lot.countries:
        yield Violation(Code.RELEASE, f"{named(demand)}: lot {lot.id} is not released for {country}")


def no_more_than_wanted(problem: Problem, uses: Uses) -> Iterator[Violation]:
    """All uses for a demand together are no more than it."""
    rows = problem.demand
    served = np.zeros(len(rows), dtype=np.int64)
    np.add.at(served, uses.demand, uses.kits)
    wanted = np.array([row.kits for row in rows], dtype=np.int64)
    for place in np.flatnonzero(served > wanted).tolist():
        yield Violation(Code.DEMAND, f"{named(rows[place])}: {served[place]} kits for {wanted[place]}")


def named(what: Dispensing | Demand) -> str:
    """`S0001, K1, day 30`."""
    return f"{what.site}, {what.kit}, day {what.day}"
