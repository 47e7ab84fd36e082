"""The live twin as the supply manager uses it: a change is typed, played as a job, looked at and put forward."""

from datetime import timedelta
from html import escape

import pytest

from irt.blinding.roles import Role
from irt.reads.supply_configuration import supply_configuration
from irt.services.deliver_outbox import Mailroom
from irt.services.worker import Worker
from irt.states.records import JobKind
from irt.tables.expiry import ExpiryChange
from irt.tables.kit import BlindedLot
from irt.tables.record import AuditEntry, Job
from irt.tables.study import Site
from simulation.enrolment.posterior.fit import Effort
from tests.cast import PASSWORD
from tests.web.api.system import System
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.world import Letterbox, World
from web.twin.job import work_on_twin_with

PAGE = "/supply/twin"
SHORT = Effort(20, 40, 2)


def worked(world: World) -> None:
    """A worker does what is queued."""
    handlers = {JobKind.TWIN: lambda running: work_on_twin_with(SHORT, running)}
    Worker(world.store, handlers, Mailroom(Letterbox(), "irt@localhost"), lambda: world.now).once()


def tried(world: World, **typed: str) -> Browser:
    """The page of a change that was typed in and played."""
    browser = world.signed_in("supply_manager.all")
    browser.get(PAGE)
    browser.press(PAGE, **{"days": "30", "replications": "2", **typed})
    assert browser.path.startswith("/jobs/"), browser.text
    job = browser.path
    worked(world)
    assert "The answer is kept." in browser.get(job).text
    browser.get(f"{PAGE}/1")
    return browser


def test_a_change_is_tried_and_its_levels_are_put_forward(world: World) -> None:
    """Differences with intervals; the proposal is the ordinary one, which somebody else decides."""
    System.of(world, "investigator.0").randomizes()
    levels = {f"minimum_{code}": "9" for code in ("PEN-A", "PEN-P")}
    levels |= {f"maximum_{code}": "24" for code in ("PEN-A", "PEN-P")}
    browser = tried(world, **levels, sites=world.sites[0][0], expiry="30", factor="2")
    page = browser.text
    assert all(words in page for words in ("Kits sent to sites", "95 % interval", "2 times as many subjects come"))
    assert f"Site {world.sites[0][0]}: PEN-A from 9 up to 24 kits" in page
    browser.press(f"{PAGE}/1/propose", reason="The twin says so")
    assert browser.path.startswith(f"/supply/levels/{world.study_id}/sets/")
    assert "PEN-A" in browser.text
    change = browser.path
    assert "Twin 1" in browser.get(PAGE).text
    world.office.hire("sam", (Role.SUPPLY_MANAGER, {"study_id": world.study_id}))
    second = world.signed_in("sam")
    second.get(change)
    second.press(change, meaning="approve", password=PASSWORD)
    with world.store.reading() as connection:
        decided = supply_configuration(connection, world.study_id).levels
    assert [row.level.maximum for row in decided if row.site == world.sites[0][0]] == [24, 24]


def test_lots_and_sites_of_a_change_lead_to_their_ordinary_acts(world: World) -> None:
    """Each to a form that is filled in: a later date for the qualified person, a site for who activates sites."""
    System.of(world, "investigator.0").randomizes()
    site, held = "1003", world.sites[1][0]
    browser = tried(world, expiry="30", open_sites=f"{site} in 20", close_sites=held)
    page = browser.text
    lots = {row["number"]: row["expiry"] for row in house_of(world).rows(BlindedLot)}
    extended = {lot: (expiry + timedelta(days=30)).isoformat() for lot, expiry in lots.items()}
    assert len(extended) > 0
    for lot, later in extended.items():
        assert f"/expiry/{world.study_id}/{lot}?expiry={later}&amp;reason=Live+twin+1" in page
    assert "For the qualified person" in page
    opens = f"/supply/sites/{world.study_id}/{site}?event=activate&reason=Live+twin+1"
    assert f'href="{escape(opens)}"' in page
    assert ">Live twin 1</textarea>" in browser.get(opens).text
    browser.press(opens.partition("?")[0], reason="Live twin 1")
    assert house_of(world).rows(Site, number=site)[0]["status"] == "active"
    page = browser.get(f"{PAGE}/1").text
    assert "the site is active now" in page
    assert f"/supply/sites/{world.study_id}/{held}?event=hold" in page
    world.office.hire("quinn", (Role.QUALIFIED_PERSON, {"study_id": world.study_id}))
    qualified = world.signed_in("quinn")
    lot, later = next(iter(extended.items()))
    form = f"/expiry/{world.study_id}/{lot}"
    assert f'value="{later}"' in qualified.get(f"{form}?expiry={later}&reason=Live+twin+1").text
    qualified.press(form, password=PASSWORD, reason="Live twin 1")
    (change,) = house_of(world).rows(ExpiryChange)
    assert change["new_expiry"].isoformat() == later


def test_a_twin_is_tried_over_the_api_and_taken_away(world: World) -> None:
    """The same question and answer, on the page as a file; no change is refused, and so is who is blinded."""
    manager = System.of(world, "supply_manager.all")
    asked = {"days": 30, "replications": 2}
    assert manager.does("/twins/try", change={}, **asked).status_code == 400
    assert manager.does("/twins/try", change={"levels": 3}, **asked).status_code == 400
    assert manager.booked("/twins/try", change={"enrolment_factor": 2}, **asked)["twin"] == 1
    worked(world)
    assert [line["number"] for line in manager.asks_study("/twins").json()["items"]] == [1]
    told = manager.asks_study("/twins/1").json()
    assert (told["asked"]["change"]["enrolment_factor"], told["answer"]["replications"]) == (2, 2)
    browser = world.signed_in("supply_manager.all")
    browser.get(f"{PAGE}/1")
    taken = browser.press(f"{PAGE}/1/take")
    assert taken.json() == {"asked": told["asked"], "answer": told["answer"]}
    planner = System.of(world, "supply_planner.all")
    assert planner.asks_study("/twins/1").status_code == 403
    assert planner.does("/twins/try", change={"enrolment_factor": 2}, **asked).status_code == 403


def test_jobs_and_the_blinded_trail_tell_nothing_of_it(world: World) -> None:
    """A change names kit types; the job names a number."""
    tried(world, **{"minimum_PEN-A": "9", "maximum_PEN-A": "24"})
    house = house_of(world)
    (job,) = house.rows(Job, kind=JobKind.TWIN)
    assert job["asked"] == {"twin": 1}
    told = [row for row in house.rows(AuditEntry) if row["act"] in ("twin_asked", "twin_kept")]
    assert len(told) == 2
    assert not any("PEN-A" in str(row) for row in told)


def test_what_cannot_be_played_is_told_on_its_page(world: World) -> None:
    """Not with the job."""
    browser = tried(world, open_sites="9999 in 20")
    assert "There is no planned site 9999" in browser.text


@pytest.mark.parametrize("typed", [{}, {"factor": "many"}, {"factor": "2", "days": "2"}])
def test_what_cannot_be_asked_is_said(world: World, typed: dict[str, str]) -> None:
    """Nothing is changed, no number, too few days; nothing is queued."""
    browser = world.signed_in("supply_manager.all")
    browser.get(PAGE)
    browser.press(PAGE, **{"days": "30", "replications": "2", **typed})
    assert browser.answer.status_code == 400
    assert "Nothing was" in browser.text


@pytest.mark.parametrize("username", ["supply_planner.all", "pharmacist.0", "inspector.all"])
def test_blinded_people_see_nothing_of_it(world: World, username: str) -> None:
    """403 for the list and for one."""
    browser = world.signed_in(username)
    assert [browser.get(page).status_code for page in (PAGE, f"{PAGE}/1")] == [403, 403]
