"""What happens in the trial: parcels, subjects, kits, a mistake, a count, a code break; by API and by button."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from httpx import Response
from sqlalchemy import text

from irt.blinding.roles import Role
from irt.services.keep_plan import KeepPlan, PlannedLeg, PlannedLine, keep_plan
from irt.services.optimization_runs import (
    KeepProblem,
    StartOptimization,
    hash_of,
    keep_problem,
    open_optimization,
)
from irt.tables.secret import ResupplySetting
from tests.blinding.story_visits import calls, run_in, weigh
from tests.blinding.variation import LEVEL
from tests.blinding.worlds import OneWorld
from tests.builders_gate import judged
from tests.rows import put
from tests.web.api.system import SIGNING
from tests.web.browser import Browser, forms_of
from tests.web.parcels import house_of


def supply(world: OneWorld) -> None:
    """Both levels rise alike at both sites: one parcel comes to the door, the other waits at the depot."""
    for _, site_id in world.sites:
        _raise_levels(world, site_id)
    run_job(world, "supply_planner.all", "/supply/plan", "/supply/plan/run")
    with world.store.reading() as connection:
        waiting = "SELECT number FROM shipment WHERE status = 'awaiting_approval' ORDER BY id"
        first, second = connection.execute(text(waiting)).scalars()
    for number in (first, second):
        world.does("supply_planner.all", "/shipments/approve", number=number, approve=True)
    for step in ("acknowledge", "pick", "pack", "dispatch", "deliver"):
        world.does("depot.all", f"/shipments/{step}", number=first, waybill="W-1234", monitor="TM-77")
    world.does("depot.all", "/shipments/acknowledge", number=second)
    browser = world.signed_in("depot.all")
    world.evidence.keep("depot.all pick list", browser.get(f"/depot/{world.study_id}/{second}"))
    world.does("depot.all", "/shipments/pick", number=second)
    world.does("pharmacist.0", "/shipments/receive", number=second, received=[], signing=SIGNING)


def plan_ahead(world: OneWorld) -> None:
    """The unblinded supply team has a plan kept, with as many kits of either kind for each site."""
    house, facts = house_of(world), {"study_id": world.study_id}
    asked = StartOptimization(**facts, day=world.now.date(), horizon_days=28)
    run = house.do(Role.SUPPLY_MANAGER, open_optimization, asked).run
    house.do(Role.SUPPLY_MANAGER, keep_problem, KeepProblem(**facts, run=run, problem={}))
    with world.store.reading() as connection:
        kinds = connection.execute(text("SELECT DISTINCT kit_type FROM secret_kit_content ORDER BY kit_type"))
        legs = [_leg(world, site, list(kinds.scalars())) for site, _ in world.sites[:1]]
    plan = json.dumps([leg.model_dump(mode="json") for leg in legs])
    digest = hashlib.sha256(plan.encode()).hexdigest()
    figures = {"cost": {"fixed": 24_000}, "bound": 20_000, "seconds": 1.0, "verdict": {}, "faults": []}
    kept = {"plan": plan, "hash": digest, "problem_hash": hash_of({}), "status": "proven", "consignments": legs}
    house.do(Role.SUPPLY_MANAGER, keep_plan, KeepPlan.model_validate({**facts, "run": run, **kept, **figures}))


def _leg(world: OneWorld, site: str, kinds: list[str]) -> PlannedLeg:
    leaves = world.now.date() + timedelta(days=9)
    return PlannedLeg(
        lane=f"NLD>{site}",
        origin="NLD",
        place=site,
        storage="2-8C",
        dispatch_on=leaves,
        expected_on=leaves + timedelta(days=5),
        shippers={"box": 1},
        lines=[PlannedLine(kit_type=kind, lot="L1", label="all", kits=3) for kind in kinds],
    )


def stock_items(world: OneWorld) -> None:
    """Bags without numbers lie at the depot and at the first site."""
    bags = {"act": "receive", "item": "BAG", "lot": "B-77", "quantity": 20, "expiry": "2028-06-30"}
    world.does("depot.all", "/items/book-at-depot", depot="NLD", **bags)
    world.does("pharmacist.0", "/items/book", site=world.sites[0][0], **bags)


def _raise_levels(world: OneWorld, site_id: int) -> None:
    with world.store.reading() as connection:
        kit_types = connection.execute(
            text("SELECT kit_type FROM secret_kit_content GROUP BY kit_type ORDER BY min(id)")
        )
        levels = {"minimum": LEVEL["maximum"] + 1, "maximum": LEVEL["maximum"] + 2}
        known = [row[0] for row in kit_types]
    for kit_type in known:
        owner = {"sponsor_id": 1, "study_id": world.study_id, "site_id": site_id}
        from_day = world.now.date() - timedelta(days=1)
        put(world.store, ResupplySetting, **owner, kit_type=kit_type, **levels, effective_from=from_day)


FIRST, SECOND, THIRD = 0, 1, 2


def enrol(world: OneWorld) -> None:
    """Three subjects at two sites; the first one's treatment is what may be turned."""
    site = world.sites[0][0]
    subjects = [screened(world, index) for index in (0, 0, 1)]
    run_in(world, *zip((0, 0, 1), subjects, strict=True))
    today = world.now.date().isoformat()
    randomized(world, 0, subjects[FIRST], "Q2W", today)
    randomized(world, 0, subjects[SECOND], "QM", today)
    randomized(world, 1, subjects[THIRD], "Q2W", today)
    world.does("coordinator.0", "/subjects/randomize", subject=subjects[FIRST], on_day=today, **dose_answers("Q2W"))
    kits = _dispensed(world, 0, subjects[FIRST], "D1", "Q2W")
    _dispensed(world, 0, subjects[SECOND], "D1", "QM", wrong=kits[0])
    _replaced(world, subjects[THIRD])
    waiting = screened(world, 0)
    world.does("coordinator.0", "/subjects/fail-screening", subject=waiting, on_day=today, reason="Other")
    world.wait(days=28)
    later = world.now.date().isoformat()
    weigh(world, 0, subjects[FIRST])
    kits = _dispensed(world, 0, subjects[FIRST], "W4", "Q2W", back=kits)
    calls(world, subjects[FIRST], subjects[SECOND])
    _counted(world, site, kits)
    world.does(
        "investigator.0",
        "/subjects/change-status",
        subject=subjects[SECOND],
        on_day=later,
        step="hold_dose",
        reason="Raised liver enzymes",
    )
    world.does(
        "investigator.0",
        "/subjects/change-dose",
        subject=subjects[FIRST],
        on_day=later,
        dose_level="QM",
        reason="Asked for",
    )
    _broken(world, subjects[SECOND])
    world.evidence.given = {subject: _given_to(world, subject) for subject in subjects}


def dose_answers(dose_level: str) -> dict[str, Any]:
    return {"levels": {"ldl": "LT85"}, "dose_level": dose_level}


def screened(world: OneWorld, index: int) -> str:
    ask = {"site": world.sites[index][0], "on_day": world.now.date().isoformat()}
    return str(world.does(f"coordinator.{index}", "/subjects/screen", **ask)["subject"])


def randomized(world: OneWorld, index: int, subject: str, dose_level: str, on_day: str) -> None:
    who = f"coordinator.{index}"
    world.does(who, "/subjects/randomize", subject=subject, on_day=on_day, **dose_answers(dose_level))


def _ordered(world: OneWorld, index: int, subject: str, visit: str, dose_level: str) -> dict[str, Any]:
    order = {"subject": subject, "visit": visit, "dose_level": dose_level, "signing": SIGNING}
    world.does(f"investigator.{index}", "/dispensings/sign-order", **order)
    ask = {"subject": subject, "visit": visit, "on_day": world.now.date().isoformat()}
    return world.does(f"pharmacist.{index}", "/dispensings/assign", **ask)


def _dispensed(
    world: OneWorld, index: int, subject: str, visit: str, dose_level: str, wrong: str = "", back: Any = ()
) -> list[str]:
    """Kits assigned, scanned and handed over, after one wrong scan where one is named; earlier kits come back."""
    who, open_one = f"pharmacist.{index}", _ordered(world, index, subject, visit, dose_level)
    kits = [kit["number"] for kit in open_one["kits"]]
    if back:
        returned = [{"number": number, "fate": "used"} for number in back]
        today = world.now.date().isoformat()
        world.does(who, "/kits/take-back", subject=subject, on_day=today, kits=returned)
    _prepared(world, who, open_one["dispensing_id"], kits)
    for read in filter(None, (wrong, *kits)):
        world.does(who, "/dispensings/check-kit", dispensing_id=open_one["dispensing_id"], read=read)
    world.does(who, "/dispensings/hand-over", dispensing_id=open_one["dispensing_id"], scanned=kits)
    return kits


def _prepared(world: OneWorld, who: str, dispensing: int, kits: list[str]) -> None:
    """Kits are drawn up, one of them twice: what was written of it first was wrong."""
    ask = {"dispensing_id": dispensing, "prepared_at": world.now.isoformat()}
    all_used = [{"number": number, "used": "1", "wasted": "0"} for number in kits]
    first = world.does(who, "/preparations/prepare", **ask, kits=all_used)["number"]
    some_lost = [{**vial, "used": "0.8", "wasted": "0.2"} for vial in all_used]
    world.does(who, "/preparations/prepare", **ask, kits=some_lost, corrects=first, reason="Misread")


def _replaced(world: OneWorld, subject: str) -> None:
    """One kit of the third subject is found damaged, and in the place of another a wrong one is handed over."""
    open_one = _ordered(world, 1, subject, "D1", "Q2W")
    dispensing, (first, second, *_) = open_one["dispensing_id"], [kit["number"] for kit in open_one["kits"]]
    after = world.does(
        "pharmacist.1",
        "/dispensings/replace-kit",
        dispensing_id=dispensing,
        number=first,
        problem="damaged",
        reason="Seal broken",
        on_day=world.now.date().isoformat(),
    )
    (instead,) = {kit["number"] for kit in after["kits"]} - {kit["number"] for kit in open_one["kits"]}
    _prepared(world, "pharmacist.1", dispensing, [instead])
    _mistaken(world, dispensing, second)


def _counted(world: OneWorld, site: str, gone: list[str]) -> None:
    """The shelf is counted with differences unexplained, then explained; then one kit is reported missing."""
    stock = world.system("pharmacist.0").asks_study(f"/sites/{site}/kits", limit=200).json()["items"]
    shelf = [kit["number"] for kit in stock]
    scanned, missed = [*shelf[1:], gone[0]], [shelf[0], gone[0]]
    world.does("pharmacist.0", "/kits/count", site=site, scanned=scanned, reasons={})
    explained = dict.fromkeys([*missed, *shelf], "Looked for twice")
    world.does("pharmacist.0", "/kits/count", site=site, scanned=scanned, reasons=explained)
    world.does("pharmacist.0", "/kits/report", site=site, kit=shelf[1], report="missing", reason="Looked for")
    world.does("pharmacist.0", "/kits/report", site=site, kit=gone[0], report="damaged", reason="Not here")


def _mistaken(world: OneWorld, dispensing: int, assigned: str) -> None:
    """One kit too many lay on the desk: another one than the assigned was given."""
    stock = world.system("pharmacist.1").asks_study(f"/sites/{world.sites[1][0]}/kits", limit=200).json()["items"]
    given = stock[-1]["number"]
    world.evidence.mistaken = given
    world.does(
        "pharmacist.1",
        "/dispensings/record-misallocation",
        dispensing_id=dispensing,
        assigned=assigned,
        given=given,
        taken="no",
        reason="Found at the shelf count",
        signing=SIGNING,
    )


def press(world: OneWorld) -> None:
    """Buttons: one subject is screened, asked about and randomized; another waits; the shelf is counted."""
    browser, today = world.signed_in("coordinator.0"), world.now.date().isoformat()
    for _ in range(2):
        browser.get("/subjects/screen")
        form = next(form for form in forms_of(browser.text) if form.action == "/subjects/screen")
        screened = browser.send("/subjects/screen", {**form.fields, "on_day": today})
        world.evidence.keep("coordinator.0 POST screen", screened)
        start = f"{browser.path}/steps/run-in"
        browser.get(start)
        world.evidence.keep("coordinator.0 POST run-in", browser.press(start))
    world.wait(days=1)
    browser = world.signed_in("coordinator.0")
    randomize = f"/studies/{world.study_id}/subjects/{world.sites[0][0]}-0004/randomize"
    world.evidence.keep("coordinator.0 POST nothing answered", _asked(browser, randomize))
    answers = {"factor-ldl": "LT85", "dose_level": "Q2W"}
    world.evidence.keep("coordinator.0 POST check", _asked(browser, randomize, **answers))
    world.evidence.keep("coordinator.0 POST randomize", browser.press(randomize))
    browser.get(f"/stock/count?site={world.sites[0][1]}")
    world.evidence.keep("coordinator.0 POST compare", browser.press("/stock/count/compare"))


def verify(world: OneWorld) -> None:
    """The history is verified as a whole, before anybody has a treatment: a later night would plan by what is used.

    Which kits it picks follows from what is in them; how many, and that is all people see, does not.
    """
    run_job(world, "pharmacist.0", "/history", "/history/verify")


def foresee(world: OneWorld) -> None:
    """The study team plans enrolment and asks how it goes on, and a forecast is kept."""
    team, today = world.signed_in("study_team.all"), world.now.date()
    days = {
        "first_site": today - timedelta(days=90),
        "first_subject": today,
        "last_subject": today + timedelta(days=90),
    }
    team.get("/dashboard/plan")
    planned = {name: day.isoformat() for name, day in days.items()}
    team.press("/dashboard/plan", subjects="20", sites="2", reason="First plan", **planned)
    run_job(world, "study_team.all", "/enrolment/forecast", "/enrolment/forecast", target="20", months="2")


def prove(world: OneWorld) -> None:
    """A go-live gate that names a kit type has its verdict; everybody with `view_gate` reads what it is worth."""
    with world.store.reading() as connection:
        kind = connection.execute(text("SELECT min(kit_type) FROM secret_kit_content")).scalar_one()
    judged(house_of(world), agreement=f"at most one miss of {kind}", name=kind)


def run_job(world: OneWorld, username: str, page: str, button: str, **typed: str) -> None:
    """Long work from its button to its outcome, watched on the page and over the API."""
    browser = world.signed_in(username)
    browser.get(page)
    world.evidence.keep(f"{username} POST {button}", browser.press(button, **typed))
    job = browser.path
    _keep_page(world, browser, username, f"{job}/progress")
    world.works()
    _keep_page(world, browser, username, job)
    system = world.system(username)
    told = system.client.get(f"/api/v1{job}", headers=system.header)
    world.evidence.keep(f"{username} API {job}", told)
    world.evidence.reached.add(f"/api/v1{job}")


def _keep_page(world: OneWorld, browser: Browser, username: str, address: str) -> None:
    world.evidence.keep(f"{username} GET {address}", browser.get(address))
    world.evidence.reached.add(address)


def _asked(browser: Browser, randomize: str, **answers: str) -> Response:
    browser.get(randomize)
    return browser.press(f"{randomize}/check", **answers)


def _broken(world: OneWorld, subject: str) -> None:
    """A code break; its answer tells the treatment to the person who signed, so the answer is not kept."""
    system = world.system("investigator.0")
    answer = system.does("/code-breaks", subject=subject, reason="medical_emergency", signing=SIGNING)
    if answer.status_code != 200:
        raise LookupError(answer.text)


def _given_to(world: OneWorld, subject: str) -> list[str]:
    given = (
        "SELECT DISTINCT kit.number FROM kit JOIN movement ON movement.kit_id = kit.id "
        "JOIN subject ON subject.id = movement.subject_id WHERE subject.number = :subject ORDER BY kit.number"
    )
    with world.store.reading() as connection:
        return list(connection.execute(text(given), {"subject": subject}).scalars())
