"""A whole small trial under random acts: whatever people do, in whatever order, the books agree."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from irt.blinding.roles import Role
from irt.enrolment.checks import check_run
from irt.errors import Refusal
from irt.reads.audit_trail import verify_chains
from irt.reads.ledger import ledger_discrepancies
from irt.reads.stock_books import reconcile_stock
from irt.services.assign_kits import assign_kits
from irt.services.change_treatment import (
    ChangeDose,
    ChangeStatus,
    SkipVisit,
    change_dose,
    change_status,
    skip_visit,
)
from irt.services.check_kit import CheckKit, check_kit
from irt.services.correct_visit import CorrectVisit, correct_visit
from irt.services.count_stock import CountStock, count_stock
from irt.services.decide_quality import DecideQuality, decide_quality
from irt.services.hand_over_kits import (
    GiveUpDispensing,
    HandOver,
    HandOverFewer,
    give_up_dispensing,
    hand_over_fewer,
    hand_over_kits,
)
from irt.services.quarantine_kits import QuarantineKits, quarantine_kits
from irt.services.randomize_subject import randomize_subject
from irt.services.record_misallocation import RecordMisallocation, book_misallocation
from irt.services.replace_kit import ReplaceKit, replace_kit
from irt.services.screen_subject import FailScreening, RescreenSubject, fail_screening, rescreen_subject
from irt.services.take_back_kits import TakeBackKits, take_back_kits
from irt.tables.kit import DispensedKit, Dispensing, Kit, Movement
from irt.tables.subject import Randomization, Subject, Visit
from tests.builders_trial import FIRST_SITE, SCARCE, SECOND_SITE, a_trial, blocks_are_balanced, no_kit_twice
from tests.cast import signing

VISITS = ("D1", "D1", "W4", "W12")
STEPS = ("hold_dose", "resume_dose", "stop_treatment", "withdraw", "lose_contact", "complete")
EXPLAINED = "As it happened"


class WholeTrial(RuleBasedStateMachine):
    """Site staff, supply and quality, each acting as they please; refusals are part of life."""

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.trial = self.open.enter_context(a_trial())
        self.entered: dict[str, dict[str, str]] = {}

    def teardown(self) -> None:
        """At the end everything can be proved from the records alone; then the trial is given back."""
        try:
            checks, derivation = check_run(self.trial.store, self.trial.study_id, self.entered)
            assert checks == dict.fromkeys(checks, True)
            assert derivation.same == len(self.trial.rows(Randomization))
        finally:
            self.open.close()

    @initialize()
    def the_first_subjects(self) -> None:
        """Both sites have somebody."""
        for site in (FIRST_SITE, SECOND_SITE):
            subject = self.trial.randomized(site)
            self.entered[subject] = {"ldl": "LT85"}
            self.trial.assign(subject)

    @rule(site=st.sampled_from((FIRST_SITE, SECOND_SITE)))
    def screens(self, site: str) -> None:
        """Somebody new."""
        self.trial.screen(site)

    @rule(data=st.data())
    def fails_or_rescreens(self, data: st.DataObject) -> None:
        """A screening fails, or a screen failure comes again."""
        subject = self._subject(data, "screening", "screen_failed")
        facts = {"study_id": 1, "subject": subject["number"], "on_day": self.trial.day}
        if subject["status"] == "screening":
            self._try(fail_screening, FailScreening(**facts, reason="Other"))
        else:
            self._try(rescreen_subject, RescreenSubject(**facts))

    @rule(data=st.data(), level=st.sampled_from(("LT85", "GE85", "")), dose=st.sampled_from(("Q2W", "QM")))
    def randomizes(self, data: st.DataObject, level: str, dose: str) -> None:
        """A draw, with an answer or without."""
        number = self._subject(data, "screening")["number"]
        if self._try(randomize_subject, self.trial.asking(number, levels={"ldl": level}, dose_level=dose)):
            self.entered[number] = {"ldl": level}

    @rule(data=st.data(), visit=st.sampled_from(VISITS), unscheduled=st.booleans())
    def assigns(self, data: st.DataObject, visit: str, unscheduled: bool) -> None:
        """Kits for some visit."""
        number = self._subject(data, "randomized", "on_treatment")["number"]
        self._try(assign_kits, self.trial.assigning(number, visit=visit, unscheduled=unscheduled))

    @rule(data=st.data(), right=st.booleans())
    def scans(self, data: st.DataObject, right: bool) -> None:
        """A kit of the dispensing, or any other."""
        dispensing, lines = self._dispensing(data)
        read = data.draw(st.sampled_from(lines if right else self._numbers(self.trial.rows(Kit))))
        self._try(check_kit, CheckKit(study_id=1, dispensing_id=dispensing, read=read))

    @rule(data=st.data(), how=st.sampled_from(("all", "all", "fewer", "open", "skipped", "unscanned")))
    def hands_over(self, data: st.DataObject, how: str) -> None:
        """All, fewer, none with the visit left open or skipped, or without having scanned."""
        dispensing, lines = self._dispensing(data)
        facts = {"study_id": 1, "dispensing_id": dispensing}
        if how == "fewer":
            self._try(hand_over_fewer, HandOverFewer(**facts, given=lines[:1], reason=EXPLAINED))
        elif how in ("open", "skipped"):
            ask = GiveUpDispensing.model_validate({**facts, "reason": EXPLAINED, "visit_then": how})
            self._try(give_up_dispensing, ask)
        else:
            self._try(hand_over_kits, HandOver(**facts, scanned=lines if how == "all" else []))

    @rule(data=st.data(), problem=st.sampled_from(("damaged", "missing")))
    def replaces(self, data: st.DataObject, problem: str) -> None:
        """A kit that cannot be given."""
        dispensing, lines = self._dispensing(data)
        facts = {"number": data.draw(st.sampled_from(lines)), "problem": problem, "reason": EXPLAINED}
        asked = {"study_id": 1, "dispensing_id": dispensing, "on_day": self.trial.day, **facts}
        self._try(replace_kit, ReplaceKit.model_validate(asked))

    @rule(data=st.data())
    def misallocates(self, data: st.DataObject) -> None:
        """Some other kit was given."""
        dispensing, lines = self._dispensing(data)
        given = data.draw(st.sampled_from(self._numbers(self.trial.rows(Kit, custody="site"))))
        facts = {"assigned": lines[0], "given": given, "taken": "unknown", "reason": EXPLAINED}
        self._try(
            book_misallocation,
            RecordMisallocation.model_validate({"study_id": 1, "dispensing_id": dispensing, **facts}),
        )

    @rule(data=st.data(), used=st.integers(0, 2), lost=st.booleans())
    def takes_back(self, data: st.DataObject, used: int, lost: bool) -> None:
        """A subject brings a kit back, with counts that add up or not."""
        away = self.trial.rows(Kit, custody="subject")
        if not away:
            return
        kit = data.draw(st.sampled_from(away))
        subject = next(row["number"] for row in self.trial.rows(Subject) if row["id"] == kit["place_id"])
        counted = {"number": kit["number"], "units_returned": 0, "units_used": used, "kit_lost": lost}
        asked = {"study_id": 1, "subject": subject, "kits": [counted], "on_day": self.trial.day}
        self._try(take_back_kits, TakeBackKits.model_validate(asked))

    @rule(data=st.data(), step=st.sampled_from(STEPS))
    def changes_status(self, data: st.DataObject, step: str) -> None:
        """Dosing is held or resumed, or something ends."""
        number = self._subject(data, "on_treatment", "randomized", "dose_hold")["number"]
        facts = {"subject": number, "step": step, "on_day": self.trial.day, "reason": EXPLAINED}
        self._try(change_status, ChangeStatus.model_validate({"study_id": 1, **facts}))

    @rule(data=st.data(), dose=st.sampled_from(("Q2W", "QM")), skipped=st.sampled_from((None, "W4", "W12")))
    def changes_plan(self, data: st.DataObject, dose: str, skipped: str | None) -> None:
        """Another dose, or a visit that did not take place."""
        number = self._subject(data, "on_treatment")["number"]
        facts: dict[str, Any] = {"study_id": 1, "subject": number, "on_day": self.trial.day, "reason": EXPLAINED}
        if skipped:
            self._try(skip_visit, SkipVisit(**facts, visit=skipped))
        else:
            self._try(change_dose, ChangeDose(**facts, dose_level=dose))

    @rule(data=st.data(), visit=st.sampled_from(("D1", "W4", "W12")))
    def corrects(self, data: st.DataObject, visit: str) -> None:
        """A visit is opened again that was marked in error, or was not."""
        number = self._subject(data, "randomized", "on_treatment")["number"]
        ask = CorrectVisit(study_id=1, subject=number, visit=visit, reason=EXPLAINED)
        self._try(correct_visit, ask)

    @rule(days=st.sampled_from((1, 3, 31)))
    def time_passes(self, days: int) -> None:
        """Days go by; supply and carriers do what is due."""
        self.trial.later(days)
        self.trial.resupply()
        self.trial.carry()

    @rule(data=st.data(), site=st.sampled_from((FIRST_SITE, SECOND_SITE)))
    def counts(self, data: st.DataObject, site: str) -> None:
        """A shelf is counted; perhaps a kit was not found."""
        here = self._numbers(self.trial.rows(Kit, custody="site", place_id=self.trial.site_id(site)))
        found = here[data.draw(st.integers(0, 1)) :]
        asked = {"site": site, "scanned": found, "reasons": dict.fromkeys(here, "Counted twice")}
        self._try(count_stock, CountStock.model_validate({"study_id": 1, **asked}))

    @rule(data=st.data(), act=st.sampled_from(("quarantine", "accept", "reject")))
    def judges_quality(self, data: st.DataObject, act: str) -> None:
        """Quality sets a kit apart, or decides on one."""
        wanted = "released" if act == "quarantine" else "quarantined"
        if not (kits := self.trial.rows(Kit, quality=wanted)):
            return
        number = data.draw(st.sampled_from(kits))["number"]
        if act == "quarantine":
            self._try(quarantine_kits, QuarantineKits(study_id=1, kits=[number], reason=EXPLAINED), Role.QUALITY)
        else:
            asked = {"study_id": 1, act: [number], "reason": EXPLAINED, "signing": signing()}
            ask = DecideQuality.model_validate(asked)
            self._try(decide_quality, ask, Role.QUALITY)

    @invariant()
    def the_ledger_is_the_stock(self) -> None:
        """The movements of every kit lead to what is written on it, and the audit chains hold."""
        with self.trial.store.reading() as connection:
            assert ledger_discrepancies(connection, 1) == []
            assert reconcile_stock(connection, 1).faults == []
            assert all(verdict.fault is None for verdict in verify_chains(connection))

    @invariant()
    def no_kit_has_two_subjects(self) -> None:
        """A kit is promised to one visit at most, and was handed out once at most."""
        no_kit_twice(self.trial)
        handed = [row for row in self.trial.rows(Movement) if str(row["event"]).startswith("hand_over")]
        assert all(times == 1 for times in Counter(row["kit_id"] for row in handed).values())
        promised = {row["kit_id"] for row in self._open_lines()}
        assert promised == {row["id"] for row in self.trial.rows(Kit, assignment="assigned")}

    @invariant()
    def a_visit_is_what_was_done_at_it(self) -> None:
        """Whoever got kits was there; a visit without any is open, skipped, or waits for its kits."""
        lines = self.trial.rows(DispensedKit)
        of = {row["id"]: row["visit_id"] for row in self.trial.rows(Dispensing)}
        given = {of[row["dispensing_id"]] for row in lines if row["status"] in ("handed_over", "misallocated")}
        waits = {row["visit_id"] for row in self.trial.rows(Dispensing) if row["status"] == "assigned"}
        held = {row["id"] for row in self.trial.rows(Visit) if row["status"] == "done"}
        assert given <= held <= given | waits

    @invariant()
    def no_kit_went_out_past_its_date(self) -> None:
        """Whoever was given a kit got it before it expired, and only after randomization."""
        expiry = {row["id"]: row["expiry"] for row in self.trial.rows(Kit)}
        randomized = {row["subject_id"] for row in self.trial.rows(Randomization)}
        for row in self.trial.rows(Movement, event="hand_over"):
            assert row["occurred_at"].date() <= expiry[row["kit_id"]]
            assert row["subject_id"] in randomized

    @invariant()
    def blocks_hold_their_ratio(self) -> None:
        """Full blocks are balanced in every stratum."""
        blocks_are_balanced(self.trial)

    @invariant()
    def no_kit_is_lost_from_the_books(self) -> None:
        """Every kit ever loaded is still somewhere, or known to be missing."""
        assert sum(self.trial.stock().values()) == sum(lot.kits for lot in SCARCE)

    def _try(self, service: Any, ask: Any, who: Role | None = None) -> bool:
        """Whether it went through; a refusal books nothing, which the invariants see."""
        with suppress(Refusal):
            self.trial.do(who or self.trial.staff, service, ask)
            return True
        return False

    def _subject(self, data: st.DataObject, *statuses: str) -> dict[str, Any]:
        """Somebody in one of these statuses, or anybody where there is none."""
        everybody = self.trial.rows(Subject)
        fitting = [row for row in everybody if row["status"] in statuses]
        return data.draw(st.sampled_from(fitting or everybody))

    def _dispensing(self, data: st.DataObject) -> tuple[int, list[str]]:
        """A dispensing, an open one where there is one, and the numbers of its kits."""
        everything = self.trial.rows(Dispensing)
        still_open = {row["dispensing_id"] for row in self._open_lines()}
        chosen = data.draw(st.sampled_from([r for r in everything if r["id"] in still_open] or everything))
        ids = [row["kit_id"] for row in self.trial.rows(DispensedKit, dispensing_id=chosen["id"])]
        return chosen["id"], self._numbers(row for row in self.trial.rows(Kit) if row["id"] in ids)

    def _open_lines(self) -> Sequence[dict[str, Any]]:
        return [row for row in self.trial.rows(DispensedKit) if row["status"] in ("waiting", "checked")]

    def _numbers(self, rows: Iterable[dict[str, Any]]) -> list[str]:
        return sorted(row["number"] for row in rows)


BOUNDED = settings(
    max_examples=10,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestWholeTrial = WholeTrial.TestCase
TestWholeTrial.settings = BOUNDED


@pytest.mark.slow
def test_a_long_trial() -> None:
    """The same for longer."""
    run_state_machine_as_test(WholeTrial, settings=settings(BOUNDED, max_examples=150, stateful_step_count=60))
