"""Loading a study: the whole network at once, seeds committed to before a draw, approved by somebody else."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from irt.blinding.roles import Role
from irt.blinding.two_persons import SamePerson
from irt.errors import BadInput, NotAllowed
from irt.services.activate_site import ChangeSite, change_site
from irt.services.approve_version import ApproveVersion, approve_version
from irt.services.load_study import SEED_PURPOSES, AlreadyLoaded, LoadStudy, load_study
from irt.services.store import Store
from irt.services.study_network import suppliers_first
from irt.services.study_versions import VersionNotDraft
from irt.services.supply_study import VersionNotApproved
from irt.states.records import Mode
from irt.study.network import Depot as DepotPart
from irt.tables.record import AuditEntry
from irt.tables.secret import AllocationKey, AllocationState, RestrictedPart, ResupplySetting
from irt.tables.study import Depot, Lane, Site, Sponsor, Study, StudyVersion
from tests.builders_supply import DAY, SupplyHouse, the_lipid_study, the_study
from tests.builders_trial import Trial
from tests.cast import signing


def loading(name: str = "escalation", **changes: Any) -> LoadStudy:
    """A study that comes with the program, small."""
    facts = {"definition": the_study(name).model_dump(mode="json"), "effective_from": DAY}
    return LoadStudy.model_validate({**facts, **changes})


def a_depot(code: str, supplied_by: str | None) -> DepotPart:
    """A depot of a chain."""
    return DepotPart(code=code, name=code, country="GB", zone="Europe/London", supplied_by=supplied_by)


def test_a_study_is_loaded_whole(store: Store) -> None:
    """Sponsor, version, depots, lanes, sites, levels and seeds; a draft until it is approved."""
    house = SupplyHouse.of(store)
    study = the_lipid_study()
    assert [row["status"] for row in house.rows(StudyVersion)] == ["approved"]
    assert len(house.rows(Sponsor)) == len(house.rows(Study)) == 1
    assert {row["code"] for row in house.rows(Depot)} == {depot.code for depot in study.depots}
    assert len(house.rows(Lane)) == len(study.lanes)
    assert {(r["number"], r["status"], r["zone"]) for r in house.rows(Site)} == {
        ("1001", "planned", "Europe/London"),
        ("1002", "planned", "Europe/London"),
        ("1003", "planned", "Europe/London"),
        ("1004", "planned", "Europe/Amsterdam"),
    }
    assert {row["effective_from"] for row in house.rows(ResupplySetting)} == {DAY - timedelta(days=1)}
    assert [row["state"] for row in house.rows(AllocationState)] == [{"count": 0}]


def test_each_seed_is_committed_to(sqlite_store: Store) -> None:
    """The audit trail has the hashes of seeds that differ; the seeds themselves are sealed."""
    house = SupplyHouse.of(sqlite_store)
    keys = house.rows(AllocationKey)
    loaded = house.rows(AuditEntry, act="study_loaded")[0]["new"]
    assert [row["purpose"] for row in keys] == list(SEED_PURPOSES)
    assert {row["purpose"]: row["commitment"] for row in keys} == {p: loaded[p] for p in SEED_PURPOSES}
    assert len({row["commitment"] for row in keys}) == len({row["sealed"] for row in keys}) == len(keys)


def test_the_public_part_tells_no_treatment(sqlite_store: Store) -> None:
    """Arms, kit types and lots are in the restricted part alone."""
    house = SupplyHouse.of(sqlite_store)
    public, whole = house.rows(StudyVersion)[0]["public_part"], house.rows(RestrictedPart)[0]["definition"]
    assert "PEN-A" not in str(public)
    assert "PEN-A" in str(whole)


def test_depots_know_their_suppliers_in_any_order(sqlite_store: Store) -> None:
    """A chain listed backwards: each depot points to the one before it."""
    chain = [a_depot("END", "MIDDLE"), a_depot("MIDDLE", "CENTRE"), a_depot("CENTRE", None)]
    assert [depot.code for depot in suppliers_first(chain)] == ["CENTRE", "MIDDLE", "END"]
    study = the_lipid_study()
    first, *others = study.depots
    ends = [a_depot("X2", "X1"), a_depot("X1", first.code)]
    house = SupplyHouse.of(sqlite_store, study.model_copy(update={"depots": (*ends, first, *others)}))
    ids = {row["code"]: row["id"] for row in house.rows(Depot)}
    suppliers = {row["code"]: row["supplied_by_id"] for row in house.rows(Depot)}
    assert (suppliers["X2"], suppliers["X1"]) == (ids["X1"], ids[first.code])


@pytest.mark.parametrize(
    "depots",
    [[a_depot("A", "B"), a_depot("B", "A")], [a_depot("A", "A")], [a_depot("C", None), a_depot("A", "NOWHERE")]],
)
def test_depots_without_a_centre_are_refused(depots: list[DepotPart]) -> None:
    """A circle, a depot that supplies itself, a supplier that is not there."""
    with pytest.raises(BadInput, match=r"No central depot supplies these depots: .*A"):
        suppliers_first(depots)


def test_a_study_is_loaded_once_in_a_mode(sqlite_trial: Trial) -> None:
    """In training it may be loaded beside production, and never sees its data."""
    again = loading(definition=sqlite_trial.definition.model_dump(mode="json"))
    with pytest.raises(AlreadyLoaded):
        sqlite_trial.do(Role.CONFIGURATOR, load_study, again)
    training = again.model_copy(update={"mode": Mode.TRAINING})
    assert sqlite_trial.do(Role.CONFIGURATOR, load_study, training).study_id == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"definition": {}}, "cannot be read at 'study'"), ({"size": "huge", "definition": None}, "no sites of size")],
)
def test_what_cannot_be_loaded(sqlite_trial: Trial, changes: dict[str, Any], words: str) -> None:
    """A definition that is none, a size that is not there: nothing is left behind."""
    if changes.get("definition") is None:
        changes = {**changes, "definition": the_study("fourier").model_dump(mode="json")}
    with pytest.raises(BadInput, match=words):
        sqlite_trial.do(Role.CONFIGURATOR, load_study, loading(**{"mode": "test", **changes}))
    assert len(sqlite_trial.rows(Study)) == 1


def test_two_people_are_needed(sqlite_trial: Trial) -> None:
    """Whoever loaded a version does not approve it; whoever may not, neither; and it is approved once."""
    loaded = sqlite_trial.do(Role.CONFIGURATOR, load_study, loading())
    ask = ApproveVersion(study_id=loaded.study_id, version=1, signing=signing())
    both = sqlite_trial.actor(Role.CONFIGURATOR, Role.STUDY_TEAM)
    with pytest.raises(SamePerson):
        sqlite_trial.do(both, approve_version, ask)
    refused = sqlite_trial.audit()
    assert (refused["act"], refused["record"]) == ("version_approval_refused", "TVB-101")
    with pytest.raises(NotAllowed):
        sqlite_trial.do(Role.CONFIGURATOR, approve_version, ask)
    site = ChangeSite(study_id=loaded.study_id, site="4012")
    with pytest.raises(VersionNotApproved):
        sqlite_trial.do(Role.SUPPLY_MANAGER, change_site, site)
    approved = sqlite_trial.do(Role.STUDY_TEAM, approve_version, ask)
    assert approved.digest == loaded.digest
    with pytest.raises(VersionNotDraft):
        sqlite_trial.do(Role.STUDY_TEAM, approve_version, ask)
    assert sqlite_trial.do(Role.SUPPLY_MANAGER, change_site, site).status == "active"


def test_an_approved_version_never_changes(trial: Trial) -> None:
    """The database itself refuses."""
    with pytest.raises(IntegrityError, match="stay as they were"), trial.store.writing() as connection:
        connection.execute(text("UPDATE study_version SET salted_digest = 'other'"))


def test_a_second_press_loads_once(sqlite_trial: Trial) -> None:
    """One key, one study."""
    sqlite_trial.keys = iter(["one", "one"])  # type: ignore[assignment]  # the same key twice
    first = sqlite_trial.do(Role.CONFIGURATOR, load_study, loading())
    assert sqlite_trial.do(Role.CONFIGURATOR, load_study, loading()) == first
    assert len(sqlite_trial.rows(Study)) == 2
