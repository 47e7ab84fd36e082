"""Problems as files: read, written, read again; what is no problem is refused by name, field and row."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.errors import BadInput
from optimization.problem import Demand, NodeKind, Problem, Supply
from optimization.problem_file import read_problem, write_problem
from tests.optimization.benchmark import FOLDER, NAMES, needs_benchmark
from tests.optimization.instances import Shape, network

shapes = st.builds(
    Shape,
    sites=st.integers(1, 4),
    weeks=st.integers(2, 6),
    depots=st.integers(1, 3),
    classes=st.integers(1, 3),
    kits_per_class=st.integers(1, 2),
    lots=st.integers(1, 3),
    patients=st.integers(0, 1),
    blind=st.integers(0, 2),
    direct=st.booleans(),
    couriers=st.booleans(),
    seed=st.integers(0, 10**6),
)

Change = Callable[[dict[str, Any]], object]


def file_of(problem: Problem) -> dict[str, Any]:
    """A problem's file as plain values."""
    file: dict[str, Any] = json.loads(write_problem(problem))
    return file


@pytest.fixture(scope="module")
def small() -> Problem:
    """A network of two sites."""
    return network(Shape(blind=1))


@given(shapes)
@settings(deadline=None, derandomize=True, max_examples=40)
def test_a_problem_that_is_written_and_read_is_the_same(shape: Shape) -> None:
    """Nothing is lost on the way."""
    problem = network(shape)
    assert read_problem(write_problem(problem)) == problem


@needs_benchmark
@pytest.mark.parametrize("name", NAMES)
def test_the_benchmark_is_read_and_written(name: str) -> None:
    """What is written of a problem of the benchmark means the same."""
    problem = read_problem((FOLDER / "instances" / f"{name}.json").read_bytes())
    assert problem.kits_wanted > 0
    assert read_problem(write_problem(problem)) == problem


def test_lists_of_objects_and_tables_read_the_same(small: Problem) -> None:
    """Both ways to write a long list."""
    file = file_of(small)
    for field in ("demand", "initial_stock", "import_licences"):
        table = file[field]
        file[field] = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
    assert read_problem(json.dumps(file)) == small


def test_stock_is_supply_of_the_first_day(small: Problem) -> None:
    """Stock at hand and supply of day 0 at a node add up."""
    file = file_of(small)
    lot = next(iter(small.lots))
    file["initial_stock"] = [{"node": "C0", "lot": lot, "qty": 3}]
    file["supply"] = [{"node": "C0", "lot": lot, "day": 0, "qty": 4}]
    assert read_problem(json.dumps(file)).supply == (Supply("C0", lot, 0, 7),)


def test_demand_of_one_visit_adds_up(small: Problem) -> None:
    """Rows for one site, kit type and day are one demand that must last the longest of them; zero kits are none."""
    file = file_of(small)
    row = {"site": "S0", "kit": next(iter(small.kit_types)), "day": 9, "qty": 2, "dnd_days": 7}
    file["demand"] = [row, row | {"qty": 1, "dnd_days": 30}, row | {"day": 10, "qty": 0}]
    assert read_problem(json.dumps(file)).demand == (Demand("S0", row["kit"], 9, 3, 30),)


def test_the_last_licence_holds(small: Problem) -> None:
    """Of two for one country and kit type."""
    file = file_of(small)
    kit = next(iter(small.kit_types))
    row = {"country": "X01", "kit": kit, "from_day": 0, "to_day": 9, "max_kits": 5}
    file["import_licences"] = [row, row | {"from_day": 3}]
    assert read_problem(json.dumps(file)).licences["X01", kit].from_day == 3


@pytest.mark.parametrize(
    ("node", "kind", "cents"), [("C0", "central", 0), ("R0", "regional", 8), ("S0", "site", 25)]
)
def test_only_one_node_holds_stock_for_nothing(small: Problem, node: str, kind: str, cents: int) -> None:
    """It goes by the id, not by the kind of node."""
    assert small.nodes[node].kind is NodeKind(kind)
    assert small.costs.holding(small.nodes[node], "2-8C") == cents


def test_another_central_depot_pays_for_holding(small: Problem) -> None:
    """Only the id C0 is free."""
    file = json.loads(write_problem(small).replace('"C0"', '"C1"'))
    problem = read_problem(json.dumps(file))
    assert problem.costs.holding(problem.nodes["C1"], "2-8C") == 8


REFUSED: list[tuple[str, Change, str, str]] = [
    ("no format", lambda f: f.pop("format"), "UnknownFormat", "irt-supply-bench/1"),
    ("another format", lambda f: f.update(format="irt-supply-bench/2"), "UnknownFormat", "irt-supply-bench/1"),
    ("a field missing", lambda f: f.pop("lanes"), "WrongField", "lanes: is missing"),
    ("a field of a row missing", lambda f: f["lots"][1].pop("kit"), "WrongField", "lots, row 2, kit: is missing"),
    ("a column missing", lambda f: f["demand"].update(columns=list("abcde")), "WrongField", "demand, row 1, site"),
    ("half a kit", lambda f: f["supply"][0].update(qty=1.5), "WrongField", "supply, row 1, qty"),
    ("a whole number as a float", lambda f: f["supply"][0].update(qty=2.0), "WrongField", "supply, row 1, qty"),
    ("yes for a number", lambda f: f["supply"][0].update(qty=True), "WrongField", "supply, row 1, qty"),
    ("a number as text", lambda f: f["lanes"][0].update(kit_cost="3"), "WrongField", "lanes, row 1, kit_cost"),
    ("a negative number", lambda f: f["demand"]["rows"][2].__setitem__(3, -1), "WrongField", "demand, row 3, qty"),
    ("a short row", lambda f: f["demand"]["rows"][0].pop(), "WrongField", "demand: row 1"),
    ("no rows", lambda f: f["demand"].pop("rows"), "WrongField", "demand: a table"),
    (
        "a weekday too many",
        lambda f: f["lanes"][0].update(dispatch_weekdays=[7]),
        "WrongField",
        "dispatch_weekdays",
    ),
    ("an unknown kind of node", lambda f: f["nodes"][0].update(type="depot"), "WrongField", "nodes, row 1, type"),
    ("no date", lambda f: f.update(start_date="soon"), "WrongField", "start_date"),
    ("a Tuesday", lambda f: f.update(start_date="2026-01-06"), "ImpossibleDay", "start_date"),
    ("no days", lambda f: f.update(horizon_days=0), "WrongField", "horizon_days"),
    ("an id twice", lambda f: f["lots"][1].update(id=f["lots"][0]["id"]), "RepeatedId", "lots, row 2, id"),
    ("an unknown class", lambda f: f["kit_types"][0].update(temp="hot"), "UnknownReference", "temp: hot"),
    ("an unknown kit", lambda f: f["lots"][0].update(kit="K9"), "UnknownReference", "kit: K9"),
    ("an unknown origin", lambda f: f["lanes"][0].update(frm="Q"), "UnknownReference", "frm: Q"),
    ("an unknown end", lambda f: f["lanes"][0].update(to="Q"), "UnknownReference", "to: Q"),
    ("an unknown class of a lane", lambda f: f["lanes"][0].update(temps=["hot"]), "UnknownReference", "temps: hot"),
    (
        "an unknown class of a shipper",
        lambda f: f["shippers"][0].update(temp="hot"),
        "UnknownReference",
        "temp: hot",
    ),
    ("supply of an unknown lot", lambda f: f["supply"][0].update(lot="Q"), "UnknownReference", "lot: Q"),
    ("supply at an unknown node", lambda f: f["supply"][0].update(node="Q"), "UnknownReference", "node: Q"),
    (
        "a licence for an unknown kit",
        lambda f: f["import_licences"]["rows"][0].__setitem__(1, "Q"),
        "UnknownReference",
        "kit: Q",
    ),
    (
        "demand at an unknown site",
        lambda f: f["demand"]["rows"][0].__setitem__(0, "Q"),
        "UnknownReference",
        "site: Q",
    ),
    (
        "demand for an unknown kit",
        lambda f: f["demand"]["rows"][0].__setitem__(1, "Q"),
        "UnknownReference",
        "kit: Q",
    ),
    ("demand at a depot", lambda f: f["demand"]["rows"][0].__setitem__(0, "R0"), "WantedAtDepot", "site"),
    ("demand too late", lambda f: f["demand"]["rows"][0].__setitem__(2, 28), "ImpossibleDay", "day"),
    ("a lane back to itself", lambda f: f["lanes"][0].update(to="C0"), "ImpossibleLane", "to"),
    ("no capacity of a class", lambda f: f["nodes"][1].update(capacity={}), "MissingClass", "nodes, R0, capacity"),
    (
        "no price of a class",
        lambda f: f["costs"]["hold_cents_per_kit_day"].update(site={}),
        "MissingClass",
        "site: 2-8C",
    ),
    ("an unknown kit in a group", lambda f: f["blind_groups"][0].append("Q"), "UnknownReference", "row 1: Q"),
    ("a kit in two groups", lambda f: f["blind_groups"].append(["K02"]), "UnfitBlindGroup", "more than once"),
    (
        "a full store",
        lambda f: f["nodes"][0].update(capacity={"2-8C": 1}),
        "StoreOverfilled",
        "nodes, C0, capacity",
    ),
]


@pytest.mark.parametrize(("change", "name", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_no_problem_is_refused(small: Problem, change: Change, name: str, words: str) -> None:
    """Each by a name of its own and a sentence with the field and the row."""
    file = file_of(small)
    change(file)
    with pytest.raises(BadInput) as refused:
        read_problem(json.dumps(file))
    assert refused.value.name == name
    assert words in refused.value.sentence


@pytest.mark.parametrize("text", ["", "{", "[1]", b"\xff"])
def test_what_is_no_file_of_the_format_is_refused(text: str | bytes) -> None:
    """Without a traceback."""
    with pytest.raises(BadInput):
        read_problem(text)


def test_a_blind_group_is_of_one_class() -> None:
    """Two classes never travel together; without blinding nobody minds."""
    file = file_of(network(Shape(classes=2, kits_per_class=1, blind=1)))
    file["blind_groups"] = [[kit["id"] for kit in file["kit_types"]]]
    with pytest.raises(BadInput, match=r"never travel together"):
        read_problem(json.dumps(file))
    assert read_problem(json.dumps(file | {"blind_min_each": 0})).blind_groups
