"""The blinded trial with all that a visit can be: a run-in, a phone call, a dose by weight that two people type."""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from irt.blinding.roles import Role
from irt.services.start_run_in import StartRunIn, start_run_in
from irt.services.weigh_subject import ConfirmWeight, EnterWeight, WeightReceipt, confirm_weight, enter_weight
from irt.study.definition import StudyDefinition
from irt.study.dispensing import DispensingRule, WeightDose
from irt.study.visits import Visit
from tests.builders_trial import FIRST_SITE, Trial, the_trial_study

RUN_IN_DAYS = 14
KG_PER_PEN = 40


@cache
def the_visits_study() -> StudyDefinition:
    """Two weeks of run-in; a call on day 14; kits by body weight at Week 4; whole kits come back."""
    study = the_trial_study()
    calls = Visit(code="CALL", name="Phone call", kind="phone", day=14, window_before_days=2, window_after_days=2)
    visits = tuple(visit for visit in study.visits if visit.code != "W4")
    week_4 = study.visit("W4")
    others = tuple(rule for rule in study.dispensing if "W4" not in rule.visits)
    by_weight = (_by_weight("A", "PEN-A"), _by_weight("P", "PEN-P"))
    return study.model_copy(
        update={
            "screening": study.screening.model_copy(update={"run_in_days": RUN_IN_DAYS, "screening_days_max": 60}),
            "visits": (*visits[:3], calls, week_4, *visits[3:]),
            "dispensing": (*others, *by_weight),
            "conduct": study.conduct.model_copy(update={"returns_counted_in": "kits"}),
        }
    )


def _by_weight(arm: str, kit_type: str) -> DispensingRule:
    dose = WeightDose(kit_type=kit_type, mg_per_kg=Decimal(1), mg_per_kit=Decimal(KG_PER_PEN))
    return DispensingRule(visits=("W4",), arms=(arm,), by_weight=dose)


class VisitsTrial(Trial):
    """The trial of that study, and what its people do about visits."""

    def start_run_in(self, subject: str, on_day: date | None = None) -> Any:
        """The run-in starts today, or on another day."""
        ask = StartRunIn(study_id=self.study_id, subject=subject, on_day=on_day or self.day)
        return self.do(self.staff, start_run_in, ask)

    def randomized(self, site: str = FIRST_SITE, **changes: Any) -> str:
        """A new subject who had the run-in; two weeks go by."""
        subject = self.screen(site)
        self.start_run_in(subject)
        self.later(RUN_IN_DAYS)
        self.randomize(subject, **changes)
        return subject

    def weighing(self, subject: str, weight_kg: str, **changes: Any) -> dict[str, Any]:
        """A weight for Week 4 as somebody types it."""
        facts = {"subject": subject, "visit": "W4", "weight_kg": weight_kg, "on_day": self.day}
        return {"study_id": self.study_id, **facts, **changes}

    def enter(self, subject: str, weight_kg: str = "75.5", **changes: Any) -> WeightReceipt:
        """A coordinator types the weight."""
        return self.do(self.staff, enter_weight, EnterWeight(**self.weighing(subject, weight_kg, **changes)))

    def confirm(self, subject: str, weight_kg: str = "75.5", **changes: Any) -> WeightReceipt:
        """A pharmacist types it again."""
        ask = ConfirmWeight(**self.weighing(subject, weight_kg, **changes))
        return self.do(Role.PHARMACIST, confirm_weight, ask)
