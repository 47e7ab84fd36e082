"""Packs for an outage: kits set apart for nobody else, paper booked at its true time, every seal counted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from irt.blinding.roles import Role
from irt.blinding.two_persons import SamePerson
from irt.errors import BadInput, NotAllowed, NotFound
from irt.reads.blinded_worklist import worklist
from irt.services import fulfil_shipment as steps
from irt.services.check_outage_entry import CheckOutageEntry, EntryChecked, check_outage_entry
from irt.services.decide_quality import DecideQuality, decide_quality
from irt.services.end_pack import (
    ClosePack,
    CountedSeal,
    EntriesWait,
    RecallPack,
    SealsNotCounted,
    close_pack,
    recall_pack,
)
from irt.services.enter_outage import (
    EnterCodeBreak,
    EnterDispensing,
    EnterReceipt,
    OutageTimeImpossible,
    PackClosed,
    enter_code_break,
    enter_dispensing,
    enter_receipt,
)
from irt.services.fulfil_shipment import StepShipment
from irt.services.issue_pack import IssuePack, NotEnoughForPack, PackIssued, issue_pack
from irt.services.opening_words import OpeningWordsTold, TellOpeningWords, tell_opening_words
from irt.services.order_kits import OrderKits, order_kits
from irt.services.outage_packs import PackStillOpen
from irt.services.sign_record import SigningRefused
from irt.states.outage import SealFate
from irt.states.table import TransitionRefused
from irt.tables.kit import DispensedKit, Dispensing, Kit, Movement
from irt.tables.outage import OutageKit, OutageSeal
from irt.tables.record import AuditEntry, Signature
from irt.tables.subject import CodeBreak, Deviation, Visit
from tests.builders_trial import FIRST_SITE, SECOND_SITE, Trial, no_kit_twice
from tests.cast import signing


def issued(trial: Trial, days: int = 14, site: str = FIRST_SITE) -> PackIssued:
    """A pack of a site."""
    return trial.do(trial.staff, issue_pack, IssuePack(study_id=1, site=site, days=days, signing=signing()))


def apart(trial: Trial, subject: str) -> list[str]:
    """Numbers of the kits set apart for a subject."""
    numbers = {row["id"]: row["number"] for row in trial.rows(Kit)}
    subject_id = trial.subject(subject)["id"]
    return sorted(numbers[row["kit_id"]] for row in trial.rows(OutageKit, subject_id=subject_id))


def noon(trial: Trial) -> datetime:
    """The house's own time."""
    return datetime(trial.day.year, trial.day.month, trial.day.day, 12, tzinfo=UTC)


def paper(trial: Trial, hours_ago: int = 5, **facts: Any) -> dict[str, Any]:
    """What every entry says: an outage of six hours, and when it happened."""
    times = {
        "outage_from": noon(trial) - timedelta(hours=6),
        "happened_at": noon(trial) - timedelta(hours=hours_ago),
    }
    return {"study_id": 1, "pack": "K-0001", **times, **facts}


def on_its_way(trial: Trial) -> tuple[str, list[str]]:
    """A shipment that left for the first site, and its kits."""
    order = OrderKits(study_id=1, site=FIRST_SITE, kits={"PEN-A": 1, "PEN-P": 1}, reason="For the test")
    (number,) = trial.do(Role.SUPPLY_MANAGER, order_kits, order).shipments
    for step in (steps.acknowledge_shipment, steps.pick_shipment, steps.pack_shipment, steps.dispatch_shipment):
        trial.do(Role.DEPOT, step, StepShipment(study_id=1, number=number))
    return number, [row["number"] for row in trial.rows(Kit, custody="shipment")]


def gave(trial: Trial, subject: str, kits: list[str], **facts: Any) -> EnterDispensing:
    """Kits handed over on paper for Week 4."""
    return EnterDispensing.model_validate(paper(trial, subject=subject, visit="W4", kits=kits, **facts))


def check(trial: Trial, entry: int = 1, *, as_on_paper: bool = True, reason: str | None = None) -> Any:
    """A colleague compares the entry with the paper."""
    ask = CheckOutageEntry(
        study_id=1, pack="K-0001", entry=entry, as_on_paper=as_on_paper, reason=reason, signing=signing()
    )
    return trial.do(Role.PHARMACIST, check_outage_entry, ask)


def closing(trial: Trial, *fates: SealFate, reason: str | None = "For the hospital") -> ClosePack:
    """Every seal of the pack as it was found; those not named are unopened."""
    numbers = [row["number"] for row in trial.rows(OutageSeal)]
    found = [*fates, *[SealFate.UNOPENED] * (len(numbers) - len(fates))]
    seals = [CountedSeal(number=n, fate=fate, reason=reason) for n, fate in zip(numbers, found, strict=True)]
    return ClosePack(study_id=1, number="K-0001", seals=seals, reason="The system is back", signing=signing())


@pytest.fixture
def treated(sqlite_trial: Trial) -> tuple[Trial, str, list[str]]:
    """A pack that has been out for a day, with kits of Week 4 for one subject, who is expected next week."""
    subject, _ = sqlite_trial.treated()
    sqlite_trial.later(20)
    issued(sqlite_trial)
    sqlite_trial.later(1)
    return sqlite_trial, subject, apart(sqlite_trial, subject)


def test_kits_of_the_next_visit_are_set_apart_for_one_subject(trial: Trial) -> None:
    """They are reserved, and neither another subject nor another pack gets them; their own subject gets these."""
    first, _ = trial.treated()
    second, _ = trial.treated()
    trial.later(20)
    pack = issued(trial)
    assert (pack.number, pack.subjects, pack.kits, pack.seals) == ("K-0001", 2, 8, 2)
    assert [trial.kit(number)["assignment"] for number in apart(trial, first)] == ["preallocated"] * 4
    assert not set(apart(trial, first)) & set(apart(trial, second))
    trial.later(8)
    given = trial.assign(first, visit="W4")
    assert sorted(kit.number for kit in given.kits) == apart(trial, first)
    third = trial.assign(trial.randomized())
    assert not {kit.number for kit in third.kits} & set(apart(trial, second))
    no_kit_twice(trial)
    line = trial.rows(AuditEntry, act="outage_pack_issued")[0]
    assert (line["record"], line["new"]["kits"], line["site_id"]) == ("K-0001", 8, trial.site_id())


def test_the_worklist_tells_of_paper_to_compare_and_of_a_pack_past_its_last_day(
    treated: tuple[Trial, str, list[str]],
) -> None:
    """Whoever typed an entry waits for a colleague; a pack stands there until it is closed."""
    trial, subject, kits = treated
    assert rows(trial, trial.staff) == []
    trial.do(trial.staff, enter_dispensing, gave(trial, subject, kits))
    assert rows(trial, trial.staff) == [("waiting", "Paper entries", "1 entry that you typed")]
    colleague = trial.actor(Role.PHARMACIST, site_id=trial.site_id())
    (one,) = rows(trial, colleague)
    assert one[:2] == ("today", "Compare paper entries")
    check(trial)
    assert rows(trial, colleague) == []
    trial.later(14)
    assert [row[:2] for row in rows(trial, colleague)] == [("overdue", "Close outage pack")]
    trial.do(trial.staff, close_pack, closing(trial))
    assert rows(trial, colleague) == []


def rows(trial: Trial, who: Any) -> list[tuple[str, str, str]]:
    """The rows of a person's worklist that are about packs."""
    with trial.store.reading() as connection:
        view = worklist(connection, who, noon(trial))
    tasks = [task for group in view.groups for task in group.tasks if task.href.startswith("/outage/")]
    return [(task.group, task.title, task.details) for task in tasks]


def test_a_site_has_one_pack_at_a_time(treated: tuple[Trial, str, list[str]]) -> None:
    """Two papers could send one kit to two subjects."""
    trial, _, kits = treated
    with pytest.raises(PackStillOpen, match="K-0001"):
        issued(trial)
    trial.do(trial.staff, close_pack, closing(trial))
    assert [trial.kit(number)["assignment"] for number in kits] == ["free"] * 4
    assert issued(trial).number == "K-0002"


def test_who_issues_a_pack_works_at_its_site(treated: tuple[Trial, str, list[str]]) -> None:
    """And signs with an own password; without subjects on treatment there is nothing to set apart."""
    trial, _, _ = treated
    ask = IssuePack(study_id=1, site=SECOND_SITE, signing=signing())
    elsewhere = trial.actor(Role.PHARMACIST, site_id=trial.site_id(FIRST_SITE))
    for who in (elsewhere, trial.actor(Role.SUPPLY_MANAGER)):
        with pytest.raises(NotAllowed):
            trial.do(who, issue_pack, ask)
    with pytest.raises(BadInput, match="would hold nothing"):
        trial.do(trial.staff, issue_pack, ask)
    trial.do(trial.staff, close_pack, closing(trial))
    with pytest.raises(SigningRefused):
        trial.do(trial.staff, issue_pack, IssuePack(study_id=1, site=FIRST_SITE, signing=signing("wrong")))


def test_all_who_are_expected_get_kits_or_nobody(sqlite_trial: Trial) -> None:
    """A pack that named those without kits would tell who is treated alike; the words are one for both arms."""
    subjects = [sqlite_trial.treated()[0] for _ in range(4)]
    sqlite_trial.later(20)
    arms = {sqlite_trial.arm(subject) for subject in subjects}
    assert arms == {"A", "P"}
    said = set()
    for kit_type in ("PEN-A", "PEN-P"):
        missing = [number for number in sqlite_trial.shelf() if sqlite_trial.types()[number] == kit_type]
        sqlite_trial.set_apart(missing)
        with pytest.raises(NotEnoughForPack) as refused:
            issued(sqlite_trial)
        said.add(refused.value.sentence)
        assert sqlite_trial.rows(OutageKit) == []
        accepting = DecideQuality(study_id=1, accept=missing, reason="Found well", signing=signing())
        sqlite_trial.do(Role.QUALITY, decide_quality, accepting)
    assert len(said) == 1


def test_paper_is_booked_at_its_true_time_by_two_people(trial: Trial) -> None:
    """Kits, visit and dispensing say when it happened; the movement says when it was recorded too."""
    subject, _ = trial.treated()
    trial.later(20)
    issued(trial)
    kits = apart(trial, subject)
    trial.later(8)
    trial.do(trial.staff, enter_dispensing, gave(trial, subject, kits))
    assert trial.kit(kits[0])["custody"] == "site"
    ask = CheckOutageEntry(study_id=1, pack="K-0001", entry=1, as_on_paper=True, signing=signing())
    with pytest.raises(SamePerson):
        trial.do(trial.staff, check_outage_entry, ask)
    done = check(trial)
    assert (set(done.booked.values()), done.deviations) == ({"as_assigned"}, [])
    happened = noon(trial) - timedelta(hours=5)
    kit = trial.kit(kits[0])
    assert (kit["custody"], kit["assignment"], kit["accountability"]) == ("subject", "dispensed", "outstanding")
    moved = trial.rows(Movement, kit_id=kit["id"])[-1]
    assert (moved["occurred_at"], moved["recorded_at"], moved["reason"]) == (happened, noon(trial), "outage")
    (visit,) = trial.rows(Visit, code="W4")
    (dispensing,) = trial.rows(Dispensing, visit_id=visit["id"])
    assert (visit["status"], visit["held_on"]) == ("done", trial.day)
    assert (dispensing["status"], dispensing["assigned_at"]) == ("handed_over", happened)
    with pytest.raises(EntryChecked):
        check(trial)
    no_kit_twice(trial)


def test_a_wrong_kit_is_a_misallocation(treated: tuple[Trial, str, list[str]]) -> None:
    """A kit of the shelf, given instead of one that was set apart, follows reality, and a deviation says so."""
    trial, subject, kits = treated
    other = trial.shelf()[0]
    trial.do(trial.staff, enter_dispensing, gave(trial, subject, [*kits[1:], other]))
    done = check(trial)
    assert done.booked[other] == "misallocated"
    assert trial.kit(other)["custody"] == "subject"
    assert trial.kit(kits[0])["assignment"] == "preallocated"
    (deviation,) = trial.rows(Deviation)
    assert deviation["sentence"] == f"{other} was given and was not set apart for this visit."
    assert done.deviations == [deviation["number"]]


def test_a_kit_that_somebody_else_has_is_a_conflict(
    treated: tuple[Trial, str, list[str]],
) -> None:
    """It moves nowhere, like a number that is none of the study's; both stay as deviations."""
    trial, subject, kits = treated
    _, taken = trial.treated()
    trial.do(trial.staff, enter_dispensing, gave(trial, subject, [*kits, taken[0], "99999999"]))
    done = check(trial)
    assert (done.booked[taken[0]], done.booked["99999999"]) == ("conflict", "conflict")
    assert len(done.deviations) == 2
    assert trial.kit(taken[0])["place_id"] != trial.subject(subject)["id"]
    no_kit_twice(trial)


def test_a_kit_past_its_date_or_set_apart_by_quality_is_booked_with_a_deviation(
    treated: tuple[Trial, str, list[str]],
) -> None:
    """It was given: the books follow, and say what was wrong."""
    trial, subject, kits = treated
    trial.set_apart(kits[:1])
    trial.do(trial.staff, enter_dispensing, gave(trial, subject, kits))
    done = check(trial)
    assert (done.booked[kits[0]], done.booked[kits[1]]) == ("misallocated", "as_assigned")
    assert "set apart by quality" in trial.rows(Deviation)[0]["sentence"]


def test_a_visit_that_was_given_meanwhile_becomes_an_unscheduled_one(treated: tuple[Trial, str, list[str]]) -> None:
    """Nothing that is on paper is dropped."""
    trial, subject, _ = treated
    trial.hand_over(trial.assign(subject, visit="W4"))
    spare = trial.shelf()[:1]
    trial.do(trial.staff, enter_dispensing, gave(trial, subject, spare))
    check(trial)
    assert [row["code"] for row in trial.rows(Visit)] == ["D1", "W4", "UNSCHEDULED"]
    assert len(trial.rows(Deviation)) == 2


def test_kits_that_waited_when_the_system_went_down(treated: tuple[Trial, str, list[str]]) -> None:
    """Their own dispensing is ended; a kit that was left over waits for a decision."""
    trial, subject, kits = treated
    waiting = trial.assign(subject, visit="W4")
    assert sorted(kit.number for kit in waiting.kits) == kits
    trial.do(trial.staff, enter_dispensing, gave(trial, subject, kits[:3]))
    assert check(trial).deviations == []
    (dispensing,) = trial.rows(Dispensing, id=waiting.dispensing_id)
    assert dispensing["status"] == "handed_over_partly"
    assert (trial.kit(kits[0])["custody"], trial.kit(kits[3])["assignment"]) == ("subject", "reversed")
    lines = [row["status"] for row in trial.rows(DispensedKit, dispensing_id=waiting.dispensing_id)]
    assert sorted(lines) == ["handed_over"] * 3 + ["not_given"]


def test_what_is_not_on_the_paper_is_not_booked(treated: tuple[Trial, str, list[str]]) -> None:
    """The second person says how it differs; the entry stays, and books nothing."""
    trial, subject, kits = treated
    trial.do(trial.staff, enter_dispensing, gave(trial, subject, kits))
    with pytest.raises(BadInput, match="how the entry differs"):
        check(trial, as_on_paper=False)
    done = check(trial, as_on_paper=False, reason="Visit Week 4 of another subject")
    assert (done.booked, trial.kit(kits[0])["custody"]) == ({}, "site")


@pytest.mark.parametrize(
    ("hours_ago", "began"), [(7, 6), (-1, 6), (30, 40)], ids=["before the outage", "to come", "before the pack"]
)
def test_the_true_time_lies_within_the_outage(
    treated: tuple[Trial, str, list[str]], hours_ago: int, began: int
) -> None:
    """Neither before it began, nor before the pack, nor in the future."""
    trial, subject, kits = treated
    ask = gave(trial, subject, kits, hours_ago=hours_ago, outage_from=noon(trial) - timedelta(hours=began))
    with pytest.raises(OutageTimeImpossible):
        trial.do(trial.staff, enter_dispensing, ask)


def test_what_cannot_be_meant_is_refused_at_typing(treated: tuple[Trial, str, list[str]]) -> None:
    """A visit without kits, a subject or a shipment of another site, a seal that is none."""
    trial, subject, kits = treated
    stranger = trial.screen(SECOND_SITE)
    for ask, kind in (
        (EnterDispensing.model_validate(paper(trial, subject=subject, visit="SCR", kits=kits)), BadInput),
        (EnterDispensing.model_validate(paper(trial, subject=stranger, visit="W4", kits=kits)), NotFound),
    ):
        with pytest.raises(kind):
            trial.do(trial.staff, enter_dispensing, ask)
    broken = EnterCodeBreak.model_validate(paper(trial, seal=9, reason="overdose", opened_by="Dr Ek"))
    with pytest.raises(NotFound, match="no seal 9"):
        trial.do(Role.INVESTIGATOR, enter_code_break, broken)
    elsewhere = EnterReceipt.model_validate(paper(trial, shipment="S-10002", received=["1"]))
    with pytest.raises(NotFound):
        trial.do(trial.staff, enter_receipt, elsewhere)


def test_a_code_broken_with_a_seal_is_a_code_break(trial: Trial) -> None:
    """At its true time, told like every other; the arm is in the second chain alone."""
    subject, _ = trial.treated()
    trial.later(20)
    issued(trial)
    trial.later(1)
    ask = EnterCodeBreak.model_validate(paper(trial, seal=1, reason="medical_emergency", opened_by="Dr Ek"))
    with pytest.raises(NotAllowed):
        trial.do(trial.staff, enter_code_break, ask)
    entered = trial.do(Role.INVESTIGATOR, enter_code_break, ask)
    assert entered.record == subject
    check(trial)
    (broken,) = trial.rows(CodeBreak)
    assert (broken["at"], broken["reason_category"]) == (noon(trial) - timedelta(hours=5), "medical_emergency")
    assert trial.subject(subject)["code_broken_at"] == broken["at"]
    (line,) = trial.rows(AuditEntry, act="outage_code_broken")
    assert (line["new"]["seal"], line["new"]["opened_by"]) == (1, "Dr Ek")
    told = {arm.name for arm in trial.definition.arms}
    assert not any(name in str(line["new"]) for name in told)


def test_a_receipt_on_paper_is_booked_late(trial: Trial) -> None:
    """At its true time, kit by kit; a kit that the shipment does not hold is a deviation."""
    trial.treated()
    issued(trial)
    number, kits = on_its_way(trial)
    trial.later(1)
    strange = trial.shelf()[0]
    ask = EnterReceipt.model_validate(paper(trial, shipment=number, received=[*kits, strange]))
    trial.do(trial.staff, enter_receipt, ask)
    done = check(trial)
    assert {done.booked[kit] for kit in kits} == {"received"}
    assert (done.booked[strange], len(done.deviations)) == ("conflict", 1)
    moved = trial.rows(Movement, kit_id=trial.kit(kits[0])["id"])[-1]
    assert (moved["event"], moved["occurred_at"]) == ("receive", noon(trial) - timedelta(hours=5))


def test_every_seal_is_counted(treated: tuple[Trial, str, list[str]]) -> None:
    """One left out, or broken without a reason, keeps the pack open; so does an entry nobody has checked."""
    trial, subject, kits = treated
    ask = closing(trial)
    for wrong in (
        ask.model_copy(update={"seals": []}),
        ask.model_copy(update={"seals": [*ask.seals, *ask.seals]}),
        closing(trial, SealFate.OPENED, reason=" "),
    ):
        with pytest.raises(SealsNotCounted):
            trial.do(trial.staff, close_pack, wrong)
    trial.do(trial.staff, enter_dispensing, gave(trial, subject, kits))
    with pytest.raises(EntriesWait, match="Entry 1"):
        trial.do(trial.staff, close_pack, ask)
    check(trial)
    assert trial.do(trial.staff, close_pack, closing(trial, SealFate.OPENED)).freed == []
    with pytest.raises(PackClosed):
        trial.do(trial.staff, enter_dispensing, gave(trial, subject, kits))
    with pytest.raises(TransitionRefused):
        trial.do(trial.staff, close_pack, closing(trial))


def test_a_recalled_pack_keeps_its_kits_until_it_is_closed(treated: tuple[Trial, str, list[str]]) -> None:
    """Its paper may still lie somewhere; what was done with it is entered with a deviation."""
    trial, subject, kits = treated
    ask = RecallPack(study_id=1, number="K-0001", reason="A page was lost", signing=signing())
    trial.do(trial.staff, recall_pack, ask)
    assert trial.rows(Signature)[-1]["meaning"].startswith("I recall this pack")
    assert trial.kit(kits[0])["assignment"] == "preallocated"
    trial.do(trial.staff, enter_dispensing, gave(trial, subject, kits))
    assert len(check(trial).deviations) == 1
    trial.do(trial.staff, close_pack, closing(trial))


def told_words(trial: Trial, half: Any, who: Any = Role.SAFETY) -> OpeningWordsTold:
    """Pages or slips as the safety desk prints them."""
    ask = TellOpeningWords(study_id=1, number="K-0001", half=half, signing=signing())
    told: OpeningWordsTold = trial.do(who, tell_opening_words, ask)
    return told


def test_page_and_slip_together_tell_the_arm(treated: tuple[Trial, str, list[str]]) -> None:
    """Of the right subject, by hand; the answer that is kept holds neither, and the audit trail no word."""
    trial, subject, _ = treated
    told, opening = told_words(trial, "pages"), told_words(trial, "slips")
    (page,), (slip,) = told.pages, opening.slips
    assert (told.slips, opening.pages) == ([], [])
    names = {arm.code: arm.name for arm in trial.definition.arms}
    assert (page.subject, slip.number) == (subject, page.number)
    assert dict(page.lines)[slip.word] == names[trial.arm(subject)]
    assert sorted(arm for _, arm in page.lines) == sorted(names.values())
    assert "pages" not in told.model_dump()
    assert slip.word not in str(trial.rows(AuditEntry, act="opening_words_told"))
    assert told_words(trial, "slips").slips == opening.slips


def test_nobody_at_a_site_prints_the_words(treated: tuple[Trial, str, list[str]]) -> None:
    """Else a pharmacist could open every seal and none would be broken."""
    trial, _, _ = treated
    for who in (
        trial.actor(Role.INVESTIGATOR, site_id=trial.site_id()),
        trial.actor(Role.PHARMACIST),
        trial.actor(Role.SUPPLY_MANAGER),
    ):
        with pytest.raises(NotAllowed):
            told_words(trial, "slips", who)
