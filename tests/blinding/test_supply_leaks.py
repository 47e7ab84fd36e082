"""Leaks that supply could open, each by its name. docs/validation/leaks.md tells which tests hold the rest."""

import random
from datetime import date
from typing import Any

import pytest

from irt.services.caps import EnrolmentClosed, counted_in
from irt.services.replace_kit import ReplaceKit, replace_kit
from irt.states.kit import Assignment, Custody, KitState, Quality
from irt.study.check import check
from irt.study.dispensing import KitNeed
from irt.study.rules import Cap
from irt.supply.kit_selection import Candidate, NoUsableKit, choose_kits
from irt.tables.kit import Kit, Movement
from irt.tables.record import AuditEntry, Message, Outbox
from irt.tables.shipment import Shipment
from tests.builders_trial import Trial
from tests.irt.study.edits import edited, study_of
from tests.irt.study.mistakes import D1_P, GOODS, PEN_P

TODAY = date(2026, 3, 2)
ON_SHELF = KitState(Custody.SITE, Quality.RELEASED, Assignment.FREE)


def _arms(trial: Trial) -> dict[str, str]:
    """A randomized subject of each arm: arm -> subject."""
    found: dict[str, str] = {}
    while len(found) < 2:
        subject = trial.randomized()
        found.setdefault(trial.arm(subject), subject)
    return found


def _errors(study: str, old: str, new: str) -> set[str]:
    return {problem.name for problem in check(edited(study, (old, new)), study).errors}


def test_a_randomization_sends_nothing_to_anybody(sqlite_trial: Trial) -> None:
    """Neither parcel nor letter nor message follows a draw or a hand-over; supply acts once a night."""
    models = (Shipment, Outbox, Message)
    before = [sqlite_trial.rows(model) for model in models]
    sqlite_trial.treated()
    assert [sqlite_trial.rows(model) for model in models] == before


def test_the_order_of_a_night_is_told_without_kits_and_quantities(sqlite_trial: Trial) -> None:
    """What blinded people read of the night's order names no kit number and no type."""
    sqlite_trial.treated()
    sqlite_trial.set_apart(sqlite_trial.shelf())
    kits = [row["number"] for row in sqlite_trial.rows(Kit)]
    told = [*sqlite_trial.rows(Outbox), *sqlite_trial.rows(Message)]
    seen, sent = len(sqlite_trial.rows(AuditEntry)), len(sqlite_trial.rows(Shipment))
    sqlite_trial.resupply()
    assert len(sqlite_trial.rows(Shipment)) > sent
    new = [row for row in [*sqlite_trial.rows(Outbox), *sqlite_trial.rows(Message)] if row not in told]
    lines = [row["new"] for row in sqlite_trial.rows(AuditEntry)[seen:]]
    assert lines
    said = f"{new} {lines}"
    assert [number for number in kits if f"'{number}'" in said] == []
    assert "PEN-" not in said


def test_a_limit_names_only_what_everybody_knows() -> None:
    """The words of a closed limit hold no arm and no hidden group, whichever limit is reached."""
    study = study_of("fourier")
    hidden = {*(arm.code for arm in study.arms if len(arm.code) > 1), *(arm.name for arm in study.arms)}
    hidden |= {kit_type.code for kit_type in study.kit_types}
    scopes = [("study", None), ("country", "GB"), ("site", "1001"), ("stratum", "region=EU"), ("cohort", "A")]
    for scope, key in scopes:
        cap = Cap.model_validate({"scope": scope, "key": key, "subjects": 1})
        with pytest.raises(EnrolmentClosed) as refused:
            counted_in(study, {"cap": cap}, {"cap": {"count": 1}})
        words = refused.value.sentence
        assert refused.value.trace == ""
        assert [name for name in hidden if name in words] == []
        assert scope != "cohort" or f" {key} " not in words


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        (D1_P, D1_P.replace("quantity: 2", "quantity: 1"), "KitCountsDiffer"),
        (PEN_P, PEN_P.replace("unit: pen", "unit: syringe"), "PacksDifferInGroup"),
        (PEN_P, "    units_per_kit: 2\n" + PEN_P, "PacksDifferInGroup"),
    ],
)
def test_kits_of_all_arms_are_as_many_and_look_alike(old: str, new: str, name: str) -> None:
    """A study that gives one arm fewer kits, or another pack, is refused."""
    assert name in _errors("fourier", old, new)


def test_a_dose_step_is_there_in_every_arm() -> None:
    """Moves have no arms; one that is sham somewhere is checked, so no site finds a step that others lack."""
    moves = study_of("fourier").titration
    assert {move.sham_in_arms for move in moves} == {()}
    assert not {"arm", "arms"} & set(type(moves[0]).model_fields)
    old = "name: Change to monthly}"
    assert "ShamMoveChangesKits" in _errors("fourier", old, old.replace("}", ", sham_in_arms: [P]}"))


def test_holding_a_dose_and_replacing_a_kit_read_alike_in_both_arms(sqlite_trial: Trial) -> None:
    """The same steps, the same acts in the audit trail, the same movements, whatever the subject gets."""
    paths = {}
    for arm, subject in _arms(sqlite_trial).items():
        lines, moves = len(sqlite_trial.rows(AuditEntry)), len(sqlite_trial.rows(Movement))
        waiting = sqlite_trial.assign(subject)
        facts = {"number": waiting.kits[0].number, "problem": "damaged", "reason": "Broken"}
        ask = {"study_id": 1, "dispensing_id": waiting.dispensing_id, "on_day": sqlite_trial.day, **facts}
        sqlite_trial.do(sqlite_trial.staff, replace_kit, ReplaceKit.model_validate(ask))
        sqlite_trial.step(subject, "hold_dose")
        sqlite_trial.step(subject, "resume_dose")
        paths[arm] = (
            [(row["act"], sorted(row["new"] or {})) for row in sqlite_trial.rows(AuditEntry)[lines:]],
            [(row["event"], row["quality"], row["assignment"]) for row in sqlite_trial.rows(Movement)[moves:]],
        )
    assert paths["A"] == paths["P"]


def test_a_replacement_that_lacks_its_kit_is_refused_in_the_same_words(sqlite_trial: Trial) -> None:
    """Nobody learns from the refusal which product ran out."""
    waiting = [sqlite_trial.assign(subject) for subject in _arms(sqlite_trial).values()]
    sqlite_trial.set_apart(sqlite_trial.shelf())
    said = set()
    for one in waiting:
        facts = {"number": one.kits[0].number, "problem": "damaged", "reason": "Broken", "on_day": sqlite_trial.day}
        ask = ReplaceKit.model_validate({"study_id": 1, "dispensing_id": one.dispensing_id, **facts})
        with pytest.raises(NoUsableKit) as refused:
            sqlite_trial.do(sqlite_trial.staff, replace_kit, ask)
        said.add(refused.value.sentence)
    assert len(said) == 1
    assert "PEN-" not in said.pop()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (PEN_P, "    unit: pen\n    windows: {dnd_days: 93, dnc_days: 103, dns_days: 107}\n"),
        (PEN_P + "    country_windows: *days_by_country\n", PEN_P),
    ],
)
def test_kits_that_look_alike_have_the_same_windows(old: str, new: str) -> None:
    """A study whose kits of one look leave the shelf on different days is refused."""
    assert "WindowsDifferInGroup" in _errors("fourier", old, new)


def test_all_arms_go_home_in_the_same_parcel() -> None:
    """Kits of one delivery that are stored differently would travel differently, so the study is refused."""
    old = 'bottle of 20 tablets", storage: 15-25C'
    assert "UnlikeParcels" in _errors("activ6", old, old.replace("15-25C", "2-8C"))


def test_goods_have_neutral_words() -> None:
    """What a carrier and the customs read is said of a blinding group; words that tell an arm are refused."""
    for telling in ("Pens with matching placebo", "NBT-140 pens"):
        assert "TellingCommodity" in _errors(
            "fourier", GOODS, GOODS.replace("hs_code", f"words: {telling}, hs_code")
        )


def test_kits_are_told_in_order_of_number_and_not_of_type() -> None:
    """A dispensing of several types names its kits by their random numbers, however they were chosen."""
    numbers = random.Random(42).sample(range(10_000, 99_999), 40)
    shelf = [
        Candidate(n, str(number), f"T{n % 4}", "L1", date(2027, 12, 31), ON_SHELF)
        for n, number in enumerate(numbers, start=1)
    ]
    needs = [KitNeed(kit_type=f"T{n}", quantity=2) for n in (2, 0, 3, 1)]
    chosen = choose_kits(shelf, needs, TODAY, {}, lambda modulus: modulus - 1).chosen
    assert len({kit.kit_type for kit in chosen}) == 4
    assert [kit.number for kit in chosen] == sorted(kit.number for kit in chosen)


def test_alike_kits_of_one_order_are_not_given_in_a_row() -> None:
    """Whatever is drawn, every equal kit may come first; none is the next one because of its place."""
    shelf: list[Any] = [Candidate(n, str(10_000 + n), "T", "L1", date(2027, 12, 31), ON_SHELF) for n in range(1, 9)]
    needs = [KitNeed(kit_type="T", quantity=1)]
    first = {choose_kits(shelf, needs, TODAY, {}, lambda _, n=n: n).chosen[0].number for n in range(8)}
    assert first == {kit.number for kit in shelf}


def test_a_kit_type_has_no_words_of_its_own_for_the_site() -> None:
    """How a kit is stored and called is said of its blinding group; a kit type has no place for it."""
    assert "UnknownKey" in _errors("fourier", "code: PEN-P", "code: PEN-P\n    storage: frozen")
