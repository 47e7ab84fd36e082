"""The list of subjects and the page of one."""

import re

import pytest

from tests.web.ward import assigned, at, randomized, screened, treated
from tests.web.world import World


def numbers(page: str) -> list[str]:
    """The subjects in the order of the list."""
    return re.findall(r'class="irt-id" href="/studies/\d+/subjects/([\d-]+)"', page)


def test_it_lists_the_subjects_of_the_persons_sites(world: World) -> None:
    """Others' are neither shown nor counted."""
    mine = [screened(world), randomized(world)]
    screened(world, site=1)
    page = world.signed_in("pharmacist.0").get("/subjects").text
    assert numbers(page) == mine
    assert "1–2 of 2" in page


def test_it_filters_and_sorts(world: World) -> None:
    """By state, by number, in both directions; the address carries it all."""
    first, second = screened(world), randomized(world)
    browser = world.signed_in("pharmacist.0")
    assert numbers(browser.get("/subjects?status=randomized").text) == [second]
    assert numbers(browser.get(f"/subjects?words={first[-4:]}").text) == [first]
    assert numbers(browser.get("/subjects?sort=number&down=yes").text) == [second, first]
    assert numbers(browser.get("/subjects?sort=status").text) == [second, first]
    assert "Nothing matches these filters." in browser.get("/subjects?words=none").text


@pytest.mark.parametrize("sort", ["number", "screened", "status", "randomized"])
def test_pages_follow_each_other_without_gap(world: World, sort: str) -> None:
    """Fifty rows each, forth and back, in one stable order."""
    everybody = [screened(world) for _ in range(53)]
    browser = world.signed_in("pharmacist.0")
    first = browser.get(f"/subjects?sort={sort}").text
    forth = re.search(r'rel="next" href="([^"]+)"', first)
    assert forth is not None
    second = browser.get(forth.group(1).replace("&amp;", "&")).text
    assert "51–53 of 53" in second
    assert sorted(numbers(first) + numbers(second)) == everybody
    back = re.search(r'rel="prev" href="([^"]+)"', second)
    assert back is not None
    assert numbers(browser.get(back.group(1).replace("&amp;", "&")).text) == numbers(first)


def test_a_mark_that_cannot_be_read_shows_no_row(world: World) -> None:
    """An address somebody wrote by hand is no fault."""
    screened(world)
    answer = world.signed_in("pharmacist.0").get("/subjects?sort=screened&after=never~x")
    assert answer.status_code == 200
    assert numbers(answer.text) == []


def test_the_export_has_exactly_the_filtered_rows(world: World) -> None:
    """With the environment in its name, and safe for spreadsheets."""
    screened(world)
    drawn = randomized(world)
    answer = world.signed_in("pharmacist.0").get("/subjects/export?status=randomized")
    lines = answer.text.splitlines()
    assert len(lines) == 2
    assert drawn in lines[1]
    assert 'filename="subjects_' in answer.headers["content-disposition"]


def test_one_step_is_the_primary_one(world: World) -> None:
    """It follows from the state of the subject and the rights of the reader."""
    pharmacist, investigator = world.signed_in("pharmacist.0"), world.signed_in("investigator.0")
    expected = [
        (pharmacist, screened(world), "Randomize"),
        (investigator, randomized(world), "Sign order for Day 1"),
        (pharmacist, assigned(world).subject, "Go on with Day 1"),
    ]
    for browser, subject, words in expected:
        page = browser.get(at(world, subject)).text
        primary = re.findall(r'<a class="btn btn-primary" href="[^"]+">(?:<svg.*?</svg>)?([^<]+)</a>', page)
        assert primary == [words]


def test_the_page_tells_visits_kits_and_history(world: World) -> None:
    """Each visit with its window, the kits by number, every step in a sentence."""
    given = treated(world)
    page = world.signed_in("monitor.0").get(at(world, given.subject)).text
    assert f"{given.kits[0]}</span>, <span" in page
    assert "0 of 2 · 2 outstanding" in page
    assert f"handed over {given.kits[0]} and {given.kits[1]} for Day 1." in page
    assert "randomized the subject. Randomization number" in page
    assert "btn-primary" not in page.split("<main")[1].split("</main>")[0]


def test_history_can_be_narrowed(world: World) -> None:
    """To one kind of entry."""
    page = world.signed_in("pharmacist.0").get(at(world, treated(world).subject) + "?history=order").text
    history = page.split('id="h-history"')[1]
    assert "signed the order" in history
    assert "randomized the subject" not in history


def test_another_sites_subject_reads_as_not_found(world: World) -> None:
    """The same words as for a number that does not exist."""
    there = screened(world, site=1)
    browser = world.signed_in("pharmacist.0")
    hidden, missing = browser.get(at(world, there)), browser.get(at(world, "1001-9999"))
    assert hidden.status_code == missing.status_code == 404
    assert "No such subject." in hidden.text
    assert "No such subject." in missing.text
