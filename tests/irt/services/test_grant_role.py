"""Granting and taking back roles: from somebody else, to trained people, on one side of the blind."""

from datetime import timedelta

import pytest
from pydantic import SecretStr

from irt.blinding.conflicts import RolesConflict
from irt.blinding.roles import Permission, Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.services.accounts import CreateAccount, create_account
from irt.services.grant_role import GrantRole, GrantToOneself, NotTrained, PlaceNeeded, grant_role
from irt.services.revoke_grant import AlreadyRevoked, RevokeGrant, revoke_grant
from irt.tables.study import Sponsor
from tests.cast import TEMPORARY, Office
from tests.rows import put, put_study


def test_a_role_at_a_site_reaches_that_site_alone(office: Office) -> None:
    """And brings the sponsor along on the record."""
    one, two = put_study(office.store, "A-1"), put_study(office.store, "B-1")
    bo = office.hire("bo", (Role.PHARMACIST, {"study_id": one["study"], "site_id": one["site"]}))
    bo.require(Permission.DISPENSE, one["study"], one["site"])
    with pytest.raises(NotAllowed):
        bo.require(Permission.DISPENSE, two["study"], two["site"])
    assert [grant.sponsor_id for grant in bo.grants] == [one["sponsor"]]
    assert bo.name == "Bo Holm, pharmacist"


def test_a_role_for_a_sponsor_reaches_its_studies_alone(office: Office) -> None:
    """A second sponsor of the installation is out of reach; a sponsor without studies gives nothing."""
    one = put_study(office.store, "A-1")
    also = put_study(office.store, "A-2", one["sponsor"])
    other = put_study(office.store, "B-1")
    bo = office.hire("bo", (Role.SUPPLY_MANAGER, {"sponsor_id": one["sponsor"]}))
    assert {grant.study_id for grant in bo.grants} == {one["study"], also["study"]}
    with pytest.raises(NotAllowed):
        bo.require(Permission.VIEW_SUPPLY, other["study"])
    idle = put(office.store, Sponsor, name="without studies")
    assert office.hire("cleo", (Role.SUPPLY_MANAGER, {"sponsor_id": idle})).grants == ()


def test_a_role_for_a_country_reaches_all_its_sites(office: Office) -> None:
    """Those of the study there, later ones too, and no other; a role that is not held at sites has no country."""
    one, two = put_study(office.store, "A-1"), put_study(office.store, "B-1")
    bo = office.hire("bo", (Role.MONITOR, {"study_id": one["study"], "country": "NO"}))
    assert [grant.site_id for grant in bo.grants] == [one["site"]]
    bo.require(Permission.VIEW_STOCK, one["study"], one["site"])
    for site in (two["site"], one["site"] + 999):
        with pytest.raises(NotAllowed):
            bo.require(Permission.VIEW_STOCK, one["study"], site)
    with office.store.writing() as connection:
        connection.exec_driver_sql("UPDATE site SET country = 'BE'")
    assert office.account("bo").grants == ()
    person = {"account_id": bo.account_id, "reason": "x", "study_id": one["study"]}
    for role, country, refusal in ((Role.INSPECTOR, "BE", PlaceNeeded), (Role.MONITOR, "NO", NotFound)):
        with pytest.raises(refusal):
            office.does(office.ada, grant_role, GrantRole(**person, role=role, country=country))


def test_nobody_grants_to_themselves(office: Office) -> None:
    """Not even an administrator."""
    with pytest.raises(GrantToOneself):
        office.does(
            office.ada, grant_role, GrantRole(account_id=office.ada.account_id, role=Role.SAFETY, reason="more")
        )


def test_only_an_administrator_grants(office: Office) -> None:
    """Others are told that their role cannot."""
    bo, cleo = office.hire("bo", (Role.CONFIGURATOR, {})), office.hire("cleo")
    with pytest.raises(NotAllowed):
        office.does(bo, grant_role, GrantRole(account_id=cleo.account_id, role=Role.SAFETY, reason="friend"))


def test_a_person_without_training_gets_no_role(office: Office) -> None:
    """The account may be there already."""
    ask = CreateAccount(username="new", printed_name="New", password=SecretStr(TEMPORARY))
    person = office.does(office.ada, create_account, ask)
    with pytest.raises(NotTrained):
        office.does(
            office.ada, grant_role, GrantRole(account_id=person.account_id, role=Role.SAFETY, reason="start")
        )


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.INVESTIGATOR, Role.UNBLINDED_MONITOR, Role.DEPOT])
def test_a_role_of_a_place_needs_the_place(office: Office, role: Role) -> None:
    """A pharmacist of nowhere would be one everywhere."""
    study = put_study(office.store, "A-1")
    bo = office.hire("bo")
    ask = GrantRole(account_id=bo.account_id, role=role, study_id=study["study"], reason="start")
    with pytest.raises(PlaceNeeded):
        office.does(office.ada, grant_role, ask)


def test_the_site_must_be_one_of_the_study(office: Office) -> None:
    """Another study's site does not exist here."""
    one, two = put_study(office.store, "A-1"), put_study(office.store, "B-1")
    bo = office.hire("bo")
    ask = GrantRole(
        account_id=bo.account_id, role=Role.PHARMACIST, study_id=one["study"], site_id=two["site"], reason="start"
    )
    with pytest.raises(NotFound):
        office.does(office.ada, grant_role, ask)


def test_a_blinded_role_excludes_unblinded_ones_for_ever(office: Office) -> None:
    """Also after it was taken back; in another study both are possible."""
    one, two = put_study(office.store, "A-1"), put_study(office.store, "B-1")
    bo = office.hire("bo", (Role.SUPPLY_MANAGER, {"study_id": one["study"]}))
    with office.store.reading() as connection:
        grant_id = connection.exec_driver_sql("SELECT max(id) FROM role_grant").scalar_one()
    office.does(office.ada, revoke_grant, RevokeGrant(grant_id=grant_id, reason="moved"))
    wanted = {"account_id": bo.account_id, "role": Role.COORDINATOR, "reason": "moved"}
    with pytest.raises(RolesConflict):
        office.does(office.ada, grant_role, GrantRole(**wanted, study_id=one["study"], site_id=one["site"]))
    office.does(office.ada, grant_role, GrantRole(**wanted, study_id=two["study"], site_id=two["site"]))
    assert [grant.study_id for grant in office.account("bo").grants] == [two["study"]]


def test_a_role_holds_from_its_start_to_its_end(office: Office) -> None:
    """Both are kept as moments."""
    bo = office.hire("bo")
    ask = GrantRole(
        account_id=bo.account_id,
        role=Role.CONFIGURATOR,
        starts_at=office.now + timedelta(days=1),
        ends_at=office.now + timedelta(days=2),
        reason="for a day",
    )
    office.does(office.ada, grant_role, ask)
    in_force = []
    for _ in range(4):
        in_force.append(len(office.account("bo").grants))
        office.wait(hours=23, minutes=59, seconds=59)
    assert in_force == [0, 0, 1, 0]


def test_dates_in_the_wrong_order_are_refused(office: Office) -> None:
    """A role cannot end before it starts."""
    bo = office.hire("bo")
    ask = GrantRole(account_id=bo.account_id, role=Role.SAFETY, ends_at=office.now, reason="never")
    with pytest.raises(BadInput):
        office.does(office.ada, grant_role, ask)


def test_a_grant_ends_once(office: Office) -> None:
    """The second taking back is refused; the first is history."""
    office.hire("bo", (Role.CONFIGURATOR, {}))
    with office.store.reading() as connection:
        grant_id = connection.exec_driver_sql("SELECT max(id) FROM role_grant").scalar_one()
    office.does(office.ada, revoke_grant, RevokeGrant(grant_id=grant_id, reason="left"))
    with pytest.raises(AlreadyRevoked):
        office.does(office.ada, revoke_grant, RevokeGrant(grant_id=grant_id, reason="left"))
