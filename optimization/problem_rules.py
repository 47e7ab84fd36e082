"""What holds of every problem, from a file or a live study: its parts know each other, its numbers fit."""

from collections import Counter
from collections.abc import Container, Iterable
from itertools import pairwise

from irt.errors import BadInput
from optimization.problem import Node, Problem


class UnknownReference(BadInput):
    """A row names a node, a kit type, a lot or a temperature class that the problem does not have."""


class ImpossibleDay(BadInput):
    """A day outside the horizon, or a first day that is no Monday."""


class ImpossibleLane(BadInput):
    """A lane that leads nowhere else."""


class MissingClass(BadInput):
    """A temperature class without a capacity or a price."""


class UnfitBlindGroup(BadInput):
    """Kits that would have to travel together and cannot, or in two ways at once."""


class WantedAtDepot(BadInput):
    """Demand where nobody uses kits."""


class StoreOverfilled(BadInput):
    """Stock on hand that does not fit: no plan could be accepted."""


def checked(problem: Problem) -> Problem:
    """The problem itself; BadInput naming the first row that contradicts another."""
    _calendar(problem)
    _kits_and_lots(problem)
    _nodes_and_prices(problem)
    _lanes_and_shippers(problem)
    _supply(problem)
    _licences(problem)
    _demand(problem)
    _blind_groups(problem)
    _first_stock(problem)
    return problem


def _known(name: str, among: Container[str], where: str, what: str) -> None:
    if name not in among:
        raise UnknownReference(f"{where}: {name} is no {what} of this problem. Add it, or name one that is there.")


def _calendar(problem: Problem) -> None:
    if problem.start.weekday() != 0:
        raise ImpossibleDay(f"start_date: {problem.start} is no Monday. Day 0 is a Monday.")


def _kits_and_lots(problem: Problem) -> None:
    for kit in problem.kit_types.values():
        _known(kit.temp, problem.temps, f"kit_types, {kit.id}, temp", "temperature class")
    for lot in problem.lots.values():
        _known(lot.kit, problem.kit_types, f"lots, {lot.id}, kit", "kit type")


def _nodes_and_prices(problem: Problem) -> None:
    classes = sorted({kit.temp for kit in problem.kit_types.values()})
    for node in problem.nodes.values():
        _every_class(classes, node.capacity, f"nodes, {node.id}, capacity")
    _every_class(classes, problem.costs.site_holding, "costs, hold_cents_per_kit_day, site")
    _every_class(classes, problem.costs.depot_holding, "costs, hold_cents_per_kit_day, depot")


def _every_class(classes: Iterable[str], given: Container[str], where: str) -> None:
    for temp in classes:
        if temp not in given:
            raise MissingClass(f"{where}: {temp} is missing. Give a number for each class of a kit type.")


def _lanes_and_shippers(problem: Problem) -> None:
    for lane in problem.lanes.values():
        _known(lane.origin, problem.nodes, f"lanes, {lane.id}, frm", "node")
        _known(lane.destination, problem.nodes, f"lanes, {lane.id}, to", "node")
        for temp in sorted(lane.temps):
            _known(temp, problem.temps, f"lanes, {lane.id}, temps", "temperature class")
        if lane.origin == lane.destination:
            raise ImpossibleLane(f"lanes, {lane.id}, to: {lane.origin} is where it begins. Name another node.")
    for shipper in problem.shippers.values():
        _known(shipper.temp, problem.temps, f"shippers, {shipper.id}, temp", "temperature class")


def _supply(problem: Problem) -> None:
    for row in problem.supply:
        where = f"supply of {row.lot} at {row.node} on day {row.day}"
        _known(row.node, problem.nodes, f"{where}, node", "node")
        _known(row.lot, problem.lots, f"{where}, lot", "lot")


def _licences(problem: Problem) -> None:
    for licence in problem.licences.values():
        where = f"import_licences, {licence.country}, {licence.kit}"
        _known(licence.kit, problem.kit_types, f"import_licences, {licence.country}, kit", "kit type")
        for before, one in pairwise(licence.openings):
            if not before.to_day < one.from_day <= one.to_day:
                raise ImpossibleDay(
                    f"{where}, later: days {one.from_day} to {one.to_day} do not come after day {before.to_day}. "
                    "Openings stand in their order, apart from each other."
                )


def _demand(problem: Problem) -> None:
    for row in problem.demand:
        where = f"demand at {row.site} for {row.kit} on day {row.day}"
        _known(row.site, problem.nodes, f"{where}, site", "node")
        _known(row.kit, problem.kit_types, f"{where}, kit", "kit type")
        if not problem.nodes[row.site].kind.uses_kits:
            raise WantedAtDepot(f"{where}, site: a depot uses no kits. Name a site or a patient.")
        if row.day >= problem.horizon_days:
            raise ImpossibleDay(f"{where}, day: the last day is {problem.horizon_days - 1}.")


def _blind_groups(problem: Problem) -> None:
    members = Counter(kit for group in problem.blind_groups for kit in group)
    for number, group in enumerate(problem.blind_groups, 1):
        where = f"blind_groups, row {number}"
        for kit in group:
            _known(kit, problem.kit_types, where, "kit type")
            if members[kit] > 1:
                raise UnfitBlindGroup(f"{where}: {kit} is there more than once. A kit type is in one blind group.")
        _one_class(problem, group, where)


def _one_class(problem: Problem, group: Iterable[str], where: str) -> None:
    classes = sorted({problem.kit_types[kit].temp for kit in group})
    if problem.blind_minimum_each and len(classes) > 1:
        raise UnfitBlindGroup(
            f"{where}: its kits are of the classes {' and '.join(classes)}, which never travel together,"
            " and each consignment must hold them all. Put them into one class, or into two groups."
        )


def _first_stock(problem: Problem) -> None:
    volume: Counter[tuple[str, str]] = Counter()
    for row in problem.supply:
        lot = problem.lots[row.lot]
        if row.day == 0 and lot.expiry_day > 0:
            kit = problem.kit_types[lot.kit]
            volume[row.node, kit.temp] += row.kits * kit.volume
    for (node, temp), stored in volume.items():
        _fits(problem.nodes[node], temp, stored)


def _fits(node: Node, temp: str, stored: int) -> None:
    if stored > node.capacity[temp]:
        raise StoreOverfilled(
            f"nodes, {node.id}, capacity: the stock of day 0 takes {stored} of {temp} and the store holds"
            f" {node.capacity[temp]}. No plan can mend that: correct the stock or the capacity."
        )
