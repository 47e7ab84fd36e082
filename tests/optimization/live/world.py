"""Two sites of one country and a depot, and an exact solver in the optimizer's place: small enough for it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from irt.study.course import Course, Courses, Treated, VisitAhead
from irt.study.planning import Planning
from irt.supply.calendar import WORKING_WEEK, DispatchCalendar
from irt.supply.planner import DepotView, LotStock, NetworkView, OnTheWay, SiteView
from optimization.exact.solve import solve_exact
from optimization.problem import Problem
from optimization.result import Goal, Result, Status, Watch

MONDAY = date(2026, 3, 2)
WEDNESDAY = date(2026, 3, 4)
EARLY, LATE = date(2026, 6, 30), date(2027, 6, 30)
WEEKDAYS = DispatchCalendar(WORKING_WEEK)


def in_days(days: int, day: date = WEDNESDAY) -> date:
    """So many days on."""
    return day + timedelta(days=days)


def a_site(number: str = "1001", **changes: Any) -> SiteView:
    """A site that its depot reaches in two days, with one visit a fortnight of one active and one placebo pen."""
    visits = [(in_days(days), 1) for days in (5, 19)]
    facts: dict[str, Any] = {
        "number": number,
        "country": "GB",
        "label_group": "EN",
        "depot": "NLD",
        "lead_time_days": 2,
        "calendar": WEEKDAYS,
        "expected_need": {"PEN-A": visits, "PEN-P": visits},
        "approved_lots": frozenset({"L1", "L2"}),
        **changes,
    }
    facts.setdefault("treated", tuple(treated(facts["expected_need"])))
    return SiteView(**facts)


def treated(need: Mapping[str, Sequence[tuple[date, int]]]) -> Iterator[Treated]:
    """For each visit of a known need a subject who surely comes on that day."""
    for kit_type, visits in need.items():
        for on_day, kits in visits:
            yield Treated(1, 0, (a_visit((on_day - WEDNESDAY).days, {kit_type: kits}),))


def a_visit(day: int, kits: Mapping[str, int], **more: int) -> VisitAhead:
    """A visit without a window, and without days on which its subject might have stopped."""
    facts = {"before_days": 0, "after_days": 0, "since_days": 0, **more}
    return VisitAhead(day=day, kits=(tuple(sorted(kits.items())),), **facts)


def courses(kits: Mapping[str, int], *later_days: int, **more: Any) -> Courses:
    """One arm whose subjects take these kits on the day of randomization and so many days later."""
    days = (0, *later_days)
    visits = (a_visit(day, kits, since_days=day - before) for before, day in zip((0, *days), days, strict=False))
    return Courses((Course(Fraction(1), tuple(visits)),), **more)


def a_pile(kit_type: str = "PEN-A", lot: str = "L1", expiry: date = LATE, kits: int = 50) -> LotStock:
    """Kits of one lot."""
    return LotStock(kit_type, lot, expiry, kits)


def coming(kit_type: str, kits: int, due: date) -> OnTheWay:
    """Kits under way to a site."""
    return OnTheWay(kit_type, "L1", LATE, kits, due)


def a_network(*sites: SiteView, stock: tuple[tuple[str, LotStock], ...] | None = None, **more: Any) -> NetworkView:
    """The sites and one depot; plenty of both pens where nothing is said."""
    if stock is None:
        stock = tuple(("EN", a_pile(pen)) for pen in ("PEN-A", "PEN-P"))
    return NetworkView({"NLD": DepotView("NLD", stock)}, sites or (a_site(),), **more)


def told(**changes: Any) -> Mapping[str, Any]:
    """The settings of a blinded study that is supplied by the optimizer."""
    planning = Planning(horizon_days=28, **changes.pop("planning", {}))
    return {
        "planning": planning,
        "storage": {"PEN-A": "2-8C", "PEN-P": "2-8C"},
        "groups": {"PEN-A": "PEN", "PEN-P": "PEN"},
        "consolidate": True,
        "review_days": 1,
        "courses": Courses(),
        **changes,
    }


def exactly(problem: Problem, goal: Goal, watch: Watch) -> Result:
    """The exact model's answer in the shape of an optimizer's."""
    found = solve_exact(problem, goal.seconds)
    return Result(Status.PROVEN, found.plan, found.verdict.cost, found.bound, 0.0)
