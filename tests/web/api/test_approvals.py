"""Study files and kit lists over the API, each by two people; and enrolment figures."""

import json

import yaml

from irt.blinding.roles import Role
from tests.builders_supply import the_study
from tests.web.api.system import SIGNING, System
from tests.web.blinded.test_configuration import STUDY_FILE
from tests.web.world import World

LOTS = [
    {"lot": lot, "blinded_lot": "L2", "kit_type": kit_type, "kits": 10, "expiry": "2027-12-31", "depot": "NLD"}
    for lot, kit_type in (("A2", "PEN-A"), ("P2", "PEN-P"))
]


def test_a_study_file_is_checked_loaded_and_approved(world: World) -> None:
    """Problems come with their paths; the draft waits for another person."""
    world.office.hire("conny", (Role.CONFIGURATOR, {}))
    conny = System.of(world, "conny")
    file = json.loads(json.dumps(yaml.safe_load(STUDY_FILE), default=str))
    assert conny.booked_alone("/studies/check", definition=file)["sound"]
    broken = conny.booked_alone("/studies/check", definition={**file, "armies": []})
    assert not broken["sound"]
    assert "armies" in str(broken["problems"])
    definition = the_study("escalation").model_dump(mode="json")
    ask = {"definition": definition, "size": "small", "effective_from": conny.today}
    loaded = conny.booked_alone("/studies/load", **ask)
    world.office.hire("theo", (Role.STUDY_TEAM, {"study_id": loaded["study_id"]}))
    version = {"study_id": loaded["study_id"], "version": loaded["version"], "signing": SIGNING}
    assert conny.does_alone("/studies/approve-version", **version).status_code == 403
    approved = System.of(world, "theo").booked_alone("/studies/approve-version", **version)
    assert approved["digest"] == loaded["digest"]


def test_a_kit_list_is_asked_for_decided_and_loaded(world: World) -> None:
    """The second person decides by the list they hold: another list is refused."""
    world.office.hire("max", (Role.SUPPLY_MANAGER, {"study_id": world.study_id}))
    sue, other = System.of(world, "supply_manager.all"), System.of(world, "max")
    asked = sue.booked("/kit-lists/ask", lots=LOTS)["approval_id"]
    (waiting,) = other.asks("/approvals").json()["items"]
    assert (waiting["approval_id"], waiting["record"]) == (asked, "kit list of NB-301, as listed")
    decision = {"approval_id": asked, "granted": True, "signing": SIGNING}
    changed = other.does("/kit-lists/decide", **decision, lots=[{**LOTS[0], "kits": 11}, LOTS[1]])
    assert (changed.status_code, changed.json()["name"]) == (409, "RecordChanged")
    same = sue.does("/kit-lists/decide", **decision, lots=LOTS)
    assert (same.status_code, same.json()["name"]) == (403, "SamePerson")
    early = sue.does("/kit-lists/load", lots=LOTS, approval_id=asked)
    assert early.json()["name"] == "KitListNotApproved"
    assert other.booked("/kit-lists/decide", **decision, lots=LOTS)["granted"]
    assert sue.booked("/kit-lists/load", lots=LOTS, approval_id=asked)["kits"] == 20
    assert other.asks("/approvals").json()["items"] == []


def test_enrolment_is_counted(world: World) -> None:
    """By month and by site, for those who may see the whole study."""
    System.of(world, "investigator.0").randomizes()
    inspector = System.of(world, "inspector.all")
    found = inspector.asks_study("/enrolment").json()
    assert (found["screened"], found["randomized"], len(found["months"])) == (1, 1, 1)
    first = inspector.asks_study("/enrolment/sites", limit=1).json()
    assert (first["items"][0]["site"], first["items"][0]["randomized"]) == (world.sites[0][0], 1)
    second = inspector.asks_study("/enrolment/sites", limit=1, after=first["next"]).json()
    assert second["items"][0]["randomized"] == 0
    assert System.of(world, "pharmacist.0").asks_study("/enrolment").status_code == 403


def test_nobody_else_configures_or_loads(world: World) -> None:
    """403 whatever the scopes."""
    system = System.of(world, "inspector.all")
    assert system.does_alone("/studies/check", definition={}).status_code == 403
    assert system.does("/kit-lists/ask", lots=LOTS).status_code == 403
