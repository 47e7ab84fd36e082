"""What only unblinded people read over the API: as the pages show it, to their roles alone, and written down."""

from typing import Any

import pytest

from irt.blinding.roles import Permission, Role
from irt.tables.record import AuditEntry
from irt.tables.secret import KitContent, TreatmentAssignment
from tests.web.api.system import System
from tests.web.parcels import house_of
from tests.web.world import World

QUESTIONS = (
    "/sites/1001/contents",
    "/kits/{kit}/contents",
    "/subjects/{subject}/treatment",
    "/allocations",
    "/randomization-balance",
    "/response-feed",
    "/schedule-and-codes",
    "/bench-papers",
    "/stock-by-type",
    "/depot-stock-by-type",
    "/lots",
)


def hired(world: World, role: Role, **where: int) -> System:
    """A system of somebody with that role, with every scope."""
    world.office.hire(f"some.{role}", (role, {"study_id": world.study_id, **where}))
    return System.of(world, f"some.{role}")


def listed(system: System, path: str, limit: int) -> list[dict[str, Any]]:
    """Every entry of a list, page by page."""
    found: list[dict[str, Any]] = []
    page = {"next": ""}
    while page["next"] is not None:
        page = system.asks_study(path, limit=limit, after=page["next"]).json()
        found += page["items"]
    return found


def test_an_unblinded_pharmacist_reads_contents_and_treatment(world: World) -> None:
    """What is in each kit of the own site, and whose arm is whose; of no other site."""
    subject, dispensing = System.of(world, "investigator.0").dispenses()
    system = hired(world, Role.UNBLINDED_PHARMACIST, site_id=world.sites[0][1])
    kits = listed(system, "/sites/1001/contents", 7)
    assert [kit["number"] for kit in kits] == sorted({kit["number"] for kit in kits})
    assert {kit["kit_type"] for kit in kits} == {row["kit_type"] for row in house_of(world).rows(KitContent)}
    assert system.asks_study(f"/kits/{kits[0]['number']}/contents").json() == kits[0]
    told = system.asks_study(f"/subjects/{subject}/treatment").json()
    (drawn,) = house_of(world).rows(TreatmentAssignment)
    names = {arm.code: arm.name for arm in house_of(world).definition.arms}
    assert told["subject"]["arms"] == [names[drawn["arm"]]]
    assert {kit["number"] for kit in told["kits"]} == {kit["number"] for kit in dispensing["kits"]}
    for path in ("/sites/1002/contents", "/kits/none/contents", "/subjects/none/treatment"):
        assert system.asks_study(path).status_code == 404
    assert [system.asks_study(path).status_code for path in ("/allocations", "/stock-by-type")] == [403, 403]
    read = {row["record"] for row in house_of(world).rows(AuditEntry, act="read")}
    site = world.sites[0][0]
    assert read == {
        f"contents of the kits at site {site}",
        f"contents of kit {kits[0]['number']}",
        f"treatment of subject {subject}",
    }


def test_the_safety_desk_reads_no_treatment_without_a_reason(world: World) -> None:
    """Arms are told to it by code breaks and cases alone: here it is refused, for whomever it asks."""
    subject = System.of(world, "investigator.0").randomizes()
    system = hired(world, Role.SAFETY)
    for number in (subject, "none"):
        refused = system.asks_study(f"/subjects/{number}/treatment")
        assert (refused.status_code, refused.json()["name"]) == (403, "NotAllowed")


def test_a_statistician_reads_allocations(world: World) -> None:
    """Newest first with draw and probability, and the balance; no contents of kits."""
    investigator = System.of(world, "investigator.0")
    subjects = [investigator.randomizes() for _ in range(3)]
    system = hired(world, Role.UNBLINDED_STATISTICIAN)
    page = system.asks_study("/allocations").json()
    assert [line["number"] for line in page["items"]] == [3, 2, 1]
    assert page["total"] == len(subjects) == sum(arm["subjects"] for arm in page["arms"])
    assert all(line["draw"] and line["probability"] for line in page["items"])
    assert page["next"] is None
    assert [line["number"] for line in system.asks_study("/allocations", after=3).json()["items"]] == [2, 1]
    assert system.asks_study("/sites/1001/contents").status_code == 403
    assert [row["record"] for row in house_of(world).rows(AuditEntry, act="read")] == ["allocations"] * 2


def test_a_statistician_reads_the_room(world: World) -> None:
    """Balance with the course, schedule and codes, and the bench; each reading is written down."""
    subject = System.of(world, "investigator.0").randomizes()
    system = hired(world, Role.UNBLINDED_STATISTICIAN)
    balance = system.asks_study("/randomization-balance").json()
    assert (balance["total"], balance["guessed"]["by_chances"]) == (1, 0.5)
    assert {group["title"] for group in balance["groups"]} >= {"Stratum", "Site"}
    told = system.asks_study("/schedule-and-codes").json()
    assert [line["subject"] for line in told["lines"]] == [subject]
    assert told["plan"]["method"] == "permuted_block"
    assert system.asks_study("/bench-papers").json() == {"items": []}
    read = [row["record"] for row in house_of(world).rows(AuditEntry, act="read")]
    assert read == ["balance", "schedule and codes", "bench papers"]


def test_a_statistician_asks_for_the_table_of_an_escalation(world: World) -> None:
    """As the command tells it; a design that finds no dose, or observations that cannot be, are refused."""
    system = hired(world, Role.UNBLINDED_STATISTICIAN)
    boin = '{"method": "boin", "arms": ["10 mg", "20 mg"], "params": {"target": 0.3}}'
    observed = "dose,subjects,toxicities\n10 mg,3,0\n20 mg,6,3\n"
    told = system.asks_study("/dose-table", design=boin, n=6, observed=observed).json()["table"]
    assert told["table"][5] == {"n": 6, "escalate": 1, "deescalate": 3, "eliminate": 4}
    assert told["recommended"] == "20 mg"
    assert "recommended" not in system.asks_study("/dose-table", design=boin).json()["table"]
    refused = system.asks_study("/dose-table", design='{"method": "complete", "arms": ["A", "B"]}')
    assert (refused.status_code, refused.json()["name"]) == (400, "NoBoundaries")
    assert system.asks_study("/dose-table", design=boin, observed="x").json()["name"] == "UnreadableDoses"
    assert System.of(world, "investigator.0").asks_study("/dose-table", design=boin).status_code == 403


def test_a_supply_manager_reads_stock_by_type(world: World) -> None:
    """Each site's levels and what depots hold; a site with few subjects by blinding group alone."""
    system = System.of(world, "supply_manager.all")
    sites = listed(system, "/stock-by-type", 1)
    assert [one["site"] for one in sites] == sorted(one["site"] for one in sites)
    assert {one["site"] for one in sites} >= {"1001", "1002"}
    assert all(row["name"] not in ("PEN-A", "PEN-P") for one in sites if one["grouped"] for row in one["rows"])
    depots = listed(system, "/depot-stock-by-type", 1)
    assert {lot["kit_type"] for depot in depots for lot in depot["lots"]} >= {"PEN-A", "PEN-P"}
    assert system.asks_study("/allocations").status_code == 403
    assert system.asks_study("/sites/1001/contents").status_code == 403


@pytest.mark.parametrize(
    "person", ["investigator.0", "pharmacist.0", "monitor.0", "supply_planner.all", "quality.all"]
)
def test_a_blinded_token_gets_nothing(world: World, person: str) -> None:
    """403 with every scope, about what is there and what is not, in one's own study and in others."""
    subject, dispensing = System.of(world, "investigator.0").dispenses()
    system = System.of(world, person)
    for kit, number in ((dispensing["kits"][0]["number"], subject), ("none", "none")):
        for path in QUESTIONS:
            address = path.format(kit=kit, subject=number)
            assert system.asks_study(address).status_code == 403
            assert system.asks(f"/studies/999{address}").status_code == 403
    assert house_of(world).rows(AuditEntry, act="read") == []


def test_a_scope_is_needed_as_well(world: World) -> None:
    """An unblinded person's token without the scope is refused."""
    world.office.hire("narrow", (Role.UNBLINDED_STATISTICIAN, {"study_id": world.study_id}))
    assert System.of(world, "narrow", [Permission.VIEW_AUDIT]).asks_study("/allocations").status_code == 403
