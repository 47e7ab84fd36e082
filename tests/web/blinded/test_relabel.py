"""The buttons Book the labels and Sign the check: a later date, label by label, with two persons."""

import re

import pytest

from irt.tables.expiry import RelabelCheck, Relabelling
from irt.tables.kit import Kit
from tests.cast import PASSWORD
from tests.web.browser import Browser
from tests.web.extended import LATER, extended
from tests.web.parcels import house_of
from tests.web.unblinded.people import depot_worker
from tests.web.world import World


def _task(world: World) -> str:
    return f"/relabel/{world.study_id}/E-0001/site/{world.sites[0][0]}"


def _shelf(world: World) -> list[str]:
    return sorted(row["number"] for row in house_of(world).rows(Kit, custody="site", place_id=world.sites[0][1]))


def _labelled(world: World, kits: list[str], **counts: str) -> Browser:
    """The pharmacist scans these kits one by one and books the labels."""
    browser, task = world.signed_in("pharmacist.0"), _task(world)
    browser.get(task)
    for kit in kits:
        browser.press(f"{task}/scan", code=kit)
        assert f"{kit} has its label" in browser.text
    browser.press(task, **{"labels_issued": str(len(kits)), **counts})
    return browser


def _later(world: World) -> int:
    return sum(row["expiry"] == LATER for row in house_of(world).rows(Kit))


def test_the_worklist_leads_to_the_labels_and_their_check(world: World) -> None:
    """From the row to the booking, and for somebody else to the signature; the old date holds until then."""
    extended(world)
    shelf, task = _shelf(world), _task(world)
    assert f'href="{task}"' in world.signed_in("coordinator.0").get("/worklist").text
    browser = _labelled(world, shelf[:2], labels_issued="4", labels_spoiled="1", labels_destroyed="1")
    assert "The labels are booked" in browser.text
    assert "Somebody else checks" in browser.text
    assert "Check labels" not in browser.get("/worklist").text
    assert _later(world) == 0
    other, check = world.signed_in("coordinator.0"), f"/relabel/{world.study_id}/checks/B-0001"
    assert f'href="{check}"' in other.get("/worklist").text
    page = other.get(check).text
    assert all(re.search(rf"\b{kit}\b", page) for kit in shelf[:2])
    other.press(check, password=PASSWORD)
    assert "The labels are checked" in other.text
    assert _later(world) == 2
    assert other.get(check).status_code == 404


def test_the_words_are_the_same_for_every_arm(world: World) -> None:
    """One row for the whole lot: it names neither kit types nor how many kits of each there are."""
    extended(world)
    browser = world.signed_in("coordinator.0")
    for page in ("/worklist", "/relabel", _task(world)):
        text = browser.get(page).text
        assert not re.search(r"PEN-[AP]|Re-test", text)
    assert browser.get("/worklist").text.count(f'href="{_task(world)}"') == 1


def test_a_kit_that_does_not_get_the_label_is_refused_at_the_scan(world: World) -> None:
    """Another site's kit, no number at all, a kit twice; one taken out again."""
    extended(world)
    browser, task, kit = world.signed_in("pharmacist.0"), _task(world), _shelf(world)[0]
    other = house_of(world).rows(Kit, custody="site", place_id=world.sites[1][1])[0]["number"]
    browser.get(task)
    browser.press(f"{task}/scan", code=other)
    assert f"{other} does not get this label" in browser.text
    browser.press(f"{task}/scan", code="a label")
    assert "This is not a kit number" in browser.text
    for said in ("has its label", "was scanned before"):
        browser.press(f"{task}/scan", code=kit)
        assert f"{kit} {said}" in browser.text
    browser.press(f"{task}/scan", out=kit)
    assert f"{kit} is taken out" in browser.text


def test_a_part_is_answered_to_the_page_itself(world: World) -> None:
    """With the page's script only the work is sent, with the same words."""
    extended(world)
    browser, task, kit = world.signed_in("pharmacist.0"), _task(world), _shelf(world)[0]
    browser.get(task)
    fields = {**browser.form(f"{task}/scan").fields, "code": kit}
    answer = browser.send(f"{task}/scan", fields, **{"hx-request": "true"})
    assert "<html" not in answer.text
    assert f"{kit} has its label" in answer.text


@pytest.mark.parametrize(
    ("counts", "words", "status"),
    [
        ({"labels_issued": "3"}, "3 labels were issued, 1 are accounted for", 409),
        ({"labels_spoiled": "one"}, "is not a whole number for spoiled", 400),
    ],
)
def test_labels_that_do_not_add_up_are_refused(
    world: World, counts: dict[str, str], words: str, status: int
) -> None:
    """What was scanned and typed stays; nothing is booked."""
    extended(world)
    kit = _shelf(world)[0]
    browser = _labelled(world, [kit], **counts)
    assert (browser.answer.status_code, words in browser.text) == (status, True)
    assert browser.form(_task(world)).fields["scanned"] == kit
    assert house_of(world).rows(Relabelling) == []


def test_nothing_is_booked_without_a_scan(world: World) -> None:
    """The page says so."""
    extended(world)
    browser = _labelled(world, [])
    assert (browser.answer.status_code, "No kit was scanned" in browser.text) == (400, True)


def test_who_put_the_labels_on_does_not_check_them(world: World) -> None:
    """Nor is a check signed with a wrong password."""
    extended(world)
    browser = _labelled(world, _shelf(world)[:1])
    check = f"/relabel/{world.study_id}/checks/B-0001"
    for person, password, words, status in (
        (browser, PASSWORD, "somebody else has to check", 409),
        (world.signed_in("coordinator.0"), "a guess", "Nothing was signed", 403),
    ):
        person.get(check)
        answer = person.press(check, password=password)
        assert (answer.status_code, words in answer.text) == (status, True)
    assert (house_of(world).rows(RelabelCheck), _later(world)) == ([], 0)


def test_a_depot_labels_its_own_kits(world: World) -> None:
    """From its inbox; another depot sees nothing of them."""
    extended(world)
    browser = depot_worker(world)
    assert 'href="/relabel"' in browser.get("/depot").text
    page = browser.get("/relabel").text
    task = re.search(rf'href="(/relabel/{world.study_id}/E-0001/depot/[^"]+)"', page)
    assert task is not None
    kit = sorted(row["number"] for row in house_of(world).rows(Kit, custody="depot"))[0]
    browser.get(task[1])
    browser.press(f"{task[1]}/scan", code=kit)
    browser.press(task[1], labels_issued="1")
    assert "The labels are booked" in browser.text
    other = depot_worker(world, elsewhere=True)
    assert task[1] not in other.get("/relabel").text
    assert other.get(task[1]).status_code == 404


def test_only_who_counts_the_stock_labels_it(world: World) -> None:
    """A monitor and a supply manager do not; nobody labels another site's kits."""
    extended(world)
    for person in ("monitor.0", "supply_manager.all", "investigator.0"):
        assert world.signed_in(person).get("/relabel").status_code == 403
    assert world.signed_in("pharmacist.1").get(_task(world)).status_code == 404
