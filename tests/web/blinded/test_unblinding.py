"""The pages of unblinding: practice, log, accidents and decisions; no blinded page names a treatment."""

from irt.blinding.roles import Role
from irt.tables.unblinding import AccidentalUnblinding, CodeBreakPractice
from tests.builders_supply import the_study
from tests.cast import PASSWORD
from tests.irt.services.devices import enrolled
from tests.web.api.system import SIGNING, System
from tests.web.parcels import house_of
from tests.web.unblinded.people import statistician
from tests.web.ward import randomized
from tests.web.world import World

ARMS = tuple(arm.name for arm in the_study("fourier").arms)
ACCIDENT = {
    "learner": "pharmacist.0",
    "how": "paper_or_label",
    "told": "not_sure",
    "learned_at": "2026-03-01T09:30",
    "words": "A delivery note lay open in the ward.",
}


def _team(world: World) -> None:
    world.office.hire("theo", (Role.STUDY_TEAM, {"study_id": world.study_id}))


def test_a_code_break_is_practised_on_the_same_page(world: World) -> None:
    """Also before the six-digit code: the way that is needed when the telephone is lost."""
    enrolled(world.office, "investigator.0")
    browser = world.browser()
    browser.sign_in("investigator.0", PASSWORD)
    address = f"/studies/{world.study_id}/subjects/PRACTICE-1001/code-break"
    assert f'href="{address}"' in browser.get("/code-break").text
    assert "this subject does not exist" in browser.get(address).text
    page = browser.press(f"{address}/reveal", reason="overdose", password=PASSWORD).text
    assert "has no treatment" in page
    assert "practice is recorded" in page
    assert not any(arm in page for arm in ARMS)
    (row,) = house_of(world).rows(CodeBreakPractice)
    assert (row["site_id"], row["second_factor"]) == (world.sites[0][1], False)


def test_sites_without_practice_are_listed_and_asked(world: World) -> None:
    """The study team presses once a day."""
    _team(world)
    browser = world.signed_in("theo")
    page = browser.get("/unblinding/tests").text
    assert "never" in page
    browser.press("/unblinding/tests/remind")
    assert "asked" in browser.text
    assert browser.press("/unblinding/tests/remind").status_code == 400


def test_an_accident_is_recorded_decided_and_logged(world: World) -> None:
    """By anybody; a treatment's name is refused and what was typed stays; the log shows the flag; files leave."""
    subject = randomized(world)
    browser = world.signed_in("coordinator.0")
    form = f"/unblinding/accident?study={world.study_id}"
    browser.get(form)
    typed = {**ACCIDENT, "subject": subject}
    refused = browser.press("/unblinding/accident", **{**typed, "words": f"It said {ARMS[0]} on the paper."})
    assert (refused.status_code, "tells a treatment" in refused.text) == (400, True)
    browser.press("/unblinding/accident", **typed)
    assert "A-0001 is recorded" in browser.text
    assert house_of(world).rows(AccidentalUnblinding)[0]["deviation"] == "D-0001"
    _team(world)
    team = world.signed_in("theo")
    log = team.get("/unblinding").text
    assert "A-0001" in log
    assert "Pharmacist.0 Holm" in log
    address = f"/unblinding/accidents/{world.study_id}/A-0001"
    team.get(address)
    team.press(address, consequence="no_consequence", words="Nothing was read.", password=PASSWORD)
    assert "No consequence" not in team.text
    assert "Consequence: no consequence" in team.get("/unblinding").text
    file = team.press("/unblinding/export", format="csv").text
    assert "A-0001" in file
    assert not any(arm in log + file for arm in ARMS)


def test_a_case_is_assessed_by_the_safety_desk_alone(world: World) -> None:
    """The treatment on a page of its own; the document after a second confirmation; nobody blinded opens either."""
    subject = randomized(world)
    world.office.hire("sefa", (Role.SAFETY, {"study_id": world.study_id}))
    desk = world.signed_in("sefa")
    desk.get("/safety-cases")
    answers = {"serious": "yes", "suspected": "yes", "expected": "no"}
    facts = {"number": "C-7", "subject": subject, "reason": "Liver failure.", "password": PASSWORD}
    assert desk.press("/safety-cases", **facts).status_code == 400
    page = desk.press("/safety-cases", **answers, **facts).text
    assert sum(arm in page for arm in ARMS) == 1
    paper = f"/safety-cases/{world.study_id}/C-7/document"
    taken = desk.press(paper, again="C-7", password=PASSWORD)
    assert taken.headers["content-type"].startswith("text/csv")
    assert sum(arm in taken.text for arm in ARMS) == 1
    assert "C-7" in desk.get(f"/unblinding/full?study={world.study_id}").text
    for person in ("investigator.0", "inspector.all", "quality.all"):
        browser = world.signed_in(person)
        told = browser.get("/unblinding").text + browser.get("/history").text
        assert browser.get("/safety-cases").status_code == 403
        assert browser.get(f"/unblinding/full?study={world.study_id}").status_code == 403
        assert "unblinded for" not in told
        assert not any(arm in told for arm in ARMS)


def test_a_list_is_asked_for_granted_and_taken(world: World) -> None:
    """Three people's work; the file has one line a subject, and the log its hash for the statistician alone."""
    subject = randomized(world)
    browser = statistician(world)
    page = f"/unblinding/planned?study={world.study_id}"
    assert "not locked" in browser.get(page).text
    assert "not locked" in browser.get("/unblinding/planned").text
    reasons = {"reason": "First look.", "stays_blinded": "Sponsor and sites.", "safeguards": "Closed report."}
    plan = {"purpose": "interim_analysis", "scope": "study", "recipients": "Dr Lund; DMC", "password": PASSWORD}
    assert browser.press("/unblinding/planned", **{**plan, "recipients": ""}, **reasons).status_code == 400
    browser.press("/unblinding/planned", **plan, **reasons)
    assert "Dr Lund, DMC" in browser.text
    _team(world)
    team = world.signed_in("theo")
    address = f"/unblinding/plans/{world.study_id}/U-0001"
    team.get(address)
    team.press(address, password=PASSWORD)
    assert "granted" in team.text
    browser.get(page)
    taken = browser.press(f"/unblinding/planned/{world.study_id}/U-0001/list", again="U-0001", password=PASSWORD)
    assert taken.text.count(subject) == 1
    full = browser.get(f"/unblinding/full?study={world.study_id}").text
    assert "SHA-256" in full
    assert "SHA-256" not in team.get("/unblinding").text


def test_the_same_over_the_api(world: World) -> None:
    """A practice, the log, the tests by site; treatments are told once; blinded tokens read no whole log."""
    seen = System.of(world, "investigator.0")
    subject = seen.randomizes()
    practised = seen.booked("/code-breaks/practise", site="1001", reason="other", signing=SIGNING)
    assert practised["second_factor"] is False
    assert [one["due"] for one in seen.asks_study("/code-break-tests").json()["items"]] == [False]
    assert seen.asks_study("/unblinding-log/all-paths").status_code == 403
    world.office.hire("sefa", (Role.SAFETY, {"study_id": world.study_id}))
    desk = System.of(world, "sefa")
    case = {"number": "C-1", "subject": subject, "reason": "Liver failure.", "signing": SIGNING}
    case |= {"serious": True, "suspected": True, "expected": False}
    first = desk.does("/safety-cases", key="one-case-only", **case).json()
    again = desk.does("/safety-cases", key="one-case-only", **case).json()
    assert (len(first["arms"]), again["arms"]) == (1, None)
    assert [line["record"] for line in desk.asks_study("/unblinding-log/all-paths").json()["items"]] == ["C-1"]
    assert seen.asks_study("/unblinding-log").json()["items"] == []
