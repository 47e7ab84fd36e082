"""Going live: what the checklist finds, what the first site waits for, who signs; a restored back-up."""

from datetime import UTC, datetime, time, timedelta

import pytest

from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Role
from irt.blinding.two_persons import SamePerson
from irt.errors import BadInput, NotAllowed
from irt.reads.go_live import go_live_checklist
from irt.reads.restore_tests import restore_tests
from irt.services.activate_site import ChangeSite, change_site
from irt.services.override_gate import OverrideGate, override_gate
from irt.services.record_restore_test import RecordRestoreTest, record_restore_test
from irt.services.require_checklist import ChecklistOpen
from irt.services.sign_checklist import (
    ChecklistChanged,
    SameSide,
    SignChecklist,
    sign_checklist,
)
from irt.services.store import Store
from irt.study.activation import ActivationRules, ChecklistLine
from irt.study.checklist import Checklist, LineState
from irt.tables.go_live import ChecklistSignature, RestoreTest
from tests.builders_supply import SupplyHouse, the_lipid_study
from tests.cast import signing

LINE = ChecklistLine
ENDS, OTHER = "ab" * 32, "cd" * 32
ASKED = ActivationRules(site=(), country=(), checklist=(LINE.RESTORE, LINE.SIGNATURES))


def a_study_that_asks(store: Store) -> SupplyHouse:
    """Loaded with kits in production; its file names two lines that the first site waits for."""
    house = SupplyHouse.of(store, the_lipid_study().model_copy(update={"activation": ASKED}))
    house.load()
    return house


def checklist(house: SupplyHouse) -> Checklist:
    """As it stands now."""
    with house.store.reading_past_wall() as connection:
        return go_live_checklist(connection, house.study_id, 1, datetime.combine(house.day, time(12), UTC))


def states(house: SupplyHouse) -> dict[ChecklistLine, LineState]:
    """Each line's state."""
    return {line.name: line.state for line in checklist(house).lines}


def restored(house: SupplyHouse, **changes: object) -> bool:
    """The administrator records a test of today; whether the trail came back whole."""
    facts = {
        "tested_on": house.day,
        "words": "nightly dump, into a scratch server",
        "trail_before": ENDS,
        "trail_after": ENDS,
        "document_hash": OTHER,
        "signing": signing(),
        **changes,
    }
    return house.do(Role.ADMINISTRATOR, record_restore_test, RecordRestoreTest(**facts)).passed


def signed(house: SupplyHouse, who: Role | Actor, digest: str = "") -> int:
    """Signs the checklist as it stands; how many people have."""
    ask = SignChecklist(study_id=house.study_id, version=1, hash=digest or checklist(house).hash, signing=signing())
    return house.do(who, sign_checklist, ask).signers


def opened(house: SupplyHouse, site: str = "1001") -> str:
    """Opens a site; its status."""
    return house.do(Role.SUPPLY_MANAGER, change_site, ChangeSite(study_id=house.study_id, site=site)).status


def test_the_first_site_waits_for_what_the_file_names(store: Store) -> None:
    """Refused by name; then a back-up is restored and two sides sign; the second site is asked nothing more."""
    house = a_study_that_asks(store)
    found = states(house)
    assert {name for name, state in found.items() if state == LineState.MET} == {
        LINE.VERSION,
        LINE.RANDOMIZATION,
        LINE.KIT_LISTS,
        LINE.SUPPLY,
        LINE.CONFLICTS,
        LINE.APPROVALS,
    }
    with pytest.raises(ChecklistOpen, match=r"Restoring a back-up .* Two people signed this checklist: 0 of 2"):
        opened(house)
    assert restored(house)
    digest = checklist(house).hash
    assert signed(house, Role.STUDY_TEAM) == 1
    with pytest.raises(ChecklistOpen, match="1 of 2 people"):
        opened(house)
    assert signed(house, Role.QUALITY, digest) == 2
    assert checklist(house).changed == ()
    assert opened(house) == "active"
    assert not restored(house, trail_after=OTHER)
    assert checklist(house).changed == (LINE.RESTORE,)
    assert opened(house, "1002") == "active"
    with house.store.reading() as connection:
        assert [(each.number, each.passed) for each in restore_tests(connection)] == [(2, False), (1, True)]
    assert (len(house.rows(ChecklistSignature)), len(house.rows(RestoreTest))) == (2, 2)


def test_urgent_safety_overrides_it(sqlite_store: Store) -> None:
    """The override that stands for the gate stands for the checklist."""
    house = a_study_that_asks(sqlite_store)
    ask = OverrideGate(study_id=house.study_id, version=1, reason="Urgent", ends_on=house.day, signing=signing())
    house.do(Role.QUALITY, override_gate, ask)
    assert opened(house) == "active"


def test_who_signs_and_what(sqlite_store: Store) -> None:
    """Both sides, two people, the lines as shown; nobody else."""
    house = a_study_that_asks(sqlite_store)
    before = checklist(house).hash
    restored(house)
    with pytest.raises(ChecklistChanged):
        signed(house, Role.QUALITY, before)
    with pytest.raises(NotAllowed):
        signed(house, Role.STATISTICIAN)
    signed(house, Role.QUALITY)
    with pytest.raises(SamePerson):
        signed(house, Role.QUALITY)
    other = Actor(house.actor(Role.STUDY_TEAM).account_id, "other", (Grant(Role.QUALITY),))
    with pytest.raises(SameSide):
        signed(house, other)
    with pytest.raises(NotAllowed):
        house.do(Role.QUALITY, record_restore_test, RecordRestoreTest(**_of_tomorrow(house)))
    with pytest.raises(BadInput, match="not taken place yet"):
        restored(house, tested_on=house.day + timedelta(days=1))


def _of_tomorrow(house: SupplyHouse) -> dict[str, object]:
    facts = {"words": "x", "trail_before": ENDS, "trail_after": ENDS, "document_hash": OTHER}
    return {"tested_on": house.day, "signing": signing(), **facts}
