"""A weight that two people type: entered by one, confirmed by another who is not shown it, then kits."""

from datetime import timedelta
from decimal import Decimal

import pytest
from pydantic import SecretStr, ValidationError

from irt.blinding.roles import Role
from irt.blinding.two_persons import SamePerson
from irt.errors import BadInput, NotAllowed
from irt.services.assign_kits import assign_kits
from irt.services.hand_over_kits import GiveUpDispensing, give_up_dispensing
from irt.services.sign_order import SignOrder, sign_order
from irt.services.sign_record import Signing
from irt.services.subjects import NotInTheFuture, TooEarly
from irt.services.weigh_subject import (
    ConfirmWeight,
    EnterWeight,
    NoSecondCheck,
    NoWeightYet,
    WeightKnown,
    WeightNotConfirmed,
    WeightsDiffer,
    confirm_weight,
    enter_weight,
)
from irt.study.dispensing_schedule import WeightOutOfBounds
from irt.tables.record import AuditEntry
from irt.tables.secret import SecretAuditEntry
from irt.tables.subject import Visit, Weighing
from tests.builders_trial import Trial
from tests.builders_visits import VisitsTrial


def test_two_people_type_the_same_weight(visits: VisitsTrial) -> None:
    """Both entries are kept; 75.5 kg take two kits; the number is in the trail once it is confirmed."""
    subject = visits.randomized()
    first = visits.enter(subject)
    assert (first.visit, first.confirmed) == ("W4", False)
    line = visits.audit()
    assert (line["act"], line["record"]) == ("weight_entered", subject)
    assert "75.5" not in str(line["new"])
    second = visits.confirm(subject, "75.50")
    assert second.confirmed
    assert [(row["weight_kg"], row["confirms_id"]) for row in visits.rows(Weighing)] == [
        ("75.5", None),
        ("75.50", 1),
    ]
    line = visits.audit()
    assert (line["act"], line["new"]["weight_kg"]) == ("weight_confirmed", "75.50")
    done = visits.assign(subject, visit="W4")
    assert len(done.kits) == 2
    assert [row["weight_kg"] for row in visits.rows(Visit, code="W4")] == ["75.5"]


def test_no_kits_before_two_people_did(visits: VisitsTrial) -> None:
    """Neither without any entry nor after one, whatever is typed with the assignment."""
    subject = visits.randomized()
    for weight in (None, Decimal("75.5")):
        ask = visits.assigning(subject, visit="W4", weight_kg=weight)
        refusal = visits.refuses(assign_kits, ask, WeightNotConfirmed)
        assert "nobody did so far" in refusal.sentence
    visits.enter(subject)
    refusal = visits.refuses(assign_kits, visits.assigning(subject, visit="W4"), WeightNotConfirmed)
    assert "it was typed once" in refusal.sentence
    visits.confirm(subject)
    other = visits.assigning(subject, visit="W4", weight_kg=Decimal(80))
    visits.refuses(assign_kits, other, BadInput)
    assert len(visits.assign(subject, visit="W4", weight_kg=Decimal("75.5")).kits) == 2


def test_weights_that_differ(visits: VisitsTrial) -> None:
    """The refusal names neither number to anybody blinded; the entry still waits."""
    subject = visits.randomized()
    visits.enter(subject)
    ask = ConfirmWeight(**visits.weighing(subject, "57.5"))
    refusal = visits.refuses(confirm_weight, ask, WeightsDiffer, visits.actor(Role.PHARMACIST))
    assert "75.5" not in refusal.sentence
    assert refusal.sentence.startswith("This is not the weight that was entered first. Nothing was booked.")
    assert visits.rows(SecretAuditEntry)[-1]["body"]["trace"] == "first 75.5 kg, second 57.5 kg"
    assert visits.confirm(subject).confirmed


def test_nobody_confirms_an_own_entry(visits: VisitsTrial) -> None:
    """The same account is one person, whatever its role; it does not even learn whether the number is right."""
    subject = visits.randomized()
    visits.enter(subject)
    for weight in ("75.5", "80"):
        ask = ConfirmWeight(**visits.weighing(subject, weight))
        refusal = visits.refuses(confirm_weight, ask, SamePerson)
        assert refusal.sentence.startswith("You entered this weight yourself.")


def test_a_weight_is_entered_anew(sqlite_visits: VisitsTrial) -> None:
    """The latest entry is in force and has to be confirmed again; the earlier ones stay."""
    subject = sqlite_visits.randomized()
    sqlite_visits.enter(subject, "57.5")
    sqlite_visits.confirm(subject, "57.5")
    sqlite_visits.enter(subject, "175.5")
    ask = sqlite_visits.assigning(subject, visit="W4")
    sqlite_visits.refuses(assign_kits, ask, WeightNotConfirmed)
    sqlite_visits.confirm(subject, "175.5")
    assert len(sqlite_visits.do(sqlite_visits.staff, assign_kits, ask).kits) == 5
    assert len(sqlite_visits.rows(Weighing)) == 4


def test_confirmations_that_cannot_be(sqlite_visits: VisitsTrial) -> None:
    """Of nothing; of what is confirmed already."""
    subject = sqlite_visits.randomized()
    pharmacist = sqlite_visits.actor(Role.PHARMACIST)
    ask = ConfirmWeight(**sqlite_visits.weighing(subject, "75.5"))
    sqlite_visits.refuses(confirm_weight, ask, NoWeightYet, pharmacist)
    sqlite_visits.enter(subject)
    sqlite_visits.confirm(subject)
    sqlite_visits.refuses(confirm_weight, ask, WeightKnown, pharmacist)


def test_weights_that_cannot_be(sqlite_visits: VisitsTrial) -> None:
    """Of visits without a second check, of days that cannot be, none at all; outside the doses at last."""
    subject = sqlite_visits.randomized()
    weighing, refuses = sqlite_visits.weighing, sqlite_visits.refuses
    refuses(enter_weight, EnterWeight(**weighing(subject, "75", visit="D1")), NoSecondCheck)
    refuses(enter_weight, EnterWeight(**weighing(subject, "75", visit="W99")), BadInput)
    refuses(enter_weight, EnterWeight(**weighing(subject, "75", occurrence=1)), BadInput)
    for days, kind in ((1, NotInTheFuture), (-1, TooEarly)):
        day = sqlite_visits.day + timedelta(days=days)
        refuses(enter_weight, EnterWeight(**weighing(subject, "75", on_day=day)), kind)
    for weight in ("0", "-1", "NaN", "Infinity"):
        with pytest.raises(ValidationError):
            EnterWeight(**weighing(subject, weight))
    sqlite_visits.enter(subject, "12")
    sqlite_visits.confirm(subject, "12")
    refuses(assign_kits, sqlite_visits.assigning(subject, visit="W4"), WeightOutOfBounds)


def test_a_study_without_second_check(sqlite_trial: Trial) -> None:
    """There is nothing to enter apart from the assignment itself."""
    subject = sqlite_trial.randomized()
    facts = {"study_id": 1, "subject": subject, "visit": "W4", "weight_kg": 75, "on_day": sqlite_trial.day}
    sqlite_trial.refuses(enter_weight, EnterWeight.model_validate(facts), NoSecondCheck)


def test_each_unscheduled_visit_has_its_own_weight(sqlite_visits: VisitsTrial) -> None:
    """What was confirmed for one visit holds for that one; after kits are given back it still does."""
    subject = sqlite_visits.randomized()
    ask = sqlite_visits.assigning(subject, visit="W4", unscheduled=True)
    sqlite_visits.enter(subject)
    sqlite_visits.confirm(subject)
    sqlite_visits.refuses(assign_kits, ask, WeightNotConfirmed)
    entered = sqlite_visits.enter(subject, unscheduled=True)
    assert (entered.visit, entered.occurrence) == ("UNSCHEDULED", 0)
    sqlite_visits.confirm(subject, unscheduled=True)
    assert len(sqlite_visits.do(sqlite_visits.staff, assign_kits, ask).kits) == 2
    sqlite_visits.refuses(assign_kits, ask, WeightNotConfirmed)
    planned = sqlite_visits.assign(subject, visit="W4")
    back = GiveUpDispensing(study_id=1, dispensing_id=planned.dispensing_id, reason="Went home")
    sqlite_visits.do(sqlite_visits.staff, give_up_dispensing, back)
    assert len(sqlite_visits.assign(subject, visit="W4").kits) == 2


def test_the_order_leaves_the_weight_out(sqlite_visits: VisitsTrial) -> None:
    """Where two people type it, a third number in the order would only contradict."""
    subject = sqlite_visits.randomized()
    ask = SignOrder(
        study_id=1,
        subject=subject,
        visit="W4",
        dose_level="Q2W",
        weight_kg=Decimal(75),
        signing=Signing(password=SecretStr("whatever it is")),
    )
    with pytest.raises(BadInput, match="two people type"):
        sqlite_visits.do(Role.INVESTIGATOR, sign_order, ask)


def test_a_monitor_weighs_nobody(sqlite_visits: VisitsTrial) -> None:
    """The role has neither act."""
    subject = sqlite_visits.randomized()
    sqlite_visits.enter(subject)
    for service, kind in ((enter_weight, EnterWeight), (confirm_weight, ConfirmWeight)):
        with pytest.raises(NotAllowed):
            sqlite_visits.do(Role.MONITOR, service, kind(**sqlite_visits.weighing(subject, "75.5")))


def test_a_second_press_enters_once(sqlite_visits: VisitsTrial) -> None:
    """One key, one entry."""
    subject = sqlite_visits.randomized()
    sqlite_visits.keys = iter(["one", "one"])  # type: ignore[assignment]  # the same key twice
    assert sqlite_visits.enter(subject) == sqlite_visits.enter(subject)
    assert len(sqlite_visits.rows(Weighing)) == 1
    assert len(sqlite_visits.rows(AuditEntry, act="weight_entered")) == 1
