"""Randomizing: what is asked before, and what everybody may know after."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, RowMapping, bindparam, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.reads.blinded_sentences import day_words, dose_words, level_words
from irt.reads.blinded_subject import SubjectHere, calendar_of, run_in_over, subject_here
from irt.reads.blinded_visits import VisitState
from irt.states.subject import BEFORE_RANDOMIZATION, ON_STUDY_TREATMENT, SUBJECT, SubjectEvent
from irt.study.blinded import PublicRandomization
from irt.tables.columns import table_of
from irt.tables.subject import Randomization


@dataclass(frozen=True, slots=True)
class Question:
    """One answer to give: a factor to enter, the dose level to start on, an agent the subject may have."""

    code: str
    words: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Drawn(BlindedView):
    """A randomization as it was drawn, and the step that follows."""

    number: str
    at: datetime
    answers: tuple[tuple[str, str], ...]
    next_words: str
    next_href: str


@dataclass(frozen=True)
class RandomizeView(BlindedView):
    """The pages of a randomization; `drawn` once it took place."""

    study_id: int
    site_id: int
    study: str
    site: str
    site_name: str
    zone: str
    today: date
    address: str
    subject: str
    stage: int
    status_words: str
    possible: bool
    waits_for: str
    factors: tuple[Question, ...]
    dose: Question | None
    agents: tuple[tuple[str, str], ...]
    may_replace: bool
    of_site: tuple[tuple[str, str], ...]
    drawn: Drawn | None


_DRAWS = table_of(Randomization)
_DRAWN = select(_DRAWS.c.number, _DRAWS.c.at, _DRAWS.c.on_day, _DRAWS.c.levels).where(
    _DRAWS.c.subject_id == bindparam("subject_id"), _DRAWS.c.stage == bindparam("stage")
)


def randomize_page(
    connection: Connection, actor: Actor, study_id: int, number: str, now: datetime, stage: int = 1
) -> RandomizeView:
    """The questions of the study for this subject, or the result where there is one.

    `stage` tells the so-maniest randomization of the subject; NotFound where the study has no such one.
    """
    subject = subject_here(connection, actor, study_id, number, Permission.RANDOMIZE)
    plan = _plan(subject, stage)
    today = subject.site.today(now)
    return RandomizeView(
        study_id=study_id,
        site_id=subject.site.site_id,
        study=subject.site.study,
        site=subject.site.site,
        site_name=subject.site.name,
        zone=subject.site.zone,
        today=today,
        address=subject.address,
        subject=subject.number,
        stage=stage,
        status_words=subject.status.replace("_", " "),
        possible=_possible(connection, subject, stage),
        waits_for=_waits_for(subject, today) if stage == 1 else _waits_until(connection, subject, plan, today),
        factors=_factors(subject),
        dose=_dose(subject) if stage == 1 else None,
        agents=tuple((choice.code, choice.name) for choice in plan.eligible),
        may_replace=stage == 1 and subject.study.conduct.replacement_subjects,
        of_site=_of_site(subject),
        drawn=_drawn(connection, subject, now, stage),
    )


def _plan(subject: SubjectHere, stage: int) -> PublicRandomization:
    for plan in subject.study.randomizations:
        if plan.number == stage:
            return plan
    raise NotFound("This study has no such randomization. Go back to the subject.")


def _possible(connection: Connection, subject: SubjectHere, stage: int) -> bool:
    """Whether the subject stands where this randomization begins, whatever the day."""
    if stage == 1:
        return (subject.status, SubjectEvent.RANDOMIZE) in SUBJECT
    return subject.status in ON_STUDY_TREATMENT and _draw(connection, subject, stage - 1) is not None


def _waits_until(connection: Connection, subject: SubjectHere, plan: PublicRandomization, today: date) -> str:
    """Why a later randomization is not for today; empty where it is."""
    before = _draw(connection, subject, plan.number - 1)
    if before is None:
        return ""
    first: date = before["on_day"] + timedelta(days=plan.after_days)
    return f"This randomization may be made from {day_words(first)}." if today < first else ""


def _draw(connection: Connection, subject: SubjectHere, stage: int) -> RowMapping | None:
    asked = {"subject_id": subject.id, "stage": stage}
    return connection.execute(_DRAWN, asked).mappings().first()


def _waits_for(subject: SubjectHere, today: date) -> str:
    """Why the run-in forbids the randomization today; empty where it does not."""
    if subject.status not in BEFORE_RANDOMIZATION or run_in_over(subject, today):
        return ""
    if subject.run_in_ends is None:
        return "The run-in of this subject has not started."
    return f"Run-in ends on {day_words(subject.run_in_ends)}."


def _factors(subject: SubjectHere) -> tuple[Question, ...]:
    """Factors to be entered, with the levels in the order of the study file; `unknown` only where it is one."""
    return tuple(
        Question(factor.code, factor.name, tuple((level.code, level.name) for level in factor.levels))
        for factor in subject.study.factors
        if factor.source == "entered"
    )


def _dose(subject: SubjectHere) -> Question | None:
    """The dose level to start on, where there is a choice."""
    initial = tuple((level.code, level.name) for level in subject.study.dose_levels if level.initial)
    return Question("dose_level", "Dose level to start on", initial) if len(initial) > 1 else None


def _of_site(subject: SubjectHere) -> tuple[tuple[str, str], ...]:
    """Factors that come from the site, as they will be used."""
    countries = {country.code: country for country in subject.study.countries}
    country = countries.get(subject.site.country)
    facts = {
        "site": subject.site.site,
        "country": country.name if country else subject.site.country,
        "region": country.region if country else "",
    }
    return tuple((factor.name, facts[factor.source]) for factor in subject.study.factors if factor.source in facts)


def _drawn(connection: Connection, subject: SubjectHere, now: datetime, stage: int) -> Drawn | None:
    row = _draw(connection, subject, stage)
    if row is None:
        return None
    answers = level_words(subject.study, row["levels"])
    if subject.dose_level:
        answers = (*answers, ("Dose level", dose_words(subject.study, subject.dose_level)))
    due = next(
        (
            visit
            for visit in calendar_of(connection, subject, now)
            if visit.state == VisitState.DUE and visit.dispenses
        ),
        None,
    )
    if due is None:
        return Drawn(row["number"], row["at"], answers, "Subject page", subject.address)
    words = f"Dispense {due.name}"
    href = f"{subject.address}/dispense?visit={due.code}&occurrence={due.occurrence}"
    return Drawn(row["number"], row["at"], answers, words, href)
