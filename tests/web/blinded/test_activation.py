"""The board of activation: recorded, confirmed, withdrawn on pages; what is missing is told by site and country."""

from irt.blinding.roles import Role
from tests.builders_life import PAPER
from tests.cast import PASSWORD
from tests.web.api.system import System
from tests.web.world import World


def _team(world: World) -> None:
    for name in ("tess", "theo"):
        world.office.hire(name, (Role.STUDY_TEAM, {"study_id": world.study_id}))


def test_an_approval_from_its_record_to_its_end(world: World) -> None:
    """One records, another holds it against the document and signs; a third press withdraws it."""
    _team(world)
    site = world.sites[0][0]
    browser = world.signed_in("tess")
    assert "This study asks for no approvals" in browser.get("/activation").text
    form = f"/activation/{world.study_id}/record"
    typed = {"kind": "ethics_committee", "site": site, "granted_on": "2026-02-20", "reference": "EC 26/114"}
    browser.get(form)
    refused = browser.press(form, **typed, document_hash="short")
    assert (refused.status_code, "EC 26/114" in refused.text) == (400, True)
    page = browser.press(form, **typed, document_hash=PAPER).text
    assert "EC 26/114" in page
    here = f"/activation/{world.study_id}/1"
    assert "A second person confirms it" in browser.get(here).text
    second = world.signed_in("theo")
    assert PAPER not in second.get(here).text
    wrong = second.press(here, decision="sign", document_hash="cd" * 32, password=PASSWORD)
    assert (wrong.status_code, "not the document" in wrong.text) == (409, True)
    assert "Theo Holm" in second.press(here, decision="sign", document_hash=PAPER, password=PASSWORD).text
    withdrawn = second.press(here, decision="withdraw", reason="Suspended")
    assert "Withdrawn by Theo Holm" in withdrawn.text
    assert "Approvals by country" in second.get("/activation/countries").text
    assert "Nothing matches" in second.get("/activation?search=nowhere").text


def test_who_sees_the_board(world: World) -> None:
    """A monitor sees their own sites alone; a pharmacist none; the supply planner records nothing."""
    monitor = world.signed_in("monitor.0").get("/activation").text
    assert world.sites[0][0] in monitor
    assert world.sites[1][0] not in monitor
    assert world.signed_in("pharmacist.0").get("/activation").status_code == 403
    planner = world.signed_in("supply_planner.all")
    assert "Record an approval" not in planner.get("/activation").text
    assert planner.get(f"/activation/{world.study_id}/record").status_code == 403


def test_the_same_over_the_api(world: World) -> None:
    """Recorded and listed; confirmed by its own recorder it is refused."""
    _team(world)
    team = System.of(world, "tess")
    facts = {"kind": "regulatory_authority", "country": "GB", "granted_on": "2026-02-20", "reference": "CTA 1"}
    assert team.booked("/site-approvals/record", **facts, document_hash=PAPER)["waits"] is True
    told = team.asks_study("/activation").json()
    assert [(one["kind"], one["confirmed_by"]) for one in told["approvals"]] == [("regulatory_authority", "")]
    signing = {"password": PASSWORD}
    own = team.does("/site-approvals/confirm", number=1, document_hash=PAPER, signing=signing)
    assert (own.status_code, own.json()["name"]) == (403, "SamePerson")
