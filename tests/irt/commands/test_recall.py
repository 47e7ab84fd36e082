"""`irt recall`: opened, followed, reported and ended at a terminal; a drill measures."""

import csv
import json

import pytest

from tests.irt.commands.office import STUDY, TerminalOffice

LOT = "L2509-N"
BY = ("--study", STUDY, "--user", "quinn")


@pytest.fixture
def ready(stocked: TerminalOffice) -> TerminalOffice:
    """Kits released at the depots; Quinn is the qualified person."""
    stocked.does("supply", "release", LOT, *BY)
    return stocked


def test_a_recall_from_its_opening_to_its_end(ready: TerminalOffice) -> None:
    """Blocked at once; the worker finds and moves; the report names each kit; then it is lifted."""
    said = ready.does("recall", "open", "--lot", LOT, "--reason", "sterility failure", *BY)
    assert said.startswith(f"H-0001, recall: Lot {LOT}, ")
    assert "may not be used from now on" in said
    early = ready.refused("recall", "lift", "H-0001", "--reason", "done", *BY)
    assert "still being found" in early
    ready.does("worker", "--once")
    told = json.loads(ready.does("recall", "status", "H-0001", "--json", *BY))
    (hold,) = told["holds"]
    assert hold["found"] == hold["kits"] == hold["moved"] > 0
    assert sum(place["still_there"] for place in told["places"]) == hold["kits"]
    rows = list(csv.DictReader(ready.does("recall", "report", "H-0001", *BY).splitlines()))
    assert len(rows) == hold["kits"]
    assert {row["status"] for row in rows} == {"Recalled"}
    assert all(row["found_at"] == row["now_at"] for row in rows)
    assert ready.does("recall", "lift", "H-0001", "--reason", "all accounted for", *BY) == "H-0001 is lifted.\n"
    assert "lifted" in ready.does("recall", "status", *BY)
    assert "adds up" in ready.does("stock", "reconcile", "--study", STUDY)


def test_a_drill_blocks_nothing(ready: TerminalOffice) -> None:
    """The kits are counted and found, and the word is that it was measured."""
    ready.does("recall", "drill", "--lot", LOT, "--reason", "yearly drill", *BY)
    ready.does("worker", "--once")
    (hold,) = json.loads(ready.does("recall", "status", "--json", *BY))["holds"]
    assert (hold["kind"], hold["state"], hold["moved"]) == ("drill", "measured", 0)
    assert hold["found"] == hold["kits"]
    assert hold["seconds"] is not None


def test_others_may_not_look_or_act(ready: TerminalOffice) -> None:
    """A supply manager is refused, also to read."""
    others = ("--study", STUDY, "--user", "sam")
    ready.refused("recall", "open", "--lot", LOT, "--reason", "x", *others)
    ready.refused("recall", "status", *others)
    ready.refused("recall", "report", "H-0001", *others)
    ready.refused("recall", "lift", "H-0001", "--reason", "x", *others)
    assert "no hold H-0001" in ready.refused("recall", "report", "H-0001", *BY)
