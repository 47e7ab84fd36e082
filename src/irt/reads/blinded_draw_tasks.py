"""Tasks about further draws: a later randomization whose day has come, and a place that a replacement may take."""

from collections.abc import Iterator
from datetime import date, timedelta

from irt.blinding.roles import Permission
from irt.reads.blinded_tasks import AHEAD_DAYS, KnownSubject, SiteFacts, Task
from irt.states.subject import ON_STUDY_TREATMENT

PLACE_FREE_DAYS = 28
"""So long after somebody left, the worklist says that the place is free; nobody must be replaced."""


def draw_tasks(facts: SiteFacts) -> Iterator[Task]:
    """Of every subject at most one: whoever is on treatment is drawn again, whoever left may be replaced."""
    for subject in facts.subjects:
        if subject.status in ON_STUDY_TREATMENT and (due := _due_again(facts, subject)) is not None:
            yield _again(facts, subject, *due)
        left_on = facts.draws.places.get(subject.id)
        if left_on is not None and facts.today <= left_on + timedelta(days=PLACE_FREE_DAYS):
            yield _replacement(facts, subject, left_on)


def _due_again(facts: SiteFacts, subject: KnownSubject) -> tuple[int, date] | None:
    """The next randomization and its first day, where that lies within a week; None where there is none."""
    if (last := facts.draws.last.get(subject.id)) is None:
        return None
    stage, on_day = last
    for plan in facts.study.randomizations:
        first = on_day + timedelta(days=plan.after_days)
        if plan.number == stage + 1 and first <= facts.today + timedelta(days=AHEAD_DAYS):
            return plan.number, first
    return None


def _again(facts: SiteFacts, subject: KnownSubject, stage: int, first: date) -> Task:
    here, waits = facts.at("subjects", subject.number), facts.today < first
    return Task(
        kind="randomize",
        group="week" if waits else "today",
        icon="randomize",
        title="Randomize again",
        about=f"Subject {subject.number}",
        study_id=facts.site.study_id,
        study=facts.site.study,
        details=f"randomization {stage} · " + ("not open yet" if waits else "may be made from its day on"),
        due=first,
        button="Open" if waits else "Randomize again",
        href=here if waits else f"{here}/randomize?stage={stage}",
        primary=not waits and facts.may(Permission.RANDOMIZE),
    )


def _replacement(facts: SiteFacts, subject: KnownSubject, left_on: date) -> Task:
    screens = facts.may(Permission.SCREEN)
    screening = f"/subjects/screen?site={facts.site.study_id}.{facts.site.site}"
    return Task(
        kind="randomize",
        group="week",
        icon="randomize",
        title="Replace subject",
        about=f"Subject {subject.number}",
        study_id=facts.site.study_id,
        study=facts.site.study,
        details="has left treatment, nobody has taken the place · name this subject when another is randomized",
        due=left_on + timedelta(days=PLACE_FREE_DAYS),
        button="Screen a subject" if screens else "Open",
        href=screening if screens else facts.at("subjects", subject.number),
    )
