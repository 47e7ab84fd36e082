"""Visits over the API: run-in, weights by two people, calls recorded, marks corrected, kits given back."""

import pytest

from irt.blinding.roles import Role
from tests.builders_visits import RUN_IN_DAYS
from tests.web.api.system import ANSWERS, System
from tests.web.visitors import visiting
from tests.web.world import World


@pytest.fixture
def coordinator(visits_world: World) -> System:
    """A system with a coordinator's token."""
    return System.of(visits_world, f"{Role.COORDINATOR}.0")


@pytest.fixture
def pharmacist(visits_world: World) -> System:
    """A system with a pharmacist's token."""
    return System.of(visits_world, f"{Role.PHARMACIST}.0")


def test_a_run_in_is_started_and_waited_for(coordinator: System) -> None:
    """Its days are told with the subject; before they have passed the draw is refused by name."""
    subject = coordinator.screens()
    ask = {"subject": subject, "on_day": coordinator.today, **ANSWERS}
    early = coordinator.does("/subjects/randomize", **ask)
    assert (early.status_code, early.json()["name"]) == (409, "RunInNotStarted")
    started = coordinator.booked("/subjects/start-run-in", subject=subject, on_day=coordinator.today)
    shown = coordinator.asks_study(f"/subjects/{subject}").json()
    assert (shown["run_in_on"], shown["run_in_ends_on"]) == (started["started_on"], started["ends_on"])
    early = coordinator.does("/subjects/randomize", **ask)
    assert (early.status_code, early.json()["name"]) == (409, "RunInNotOver")
    coordinator.world.wait(days=RUN_IN_DAYS)
    later = {**ask, "on_day": coordinator.today}
    assert coordinator.booked("/subjects/randomize", **later)["status"] == "randomized"


def test_two_systems_type_a_weight(coordinator: System, pharmacist: System, visits_world: World) -> None:
    """Two tokens of one person are one person; a receipt never tells the number."""
    subject = visiting(visits_world)
    ask = {"subject": subject, "visit": "W4", "on_day": pharmacist.today, "weight_kg": "75.5"}
    entered = coordinator.booked("/dispensings/enter-weight", **ask)
    assert (entered["confirmed"], "weight_kg" in entered) == (False, False)
    own = System.of(visits_world, f"{Role.COORDINATOR}.0").does("/dispensings/confirm-weight", **ask)
    assert (own.status_code, own.json()["name"]) == (403, "SamePerson")
    other = pharmacist.does("/dispensings/confirm-weight", **{**ask, "weight_kg": "57.5"})
    assert (other.status_code, other.json()["name"]) == (409, "WeightsDiffer")
    assert pharmacist.booked("/dispensings/confirm-weight", **ask)["confirmed"]
    kits = pharmacist.booked("/dispensings/assign", subject=subject, visit="W4", on_day=pharmacist.today)["kits"]
    assert len(kits) == 2


def test_a_visit_is_recorded_corrected_and_skipped(pharmacist: System, visits_world: World) -> None:
    """Each answer says how the visit stands."""
    subject = visiting(visits_world)
    call = {"subject": subject, "visit": "CALL"}
    today = {"on_day": pharmacist.today}
    recorded = pharmacist.booked("/subjects/record-visit", **call, **today)
    assert recorded["status"] == "done"
    corrected = pharmacist.booked("/subjects/correct-visit", **call, reason="Another subject")
    assert corrected["status"] == "planned"
    pharmacist.booked("/subjects/skip-visit", **call, **today, reason="Not reached")
    shown = pharmacist.asks_study(f"/subjects/{subject}").json()["visits"]
    assert [visit["state"] for visit in shown if visit["visit"] == "CALL"] == ["skipped"]
    again = pharmacist.does("/subjects/skip-visit", **call, **today, reason="Not reached")
    assert (again.status_code, again.json()["name"]) == (409, "VisitNotPlanned")


def test_kits_given_back_leave_the_visit_as_asked(pharmacist: System, visits_world: World) -> None:
    """Open, and then skipped."""
    subject = visiting(visits_world)
    ask = {"subject": subject, "visit": "W12", "on_day": pharmacist.today}
    for then, state in (("open", "planned"), ("skipped", "skipped")):
        done = pharmacist.booked("/dispensings/assign", **ask)
        end = {"dispensing_id": done["dispensing_id"], "reason": "Went home", "visit_then": then}
        assert pharmacist.booked("/dispensings/give-up", **end)["status"] == "not_done"
        shown = pharmacist.asks_study(f"/subjects/{subject}").json()["visits"]
        assert [visit["state"] for visit in shown if visit["visit"] == "W12"] == [state]
