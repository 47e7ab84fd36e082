"""The product's own replay and demonstration: every check holds, and a tampered record is found out."""

import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from irt.commands.replay import replay_enrolment
from irt.commands.running import show_report
from irt.commands.study_files import study_text
from irt.enrolment.checks import check_run
from irt.enrolment.demo import Demo, as_of, run_demo
from irt.enrolment.file import Enrolment, read_enrolment
from irt.services import passwords
from irt.services.store import Store
from irt.study.dispensing_schedule import kits_due
from irt.supply.resupply import MinMax
from irt.tables.guards import drop_guard
from irt.tables.subject import Randomization
from tests.builders_supply import the_study
from tests.builders_trial import Trial
from tests.irt.commands.office import with_few_kits
from tests.irt.commands.running import Terminal
from tests.irt.enrolment.lines import LINE, a_file

KEYS = [
    "subjects",
    "sites",
    "kits_dispensed",
    "missed_dispensings",
    "shipments",
    "imbalance",
    "seconds",
    "subjects_per_second",
    "audit_verified",
    "allocations_rederived",
    "checks",
]
CHECKS = {
    "audit_intact",
    "no_kit_twice",
    "no_kit_past_its_dates",
    "strata_as_entered",
    "allocations_rederived",
    "ledger_equals_columns",
}
REAL_ENROLMENT = Path(__file__).parents[4] / "shared" / "data" / "ist" / "enrolment_1991_1994.csv"
STROKE = the_study("ist")
SMALL_STROKE = STROKE.model_copy(update={"sizes": {"full": STROKE.sizes["small"]}})
"""With fewer kits, which take less time to load."""


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords of a run need not be dear; whatever a command sets is undone."""
    monkeypatch.setattr(passwords, "RULE", passwords.PasswordRule(time_cost=1, memory_kib=8, lanes=1))


def people(folder: Path, how_many: int = 12) -> Enrolment:
    """People of two hospitals over a few months, with all sorts of values."""
    chance = random.Random(1)
    factors = [factor for factor in STROKE.factors if factor.source == "entered"]
    lines = []
    for number in range(how_many):
        levels = {factor.code: chance.choice(factor.level_codes()) for factor in factors}
        hospital = {"hospital": "7", "country": "ITAL"} if number % 3 else {"hospital": "12", "country": "UK"}
        lines.append({**LINE, **levels, **hospital, "month": f"1991-0{1 + number % 3}"})
    return read_enrolment(a_file(folder, *lines), STROKE)


@pytest.mark.slow
def test_a_replay_holds_every_check(store: Store, tmp_path: Path) -> None:
    """Everybody of the file is screened, randomized and given kits at the hospitals of the file."""
    figures = replay_enrolment(store, SMALL_STROKE, people(tmp_path), lambda done, words: None)
    _holds_every_check(store, figures, 12)


def _holds_every_check(store: Store, figures: dict[str, Any], how_many: int) -> None:
    """So many of two hospitals, and all that they were given."""
    assert list(figures) == KEYS
    assert figures["checks"] == dict.fromkeys(CHECKS, True)
    assert (figures["subjects"], figures["sites"], figures["allocations_rederived"]) == (how_many, 2, how_many)
    due, handed_over = _kits_due_and_handed_over(store)
    assert figures["kits_dispensed"] == handed_over <= due
    assert figures["missed_dispensings"] > 0 or handed_over == due
    assert figures["audit_verified"] is True
    assert figures["shipments"] > 0


def test_many_hands_give_what_one_gives(sqlite_store: Store, postgresql_store: Store, tmp_path: Path) -> None:
    """From the same seeds, PostgreSQL's three processes draw the arms and give the kits that SQLite's one does.

    Both hold every check; that they do so from any seeds is proven at length.
    """
    told = []
    for store in (sqlite_store, postgresql_store):
        store.entropy = random.Random(5).randbytes
        figures = replay_enrolment(store, SMALL_STROKE, people(tmp_path, 30), lambda done, words: None)
        _holds_every_check(store, figures, 30)
        told.append(
            {key: value for key, value in figures.items() if not key.startswith(("seconds", "subjects_per"))}
        )
    assert told[0] == told[1]
    assert _given_to_whom(sqlite_store) == _given_to_whom(postgresql_store)


def _given_to_whom(store: Store) -> list[tuple[str, str, str, str | None]]:
    """Subject, randomization number, arm and kit, of everybody."""
    with store.reading() as connection:
        found = connection.execute(
            text(
                "SELECT subject.number, randomization.number, secret_treatment_assignment.arm, kit.number"
                " FROM subject JOIN randomization ON randomization.subject_id = subject.id"
                " JOIN secret_treatment_assignment"
                " ON secret_treatment_assignment.randomization_id = randomization.id"
                " LEFT JOIN movement ON movement.subject_id = subject.id AND movement.event = 'hand_over'"
                " LEFT JOIN kit ON kit.id = movement.kit_id"
            )
        ).all()
    return sorted((row[0], row[1], row[2], row[3] or "") for row in found)


def _kits_due_and_handed_over(store: Store) -> tuple[int, int]:
    """What the drawn arms are given on day 0, none to two kits each, and what left the hospitals."""
    with store.reading() as connection:
        arms = connection.execute(text("SELECT arm FROM secret_treatment_assignment")).scalars().all()
        given = connection.execute(text("SELECT count(*) FROM movement WHERE event = 'hand_over'")).scalar_one()
    due = [need.quantity for arm in arms for need in kits_due(SMALL_STROKE, arm, "oral", "DAY0")]
    return sum(due), given


def treated(trial: Trial, how_many: int = 3) -> dict[str, dict[str, str]]:
    """Subjects who got their first kits, with the answers entered for them."""
    return {trial.treated()[0]: {"ldl": "LT85"} for _ in range(how_many)}


def test_a_tampered_allocation_is_found_out(trial: Trial, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody who owns the database turns one arm: the seed says otherwise, and the command fails."""
    entered = treated(trial)
    assert check_run(trial.store, 1, entered)[0] == dict.fromkeys(CHECKS, True)
    with trial.store.writing() as connection:
        drop_guard(connection, "secret_treatment_assignment")
        turn = "UPDATE secret_treatment_assignment SET arm = CASE arm WHEN 'A' THEN 'P' ELSE 'A' END WHERE id = 1"
        connection.execute(text(turn))
    checks, derivation = check_run(trial.store, 1, entered)
    assert checks == {**dict.fromkeys(CHECKS, True), "allocations_rederived": False}
    assert (derivation.allocations, derivation.same) == (3, 2)
    assert derivation.first_difference == trial.rows(Randomization)[0]["number"]
    with pytest.raises(SystemExit) as ended:
        show_report({"checks": checks}, True)
    said = capsys.readouterr()
    assert ended.value.code == 1
    assert json.loads(said.out)["checks"]["allocations_rederived"] is False
    assert "allocations_rederived" in said.err


@pytest.mark.parametrize(
    ("attack", "check"),
    [
        ("UPDATE kit SET custody = 'unknown' WHERE id = 1", "ledger_equals_columns"),
        ("UPDATE audit_entry SET person = 'Nobody' WHERE id = 9", "audit_intact"),
        ("UPDATE randomization SET levels = '{}' WHERE id = 1", "strata_as_entered"),
        ("UPDATE kit SET expiry = '1980-01-01'", "no_kit_past_its_dates"),
        ("UPDATE movement SET kit_id = 1 WHERE event = 'hand_over'", "no_kit_twice"),
    ],
)
def test_every_check_can_fail(sqlite_trial: Trial, attack: str, check: str) -> None:
    """Each check sees what it is there for."""
    entered = treated(sqlite_trial)
    with sqlite_trial.store.writing() as connection:
        for table in ("audit_entry", "randomization", "movement"):
            drop_guard(connection, table)
        connection.execute(text(attack))
    assert check_run(sqlite_trial.store, 1, entered)[0][check] is False


@pytest.mark.slow
@pytest.mark.parametrize("name", ["activ6", "escalation"])
def test_other_studies_run_too(sqlite_store: Store, name: str) -> None:
    """Agents mailed to homes; cohorts that make people wait."""
    now = datetime(2022, 1, 20, 12, tzinfo=UTC) if name == "activ6" else datetime(2026, 11, 20, 12, tzinfo=UTC)
    figures = run_demo(sqlite_store, Demo(the_study(name), 6, now, MinMax()), lambda done, words: None)[2]
    assert figures["checks"] == dict.fromkeys(CHECKS, True)
    assert figures["subjects"] > 0


def test_a_run_goes_to_the_door(sqlite_store: Store) -> None:
    """Kits that go home are released, carried and confirmed by the patient, after the last arm has closed too."""
    study = the_study("activ6")
    now = as_of(study, datetime(2026, 11, 20, 12, tzinfo=UTC))
    figures = run_demo(sqlite_store, Demo(study, 8, now, MinMax()), lambda done, words: None)[2]
    assert figures["checks"] == dict.fromkeys(CHECKS, True)
    assert figures["missed_dispensings"] == 0
    with sqlite_store.reading() as connection:
        asked = "SELECT status, count(*) FROM home_delivery GROUP BY status"
        deliveries = {row[0]: row[1] for row in connection.execute(text(asked))}
        given = connection.execute(text("SELECT count(*) FROM movement WHERE event = 'deliver'")).scalar_one()
    assert 0 < deliveries["delivered"] <= sum(deliveries.values()) == figures["shipments"]
    assert 0 < figures["kits_dispensed"] == given


def test_the_command_speaks_json_alone(terminal: Terminal, tmp_path: Path) -> None:
    """Standard output has the figures and nothing else; progress goes beside it; all is well, so it ends with 0."""
    file = tmp_path / "few.yaml"
    file.write_text(with_few_kits(study_text("fourier")))
    ran = terminal.irt("demo", "--headless", "--subjects", "4", "--study", str(file), "--json")
    figures = json.loads(ran.out)
    assert ran.exit_code == 0
    assert list(figures) == KEYS
    assert figures["checks"] == dict.fromkeys(CHECKS, True)
    assert "Randomized" in ran.err


def test_the_replay_command(terminal: Terminal, tmp_path: Path) -> None:
    """From a file, with a limit; bad input is one line and exit 1."""
    file = a_file(tmp_path, *[LINE] * 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("irt.commands.replay.read_study", {"ist": SMALL_STROKE}.__getitem__)
        ran = terminal.irt("replay", "enrolment", str(file), "--study", "ist", "--limit", "2", "--json")
    assert ran.exit_code == 0
    assert json.loads(ran.out)["subjects"] == 2
    a_file(tmp_path, {**LINE, "sex": "X"})
    refused = terminal.irt("replay", "enrolment", str(file), "--study", "ist")
    assert (refused.exit_code, refused.out) == (1, "")
    assert "line 2: 'X' is not a level of sex" in refused.err
    assert "Traceback" not in refused.err


@pytest.mark.skipif(not REAL_ENROLMENT.exists(), reason="the real enrolment file is not beside the repository")
def test_the_first_sixty_real_people(sqlite_store: Store) -> None:
    """Real enrolment, limited: everybody is randomized at the hospital they came to."""
    real = read_enrolment(REAL_ENROLMENT, STROKE)
    assert (len(real.arrivals), len(real.sites)) == (10_206, 352)
    some = Enrolment(real.sites, real.arrivals[:60])
    figures = replay_enrolment(sqlite_store, SMALL_STROKE, some, lambda done, words: None)
    assert (figures["subjects"], figures["allocations_rederived"]) == (60, 60)
    assert figures["sites"] == len({arrival.site for arrival in some.arrivals})
    assert figures["checks"] == dict.fromkeys(CHECKS, True)


def test_years_of_a_scaled_study_end_with_a_ledger_that_adds_up(terminal: Terminal) -> None:
    """From the first lot's release on: subjects come back for their visits, nights go by, and every check holds."""
    ran = terminal.irt("demo", "--headless", "--years", "0.25", "--scale", "0.01", "--json")
    figures = json.loads(ran.out)
    assert ran.exit_code == 0
    assert figures["checks"] == dict.fromkeys(CHECKS, True)
    assert 0 < figures["subjects"] < figures["kits_dispensed"]
    assert "Nights" in ran.err


def test_years_are_run_headless_alone(terminal: Terminal) -> None:
    """A study run to its end has nothing left to try in a page."""
    ran = terminal.irt("demo", "--years", "1")
    assert (ran.exit_code, "--headless" in ran.err) == (2, True)
