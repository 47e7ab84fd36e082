"""A plan: which consignments leave when with what, and which lot each visit is served from."""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Consignment:
    """What leaves on a lane on a day in one temperature class: shippers by number, kits by lot."""

    lane: str
    temp: str
    dispatch_day: int
    shippers: Mapping[str, int]
    lines: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Dispensing:
    """Kits of one lot used for one demand; what demand is left over is unmet."""

    site: str
    kit: str
    day: int
    lot: str
    kits: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Consignments and the use of kits, each in a fixed order, so that equal plans have equal hashes."""

    consignments: tuple[Consignment, ...]
    dispensings: tuple[Dispensing, ...]

    @property
    def hash(self) -> str:
        """SHA-256 of the plan's file."""
        return hashlib.sha256(plan_json(self).encode()).hexdigest()


def ordered_plan(consignments: Iterable[Consignment], dispensings: Iterable[Dispensing]) -> Plan:
    """The plan in its fixed order: by day, lane and class; by day, site, kit and lot."""
    return Plan(
        tuple(sorted(consignments, key=lambda one: (one.dispatch_day, one.lane, one.temp))),
        tuple(sorted(dispensings, key=_order_of_uses)),
    )


def with_dispensings(uses: Sequence[Dispensing], others: Iterable[Dispensing]) -> tuple[Dispensing, ...]:
    """Uses that stand in a plan's order, and a few others put in their places."""
    found: list[Dispensing] = []
    so_far = 0
    for one in sorted(others, key=_order_of_uses):
        place = bisect_right(uses, _order_of_uses(one), lo=so_far, key=_order_of_uses)
        found += uses[so_far:place]
        found.append(one)
        so_far = place
    return (*found, *uses[so_far:])


def _order_of_uses(one: Dispensing) -> tuple[int, str, str, str]:
    return one.day, one.site, one.kit, one.lot


def plan_json(plan: Plan) -> str:
    """The plan in the format irt-supply-bench/1."""
    shipments = [
        {
            "lane": one.lane,
            "temp": one.temp,
            "dispatch_day": one.dispatch_day,
            "shippers": dict(sorted(one.shippers.items())),
            "lines": [list(line) for line in sorted(one.lines)],
        }
        for one in plan.consignments
    ]
    dispense = [[one.site, one.kit, one.day, one.lot, one.kits] for one in plan.dispensings]
    return json.dumps({"shipments": shipments, "dispense": dispense}, separators=(",", ":"))
