"""A problem as the plain values of an irt-supply-bench/1 file."""

from collections.abc import Collection, Iterable

from optimization.bench_format import FORMAT
from optimization.problem import KitType, Lane, Licence, Lot, Node, NodeKind, Opening, Problem, Shipper, Supply


def written(problem: Problem) -> dict[str, object]:
    """Every field of the file; stock on hand outside the central depot is told as such, the rest as supply."""
    return {
        "format": FORMAT,
        "name": problem.name,
        "start_date": problem.start.isoformat(),
        "horizon_days": problem.horizon_days,
        "temp_classes": list(problem.temps),
        **_kits(problem),
        **_network(problem),
        **_long_lists(problem),
        "stochastic": problem.stochastic,
        "costs": {
            "hold_cents_per_kit_day": {
                "site": dict(problem.costs.site_holding),
                "depot": dict(problem.costs.depot_holding),
            },
            "unmet_per_kit": problem.costs.unmet_kit,
        },
    }


def _kits(problem: Problem) -> dict[str, object]:
    return {
        "kit_types": [_kit_type(kit) for kit in problem.kit_types.values()],
        "blind_groups": [list(group) for group in problem.blind_groups],
        "blind_min_each": problem.blind_minimum_each,
        "lots": [_lot(lot) for lot in problem.lots.values()],
    }


def _network(problem: Problem) -> dict[str, object]:
    return {
        "nodes": [_node(node) for node in problem.nodes.values()],
        "lanes": [_lane(lane) for lane in problem.lanes.values()],
        "shippers": [_shipper(shipper) for shipper in problem.shippers.values()],
    }


def _long_lists(problem: Problem) -> dict[str, object]:
    stock = [row for row in problem.supply if _is_stock(problem, row)]
    later = [row for row in problem.supply if not _is_stock(problem, row)]
    return {
        "supply": [{"node": row.node, "lot": row.lot, "day": row.day, "qty": row.kits} for row in later],
        "initial_stock": _table("node lot qty", ([row.node, row.lot, row.kits] for row in stock)),
        "import_licences": _licences(problem.licences.values()),
        "demand": _table(
            "site kit day qty dnd_days",
            ([row.site, row.kit, row.day, row.kits, row.dnd_days] for row in problem.demand),
        ),
    }


def _licences(licences: Collection[Licence]) -> dict[str, object]:
    """With a column of further openings only where a licence has some: other readers of the format pass it over."""
    columns = "country kit from_day to_day max_kits"
    rows: list[list[object]] = [[one.country, one.kit, one.from_day, one.to_day, one.kits_max] for one in licences]
    if not any(one.later for one in licences):
        return _table(columns, rows)
    more = [[_opening(one) for one in licence.later] for licence in licences]
    return _table(f"{columns} later", ([*row, later] for row, later in zip(rows, more, strict=True)))


def _opening(one: Opening) -> dict[str, int]:
    return {"from_day": one.from_day, "to_day": one.to_day, "max_kits": one.kits_max}


def _is_stock(problem: Problem, row: Supply) -> bool:
    return row.day == 0 and problem.nodes[row.node].kind is not NodeKind.CENTRAL


def _kit_type(kit: KitType) -> dict[str, object]:
    return {"id": kit.id, "temp": kit.temp, "volume": kit.volume, "unit_cost": kit.unit_cost}


def _lot(lot: Lot) -> dict[str, object]:
    return {
        "id": lot.id,
        "kit": lot.kit,
        "expiry_day": lot.expiry_day,
        "released_countries": sorted(lot.countries),
    }


def _node(node: Node) -> dict[str, object]:
    return {
        "id": node.id,
        "type": node.kind.value,
        "country": node.country,
        "closed": sorted(node.closed_days),
        "capacity": dict(node.capacity),
    }


def _lane(lane: Lane) -> dict[str, object]:
    return {
        "id": lane.id,
        "frm": lane.origin,
        "to": lane.destination,
        "transit_days": lane.transit_days,
        "dispatch_weekdays": sorted(lane.weekdays),
        "fixed_cost": lane.fixed_cost,
        "kit_cost": lane.kit_cost,
        "temps": sorted(lane.temps),
    }


def _shipper(shipper: Shipper) -> dict[str, object]:
    return {
        "id": shipper.id,
        "temp": shipper.temp,
        "capacity": shipper.capacity,
        "cost": shipper.cost,
        "hold_days": shipper.hold_days,
    }


def _table(columns: str, rows: Iterable[list[object]]) -> dict[str, object]:
    return {"columns": columns.split(), "rows": list(rows)}
