"""Versions and operational data by API: a version amended, signed and adopted; a change proposed and decided."""

import pytest

from irt.blinding.roles import Permission, Role
from irt.tables.study import Lane
from tests.web.api.system import SIGNING, System
from tests.web.blinded.test_versions import amended
from tests.web.parcels import house_of
from tests.web.world import World

LANE = {"origin": "NLD", "target": "GB", "lead_time_days": 8, "dispatch_days": ["mon"]}


def of_role(world: World, role: Role) -> System:
    """The system of somebody in that role in the study."""
    world.office.hire(f"{role}.new", (role, {"study_id": world.study_id}))
    return System.of(world, f"{role}.new")


def test_a_version_comes_into_force_at_one_site(world: World) -> None:
    """By three people; everybody at a site reads what changed."""
    cora, theo = of_role(world, Role.CONFIGURATOR), of_role(world, Role.STUDY_TEAM)
    loaded = cora.booked("/studies/amend", definition=amended().model_dump(mode="json"))
    assert loaded["version"] == 2
    (change,) = loaded["changes"]
    assert change.startswith("Limit on country · NL · randomized is new: scope country, key NL, subjects 40")
    assert theo.does("/studies/approve-version", version=2, signing={"password": "no"}).status_code == 403
    assert theo.booked("/studies/approve-version", version=2, signing=SIGNING)["status"] == "approved"
    again = theo.does("/studies/withdraw-version", version=2, reason="Wrong")
    assert again.status_code in (403, 409)
    supply, site = System.of(world, "supply_planner.all"), world.sites[0][0]
    adopted = supply.booked("/sites/adopt-version", site=site, version=2, reason="Agreed")
    assert (adopted["before"], adopted["version"]) == (1, 2)
    pharmacist = System.of(world, "pharmacist.0")
    versions = pharmacist.asks_study("/versions").json()["items"]
    assert [(one["number"], one["sites"]) for one in versions] == [(2, 1), (1, 1)]
    assert versions[0]["changes"][0]["part"] == "Limits of enrolment"
    sites = pharmacist.asks_study("/versions/sites").json()
    assert [(one["site"], one["version"]) for one in sites["items"]] == [(site, 2)]
    assert sites["next"] is None


def test_an_amendment_that_cannot_be_read(world: World) -> None:
    """Told with its place; nothing is loaded."""
    cora = of_role(world, Role.CONFIGURATOR)
    for definition in ({}, {"study": 1}, {"study": {"protocol": "NB-301"}, "arms": "none"}):
        answer = cora.does("/studies/amend", definition=definition)
        assert answer.status_code == 400, answer.text


def test_a_lane_is_proposed_and_decided(world: World) -> None:
    """By two people; the lists tell what waits and what holds."""
    supply = System.of(world, "supply_planner.all")
    from_day = {"effective_from": supply.today, "reason": "Another carrier"}
    proposed = supply.booked("/lanes/propose", lane=LANE, **from_day)
    waiting = supply.asks_study("/changes").json()["items"]
    assert [(one["record"], one["seen"]) for one in waiting] == [("lane NLD to GB", proposed["seen"])]
    decision = {"change_id": proposed["change_id"], "seen": proposed["seen"], "granted": True, "signing": SIGNING}
    assert supply.does("/changes/decide", **decision).status_code == 403
    second = of_role(world, Role.ADMINISTRATOR)
    assert second.booked("/changes/decide", **decision)["granted"] is True
    assert house_of(world).rows(Lane)[-1]["lead_time_days"] == 8
    lanes = supply.asks_study("/lanes").json()["items"]
    assert [one["lead_time_days"] for one in lanes if one["target"] == "GB"] == [8]
    assert supply.asks_study("/changes", waiting=False).json()["items"][0]["granted"] is True
    assert supply.asks_study("/changes").json()["items"] == []


@pytest.mark.parametrize("question", ["/lanes", "/changes"])
def test_site_staff_are_not_asked(world: World, question: str) -> None:
    """403."""
    assert System.of(world, "pharmacist.0").asks_study(question).status_code == 403


def test_a_token_needs_the_scope(world: World) -> None:
    """A token without it adopts nothing."""
    system = System.of(world, "supply_planner.all", [Permission.VIEW_SUPPLY])
    asked = {"site": world.sites[0][0], "version": 2, "reason": "Agreed"}
    assert system.does("/sites/adopt-version", **asked).status_code == 403
