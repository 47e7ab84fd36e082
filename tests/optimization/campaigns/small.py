"""Small packaging files, and the best way to pack found by trying all of them."""

from collections.abc import Iterable
from itertools import product
from typing import Any

from optimization.campaigns.campaign_file import CampaignFile, campaigns_of
from optimization.campaigns.pricing import price
from optimization.campaigns.promise import need_of

PLAIN = {"kit_cents": 30, "unmet_cents": 900, "overage_cents": 5, "holding_cents_per_kit_day": 1}


def a_type(name: str, wanted: Iterable[tuple[int, int]], **facts: Any) -> dict[str, Any]:
    """A kit type wanted surely, as (day, kits)."""
    demand = [{"day": day, "kits": kits} for day, kits in wanted]
    return {"id": name, "shelf_life_days": 1_000, "demand": demand} | PLAIN | facts


def a_file(
    *types: dict[str, Any], days: Iterable[int] = (0, 5, 10), setup: int = 100, **facts: Any
) -> CampaignFile:
    """A file of these types."""
    campaigns = {"days": list(days), "lead_time_days": 2, "setup_cents": setup}
    return campaigns_of(
        {"start_date": "2026-01-05", "horizon_days": 30, "campaigns": campaigns, "kit_types": list(types)} | facts
    )


def least_by_trying(file: CampaignFile) -> int:
    """The least cost over every number of kits in every campaign: each type by itself, then set-ups together."""
    ways = [_ways(file, place) for place in range(len(file.kit_types))]
    setup = file.campaigns.setup_cents
    return min(
        sum(cents for _, cents in way) + setup * len(frozenset().union(*(held for held, _ in way)))
        for way in product(*(each.items() for each in ways))
    )


def _ways(file: CampaignFile, place: int) -> dict[frozenset[int], int]:
    """For each set of campaigns the least cost of one type that packs in just these."""
    kit = file.kit_types[place]
    free = file.model_copy(update={
        "kit_types": [kit], "campaigns": file.campaigns.model_copy(update={"setup_cents": 0})
    })  # fmt: skip
    needs = {kit.id: need_of(kit, file.service_level, float(file.rate_spread))}
    most = sum(needs[kit.id].promised) + kit.minimum_kits + kit.rounding_kits
    choices = [0, *(kits for kits in range(0, most + 1, kit.rounding_kits) if kits >= kit.minimum_kits)]
    best: dict[frozenset[int], int] = {}
    for packed in product(choices, repeat=len(file.campaigns.days)):
        held = frozenset(at for at, kits in enumerate(packed) if kits)
        cents = price(free, needs, {kit.id: packed}).total
        best[held] = min(best.get(held, cents), cents)
    return best
