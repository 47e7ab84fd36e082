"""A packager's list belongs to one mode: said when it is asked for, and known by its hash in every other mode."""

import pytest

from irt.blinding.roles import Role
from irt.errors import BadInput
from irt.services.approve_version import ApproveVersion, approve_version
from irt.services.kit_list import ListedLot
from irt.services.kit_list_approval import AskKitList, ask_kit_list
from irt.services.kit_list_mode import KitListOfAnotherMode
from irt.services.load_kit_list import LoadKitList, load_kit_list
from irt.services.load_study import LoadStudy, load_study
from irt.services.store import Store
from irt.states.records import Mode
from irt.tables.kit import Kit
from tests.builders_supply import SupplyHouse, a_lot
from tests.cast import signing

NUMBERED = [a_lot(kits=2, numbers=["90017", "40005"])]
COUNTED = [a_lot(kits=2)]


def ask(house: SupplyHouse, study_id: int, lots: list[ListedLot], mode: Mode | None) -> None:
    """Puts the list before a second person."""
    house.do(Role.SUPPLY_MANAGER, ask_kit_list, AskKitList(study_id=study_id, lots=lots, mode=mode))


def test_a_production_kit_list_is_refused_in_a_test_study(sqlite_store: Store) -> None:
    """And the other way; lots without numbers are alike in all modes, for each draws its own."""
    house = SupplyHouse.of(sqlite_store)
    house.load(NUMBERED, release=False)
    again = LoadStudy(definition=house.definition.model_dump(mode="json"), mode=Mode.TEST, effective_from=house.day)
    rehearsal = house.do(Role.CONFIGURATOR, load_study, again).study_id
    house.do(Role.STUDY_TEAM, approve_version, ApproveVersion(study_id=rehearsal, version=1, signing=signing()))
    with pytest.raises(KitListOfAnotherMode, match="in use in production mode"):
        ask(house, rehearsal, NUMBERED, Mode.TEST)
    ask(house, rehearsal, COUNTED, None)
    own = [a_lot(kits=2, numbers=["55555", "66666"])]
    ask(house, rehearsal, own, Mode.TEST)
    approval_id = house.approval(own, study_id=rehearsal)
    house.do(Role.SUPPLY_MANAGER, load_kit_list, LoadKitList(study_id=rehearsal, lots=own, approval_id=approval_id))
    assert len(house.rows(Kit, study_id=rehearsal)) == 2
    with pytest.raises(KitListOfAnotherMode, match="in use in test mode"):
        house.load(own)


def test_what_a_list_is_for_is_said(sqlite_store: Store) -> None:
    """By whoever asks, where kits bring their numbers; for another mode it is not asked for."""
    house = SupplyHouse.of(sqlite_store)
    with pytest.raises(BadInput, match="Say which mode"):
        ask(house, house.study_id, NUMBERED, None)
    with pytest.raises(KitListOfAnotherMode, match="is for training, and the study is in production"):
        ask(house, house.study_id, COUNTED, Mode.TRAINING)
    ask(house, house.study_id, NUMBERED, Mode.PRODUCTION)
