"""Packaging asked from a planning problem: its kit types, their need as planned and its stock, at assumed terms."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from irt.errors import BadInput
from optimization.campaigns.campaign_file import CampaignFile, campaigns_of
from optimization.problem import Problem

WEEK_DAYS, PERIOD_DAYS = 7, 28


class NothingWanted(BadInput):
    """A problem without demand."""

    def __init__(self) -> None:
        super().__init__("The plan wants no kits, so there is nothing to pack. Nothing was calculated.")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a planning problem does not tell: how long to look ahead, and how kits are packed. Money in cents."""

    weeks: int
    every_weeks: int
    lead_time_days: int
    setup_cents: int
    type_setup_cents: int
    minimum_kits: int
    rounding_kits: int
    shelf_life_days: int
    overage_cents: int
    service_level: float
    rate_spread: float


def campaigns_from(problem: Problem, terms: Terms) -> CampaignFile:
    """The file: need by four weeks, after the plan's end at the pace of its last eight.

    Raises: NothingWanted, and what reading a file refuses.
    """
    kits = sorted({row.kit for row in problem.demand})
    if not kits:
        raise NothingWanted
    days = list(range(0, WEEK_DAYS * terms.weeks - terms.lead_time_days, WEEK_DAYS * terms.every_weeks)) or [0]
    return campaigns_of(
        {
            "name": problem.name,
            "start_date": problem.start.isoformat(),
            "horizon_days": WEEK_DAYS * terms.weeks,
            "service_level": terms.service_level,
            "rate_spread": terms.rate_spread,
            "campaigns": {
                "days": days,
                "lead_time_days": terms.lead_time_days,
                "setup_cents": terms.setup_cents,
            },
            "kit_types": [_kit_type(problem, terms, kit) for kit in kits],
        }
    )


def _kit_type(problem: Problem, terms: Terms, kit: str) -> dict[str, Any]:
    known = problem.kit_types[kit]
    return {
        "id": kit,
        "kit_cents": known.unit_cost,
        "setup_cents": terms.type_setup_cents,
        "minimum_kits": terms.minimum_kits,
        "rounding_kits": terms.rounding_kits,
        "shelf_life_days": terms.shelf_life_days,
        "use_before_expiry_days": max(row.dnd_days for row in problem.demand if row.kit == kit),
        "holding_cents_per_kit_day": problem.costs.depot_holding[known.temp],
        "overage_cents": terms.overage_cents,
        "unmet_cents": problem.costs.unmet_kit,
        "stock": _stock(problem, kit),
        "demand": _demand(problem, terms, kit),
    }


def _demand(problem: Problem, terms: Terms, kit: str) -> list[dict[str, Any]]:
    """On the first day of each four weeks what they want."""
    horizon = min(problem.horizon_days, WEEK_DAYS * terms.weeks)
    wanted: Counter[int] = Counter()
    for row in problem.demand:
        if row.kit == kit and row.day < horizon:
            wanted[row.day // PERIOD_DAYS * PERIOD_DAYS] += row.kits
    pace = _pace(problem, kit)
    later: Counter[int] = Counter()
    for day in range(horizon, WEEK_DAYS * terms.weeks):
        later[day // PERIOD_DAYS * PERIOD_DAYS] += 1
    return [
        {"day": day, "mean": float(wanted[day] + later[day] * pace)}
        for day in sorted({*wanted, *later})
        if wanted[day] or later[day]
    ]


def _pace(problem: Problem, kit: str) -> float:
    """Kits a day over the last eight weeks."""
    days = min(2 * PERIOD_DAYS, problem.horizon_days)
    last = problem.horizon_days - days
    return sum(row.kits for row in problem.demand if row.kit == kit and row.day >= last) / days


def _stock(problem: Problem, kit: str) -> list[dict[str, int]]:
    """What lies anywhere or is on its way, there from the first day of its four weeks on, as its demand is."""
    kits: Counter[tuple[int, int]] = Counter()
    for row in problem.supply:
        if problem.lots[row.lot].kit == kit:
            kits[row.day // PERIOD_DAYS * PERIOD_DAYS, problem.lots[row.lot].expiry_day] += row.kits
    return [
        {"kits": number, "expiry_day": expiry, "available_day": day}
        for (day, expiry), number in sorted(kits.items())
    ]
