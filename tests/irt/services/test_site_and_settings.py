"""A site's life, and stock levels from a day on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.services.activate_site import ChangeSite, change_site
from irt.services.operational_changes import DecideChange, decide_change
from irt.services.propose_levels import ProposeLevels, propose_levels
from irt.states.table import TransitionRefused
from irt.tables.record import AuditEntry
from irt.tables.secret import ResupplySetting, SecretAuditEntry
from irt.tables.study import Site, SiteVersion
from tests.builders_supply import SupplyHouse, a_house, with_kits
from tests.cast import signing


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """The lipid study, no site active."""
    with a_house(with_kits, tmp_path) as made:
        yield made


def change(house: SupplyHouse, event: str, role: Role = Role.SUPPLY_MANAGER, site: str = "1001") -> str:
    """One event of a site."""
    ask = ChangeSite.model_validate({"study_id": house.study_id, "site": site, "event": event, "reason": "Agreed"})
    return house.do(role, change_site, ask).status


def test_a_sites_life(house: SupplyHouse) -> None:
    """Activated with its version on record, held, resumed, closed for ever."""
    statuses = [change(house, event) for event in ("activate", "hold", "resume", "close")]
    assert statuses == ["active", "on_hold", "active", "closed"]
    assert [row["version_number"] for row in house.rows(SiteVersion)] == [1]
    with pytest.raises(TransitionRefused):
        change(house, "activate")
    acts = [row["act"] for row in house.rows(AuditEntry, record="1001")]
    assert acts == ["site_active", "site_on_hold", "site_active", "site_closed", "site_activate_refused"]
    assert house.rows(Site, number="1001")[0]["status"] == "closed"


def test_who_activates(house: SupplyHouse) -> None:
    """Supply or an administrator; not the site itself; no site that the study does not have."""
    with pytest.raises(NotAllowed):
        change(house, "activate", Role.PHARMACIST)
    with pytest.raises(NotFound):
        change(house, "activate", site="9999")
    assert change(house, "activate", Role.ADMINISTRATOR) == "active"


def setting(house: SupplyHouse, **changes: object) -> ProposeLevels:
    """Levels for the whole study from today."""
    facts = {"kit_type": "PEN-A", "minimum": 2, "maximum": 4, "reason": "Slow", "effective_from": house.day}
    return ProposeLevels.model_validate({"study_id": house.study_id, **facts, **changes})


def test_a_setting_is_a_new_row(house: SupplyHouse) -> None:
    """The old one stays; the blinded trail tells that levels changed, the second chain which."""
    before = len(house.rows(ResupplySetting))
    house.agree(setting(house, country="GB"))
    assert len(house.rows(ResupplySetting)) == before + 1
    for act in ("change_proposed", "change_applied"):
        (entry,) = house.rows(AuditEntry, act=act)
        assert entry["record"] == "stock levels of GB"
        assert "PEN-A" not in str(entry)
        (secret,) = house.rows(SecretAuditEntry, act=act)
        assert secret["body"] == {"kit_type": "PEN-A", "minimum": 2, "maximum": 4}


def test_levels_wait_for_a_second_person(house: SupplyHouse) -> None:
    """Proposed, they hold nowhere; a blinded planner cannot approve them."""
    before = len(house.rows(ResupplySetting))
    proposed = house.do(Role.SUPPLY_MANAGER, propose_levels, setting(house))
    assert len(house.rows(ResupplySetting)) == before
    facts = {
        "study_id": house.study_id,
        "change_id": proposed.change_id,
        "seen": house.seen(proposed),
        "granted": True,
    }
    with pytest.raises(NotAllowed, match="unblinded supply team"):
        house.do(Role.SUPPLY_PLANNER, decide_change, DecideChange(**facts, signing=signing()))
    assert len(house.rows(ResupplySetting)) == before


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"minimum": 5}, BadInput),
        ({"kit_type": "NONE"}, BadInput),
        ({"country": "ZZ"}, BadInput),
        ({"country": "GB", "site": "1001"}, BadInput),
        ({"site": "9999"}, NotFound),
        ({"reason": " "}, BadInput),
    ],
)
def test_a_wrong_setting_is_refused(
    house: SupplyHouse, changes: dict[str, object], refusal: type[Exception]
) -> None:
    """In words, and nothing is stored."""
    before = len(house.rows(ResupplySetting))
    with pytest.raises(refusal):
        house.do(Role.SUPPLY_MANAGER, propose_levels, setting(house, **changes))
    assert len(house.rows(ResupplySetting)) == before


def test_in_a_blinded_study_levels_are_for_the_unblinded(house: SupplyHouse) -> None:
    """The blinded planner knows no kit type to set a level for."""
    with pytest.raises(NotAllowed):
        house.do(Role.SUPPLY_PLANNER, propose_levels, setting(house))
