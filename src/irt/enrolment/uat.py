"""Carries out those steps of acceptance scripts that need no hand, on a scratch copy in test mode."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel

from irt.blinding.actor import Actor
from irt.blinding.roles import Role
from irt.enrolment.prepare import Preparers, hired, preparers_of
from irt.errors import Refusal
from irt.reads.blinded_sites import study_at
from irt.services.activate_site import ChangeSite, change_site
from irt.services.approve_version import ApproveVersion, approve_version
from irt.services.break_code import BreakCode, break_code
from irt.services.load_study import LoadStudy, load_study
from irt.services.randomize_subject import RandomizeSubject, randomize_subject
from irt.services.screen_subject import (
    FailScreening,
    RescreenSubject,
    ScreenSubject,
    fail_screening,
    rescreen_subject,
    screen_subject,
)
from irt.services.sign_record import Signing
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.states.records import Mode, SiteEvent
from irt.study.definition import StudyDefinition
from irt.study.schedule import AnchorDates, planned_visits
from irt.study.uat import EXAMPLE_DAY, UatScript, UatStep
from irt.tables.columns import table_of
from irt.tables.study import Site

NOON = time(12)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one step was answered; `passed` None: a person has to do it."""

    step: str
    passed: bool | None
    answer: str


class UatRunner:
    """A study in test mode on a scratch database, and people who try its edges."""

    def __init__(self, store: Store, definition: StudyDefinition, at: datetime) -> None:
        self.store, self.definition, self.at = store, definition, at
        self._people = preparers_of(store, at)
        self._number = 0
        self._open: set[str] = set()
        size = "full" if "full" in definition.sizes else "small"
        ask = LoadStudy(
            definition=definition.model_dump(mode="json"), size=size, mode=Mode.TEST, effective_from=at.date()
        )
        self.study_id = self._do(self._people.builder, load_study, ask).study_id
        approval = ApproveVersion(study_id=self.study_id, version=1, signing=self._signing())
        self._do(self._people.approver, approve_version, approval)
        self._site = hired(store, self._people, at, "Site", Role.COORDINATOR, Role.PHARMACIST)
        self._supply = hired(store, self._people, at, "Supply", Role.SUPPLY_MANAGER)

    @property
    def who(self) -> Preparers:
        """The two people who prepared it."""
        return self._people

    def carry_out(self, script: UatScript) -> list[Evidence]:
        """Every step of a script, those of people without a verdict."""
        return [self._one(step) for step in script.steps]

    def _one(self, step: UatStep) -> Evidence:
        if step.check is None:
            return Evidence(step.number, None, "by hand")
        try:
            answer = getattr(self, f"_{step.check}")(**step.with_what)
        except Refusal as refusal:
            answer = f"Refused: {refusal.name}. {refusal.sentence}"
        said = answer.partition(".")[0].casefold()
        expected = step.expected.partition(";")[0].casefold()
        passed = said == expected or (expected.startswith("refused where") and said.startswith("refused"))
        return Evidence(step.number, passed, answer)

    def _closed_site(self) -> str:
        return self._screened(self._site_number())

    def _screen(self) -> str:
        return self._screened(self._opened())

    def _future_screening(self) -> str:
        return self._screened(self._opened(), days=2)

    def _rescreen(self, days: int, times: int, allowed: bool) -> str:
        """Screens, fails and screens again so many times, so many days apart, the last time told."""
        at, site, answer = self.at, self._opened(), ""
        subject = self._do(
            self._site, screen_subject, ScreenSubject(study_id=self.study_id, site=site, on_day=at.date())
        ).subject
        for _ in range(times):
            ended = FailScreening(
                study_id=self.study_id, subject=subject, on_day=self.at.date(), reason="Criteria not met"
            )
            self._do(self._site, fail_screening, ended)
            self.at += timedelta(days=days)
            again = RescreenSubject(study_id=self.study_id, subject=subject, on_day=self.at.date())
            answer = f"Booked: status {self._do(self._site, rescreen_subject, again).status}"
        return answer

    def _window(self, visit: str, day: str, place: str) -> str:
        """Where the version that was loaded puts the day."""
        with self.store.reading() as connection:
            study = study_at(connection, self.study_id, 1)
        anchors: AnchorDates = {"screening": EXAMPLE_DAY, "randomization": EXAMPLE_DAY}
        far = date.fromisoformat(day) + timedelta(days=1)
        horizon = max(far, EXAMPLE_DAY + timedelta(days=max(each.day for each in study.visits) + 1))
        planned = next(one for one in planned_visits(study, anchors, horizon) if one.code == visit)
        asked = date.fromisoformat(day)
        if asked < planned.window_from:
            return "Before its window"
        return "In its window" if asked <= planned.window_to else "After its window"

    def _no_stock(self) -> str:
        screened = self._do(
            self._site,
            screen_subject,
            ScreenSubject(study_id=self.study_id, site=self._opened(), on_day=self.at.date()),
        )
        levels = {
            factor.code: factor.level_codes()[0] for factor in self.definition.factors if factor.source == "entered"
        }
        initial = next((level.code for level in self.definition.dose_levels if level.initial), None)
        asked = RandomizeSubject(
            study_id=self.study_id,
            subject=screened.subject,
            levels=levels,
            dose_level=initial,
            on_day=self.at.date(),
        )
        return f"Booked: {self._do(self._site, randomize_subject, asked).status}"

    def _break_refused(self, who: str) -> str:
        screened = self._do(
            self._site,
            screen_subject,
            ScreenSubject(study_id=self.study_id, site=self._opened(), on_day=self.at.date()),
        )
        asked = BreakCode.model_validate(
            {
                "study_id": self.study_id,
                "subject": screened.subject,
                "reason": "medical_emergency",
                "signing": self._signing(),
            }
        )
        self._do(self._site, break_code, asked)
        return f"Booked by the {who}"

    def _screened(self, site: str, days: int = 0) -> str:
        on_day = self.at.date() + timedelta(days=days)
        ask = ScreenSubject(study_id=self.study_id, site=site, on_day=on_day)
        return f"Booked: status {self._do(self._site, screen_subject, ask).status}"

    def _opened(self) -> str:
        number = self._site_number()
        if number not in self._open:
            ask = ChangeSite(study_id=self.study_id, site=number, event=SiteEvent.ACTIVATE, reason="Acceptance")
            self._do(self._supply, change_site, ask)
            self._open.add(number)
        return number

    def _site_number(self) -> str:
        sites = table_of(Site)
        first = select(sites.c.number).where(sites.c.study_id == self.study_id).order_by(sites.c.number).limit(1)
        with self.store.reading() as connection:
            return str(connection.execute(first).scalar_one())

    def _signing(self) -> Signing:
        return Signing(password=self._people.password)

    def _do(self, who: Actor, service: Any, ask: SQLModel) -> Any:
        self._number += 1
        return perform(self.store, who, self.at, service, ask, f"uat:{self._number:06d}")
