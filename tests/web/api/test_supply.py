"""Stock and shipments over the API: what sites see, what depots and supply do."""

import pytest

from irt.blinding.roles import Role
from tests.web.api.system import SIGNING, System, depot_of
from tests.web.world import World


@pytest.fixture
def depot(world: World) -> System:
    """A system of the depot that supplies the sites."""
    world.office.hire("depot.all", (Role.DEPOT, {"study_id": world.study_id, "depot_id": depot_of(world)}))
    return System.of(world, "depot.all")


@pytest.fixture
def supply(world: World) -> System:
    """A system of the supply planner, who is blinded."""
    return System.of(world, "supply_planner.all")


def _empties(investigator: System) -> None:
    """Reports every kit at the site missing but six, so that the next resupply sends some."""
    site = investigator.world.sites[0][0]
    kits = investigator.asks_study(f"/sites/{site}/kits", limit=200).json()["items"]
    for kit in kits[6:]:
        investigator.booked("/kits/report", site=site, kit=kit["number"], report="missing", reason="Not found")


def test_a_shipment_goes_from_plan_to_shelf(investigator: System, depot: System, supply: System) -> None:
    """Planned, approved, sent in steps, received under signature."""
    _empties(investigator)
    planned = supply.booked("/resupply/run", day=supply.today, needs_approval=True)
    (number,) = planned["shipments"]
    assert supply.booked("/shipments/approve", number=number)["status"] == "requested"
    (listed,) = depot.asks_study("/depot-shipments").json()["items"]
    assert (listed["number"], listed["status"]) == (number, "requested")
    for step in ("acknowledge", "pick", "pack", "dispatch", "deliver"):
        depot.booked(f"/shipments/{step}", number=number)
    record = investigator.asks_study(f"/shipments/{number}").json()
    kits = [kit["number"] for kit in record["kits"]]
    assert (record["line"]["status"], len(kits)) == ("delivered", planned["kits"])
    assert [each["number"] for each in investigator.asks_study("/shipments").json()["items"]] == [number]
    got = investigator.booked("/shipments/receive", number=number, received=kits, signing=SIGNING)
    assert (got["status"], got["usable"]) == ("received", sorted(kits))
    past = investigator.asks_study("/past-shipments").json()["items"]
    assert past[0]["number"] == number


def test_a_step_out_of_order_is_refused(investigator: System, depot: System, supply: System) -> None:
    """A shipment that nobody has packed does not leave; supply may still cancel it, with a reason."""
    _empties(investigator)
    (number,) = supply.booked("/resupply/run", day=supply.today)["shipments"]
    assert depot.does("/shipments/dispatch", number=number).status_code == 409
    assert supply.does("/shipments/cancel", number=number).status_code == 400
    assert supply.booked("/shipments/cancel", number=number, reason="Site closes")["status"] == "cancelled"


def test_each_does_its_own_part_only(investigator: System, depot: System, supply: System) -> None:
    """A site plans nothing, a depot approves nothing, a planner packs nothing."""
    assert investigator.does("/resupply/run", day=supply.today).status_code == 403
    assert depot.does("/shipments/approve", number="S-10001").status_code == 403
    assert supply.does("/shipments/pack", number="S-10001").status_code == 403


def test_a_site_opens_and_closes(supply: System) -> None:
    """By whoever may; a step that the site's state does not know is refused."""
    sites = supply.asks_study("/sites", limit=200).json()["items"]
    planned = next(each["site"] for each in sites if each["status"] == "planned")
    assert supply.booked("/sites/change", site=planned)["status"] == "active"
    again = supply.does("/sites/change", site=planned)
    assert (again.status_code, again.json()["name"]) == (409, "TransitionRefused")


def test_a_blinded_planner_sets_no_levels_of_a_kit_type(supply: System) -> None:
    """The refusal stands in the same words whether the type exists or not."""
    levels = {"minimum": 20, "maximum": 40, "effective_from": supply.today, "reason": "Faster"}
    answers = [supply.does("/resupply/levels/propose", kit_type=kind, **levels) for kind in ("PEN-A", "PEN-Z")]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].json()["sentence"] == answers[1].json()["sentence"]


def test_kits_are_set_apart(investigator: System) -> None:
    """A site's own kits; another's read as unknown."""
    site = investigator.world.sites[0][0]
    kit = investigator.asks_study(f"/sites/{site}/kits").json()["items"][0]["number"]
    asked = {"kits": [kit], "reason": "Out of the refrigerator"}
    assert System.of(investigator.world, "investigator.1").does("/kits/quarantine", **asked).status_code == 404
    assert investigator.booked("/kits/quarantine", **asked)["kits"] == [kit]
    assert investigator.asks_study(f"/kits/{kit}").json()["kit"]["status"] == "quarantined"


def test_a_shelf_is_counted(world: World) -> None:
    """A difference wants its reason; then it is booked."""
    system, site = System.of(world, "pharmacist.0"), world.sites[0][0]
    numbers = [kit["number"] for kit in system.asks_study(f"/sites/{site}/kits", limit=200).json()["items"]]
    asked = {"site": site, "scanned": numbers[1:]}
    refused = system.does("/kits/count", **asked)
    assert (refused.status_code, refused.json()["name"]) == (409, "DifferencesUnexplained")
    counted = system.booked("/kits/count", reasons={numbers[0]: "Nowhere"}, **asked)
    assert (counted["matched"], counted["differences"][0]["difference"]) == (len(numbers) - 1, "not_found")
    steps = system.asks_study(f"/kits/{numbers[0]}").json()["steps"]
    assert steps[0]["words"] == "Reported missing"


def test_a_shipment_says_why_and_a_late_one_finds_an_owner(investigator: System, supply: System) -> None:
    """Sums by blinding group; after two days nobody has acknowledged it, and the planner takes it."""
    _empties(investigator)
    (number,) = supply.booked("/resupply/run", day=supply.today)["shipments"]
    reasons = supply.asks_study(f"/supply/shipments/{number}").json()
    assert (reasons["raised_by"], [one["blinding_group"] for one in reasons["groups"]]) == ("resupply", ["PEN"])
    assert supply.asks_study("/supply/exceptions").json()["items"] == []
    supply.world.wait(days=2)
    (late,) = supply.asks_study("/supply/exceptions").json()["items"]
    assert (late["kind"], late["record"], late["owner"]) == ("not_acknowledged", number, "")
    supply.booked("/supply/exceptions/take", kind=late["kind"], record=number, note="I call the depot")
    assert supply.asks_study("/supply/exceptions").json()["items"][0]["note"] == "I call the depot"
    assert supply.does("/supply/exceptions/take", kind="expiring", record="L9").status_code == 409


def test_a_blinded_planner_orders_sets_and_no_types(supply: System) -> None:
    """Whole sets come; kits by type are refused; a stop of supply waits for a second person."""
    site = supply.world.sites[0][0]
    done = supply.booked("/resupply/order-sets", site=site, blinding_group="PEN", sets=1, reason="Fridge failed")
    assert (len(done["shipments"]), done["waits"]) == (1, False)
    refused = supply.does("/resupply/order-kits", site=site, kits={"PEN-A": 1}, reason="Fridge failed")
    assert refused.status_code == 403
    stop = supply.booked("/resupply/stops/propose", site=site, stops_on=supply.today, reason="Enrolment ended")
    assert stop["record"] == f"supply of site {site}"
