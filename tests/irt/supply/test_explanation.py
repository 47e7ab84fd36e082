"""Why, and why not: each rule that keeps a kit type or a parcel back is told by its name."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from irt.supply.calendar import DispatchCalendar
from irt.supply.explanation import Explanation, explained
from irt.supply.planner import DepotView, Level, LotStock, NetworkView, SiteView
from tests.builders_supply import the_lipid_study

DAY = date(2026, 3, 2)
"""A Monday."""
LEVELS = {"PEN-A": Level(4, 8), "PEN-P": Level(4, 8)}


def lot(kit_type: str, kits: int, name: str = "L1") -> LotStock:
    """A lot with a year to go."""
    return LotStock(kit_type, name, DAY + timedelta(days=365), kits)


def why(stock: tuple[LotStock, ...] = (), depot: int = 100, **changes: Any) -> Explanation:
    """The explanation of one site, served by a depot with so many of each pen."""
    site = SiteView("1001", "GB", "all", "NLD", 3, stock=stock, levels=LEVELS)._replace(**changes)
    piles = tuple(("all", lot(kit_type, depot)) for kit_type in LEVELS) if depot else ()
    return explained(NetworkView({"NLD": DepotView("NLD", piles)}, (site,)), site, DAY, the_lipid_study())


ENOUGH = (lot("PEN-A", 8), lot("PEN-P", 8))


@pytest.mark.parametrize(
    ("facts", "sent", "why_not"),
    [
        ({}, 8, ()),
        ({"stock": ENOUGH}, 0, ("level not reached",)),
        ({"stops_on": DAY}, 0, ("supply stopped",)),
        ({"levels": {}}, 0, ("no level set",)),
        ({"depot": 0}, 0, ("too few kits at the depot",)),
        ({"depot": 5}, 5, ("too few kits at the depot",)),
        (
            {"approved_lots": frozenset()},
            0,
            ("too few kits at the depot", "lot L1: lot not approved there"),
        ),
        ({"dns_days": {"PEN-A": 363}}, 0, ("too few kits at the depot", "lot L1: do not ship")),
    ],
    ids=["sent", "level", "stop", "no level", "empty", "short", "approval", "do not ship"],
)
def test_the_rule_that_keeps_a_type_back(facts: dict[str, Any], sent: int, why_not: tuple[str, ...]) -> None:
    """The active pen of each case."""
    one = why(**facts).types[0]
    assert (one.kit_type, one.sent, one.why_not) == ("PEN-A", sent, why_not)


@pytest.mark.parametrize(
    ("calendar", "facts", "waits", "leaves"),
    [
        (DispatchCalendar(), {}, (), 0),
        (DispatchCalendar(weekdays=frozenset({3})), {}, ("nothing leaves on this weekday",), 3),
        (DispatchCalendar(holidays=frozenset({DAY})), {}, ("holiday",), 1),
        (DispatchCalendar(cut_off=time(15)), {"past_cut_off": True}, ("after the cut-off of the day",), 1),
        (DispatchCalendar(), {"has_lane": False}, ("no lane from its depot",), 0),
        (DispatchCalendar(), {"stops_on": DAY}, ("supply stopped on 2026-03-02",), 0),
    ],
)
def test_what_keeps_goods_from_leaving_today(
    calendar: DispatchCalendar, facts: dict[str, Any], waits: tuple[str, ...], leaves: int
) -> None:
    """Weekday, holiday, cut-off, lane and stop, with the day on which they would leave."""
    told = why(calendar=calendar, **facts)
    assert (told.waits, told.dispatch_on) == (waits, DAY + timedelta(days=leaves))


def test_inputs_formula_and_result_are_told() -> None:
    """What was counted, the rule in one line, and what comes of it."""
    told = why((lot("PEN-A", 3), lot("PEN-P", 5)))
    assert told.planner == "min_max"
    assert "wanted = maximum - considered" in told.rule
    facts = told.types[0].facts
    assert facts is not None
    assert (facts["considered"], facts["minimum"], facts["wanted"], told.types[0].sent) == (3, 4, 5, 5)
