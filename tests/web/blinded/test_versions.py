"""The pages of protocol versions: what changed, the signature, and a site that goes on."""

import pytest

from irt.blinding.roles import Role
from irt.services.amend_study import AmendStudy, amend_study
from irt.study.activation import ActivationRules
from irt.study.definition import StudyDefinition
from irt.study.rules import Cap
from irt.tables.study import Site, SiteVersion, StudyVersion
from tests.builders_supply import the_lipid_study
from tests.cast import PASSWORD
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.world import World


def amended() -> StudyDefinition:
    """The study with a limit, and with a window that only unblinded people read."""
    study = the_lipid_study()
    windows = study.kit_types[0].windows.model_copy(update={"dns_days": study.kit_types[0].windows.dns_days + 9})
    kit_types = tuple(kit.model_copy(update={"windows": windows}) for kit in study.kit_types)
    cap = Cap(scope="country", key="NL", subjects=40)
    return study.model_copy(update={"kit_types": kit_types, "caps": (*study.caps, cap)})


def a_draft(world: World) -> None:
    """Version 2 as a draft."""
    ask = AmendStudy(study_id=world.study_id, definition=amended().model_dump(mode="json"))
    house_of(world).do(Role.CONFIGURATOR, amend_study, ask)


def at(world: World, *words: object) -> str:
    """An address below the study's versions."""
    return "/".join(["/versions", str(world.study_id), *map(str, words)])


def study_team(world: World) -> Browser:
    """Somebody who approves versions."""
    world.office.hire("thea", (Role.STUDY_TEAM, {"study_id": world.study_id}))
    return world.signed_in("thea")


def test_the_study_team_reads_what_it_signs(world: World) -> None:
    """What every site may read beside the signature; nothing restricted."""
    a_draft(world)
    browser = study_team(world)
    browser.get("/versions")
    assert browser.path == at(world)
    assert "Draft" in browser.text
    browser.get(at(world, 2))
    assert "Limit on country · NL · randomized is new" in browser.text
    assert "dns" not in browser.text.lower()
    browser.press(at(world, 2), decision="sign", password=PASSWORD)
    assert "Thea Holm" in browser.text
    assert browser.get(f"/supply/versions/{world.study_id}/2").status_code == 403


def test_the_approver_signs_what_was_foreseen(world: World) -> None:
    """The impact stands beside the signature and is kept; one that was read too early is not signed."""
    a_draft(world)
    browser = study_team(world)
    browser.get(at(world, 2))
    late = browser.press(at(world, 2), decision="sign", password=PASSWORD, impact="0" * 64)
    assert (late.status_code, "changed" in late.text) == (409, True)
    shown = browser.get(at(world, 2, "impact")).text
    assert "Sites and their subjects" in shown
    assert "as its approver read it" not in shown
    browser.get(at(world, 2))
    browser.press(at(world, 2), decision="sign", password=PASSWORD)
    assert "as its approver read it" in browser.get(at(world, 2, "impact")).text
    kept = house_of(world).rows(StudyVersion, number=2)[0]["impact"]
    assert [one["outcome"] for one in kept["sites"]] == ["may_go_on", "may_go_on", "opens_on_it", "opens_on_it"]
    assert browser.get(at(world, 2, "impact", "table")).text.startswith("\ufeffpart,place,what,before,after")
    assert browser.get(at(world, 1, "impact")).status_code == 404
    assert browser.get(f"/supply/versions/{world.study_id}/2/impact").status_code == 403
    assert world.signed_in("pharmacist.0").get(at(world, 2, "impact")).status_code == 403


def test_a_site_goes_on(world: World) -> None:
    """The manager chooses version and reason; the site stands on it from then on, the other does not."""
    house_of(world).amend(amended())
    browser = world.signed_in("supply_manager.all")
    site = world.sites[0][0]
    browser.get(at(world))
    browser.get(at(world, "sites", site))
    address = at(world, "sites", site)
    assert browser.press(address, version="2").status_code == 400
    browser.press(address, version="2", reason="Ethics committee agreed")
    assert "version 2" in browser.text
    assert "There is no later one to go on to." in browser.text
    versions = {row["number"]: row["version_number"] for row in house_of(world).rows(Site)}
    assert (versions[site], versions[world.sites[1][0]]) == (2, 1)
    assert len(house_of(world).rows(SiteVersion, version_number=2)) == 1


def test_what_a_site_lacks_stands_before_the_button(world: World) -> None:
    """An open site's approvals of the version, each by name; a planned one is asked when it opens."""
    house_of(world).amend(amended().model_copy(update={"activation": ActivationRules()}))
    browser = world.signed_in("supply_manager.all")
    address = at(world, "sites", world.sites[0][0])
    lacks = "ethics committee (not recorded); regulatory authority (not recorded)"
    assert lacks in browser.get(address).text
    assert browser.press(address, version="2", reason="Ethics committee agreed").status_code == 409
    planned = house_of(world).rows(Site, status="planned")[0]["number"]
    assert "lacks approvals" not in browser.get(at(world, "sites", planned)).text


def test_the_manager_reads_all_of_it(world: World) -> None:
    """Restricted parts are on a page of their own, kept by no browser."""
    house_of(world).amend(amended())
    browser = world.signed_in("supply_manager.all")
    browser.get(at(world, 2))
    answer = browser.get(f"/supply/versions/{world.study_id}/2")
    assert "windows: dns days was" in answer.text
    assert answer.headers["cache-control"].startswith("no-store")
    assert "There is none to compare it with" not in answer.text
    told = browser.get(f"/supply/versions/{world.study_id}/2/impact")
    assert (told.status_code, "Orders of 28 nights" in told.text) == (200, True)


@pytest.mark.parametrize("person", ["pharmacist.0", "monitor.1", "inspector.all"])
def test_others_read_what_was_approved(world: World, person: str) -> None:
    """At their own sites; no draft, no button."""
    house_of(world).amend(amended())
    house_of(world).adopt(world.sites[0][0], 2)
    ask = AmendStudy(study_id=world.study_id, definition=the_lipid_study().model_dump(mode="json"))
    house_of(world).do(Role.CONFIGURATOR, amend_study, ask)
    browser = world.signed_in(person)
    browser.get(at(world))
    assert "Version 2" in browser.text
    assert "Version 3" not in browser.text
    assert browser.get(at(world, 3)).status_code == 404
    assert browser.get(at(world, "sites", world.sites[0][0])).status_code == 403
    assert "Go on" not in browser.text


def test_other_studies_are_not_told(world: World) -> None:
    """A study without a role there reads as none."""
    browser = world.signed_in("pharmacist.0")
    assert browser.get("/versions/99").status_code == 404
