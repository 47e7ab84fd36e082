"""A problem as a file: irt-supply-bench/1 read into a checked `Problem`, and written so that it means the same.

What the benchmark's checker makes of a file, and `Problem` therefore too:
- Stock on hand at the beginning is supply of day 0.
- Rows of demand for one site, kit type and day are one demand: kits added up, the longest `dnd_days` of them.
- Of several licences for one country and kit type the last one holds.
- The node named "C0", and no other, holds stock for nothing (`Node.free_holding`).
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol, TypeVar

from pydantic import ValidationError

from irt.errors import BadInput
from optimization import bench_format as parts
from optimization.bench_written import written
from optimization.problem import (
    Costs,
    Demand,
    KitType,
    Lane,
    Licence,
    Lot,
    Node,
    NodeKind,
    Opening,
    Problem,
    Shipper,
    Supply,
)
from optimization.problem_rules import checked


class UnreadableProblem(BadInput):
    """The text is not JSON."""


class UnknownFormat(BadInput):
    """The file names another format, or none."""


class WrongField(BadInput):
    """A field is missing, or holds what it cannot hold."""


class RepeatedId(BadInput):
    """Two rows of one list have the same id."""


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Row = TypeVar("Row", bound=_Named)


def read_problem(text: str | bytes) -> Problem:
    """The problem of a file; BadInput with the field and the row where the file does not describe one."""
    return checked(_problem(_parsed(_loaded(text))))


def write_problem(problem: Problem) -> str:
    """The file of a problem; reading it gives an equal problem."""
    return json.dumps(written(problem), separators=(",", ":"))


def _loaded(text: str | bytes) -> dict[str, Any]:
    try:
        file = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise UnreadableProblem(f"The file is not JSON: {fault}. Give a file of {parts.FORMAT}.") from fault
    if not isinstance(file, dict) or file.get("format") != parts.FORMAT:
        raise UnknownFormat(f'The file does not say "format": "{parts.FORMAT}". Give a file of this format.')
    return file


def _parsed(file: dict[str, Any]) -> parts.ProblemPart:
    try:
        return parts.ProblemPart.model_validate(file)
    except ValidationError as fault:
        first = fault.errors()[0]
        others = f" {fault.error_count() - 1} more fields are wrong." if fault.error_count() > 1 else ""
        raise WrongField(f"{place(first['loc'])}: {_said(first)}.{others}") from fault


def place(path: Iterable[int | str]) -> str:
    """`demand, row 3, qty`: where in the file, rows counted from 1."""
    return ", ".join(f"row {step + 1}" if isinstance(step, int) else step for step in path)


def _said(error: Mapping[str, Any]) -> str:
    if error["type"] == "missing":
        return "is missing"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return f"{error['msg'].removeprefix('Input ')}, not {json.dumps(error['input'])[:60]}"


def _problem(file: parts.ProblemPart) -> Problem:
    return Problem(
        name=file.name,
        start=_start(file.start_date),
        horizon_days=file.horizon_days,
        temps=tuple(file.temp_classes),
        kit_types=_by_id("kit_types", map(_kit_type, file.kit_types)),
        lots=_by_id("lots", map(_lot, file.lots)),
        nodes=_by_id("nodes", map(_node, file.nodes)),
        lanes=_by_id("lanes", map(_lane, file.lanes)),
        shippers=_by_id("shippers", map(_shipper, file.shippers)),
        supply=_supply(file.supply, file.initial_stock),
        licences={(row.country, row.kit): _licence(row) for row in file.import_licences},
        demand=_demand(file.demand),
        costs=_costs(file.costs),
        blind_groups=tuple(map(tuple, file.blind_groups)),
        blind_minimum_each=file.blind_min_each,
        stochastic=file.stochastic,
    )


def _start(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise WrongField(f"start_date: {text[:40]} is no date. Write it as 2026-01-05.") from fault


def _by_id(field: str, rows: Iterable[Row]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for number, row in enumerate(rows, 1):
        if row.id in found:
            raise RepeatedId(f"{field}, row {number}, id: {row.id} is there before. Each id is given once.")
        found[row.id] = row
    return found


def _kit_type(row: parts.KitTypePart) -> KitType:
    return KitType(row.id, row.temp, row.volume, row.unit_cost)


def _lot(row: parts.LotPart) -> Lot:
    return Lot(row.id, row.kit, row.expiry_day, frozenset(row.released_countries))


def _node(row: parts.NodePart) -> Node:
    return Node(row.id, NodeKind(row.type), row.country, frozenset(row.closed), row.capacity)


def _lane(row: parts.LanePart) -> Lane:
    weekdays, temps = frozenset(row.dispatch_weekdays), frozenset(row.temps)
    return Lane(row.id, row.frm, row.to, row.transit_days, weekdays, row.fixed_cost, row.kit_cost, temps)


def _shipper(row: parts.ShipperPart) -> Shipper:
    return Shipper(row.id, row.temp, row.capacity, row.cost, row.hold_days)


def _licence(row: parts.LicencePart) -> Licence:
    later = tuple(Opening(one.from_day, one.to_day, one.max_kits) for one in row.later)
    return Licence(row.country, row.kit, row.from_day, row.to_day, row.max_kits, later)


def _costs(row: parts.CostsPart) -> Costs:
    return Costs(row.hold_cents_per_kit_day.site, row.hold_cents_per_kit_day.depot, row.unmet_per_kit)


def _supply(supply: Sequence[parts.SupplyPart], stock: Sequence[parts.StockPart]) -> tuple[Supply, ...]:
    kits: Counter[tuple[int, str, str]] = Counter()
    for row in supply:
        kits[row.day, row.node, row.lot] += row.qty
    for on_hand in stock:
        kits[0, on_hand.node, on_hand.lot] += on_hand.qty
    return tuple(Supply(node, lot, day, number) for (day, node, lot), number in sorted(kits.items()) if number)


def _demand(rows: Sequence[parts.DemandPart]) -> tuple[Demand, ...]:
    kits: Counter[tuple[int, str, str]] = Counter()
    dnd_days: dict[tuple[int, str, str], int] = {}
    for row in rows:
        key = (row.day, row.site, row.kit)
        kits[key] += row.qty
        dnd_days[key] = max(row.dnd_days, dnd_days.get(key, 0))
    return tuple(
        Demand(site, kit, day, number, dnd_days[day, site, kit])
        for (day, site, kit), number in sorted(kits.items())
        if number
    )
