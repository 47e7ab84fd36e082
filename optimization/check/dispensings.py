"""The rules of what is used: for a demand, no more than it, of the right kit type, released and fresh enough."""

from collections import Counter
from collections.abc import Iterator, Mapping

from optimization.check.verdict import Code, Violation, is_whole
from optimization.plan import Dispensing
from optimization.problem import Demand, Lot, Problem

Wanted = Mapping[tuple[str, str, int], Demand]


def wanted_in(problem: Problem) -> Wanted:
    """The demand by site, kit type and day."""
    return {(row.site, row.kit, row.day): row for row in problem.demand}


def not_used(problem: Problem, wanted: Wanted, dispensings: tuple[Dispensing, ...]) -> Iterator[Violation]:
    """Each line serves a demand of the problem with a whole number of kits of a known lot."""
    for one in dispensings:
        if (one.site, one.kit, one.day) not in wanted:
            yield Violation(Code.DEMAND, f"{named(one)}: nothing is wanted there")
        elif not is_whole(one.kits) or one.kits <= 0:
            yield Violation(Code.INTEGER, f"{named(one)}: {one.kits} kits")
        elif one.lot not in problem.lots:
            yield Violation(Code.LOT, f"{named(one)}: there is no lot {one.lot}")


def uses_of(problem: Problem, wanted: Wanted, dispensings: tuple[Dispensing, ...]) -> list[Dispensing]:
    """The lines that can be counted."""
    return [
        one
        for one in dispensings
        if (one.site, one.kit, one.day) in wanted
        and is_whole(one.kits)
        and one.kits > 0
        and one.lot in problem.lots
    ]


def check_uses(problem: Problem, wanted: Wanted, uses: list[Dispensing]) -> Iterator[Violation]:
    """Every rule for every use, then that no demand is served twice."""
    for one in uses:
        yield from _use(problem, wanted[one.site, one.kit, one.day], problem.lots[one.lot])
    yield from no_more_than_wanted(wanted, uses)


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


def no_more_than_wanted(wanted: Wanted, uses: list[Dispensing]) -> Iterator[Violation]:
    """All uses for a demand together are no more than it."""
    served: Counter[tuple[str, str, int]] = Counter()
    for one in uses:
        served[one.site, one.kit, one.day] += one.kits
    for key, kits in served.items():
        if kits > wanted[key].kits:
            yield Violation(Code.DEMAND, f"{named(wanted[key])}: {kits} kits for {wanted[key].kits}")


def named(what: Dispensing | Demand) -> str:
    """`S0001, K1, day 30`."""
    return f"{what.site}, {what.kit}, day {what.day}"
