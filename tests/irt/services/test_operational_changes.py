"""Operational data changes by two people, from a day on; whoever reads takes the row in force on the day."""

from datetime import timedelta
from typing import Any

import pytest

from irt.blinding.roles import Role
from irt.blinding.two_persons import AlreadyDecided, RecordChanged, SamePerson
from irt.errors import BadInput, NotAllowed, NotFound
from irt.reads.operational_data import contact_in_force, lane_in_force
from irt.services.activate_site import ChangeSite, change_site
from irt.services.approvals import DecideApproval, decide_approval
from irt.services.operational_changes import ChangeProposed, DecideChange, decide_change
from irt.services.propose_changes import (
    ProposeContact,
    ProposeLane,
    ProposeSite,
    ProposeSiteDetails,
    propose_lane,
    propose_site,
)
from irt.services.sign_record import SigningRefused
from irt.study.network import Lane as LanePart
from irt.study.network import Site as SitePart
from irt.study.operations import Contact
from irt.tables.record import Approval, AuditEntry, Signature
from irt.tables.shipment import Shipment
from irt.tables.study import Lane, OperationalChange, Site, SiteContact, SiteDetail
from tests.builders_supply import SupplyHouse
from tests.cast import signing


@pytest.fixture
def house(store: Any) -> SupplyHouse:
    """The lipid study with kits, on each database."""
    made = SupplyHouse.of(store)
    made.load()
    return made


def a_lane(house: SupplyHouse, days: int = 0, **facts: Any) -> ProposeLane:
    """The Dutch depot's way to Britain, from so many days on."""
    held = next(one for one in house.definition.lanes if (one.origin, one.target) == ("NLD", "GB"))
    lane = LanePart.model_validate({**held.model_dump(), "lead_time_days": 9, **facts})
    from_day = house.day + timedelta(days=days)
    return ProposeLane(study_id=house.study_id, lane=lane, effective_from=from_day, reason="Another carrier")


def deciding(house: SupplyHouse, proposed: ChangeProposed, **changes: Any) -> DecideChange:
    """The second person's decision."""
    facts = {"change_id": proposed.change_id, "seen": proposed.seen, "granted": True, "signing": signing()}
    return DecideChange.model_validate({"study_id": house.study_id, **facts, **changes})


def test_a_lane_holds_from_its_day(house: SupplyHouse) -> None:
    """The resupply of that day plans by it, the one before does not; the old row stays."""
    house.sites(1)
    house.agree(a_lane(house, days=1))
    with house.store.reading() as connection:
        days = [
            (lane_in_force(connection, house.study_id, "NLD", "GB", house.day + timedelta(days=n)) or {})[
                "lead_time_days"
            ]
            for n in (0, 1)
        ]
    assert days == [5, 9]
    house.later(1)
    house.resupply()
    (shipment,) = house.rows(Shipment)
    assert (shipment["expected_on"] - shipment["dispatch_on"]).days == 9
    assert [row["change_id"] for row in house.rows(Lane)][-1] == house.rows(OperationalChange)[0]["id"]


def test_nothing_reaches_back(house: SupplyHouse) -> None:
    """A day that has gone is refused; approved late, a change holds from its approval."""
    with pytest.raises(BadInput, match="a day that has gone"):
        house.do(Role.SUPPLY_MANAGER, propose_lane, a_lane(house, days=-1))
    proposed = house.do(Role.SUPPLY_MANAGER, propose_lane, a_lane(house))
    house.later(3)
    house.do(Role.ADMINISTRATOR, decide_change, deciding(house, proposed))
    assert house.rows(Lane)[-1]["effective_from"] == house.day


def test_two_people_one_signature_one_record(house: SupplyHouse) -> None:
    """Signed by another person, on what was put forward, once; the trail tells old and new with the reason."""
    proposed = house.do(Role.SUPPLY_MANAGER, propose_lane, a_lane(house))
    before = len(house.rows(Lane))
    refusals = [
        (Role.SUPPLY_MANAGER, {}, SamePerson),
        (Role.PHARMACIST, {}, NotAllowed),
        (Role.ADMINISTRATOR, {"seen": "0" * 64}, RecordChanged),
        (Role.ADMINISTRATOR, {"granted": False}, BadInput),
        (Role.ADMINISTRATOR, {"signing": signing("guessed")}, SigningRefused),
        (Role.ADMINISTRATOR, {"change_id": 99}, NotFound),
    ]
    for role, changes, refusal in refusals:
        with pytest.raises(refusal):
            house.do(role, decide_change, deciding(house, proposed, **changes))
    assert len(house.rows(Lane)) == before
    house.do(Role.ADMINISTRATOR, decide_change, deciding(house, proposed))
    with pytest.raises(AlreadyDecided):
        house.do(Role.SUPPLY_PLANNER, decide_change, deciding(house, proposed))
    assert len(house.rows(Lane)) == before + 1
    (asked,) = house.rows(AuditEntry, act="change_proposed")
    (applied,) = house.rows(AuditEntry, act="change_applied")
    assert (asked["record"], asked["reason"]) == ("lane NLD to GB", "Another carrier")
    assert (applied["old"]["lead_time_days"], applied["new"]["lead_time_days"]) == (5, 9)
    assert house.rows(Signature)[-1]["meaning"]
    assert house.rows(Approval)[-1]["granted"]


def test_an_approval_anywhere_applies_the_change(house: SupplyHouse) -> None:
    """The page of all approvals decides the same thing in the same way."""
    proposed = house.do(Role.SUPPLY_MANAGER, propose_lane, a_lane(house))
    approval = house.rows(Approval)[-1]["id"]
    ask = DecideApproval(approval_id=approval, granted=True, record_hash=proposed.seen, signing=signing())
    house.do(Role.ADMINISTRATOR, decide_approval, ask)
    assert house.rows(Lane)[-1]["lead_time_days"] == 9


def test_a_refused_change_changes_nothing(house: SupplyHouse) -> None:
    """It stays in the record with its reason."""
    proposed = house.do(Role.SUPPLY_MANAGER, propose_lane, a_lane(house))
    before = len(house.rows(Lane))
    refusing = deciding(house, proposed, granted=False, reason="Too slow")
    assert house.do(Role.ADMINISTRATOR, decide_change, refusing).granted is False
    assert len(house.rows(Lane)) == before
    assert house.rows(Approval)[-1]["reason"] == "Too slow"


def test_a_new_site_is_planned_and_then_opens(house: SupplyHouse) -> None:
    """At its country's depot and zone, supplied like the others."""
    site = SitePart(number="1077", name="Rowan Infirmary", country="GB")
    ask = ProposeSite(study_id=house.study_id, site=site, reason="More subjects")
    house.agree(ask)
    with pytest.raises(BadInput, match="is a site of this study already"):
        house.agree(ask)
    house.do(Role.SUPPLY_MANAGER, change_site, ChangeSite(study_id=house.study_id, site="1077"))
    assert house.resupply().sites_considered == 1
    (row,) = house.rows(Site, number="1077")
    assert (row["zone"], row["version_number"]) == ("Europe/London", 1)
    assert [detail["effective_from"] for detail in house.rows(SiteDetail, site_id=row["id"])] == [house.day]


def test_two_proposals_of_one_number(house: SupplyHouse) -> None:
    """The first approved wins; the second is refused when it is decided."""
    site = SitePart(number="1077", name="Rowan Infirmary", country="GB")
    ask = ProposeSite(study_id=house.study_id, site=site, reason="More subjects")
    first, second = (house.do(Role.SUPPLY_MANAGER, propose_site, ask) for _ in range(2))
    house.do(Role.ADMINISTRATOR, decide_change, deciding(house, first))
    with pytest.raises(BadInput):
        house.do(Role.ADMINISTRATOR, decide_change, deciding(house, second))
    assert len(house.rows(Site, number="1077")) == 1


def test_a_site_s_details_and_contact(house: SupplyHouse) -> None:
    """Zone and name hold at once; a contact from its day; what held before stays readable."""
    study, number = house.study_id, "1001"
    details = ProposeSiteDetails(study_id=study, site=number, zone="Europe/Dublin", reason="It lies in Dublin")
    house.agree(details)
    with pytest.raises(BadInput, match="as it stands already"):
        house.agree(details)
    (site,) = house.rows(Site, number=number)
    assert site["zone"] == "Europe/Dublin"
    assert [row["zone"] for row in house.rows(SiteDetail, site_id=site["id"])] == ["Europe/London", "Europe/Dublin"]
    for days, receiver in ((0, "Pharmacy"), (5, "Trial unit")):
        contact = Contact(receiver=receiver, address="1 High Street", phone="0113")
        from_day = house.day + timedelta(days=days)
        house.agree(
            ProposeContact(study_id=study, site=number, contact=contact, effective_from=from_day, reason="Moved")
        )
    with house.store.reading() as connection:
        found = [contact_in_force(connection, site["id"], house.day + timedelta(days=n)) for n in (-1, 0, 4, 5)]
    assert [each and each.receiver for each in found] == [None, "Pharmacy", "Pharmacy", "Trial unit"]
    assert len(house.rows(SiteContact)) == 2
