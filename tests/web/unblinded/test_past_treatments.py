"""The statistician's time machine: which treatments somebody could see at an instant."""

import pytest

from irt.blinding.code_break import ReasonCategory
from irt.blinding.roles import Role
from irt.services.break_code import BreakCode, break_code
from irt.tables.record import AuditEntry
from irt.tables.secret import TreatmentAssignment
from tests.web.api.system import SIGNING, System
from tests.web.parcels import house_of
from tests.web.world import World

PAGE = "/randomization/time-machine"


@pytest.fixture
def stella(world: World) -> System:
    """The unblinded statistician; an unblinded pharmacist works at each site."""
    world.office.hire("stella", (Role.UNBLINDED_STATISTICIAN, {"study_id": world.study_id}))
    for name, (_, site_id) in zip(("ute", "uwe"), world.sites, strict=True):
        world.office.hire(name, (Role.UNBLINDED_PHARMACIST, {"study_id": world.study_id, "site_id": site_id}))
    return System.of(world, "stella")


def _seen(system: System, person: str, at: str = "") -> dict[str, list[tuple[str, str]]]:
    """What the API tells of a person at an instant, by kind: record and what it was."""
    asked = {"person": person} | ({"at": at} if at else {})
    told = system.asks_study("/time-machine/treatments", **asked).json()
    return {kind["kind"]: [(one["record"], one["what"]) for one in kind["records"]] for kind in told["kinds"]}


def test_treatments_are_those_of_the_instant(world: World, stella: System) -> None:
    """Arms drawn later are not there yet; a pharmacist sees their own site's, the statistician all of them."""
    subject = System.of(world, "investigator.0").randomizes()
    world.wait(hours=1)
    then = world.now.isoformat()
    world.wait(hours=1)
    later = System.of(world, "investigator.0").randomizes()
    drawn = house_of(world).rows(TreatmentAssignment)
    names = {arm.code: arm.name for arm in house_of(world).definition.arms}
    arms = [(number, names[row["arm"]]) for number, row in zip((subject, later), drawn, strict=True)]
    assert _seen(stella, "ute", then)["Treatments of subjects"] == arms[:1]
    assert (
        _seen(stella, "ute")["Treatments of subjects"] == _seen(stella, "stella")["Treatments of subjects"] == arms
    )
    elsewhere = _seen(stella, "uwe")
    assert elsewhere["Treatments of subjects"] == []
    at_both = set(elsewhere["What kits hold"]) & set(_seen(stella, "ute")["What kits hold"])
    assert (at_both, len(elsewhere["What kits hold"]) > 0) == (set(), True)
    supply = _seen(stella, "supply_manager.all")
    assert set(supply) == {"What kits hold", "What lots hold"}
    assert _seen(stella, "pharmacist.0") == {}


def test_what_was_learned_one_by_one(world: World, stella: System) -> None:
    """A code break tells its investigator one arm, from that moment on; and the page says so."""
    subject = System.of(world, "investigator.0").randomizes()
    before = world.now.isoformat()
    world.wait(hours=1)
    ask = BreakCode.model_validate(
        {
            "study_id": world.study_id,
            "subject": subject,
            "reason": ReasonCategory.MEDICAL_EMERGENCY,
            "signing": SIGNING,
        }
    )
    world.office.does(world.office.account("investigator.0"), break_code, ask)
    assert _seen(stella, "investigator.0", before) == {}
    (kind,) = _seen(stella, "investigator.0").items()
    assert (kind[0], [record for record, _ in kind[1]]) == ("Learned one by one", [subject])
    page = world.signed_in("stella")
    told = page.get(f"{PAGE}?person=investigator.0").text
    assert all(words in told for words in ("UNBLINDED", "Learned one by one", "Broke the code", kind[1][0][1]))
    assert "no-store" in page.answer.headers["cache-control"]
    read = house_of(world).rows(AuditEntry, act="read", record="treatments at an instant")
    assert [row["account_id"] for row in read] == [world.office.account("stella").account_id] * 3


@pytest.mark.parametrize("person", ["inspector.all", "quality.all", "supply_manager.all", "ute"])
def test_nobody_else_looks_there(world: World, stella: System, person: str) -> None:
    """Who sees some treatments, or the history alone, is refused on the page and over the API."""
    assert world.signed_in(person).get(f"{PAGE}?study={world.study_id}&person=ute").status_code == 403
    assert System.of(world, person).asks_study("/time-machine/treatments").status_code == 403
