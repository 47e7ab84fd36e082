"""Causes: each kind of obstacle is named, is one however many visits it blocks, and never says too much."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from optimization.causes.cause import Cause, Why
from optimization.causes.unservable import unservable
from optimization.problem import (
    Costs,
    Demand,
    KitType,
    Lane,
    Licence,
    Lot,
    Node,
    NodeKind,
    Problem,
    Shipper,
    Supply,
)
from optimization.problem_rules import checked
from tests.optimization.instances import Shape, network
from tests.optimization.proofs import exact_of

WEEKENDS = frozenset(day for day in range(60) if day % 7 >= 5)
EVERY_DAY = frozenset(range(5))


def node(name: str, kind: NodeKind, country: str, room: int = 300) -> Node:
    """A place that is closed at weekends."""
    return Node(name, kind, country, WEEKENDS, {"2-8C": room})


SOUND = checked(
    Problem(
        name="two sites",
        start=date(2026, 1, 5),
        horizon_days=42,
        temps=("2-8C", "frozen"),
        kit_types={name: KitType(name, "2-8C", 3, 100) for name in ("A", "B")},
        lots={f"{kit}1": Lot(f"{kit}1", kit, 90, frozenset({"X", "Y"})) for kit in ("A", "B")},
        nodes={
            "C0": node("C0", NodeKind.CENTRAL, "X"),
            "S1": node("S1", NodeKind.SITE, "X"),
            "S2": node("S2", NodeKind.SITE, "Y"),
        },
        lanes={
            "L1": Lane("L1", "C0", "S1", 1, EVERY_DAY, 100, 1, frozenset({"2-8C"})),
            "L2": Lane("L2", "C0", "S2", 2, EVERY_DAY, 100, 1, frozenset({"2-8C"})),
        },
        shippers={"box": Shipper("box", "2-8C", 30, 10, 3)},
        supply=(Supply("C0", "A1", 0, 30), Supply("C0", "B1", 0, 30)),
        licences={("Y", kit): Licence("Y", kit, 0, 60, 20) for kit in ("A", "B")},
        demand=tuple(Demand(site, "A", day, 2, 14) for day in (15, 22, 29) for site in ("S1", "S2")),
        costs=Costs({"2-8C": 1}, {"2-8C": 1}, 1000),
    )
)


def changed(part: str, name: Any, **fields: object) -> dict[str, Any]:
    """One row of a part of the sound problem, changed."""
    rows: Mapping[Any, Any] = getattr(SOUND, part)
    return {part: {**rows, name: replace(rows[name], **fields)}}


CASES: list[tuple[str, dict[str, Any], Why, int, str | None, str]] = [
    ("no lane", {"lanes": {"L1": SOUND.lanes["L1"]}}, Why.LANE, 6, "S2", "No lane leads to S2"),
    ("a lane not qualified", changed("lanes", "L2", temps=frozenset({"frozen"})), Why.CLASS, 6, "S2", "Lane L2"),
    ("no shipper", changed("lanes", "L2", transit_days=4), Why.SHIPPER, 6, "S2", "holds 3 days"),
    ("no shipper at all", {"shippers": {}}, Why.SHIPPER, 6, "S1", "there is none"),
    ("no licence", {"licences": {}}, Why.LICENCE, 6, "S2", "There is no licence to bring A into Y"),
    ("a closed licence", changed("licences", ("Y", "A"), from_day=25), Why.LICENCE, 4, "S2", "days 25 to 60"),
    ("a small licence", changed("licences", ("Y", "A"), kits_max=5), Why.LICENCE_NUMBER, 1, None, "is for 5 kits"),
    ("not released", changed("lots", "A1", countries=frozenset({"X"})), Why.RELEASE, 6, "S2", "released for Y"),
    ("too short", changed("lots", "A1", expiry_day=30), Why.EXPIRY, 8, None, "last up to day 43"),
    ("too late", {"supply": (Supply("C0", "A1", 20, 30),)}, Why.EARLY, 2, "S1", "on day 22 at the earliest"),
    ("a holiday", changed("nodes", "C0", closed_days=frozenset(range(14))), Why.CALENDAR, 2, "S2", "Closed days"),
    (
        "no departures",
        changed("lanes", "L2", weekdays=frozenset()),
        Why.CALENDAR,
        6,
        "S2",
        "days without departures",
    ),
    ("a tiny store", changed("nodes", "S2", capacity={"2-8C": 2}), Why.STORE, 6, "S2", "holds 2 units"),
    ("a small store", changed("nodes", "S2", capacity={"2-8C": 5}), Why.STORE, 3, "S2", "holds 1 kits"),
    ("too few", {"supply": (Supply("C0", "A1", 0, 5),)}, Why.LOTS, 7, None, "at most 5"),
    ("nothing", {"supply": ()}, Why.LOTS, 12, None, "No kits of A are supplied"),
]


@pytest.mark.parametrize(
    ("changes", "why", "kits", "site", "words"), [row[1:] for row in CASES], ids=[c[0] for c in CASES]
)
def test_each_obstacle_is_named(changes: dict[str, Any], why: Why, kits: int, site: str | None, words: str) -> None:
    """By its kind, the kits it keeps back, the place, and a sentence."""
    found = [cause for cause in unservable(checked(replace(SOUND, **changes))) if cause.why is why]
    assert found
    assert kits in {cause.kits for cause in found}
    cause = next(cause for cause in found if cause.kits == kits)
    if site is not None:
        assert site in {cause.node for cause in found}
    assert any(words in cause.words for cause in found)
    assert cause.first_day is not None


def test_where_all_can_be_served_there_is_no_cause() -> None:
    """Silence is the usual answer."""
    assert unservable(SOUND) == ()


def test_a_blind_group_that_cannot_travel_is_named() -> None:
    """Kits of A may go to Y, those of B may not, and none may go without the other."""
    problem = replace(
        SOUND,
        blind_groups=(("A", "B"),),
        lots={**SOUND.lots, "B1": replace(SOUND.lots["B1"], countries=frozenset({"X"}))},
    )
    (cause,) = unservable(problem)
    assert (cause.why, cause.kits, cause.node) == (Why.BLIND, 6, "S2")
    assert "A and B together, and no lot of B may travel there" in cause.words
    assert unservable(replace(problem, blind_minimum_each=0)) == ()


def test_two_obstacles_are_told_together() -> None:
    """Neither a licence nor a release alone would help."""
    problem = replace(
        SOUND, licences={}, lots={**SOUND.lots, "A1": replace(SOUND.lots["A1"], countries=frozenset({"X"}))}
    )
    (cause,) = unservable(problem)
    assert (cause.why, cause.kits) == (Why.LICENCE, 6)
    assert "no licence" in cause.words
    assert "released for Y" in cause.words


def test_many_visits_with_one_obstacle_are_one_cause() -> None:
    """Hundreds of visits at many sites of a country without a licence."""
    sites = {f"S{number}": node(f"S{number}", NodeKind.SITE, "Y") for number in range(40)}
    lanes = {f"L{name}": replace(SOUND.lanes["L2"], id=f"L{name}", destination=name) for name in sites}
    demand = tuple(Demand(site, "A", day, 1, 14) for day in range(14, 24) for site in sites)
    problem = replace(SOUND, nodes={**SOUND.nodes, **sites}, lanes=lanes, demand=demand, licences={})
    (cause,) = unservable(problem)
    assert (cause.why, cause.kits, cause.node, cause.kit) == (Why.LICENCE, 400, None, "A")
    assert (cause.first_day, cause.last_day) == (14, 23)


def test_stock_on_hand_serves_without_a_lane() -> None:
    """It is there already, until it is used up."""
    problem = replace(SOUND, lanes={}, supply=(Supply("S1", "A1", 0, 6), Supply("S2", "A1", 0, 5)))
    (cause,) = unservable(problem)
    assert (cause.why, cause.kits) == (Why.LOTS, 1)


@pytest.mark.parametrize("seed", [*range(14), 988075, 995180])
def test_every_plan_misses_what_is_named(seed: int) -> None:
    """The kits of all causes together are never more than the best plan leaves unmet."""
    shape = Shape(
        seed=seed,
        depots=1 + seed % 2,
        blind=seed % 2,
        lots=1 + seed % 3,
        supply_share=0.8,
        licence_share=0.7,
        weeks=3,
    )
    problem = network(shape)
    causes: tuple[Cause, ...] = unservable(problem)
    exact = exact_of(problem)
    assert sum(cause.kits for cause in causes) <= exact.verdict.unmet_kits
