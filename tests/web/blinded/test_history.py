"""The history page: its filters, its pages, its proof, and the button Export."""

import csv
from io import StringIO

import pytest
from sqlalchemy import text

from irt.blinding.roles import Role
from irt.services.grant_role import GrantRole, grant_role
from irt.services.screen_subject import ScreenSubject, screen_subject
from tests.web.browser import Browser
from tests.web.world import World

MANY = 60


@pytest.fixture
def busy(world: World) -> World:
    """A world in which each site screened sixty subjects, a minute apart."""
    for index, (site, _) in enumerate(world.sites):
        person = world.office.account(f"coordinator.{index}")
        for _ in range(MANY):
            world.wait(minutes=1)
            world.office.does(
                person,
                screen_subject,
                ScreenSubject(study_id=world.study_id, site=site, on_day=world.now.date()),
            )
    return world


def _numbers(browser: Browser) -> list[int]:
    words = browser.text.split('<td role="cell" class="irt-num"><span class="irt-id" translate="no">')[1:]
    return [int(word.split("<")[0]) for word in words]


def _exported(browser: Browser) -> list[list[str]]:
    answer = browser.press("/history/export")
    assert answer.status_code == 200
    return list(csv.reader(StringIO(answer.text.removeprefix("\ufeff"))))


def test_it_tells_in_sentences(world: World) -> None:
    """Who did what to which record, with the site's time and its zone, newest first."""
    browser = world.signed_in("pharmacist.0")
    page = browser.get("/history").text
    assert "granted pharmacist.0 the role pharmacist." in page
    assert "17 Mar 2026 08:00:00 GMT" in page
    assert _numbers(browser) == sorted(_numbers(browser), reverse=True)


def test_it_names_the_head_of_the_chain(world: World) -> None:
    """How long the chain is and how its last hash begins, to compare with what was noted elsewhere."""
    with world.store.reading() as connection:
        sequence, hash_ = connection.execute(
            text("SELECT sequence, hash FROM audit_head WHERE chain = :chain"), {"chain": f"study:{world.study_id}"}
        ).one()
    page = world.signed_in("inspector.all").get("/history").text
    assert f"The chain has {sequence} entries" in page
    assert hash_[:12] in page


def test_a_damaged_entry_is_named(world: World) -> None:
    """An entry whose content was changed behind our back no longer matches its hash."""
    browser = world.signed_in("inspector.all")
    browser.get("/history")
    assert "damaged" not in browser.text
    newest = _numbers(browser)[0]
    with world.store.writing() as connection:
        for (name,) in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'")
        ).all():
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        connection.execute(
            text("UPDATE audit_entry SET person = 'Nobody' WHERE chain LIKE 'study:%' AND sequence = :n"),
            {"n": newest},
        )
    browser.get("/history")
    assert f"Entry {newest} on this page no longer matches its hash." in browser.text


def test_site_people_read_their_own_site(busy: World) -> None:
    """Neither the other site's entries nor those of the study are among them."""
    browser = busy.signed_in("pharmacist.0")
    people = {row[3] for row in (browser.get("/history"), _exported(browser))[1][1:]}
    assert any("Coordinator.0" in person for person in people)
    assert not any("Coordinator.1" in person for person in people)
    everything = busy.signed_in("inspector.all")
    everything.get("/history")
    assert len(_exported(everything)) > 2 * MANY


def test_whoever_has_no_right_reads_nothing(world: World) -> None:
    """A role without the right to the history is told so; the navigation does not offer it."""
    world.office.hire("statistician.all", (Role.STATISTICIAN, {"study_id": world.study_id}))
    browser = world.signed_in("statistician.all")
    assert 'href="/history"' not in browser.text
    answer = browser.get("/history")
    assert answer.status_code == 403
    assert "Your role cannot do this." in answer.text


def test_it_leafs_through_pages_of_fifty(busy: World) -> None:
    """Next and back again show every entry once, and the count says where one is."""
    browser = busy.signed_in("inspector.all")
    browser.get("/history")
    first = _numbers(browser)
    assert len(first) == 50
    assert "1–50 of " in browser.text
    assert 'rel="prev"' not in browser.text
    browser.get(f"/history?before={first[-1]}")
    second = _numbers(browser)
    assert "51–100 of " in browser.text
    assert second == list(range(first[-1] - 1, first[-1] - 51, -1))
    browser.get(f"/history?after={second[0]}")
    assert _numbers(browser) == first
    assert 'rel="prev"' not in browser.text


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ("person=coordinator.1", MANY),
        ("act=subject screened", MANY * 2),
        ("act=subject screened&person=Coordinator.0", MANY),
        ("record=S-10001", 4),
        ("record=%25", 0),
        ("from=2026-03-02&to=2026-03-02", None),
        ("from=2030-01-01", 0),
    ],
)
def test_it_filters(busy: World, filters: str, found: int | None) -> None:
    """Filters stand in the address and leave only what matches."""
    browser = busy.signed_in("inspector.all")
    browser.get(f"/history?{filters}")
    if found == 0:
        assert "Nothing matches these filters." in browser.text
        return
    rows = _exported(browser)[1:]
    assert rows
    assert found is None or abs(len(rows) - found) <= 1
    assert found is not None or {row[2][:10] for row in rows} == {"2026-03-02"}


def test_a_day_that_is_none_is_said(world: World) -> None:
    """A filter that cannot be read filters nothing, and says so; an export of it is refused."""
    browser = world.signed_in("inspector.all")
    assert "A day could not be read" in browser.get("/history?from=tomorrow").text
    assert browser.press("/history/export").status_code == 400


def test_an_address_can_be_sent_to_a_colleague(world: World) -> None:
    """It names study and site itself; a colleague from elsewhere reaches only the choice of their own."""
    _, site_id = world.sites[0]
    address = f"/history?study={world.study_id}&site={site_id}&person=Ada"
    assert world.signed_in("pharmacist.0").get(address).status_code == 200
    stranger = world.signed_in("pharmacist.1")
    stranger.get(address)
    assert stranger.path == "/switch"


def test_the_export_is_exactly_the_filtered_rows(busy: World) -> None:
    """The same rows in the same order, in a file that says where and when."""
    browser = busy.signed_in("pharmacist.0")
    browser.get("/history?act=screened")
    shown = _numbers(browser)
    rows = _exported(browser)
    assert [int(row[0]) for row in rows[1:]][: len(shown)] == shown
    assert len(rows) - 1 == MANY
    name = browser.answer.headers["content-disposition"]
    assert name.startswith('attachment; filename="history-NB-301-site-1001_20260317T')


def test_the_export_is_written_down(world: World) -> None:
    """That a file left is the newest entry of the history."""
    browser = world.signed_in("pharmacist.0")
    browser.get("/history?person=Ada")
    browser.press("/history/export")
    assert "entries of the history as history-NB-301" in browser.get("/history").text


def test_no_cell_is_taken_for_a_formula(world: World) -> None:
    """A reason that begins like a formula is led by an apostrophe."""
    _, site_id = world.sites[0]
    ask = GrantRole(
        account_id=world.office.account("monitor.1").account_id,
        role=Role.MONITOR,
        study_id=world.study_id,
        site_id=site_id,
        reason='=HYPERLINK("x")',
    )
    world.office.does(world.office.ada, grant_role, ask)
    browser = world.signed_in("pharmacist.0")
    browser.get("/history")
    assert '\'=HYPERLINK("x")' in [row[7] for row in _exported(browser)]
