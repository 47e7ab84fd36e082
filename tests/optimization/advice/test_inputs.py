"""Inputs named as in the file and changed: each kind, wildcards, scaling, and what is refused."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.errors import BadInput
from optimization.advice.changes import How, UnfitValue, UnreadableChange, change_of
from optimization.advice.inputs import FIELDS, KEYS, UnknownInput, changed_problem, open_file
from optimization.bench_format import ProblemPart
from optimization.problem import Problem
from optimization.problem_file import read_problem, write_problem
from tests.optimization.instances import Shape, network

PROBLEM = network(Shape(sites=3, weeks=6, classes=2, seed=5))


def changed(*typed: str, problem: Problem = PROBLEM) -> Problem:
    """The problem after these changes."""
    return changed_problem(problem, [change_of(each) for each in typed]).problem


@pytest.mark.parametrize(
    ("typed", "steps", "how", "value"),
    [
        ("costs.unmet_per_kit=5", ("costs", "unmet_per_kit"), How.SET, "5"),
        ("lots.L*.expiry_day+=14", ("lots", "L*", "expiry_day"), How.ADD, "14"),
        ("demand.S1.qty*=1.2", ("demand", "S1", "qty"), How.SCALE, "1.2"),
        ("nodes.S1.capacity.*=5", ("nodes", "S1", "capacity", "*"), How.SET, "5"),
        ("nodes.S1.capacity.**=5", ("nodes", "S1", "capacity", "*"), How.SCALE, "5"),
        ('lots."A.1".expiry_day-=3', ("lots", "A.1", "expiry_day"), How.TAKE, "3"),
    ],
)
def test_a_change_is_read_as_it_is_typed(typed: str, steps: tuple[str, ...], how: How, value: str) -> None:
    """Path, what happens, and value; a star before the sign scales unless it ends the path."""
    change = change_of(typed)
    assert (change.steps, change.how, change.value) == (steps, how, value)


@pytest.mark.parametrize("typed", ["", "lots", "=5", "..=5", "lots..x=5"])
def test_what_is_no_change_is_refused(typed: str) -> None:
    """With an example of how it is written."""
    with pytest.raises(UnreadableChange, match="expiry_day"):
        change_of(typed)


def test_every_kind_of_input_can_be_changed() -> None:
    """A cost, a lane's days, a capacity, a lot's quantity and expiry, a licence's opening, closed days, a start."""
    lane, lot = next(iter(PROBLEM.lanes)), next(iter(PROBLEM.lots))
    (country, kit), site = next(iter(PROBLEM.licences)), "S1"
    now = changed(
        "costs.unmet_per_kit*=0.5",
        "costs.hold_cents_per_kit_day.site.2-8C=7",
        f"lanes.{lane}.transit_days+=2",
        f"lanes.{lane}.dispatch_weekdays=1,3",
        f"nodes.{site}.capacity.2-8C=99",
        f"nodes.{site}.closed-=5",
        f"supply.*.{lot}.qty=3",
        f"supply.*.{lot}.day+=1",
        f"lots.{lot}.expiry_day+=14",
        f"import_licences.{country}.{kit}.from_day=4",
        "start_date=2026-02-02",
    )
    assert now.costs.unmet_kit * 2 == PROBLEM.costs.unmet_kit
    assert (now.costs.site_holding["2-8C"], now.costs.site_holding["ambient"]) == (7, 10)
    assert now.lanes[lane].transit_days == PROBLEM.lanes[lane].transit_days + 2
    assert now.lanes[lane].weekdays == {1, 3}
    assert now.nodes[site].capacity["2-8C"] == 99
    assert now.nodes[site].closed_days == PROBLEM.nodes[site].closed_days - {5}
    before = [row for row in PROBLEM.supply if row.lot == lot and not PROBLEM.nodes[row.node].kind.uses_kits]
    after = [row for row in now.supply if row.lot == lot and not now.nodes[row.node].kind.uses_kits]
    assert [(row.day, row.kits) for row in after] == [(row.day + 1, 3) for row in before]
    assert now.lots[lot].expiry_day == PROBLEM.lots[lot].expiry_day + 14
    assert now.licences[country, kit].from_day == 4
    assert now.start.isoformat() == "2026-02-02"


def test_keys_left_out_mean_every_row() -> None:
    """And a star in a step means any text."""
    counted = changed_problem(
        PROBLEM, [change_of(each) for each in ("demand.qty=1", "demand.S1.qty=2", "lots.K*.kit=K02")]
    )
    rows = [row for row in PROBLEM.demand if row.site == "S1"]
    kinds = [lot for lot in PROBLEM.lots if lot.startswith("K")]
    assert counted.touched == (len(PROBLEM.demand), len(rows), len(kinds))
    assert {row.kits for row in counted.problem.demand if row.site != "S1"} == {1}


@settings(deadline=None, derandomize=True, max_examples=30)
@given(st.integers(0, 400))
def test_scaled_kits_add_up(hundredths: int) -> None:
    """Rows of a site and type are scaled together: their sum is right to half a kit, though each row is small."""
    now = changed(f"demand.S1.qty*={hundredths / 100}")
    for kit in PROBLEM.kit_types:
        before = sum(row.kits for row in PROBLEM.demand if (row.site, row.kit) == ("S1", kit))
        after = sum(row.kits for row in now.demand if (row.site, row.kit) == ("S1", kit))
        assert abs(after - before * hundredths / 100) <= 0.5
    assert [row for row in now.demand if row.site != "S1"] == [row for row in PROBLEM.demand if row.site != "S1"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("lot.x.expiry_day=4", "Did you mean lots?"),
        ("lots.K02-9.expiry_day=4", "Did you mean K02-"),
        ("lots.*.expiry=4", "Did you mean expiry_day?"),
        ("nodes.S1.capacity.2-8=4", "Did you mean 2-8C?"),
        ("costs.unmet_kit=4", "Did you mean unmet_per_kit?"),
        ("costs.unmet_per_kit.more=4", "nothing here is called more"),
        ("lots.a.b.expiry_day=4", "named by id"),
        ("demand=4", "nothing here is called that"),
    ],
)
def test_an_unknown_path_is_refused_with_the_nearest(typed: str, words: str) -> None:
    """By the step that names nothing."""
    with pytest.raises(UnknownInput, match=words.replace("?", r"\?")):
        changed(typed)


@pytest.mark.parametrize(
    "typed",
    ["lots.*.expiry_day=soon", "lots.*.expiry_day=1.5", "lots.*.kit*=2", "nodes.*.closed*=2", "nodes.*.closed=a",
     "nodes.*.closed=[1", "costs.unmet_per_kit=nan"],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused(typed: str) -> None:
    """Words where numbers stand, halves where whole things are counted."""
    with pytest.raises(UnfitValue):
        changed(typed)


@pytest.mark.parametrize(
    "typed", ["lots.*.expiry_day-=9999", "lots.*.kit=K99", "horizon_days=3", "nodes.*.type=ship"]
)
def test_a_problem_that_contradicts_itself_is_refused(typed: str) -> None:
    """As any file would be, naming the row."""
    with pytest.raises(BadInput):
        changed(typed)


def test_paths_follow_the_format() -> None:
    """Every field of every list is an input, but ids and further openings; an open file is the same problem."""
    for part, keys in KEYS.items():
        annotation = str(ProblemPart.model_fields[part].annotation)
        shape = next(
            each for each in vars(__import__("optimization.bench_format", fromlist=["x"])).values()
            if isinstance(each, type) and each.__name__ == annotation.rsplit(".", 1)[-1].strip("]'>")
        )  # fmt: skip
        assert set(FIELDS[part]) == set(shape.model_fields) - {"id", "later"}, part
        assert set(keys) <= set(shape.model_fields)
    assert read_problem(json.dumps(open_file(PROBLEM))) == read_problem(write_problem(PROBLEM))
