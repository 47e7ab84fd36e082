"""The door of packaging advice: a file in, campaigns with their proof and what is to be expected of them out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from irt.errors import IntegrityFault
from optimization.campaigns.campaign_file import CampaignFile
from optimization.campaigns.lots import Lots, least_holding, lots_of, relaxed
from optimization.campaigns.outcome import Outcome, outcome_of
from optimization.campaigns.pricing import PackingCost, price
from optimization.campaigns.promise import Need, need_of
from optimization.campaigns.shared_setup import Campaigns, Watch, share_setups


@dataclass(frozen=True, slots=True)
class PackingAdvice:
    """Kits of each type in each campaign, priced by the replay, with a bound no other way falls below.

    `outcomes` tells what is to be expected when demand comes by chance.
    """

    file: CampaignFile
    packed: Mapping[str, tuple[int, ...]]
    cost: PackingCost
    bound: int
    nodes: int
    needs: Mapping[str, Need]
    outcomes: tuple[Outcome, ...]


def advise_packing(file: CampaignFile, watch: Watch) -> PackingAdvice:
    """The cheapest campaigns, proven where lots expire in the order in which they come.

    Raises: IntegrityFault where the replay does not come to the price of the search.
    """
    needs = {kit.id: need_of(kit, file.service_level, float(file.rate_spread)) for kit in file.kit_types}
    types = [lots_of(file, kit, needs[kit.id]) for kit in file.kit_types]
    found = _searched(file, types, watch)
    packed, cost = _packed(file, found), price(file, needs, _packed(file, found))
    bound, nodes = found.bound, found.nodes
    if all(one.in_order for one in types):
        if cost.total != found.cents or found.bound > found.cents:
            raise IntegrityFault(f"The campaigns cost {cost.total}, and were found at {found.cents}: not told.")
    else:
        other = _searched(file, [one if one.in_order else relaxed(one) for one in types], watch)
        way = _packed(file, other)
        packed, cost = min(((packed, cost), (way, price(file, needs, way))), key=lambda each: each[1].total)
        holding = sum(least_holding(one) for one in types if not one.in_order)
        bound, nodes = other.bound + holding, nodes + other.nodes
    outcomes = tuple(outcome_of(file, kit, needs[kit.id], packed[kit.id]) for kit in file.kit_types)
    return PackingAdvice(file, packed, cost, bound, nodes, needs, outcomes)


def _searched(file: CampaignFile, types: Sequence[Lots], watch: Watch) -> Campaigns:
    return share_setups(types, file.campaigns.setup_cents, len(file.campaigns.days), watch)


def _packed(file: CampaignFile, found: Campaigns) -> Mapping[str, tuple[int, ...]]:
    return {kit.id: kits for kit, kits in zip(file.kit_types, found.kits, strict=True)}


def record_of(told: PackingAdvice) -> dict[str, Any]:
    """The advice as plain values: campaigns by day and type, costs, proof, and what is to be expected."""
    file, cost = told.file, told.cost
    overage = sum(outcome.overage for outcome in told.outcomes)
    wanted = sum(outcome.wanted for outcome in told.outcomes)
    missed = sum(outcome.missed for outcome in told.outcomes)
    return {
        "name": file.name,
        "campaigns": _campaigns(told),
        "cost": cost.total,
        "cost_by_component": asdict(cost),
        "bound": told.bound,
        "proven": told.bound == cost.total,
        "nodes": told.nodes,
        "service_level": file.service_level,
        "expected": {
            "wanted": wanted,
            "missed": missed,
            "service": 1 - missed / wanted if wanted else 1.0,
            "overage": overage,
            "overage_share": overage / (wanted - missed) if wanted > missed else 0.0,
            "overage_cents": _overage_cents(told),
        },
        "kit_types": [_type_record(told, outcome) for outcome in told.outcomes],
        "lots": [
            _dated(told, asdict(lot) | {"overage": lot.overage}) for each in told.outcomes for lot in each.lots
        ],
    }


def _campaigns(told: PackingAdvice) -> list[dict[str, Any]]:
    """Those that take place, with what is packed of each type and when it expires."""
    file = told.file
    rows = []
    for place, day in enumerate(sorted(file.campaigns.days)):
        released = day + file.campaigns.lead_time_days
        kits = [
            {"kit": kit.id, "kits": told.packed[kit.id][place], **_expiry(told, released + kit.shelf_life_days)}
            for kit in file.kit_types
            if told.packed[kit.id][place]
        ]
        if kits:
            when = {
                "day": day,
                "date": _date(told, day),
                "released_day": released,
                "released": _date(told, released),
            }
            rows.append(when | {"kits": kits})
    return rows


def _expiry(told: PackingAdvice, day: int) -> dict[str, Any]:
    return {"expiry_day": day, "expiry": _date(told, day)}


def _overage_cents(told: PackingAdvice) -> float:
    """What is expected to be lost: kits paid and destroyed."""
    paid = {kit.id: kit.kit_cents + kit.overage_cents for kit in told.file.kit_types}
    return sum(outcome.overage * paid[outcome.kit] for outcome in told.outcomes)


def _type_record(told: PackingAdvice, outcome: Outcome) -> dict[str, Any]:
    return {
        "kit": outcome.kit,
        "packed": sum(told.packed[outcome.kit]),
        "in_stock": sum(lot.kits for lot in outcome.lots if lot.campaign_day is None),
        "promised": sum(told.needs[outcome.kit].promised),
        "wanted": outcome.wanted,
        "missed": outcome.missed,
        "least_chance": outcome.least_chance,
        "overage": outcome.overage,
    }


def _dated(told: PackingAdvice, row: dict[str, Any]) -> dict[str, Any]:
    return row | {"expiry": _date(told, row["expiry_day"]), "released": _date(told, row["released_day"])}


def _date(told: PackingAdvice, day: int) -> str:
    return (told.file.start + timedelta(days=day)).isoformat()
