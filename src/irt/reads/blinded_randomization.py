"""Randomizing: what is asked before, and what everybody may know after."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_sentences import day_words, dose_words, level_words
from irt.reads.blinded_subject import SubjectHere, calendar_of, run_in_over, subject_here
from irt.reads.blinded_visits import VisitState
from irt.states.subject import BEFORE_RANDOMIZATION, SUBJECT, SubjectEvent
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
    status_words: str
    possible: bool
    waits_for: str
    factors: tuple[Question, ...]
    dose: Question | None
    agents: tuple[tuple[str, str], ...]
    of_site: tuple[tuple[str, str], ...]
    drawn: Drawn | None


_DRAWS = table_of(Randomization)
_DRAWN = (
    select(_DRAWS.c.number, _DRAWS.c.at, _DRAWS.c.levels)
    .where(_DRAWS.c.subject_id == bindparam("subject_id"))
    .order_by(_DRAWS.c.stage)
    .limit(1)
)


def randomize_page(
    connection: Connection, actor: Actor, study_id: int, number: str, now: datetime
) -> RandomizeView:
    """The questions of the study for this subject, or the result where there is one."""
    subject = subject_here(connection, actor, study_id, number, Permission.RANDOMIZE)
    return RandomizeView(
        study_id=study_id,
        site_id=subject.site.site_id,
        study=subject.site.study,
        site=subject.site.site,
        site_name=subject.site.name,
        zone=subject.site.zone,
        today=subject.site.today(now),
        address=subject.address,
        subject=subject.number,
        status_words=subject.status.replace("_", " "),
        possible=(subject.status, SubjectEvent.RANDOMIZE) in SUBJECT,
        waits_for=_waits_for(subject, subject.site.today(now)),
        factors=_factors(subject),
        dose=_dose(subject),
        agents=_agents(subject),
        of_site=_of_site(subject),
        drawn=_drawn(connection, subject, now),
    )


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


def _agents(subject: SubjectHere) -> tuple[tuple[str, str], ...]:
    """Agents of a platform, which everybody may know."""
    codes = sorted({count.agent for count in subject.study.kit_counts if count.agent is not None})
    return tuple((code, code) for code in codes)


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


def _drawn(connection: Connection, subject: SubjectHere, now: datetime) -> Drawn | None:
    row = connection.execute(_DRAWN, {"subject_id": subject.id}).mappings().first()
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
