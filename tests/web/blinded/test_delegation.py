"""The delegation log: a signed line, its end, the file, and who may."""

import pytest

from irt.blinding.delegation import Task
from irt.tables.delegation import Delegation
from irt.tables.record import Signature
from tests.cast import PASSWORD
from tests.web.api.system import System
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.world import World

LOG = "/delegation"


def delegated(world: World, **typed: str) -> Browser:
    """The investigator signs that the pharmacist hands over kits."""
    browser = world.signed_in("investigator.0")
    browser.get(LOG)
    person = str(world.office.account("pharmacist.0").account_id)
    wanted = {"person": person, f"task-{Task.DISPENSE}": "yes", "password": PASSWORD, "note": "initials PH"}
    browser.press(LOG, **{**wanted, **typed})
    return browser


def test_a_line_is_signed_and_taken_back(world: World) -> None:
    """With name, tasks, days, training and signature; the end has its reason, and the line stays."""
    browser = delegated(world)
    assert "The line is signed." in browser.text
    (line,), (signed,) = house_of(world).rows(Delegation), house_of(world).rows(Signature, record_kind="delegation")
    assert (line["tasks"], line["number"], signed["record"]) == (["dispense"], 1, f"{world.sites[0][0]}/1")
    for words in ("Pharmacist.0 Holm", "Assigns and hands over kits", "Investigator.0 Holm", "initials PH"):
        assert words in browser.text
    assert browser.press(f"{LOG}/end", reason=" ").status_code == 400
    browser.press(f"{LOG}/end", reason="Left the site")
    assert "Taken back" in browser.text
    assert "Left the site" in browser.text
    assert "delegated to pharmacist.0" in world.signed_in("inspector.all").get("/history").text


def test_what_nobody_delegated_is_shown(world: World) -> None:
    """Until a line is there; another site's people are no matter here."""
    page = world.signed_in("investigator.0").get(LOG).text
    assert "holds a role for it, but nobody delegated it" in page
    assert "Pharmacist.1" not in page
    every = {f"task-{task}": "yes" for task in Task}
    page = delegated(world, **every).text
    assert "is delegated, but holds no role for it" in page


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({f"task-{Task.DISPENSE}": ""}, 400, "No task is chosen"),
        ({"ends_on": "2020-01-01"}, 400, "The last day is before the first"),
        ({"person": "99999"}, 400, "holds no role at the site"),
        ({"password": "another"}, 403, "Nothing was signed"),
    ],
)
def test_nothing_is_delegated(world: World, typed: dict[str, str], status: int, words: str) -> None:
    """Each refusal says why; no password comes back."""
    browser = delegated(world, **typed)
    assert browser.answer.status_code == status
    assert words in browser.text
    assert PASSWORD not in browser.text
    assert house_of(world).rows(Delegation) == []


def test_only_the_investigator_of_the_site_delegates(world: World) -> None:
    """Others at the site read; another site's investigator does not even see it; nobody delegates to themselves."""
    delegated(world)
    reader = world.signed_in("pharmacist.0")
    assert "Delegate tasks" not in reader.get(LOG).text.split("<main")[1]
    fields = {**reader.form(f"{LOG}/export").fields, "person": "1", "task-count": "yes", "password": PASSWORD}
    assert reader.send(LOG, fields).status_code == 403
    own = str(world.office.account("investigator.0").account_id)
    assert delegated(world, person=own).answer.status_code == 403
    here = world.sites[0][1]
    assert world.signed_in("investigator.1").get(f"{LOG}?site={here}").status_code == 404
    assert world.signed_in("supply_manager.all").get(LOG).status_code == 403


def test_the_file_and_the_api_tell_the_same(world: World) -> None:
    """Taking the file is written down; over the API the log is read, signed and ended."""
    browser = delegated(world)
    form = browser.form(f"{LOG}/export").fields
    lines = browser.send(f"{LOG}/export", {**form, "format": "csv"}).text.splitlines()
    assert lines[0].lstrip("\ufeff").startswith("Line,User name,Name,Tasks,From,Until")
    assert lines[1].startswith("1,pharmacist.0,Pharmacist.0 Holm,Assigns and hands over kits,")
    system, site = System.of(world, "investigator.0"), world.sites[0]
    made = system.booked(
        "/delegations/delegate",
        site_id=site[1],
        account_id=world.office.account("coordinator.0").account_id,
        tasks=["screen"],
        starts_on=system.today,
        signing={"password": PASSWORD},
    )
    system.booked("/delegations/end", delegation_id=made["delegation_id"], reason="Over")
    told = system.asks_study(f"/sites/{site[0]}/delegation").json()
    assert [(line["number"], line["holds"]) for line in told["lines"]] == [(1, True), (2, False)]
    assert System.of(world, "investigator.1").asks_study(f"/sites/{site[0]}/delegation").status_code == 404
