"""The button Sign the verification: by the site's people, then by a monitor who is somebody else."""

import re

import pytest

from irt.blinding.roles import Role
from irt.tables.record import Signature
from tests.cast import PASSWORD
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.spent import accountability, rejected
from tests.web.world import World

LIST, SIGN = "/returns/verify", "/returns/verify/sign"


def _opened(world: World, person: str, part: str, kits: list[str]) -> Browser:
    """Somebody has ticked these kits."""
    browser = world.signed_in(person)
    ticked = "".join(f"&kit={kit}" for kit in kits)
    browser.get(f"{SIGN}?site={world.sites[0][1]}&part={part}{ticked}")
    return browser


def _shown(page: str, kits: list[str]) -> list[str]:
    return [kit for kit in kits if re.search(rf"\b{kit}\b", page)]


def test_first_the_site_then_the_monitor(world: World) -> None:
    """Each sees what waits for them, and nothing that does not; both sign."""
    kits = rejected(world)
    site = world.signed_in("pharmacist.0")
    assert f'href="{LIST}"' in site.get("/returns").text
    page = site.get(LIST).text
    assert (_shown(page, kits), "Rejected" in page) == (kits, True)
    assert not re.search(r"PEN-[AP]|Too warm", page)
    assert _shown(world.signed_in("monitor.0").get(LIST).text, kits) == []
    site.get(f"{SIGN}?site={world.sites[0][1]}&part=site&every=true")
    site.press(SIGN, password=PASSWORD)
    assert "The kits are verified" in site.text
    assert accountability(world, kits) == ["verified_by_site"] * 2
    assert _shown(site.text, kits) == []
    monitor = world.signed_in("monitor.0")
    assert _shown(monitor.get(LIST).text, kits) == kits
    monitor.get(f"{SIGN}?site={world.sites[0][1]}&part=monitor&kit={kits[0]}")
    monitor.press(SIGN, password=PASSWORD)
    assert accountability(world, kits) == ["verified_by_monitor", "verified_by_site"]
    assert len(house_of(world).rows(Signature, meaning="I verified these returns")) == 2


def test_the_monitor_is_never_the_same_person(world: World) -> None:
    """Even with both roles: the list offers no box, and a signature is refused."""
    kits = rejected(world)
    here = {"study_id": world.study_id, "site_id": world.sites[0][1]}
    world.office.hire("mona", (Role.PHARMACIST, here), (Role.MONITOR, here))
    browser = _opened(world, "mona", "site", kits)
    browser.press(SIGN, password=PASSWORD)
    page = browser.get(LIST).text
    assert "You verified it; somebody else is the monitor." in page
    assert f'value="{kits[0]}"' not in page
    answer = _opened(world, "mona", "monitor", kits).press(SIGN, password=PASSWORD)
    assert (answer.status_code, "another person has to verify it" in answer.text) == (409, True)
    assert accountability(world, kits) == ["verified_by_site"] * 2


@pytest.mark.parametrize(
    ("typed", "words", "status"),
    [
        ({"password": "a guess"}, "Nothing was signed", 403),
        ({"kits": ""}, "No kit was chosen", 400),
    ],
)
def test_a_verification_is_refused_in_words(world: World, typed: dict[str, str], words: str, status: int) -> None:
    """Nothing is booked."""
    kits = rejected(world)
    answer = _opened(world, "pharmacist.0", "site", kits).press(SIGN, **{"password": PASSWORD, **typed})
    assert (answer.status_code, words in answer.text) == (status, True)
    assert accountability(world, kits) == ["none"] * 2


def test_nobody_verifies_another_site_s_kits_or_another_s_part(world: World) -> None:
    """A monitor does not sign for the site, nor a pharmacist as monitor; others find no list at all."""
    kits = rejected(world)
    for person, part in (("monitor.0", "site"), ("pharmacist.0", "monitor"), ("pharmacist.1", "site")):
        assert _opened(world, person, part, kits).answer.status_code == 404
    assert _opened(world, "pharmacist.0", "nobody", kits).answer.status_code == 404
    for person in ("supply_manager.all", "inspector.all"):
        assert world.signed_in(person).get(LIST).status_code == 403
