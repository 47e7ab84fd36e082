"""The buttons Approve the wording and Withdraw the wording."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from irt.blinding.roles import Role
from irt.services import passwords
from irt.study.notices import Notice
from irt.tables.notice import NoticeApproval
from tests.builders_supply import the_lipid_study
from tests.web.api.system import System
from tests.web.conftest import CHEAP
from tests.web.parcels import house_of
from tests.web.world import World, lay_grounds, world_on

PAGE = "/notices"


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[World]:
    """A world whose study asks for both notices."""
    folder: Path = tmp_path_factory.mktemp("notices")
    asked = tuple(Notice.model_validate({"kind": kind}) for kind in ("delivery_expected", "night_planned"))
    study = the_lipid_study().model_copy(update={"notices": asked})
    file = Path(shutil.copyfile(sqlite_template, folder / "grounds.sqlite"))
    with pytest.MonkeyPatch.context() as patch, ExitStack() as opened:
        patch.setattr(passwords, "RULE", CHEAP)
        world = opened.enter_context(world_on(lay_grounds(file, study), folder))
        world.office.hire("team", (Role.STUDY_TEAM, {"study_id": world.study_id}))
        yield world


def test_a_person_looks_at_every_letter_and_approves_it(asking: World) -> None:
    """Held before, approved after, withdrawn again; the page names readers and the real shipment."""
    browser = asking.signed_in("team")
    page = browser.get(PAGE).text
    for words in ("To blinded readers", "To unblinded readers", "To unblinded pharmacist readers", "shipment S-1"):
        assert words in page
    assert "PEN-A" not in page
    assert page.count("Approve the wording") == 2
    browser.press(f"{PAGE}/judge")
    assert "Letters of this kind leave now" in browser.text
    assert browser.text.count("Withdraw the wording") == 1
    browser.press(f"{PAGE}/judge")
    assert "Letters of this kind are held" in browser.text
    assert [row["granted"] for row in house_of(asking).rows(NoticeApproval)] == [True, False]


def test_a_wording_that_changed_meanwhile_is_refused_on_the_page(asking: World) -> None:
    """Nothing is decided."""
    browser = asking.signed_in("team")
    browser.get(PAGE)
    assert browser.press(f"{PAGE}/judge", wording="0" * 64).status_code == 409
    assert "has changed since it was shown" in browser.text


def test_the_api_previews_and_judges(asking: World) -> None:
    """The same for a system of the study team; nobody else may."""
    system = System.of(asking, "team")
    first = system.asks_study("/notices").json()["items"][0]
    judged = system.booked("/notices/judge", kind=first["kind"], wording=first["wording"], granted=True)
    assert judged == {"kind": first["kind"], "granted": True}
    assert system.asks_study("/notices").json()["items"][0]["approved_by"].startswith("Team")
    other = System.of(asking, "pharmacist.0")
    assert other.asks_study("/notices").status_code == 403
    assert asking.signed_in("pharmacist.0").get(PAGE).status_code in (303, 403)
