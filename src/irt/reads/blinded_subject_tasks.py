"""Tasks about subjects: kits to confirm, visits to dispense at or to record, orders, randomizations, returns."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from irt.blinding.roles import Permission
from irt.reads.blinded_tasks import AHEAD_DAYS, Group, KnownSubject, SiteFacts, Task, about_visit, kit_words
from irt.reads.blinded_visits import anchors, open_visits, visits_to_record
from irt.states.subject import BEFORE_RANDOMIZATION, ON_STUDY_TREATMENT, SubjectStatus
from irt.study.blinded import BlindedStudy
from irt.study.schedule import PlannedVisit

_SOON_DAYS = 1
_RECORDABLE_DAYS = 7
"""So long after its window a visit without kits stays on the worklist; then the subject's page alone offers it."""
_SEEN = (*sorted(ON_STUDY_TREATMENT), SubjectStatus.RUN_IN, SubjectStatus.DOSE_HOLD)
_SEEN_AFTER = (SubjectStatus.OFF_TREATMENT, SubjectStatus.FOLLOW_UP)


def confirmations(facts: SiteFacts) -> Iterator[Task]:
    """Kits that were assigned and are neither handed over nor given back."""
    for open_one in facts.dispensings:
        day = facts.site.day_of(open_one.assigned_at)
        late = day < facts.today
        yield Task(
            kind="confirm",
            group="overdue" if late else "today",
            icon="attention",
            title="Confirm or give back",
            about=about_visit(facts, open_one.subject, open_one.visit, open_one.occurrence),
            study_id=facts.site.study_id,
            study=facts.site.study,
            details=f"{kit_words(open_one.kits)}, {open_one.checked} checked, not handed over · assigned",
            due=day,
            at=open_one.assigned_at,
            zone=facts.site.zone,
            urgency="late" if late else "soon",
            button="Open",
            href=facts.at("subjects", open_one.subject, "dispense", open_one.id),
            primary=facts.may(Permission.DISPENSE),
        )


def call_backs(facts: SiteFacts) -> Iterator[Task]:
    """Kits at patients' homes that may not be used; recall and quarantine ask for the same, in the same words."""
    for subject, kits in sorted(facts.called_back.items()):
        yield Task(
            kind="returns",
            group="overdue",
            icon="attention",
            title="Call kits back",
            about=f"Subject {subject}",
            study_id=facts.site.study_id,
            study=facts.site.study,
            details=f"{kit_words(kits)} at home may not be used; call now, then book the return",
            due=facts.today,
            urgency="late",
            button="Open",
            href=facts.at("subjects", subject, "returns"),
            primary=facts.may(Permission.TAKE_BACK),
        )


def subject_tasks(facts: SiteFacts) -> Iterator[Task]:
    """Everything that is expected of subjects within a week, and what was missed."""
    until = facts.today + timedelta(days=AHEAD_DAYS)
    for subject in facts.subjects:
        if subject.status in BEFORE_RANDOMIZATION and (earliest := _earliest(facts, subject)) <= until:
            yield _randomization(facts, subject, earliest)
        if subject.status in {*ON_STUDY_TREATMENT, SubjectStatus.RUN_IN}:
            recorded = facts.recorded.get(subject.id, {})
            dates = anchors(subject.screened_on, subject.randomized_on)
            yield from _visits(facts, subject, list(open_visits(facts.study, dates, recorded, until)))
        elif _has_kits_to_return(facts, subject):
            yield _return(facts, subject, None)
        if subject.status in (*_SEEN, *_SEEN_AFTER):
            yield from _records(facts, subject)


def _has_kits_to_return(facts: SiteFacts, subject: KnownSubject) -> bool:
    return facts.study.conduct.returns_required and bool(facts.outstanding.get(subject.id))


def _records(facts: SiteFacts, subject: KnownSubject) -> Iterator[Task]:
    """Visits without kits: while their window is open, and for some days after it."""
    dates, recorded = anchors(subject.screened_on, subject.randomized_on), facts.recorded.get(subject.id, {})
    for visit in visits_to_record(facts.study, dates, recorded, facts.today + timedelta(days=AHEAD_DAYS)):
        if visit.window_from <= facts.today <= visit.window_to + timedelta(days=_RECORDABLE_DAYS):
            yield _record(facts, subject, visit)


def _record(facts: SiteFacts, subject: KnownSubject, visit: PlannedVisit) -> Task:
    late = visit.window_to < facts.today
    return Task(
        kind="visit",
        group="overdue" if late else "today" if visit.planned <= facts.today else "week",
        icon="phone" if visit.kind == "phone" else "calendar",
        title="Record visit",
        about=about_visit(facts, subject.number, visit.code, visit.occurrence),
        study_id=facts.site.study_id,
        study=facts.site.study,
        details="no kits · " + ("the window has passed: record it, or skip it" if late else "window open"),
        due=_due(visit, facts.today),
        urgency="late" if late else "soon" if (visit.window_to - facts.today).days <= _SOON_DAYS else "ok",
        button="Record",
        href=facts.at("subjects", subject.number, "record") + f"?visit={visit.code}&occurrence={visit.occurrence}",
        primary=visit.planned <= facts.today and facts.may(Permission.DISPENSE),
    )


def _visits(facts: SiteFacts, subject: KnownSubject, visits: Sequence[PlannedVisit]) -> Iterator[Task]:
    """The last visit that passed without a record, and everything within a week."""
    missed = [visit for visit in visits if visit.window_to < facts.today]
    present = [visit for visit in visits if visit.window_from <= facts.today <= visit.window_to]
    ahead = [visit for visit in visits if visit.window_from > facts.today]
    for visit in [*missed[-1:], *present]:
        yield _dispensing(facts, subject, visit)
    for visit in present[:1]:
        if _has_kits_to_return(facts, subject):
            yield _return(facts, subject, visit)
    yield from (_coming_visit(facts, subject, visit) for visit in ahead)


def _dispensing(facts: SiteFacts, subject: KnownSubject, visit: PlannedVisit) -> Task:
    """A visit whose kits can be assigned now, or whose window has passed."""
    signed_at = facts.orders.get((subject.id, visit.code, visit.occurrence))
    waits = facts.study.conduct.order_required and signed_at is None
    late = visit.window_to < facts.today
    here = facts.at("subjects", subject.number)
    place = f"visit={visit.code}&occurrence={visit.occurrence}"
    signs = waits and facts.may(Permission.SIGN_ORDER) and not late
    weighs = visit.code in facts.study.second_checks
    ready = not waits and not late and not weighs and facts.may(Permission.DISPENSE)
    return Task(
        kind="order" if signs else "dispense",
        group="overdue" if late else "today" if visit.planned <= facts.today else "week",
        icon="order" if signs else "dispense",
        title="Sign order" if signs else "Dispense",
        about=about_visit(facts, subject.number, visit.code, visit.occurrence),
        study_id=facts.site.study_id,
        study=facts.site.study,
        details=_details(facts, subject, visit, waits=waits, late=late),
        due=_due(visit, facts.today),
        at=signed_at if ready else None,
        zone=facts.site.zone,
        urgency="late" if late else "soon" if (visit.window_to - facts.today).days <= _SOON_DAYS else "ok",
        button="Sign" if signs else "Dispense" if ready else "Open",
        href=f"{here}/order?{place}" if signs else f"{here}/dispense" if ready else f"{here}/dispense?{place}",
        primary=signs or (ready and visit.planned <= facts.today),
        post=(("visit", visit.code), ("occurrence", str(visit.occurrence))) if ready else (),
    )


def _due(visit: PlannedVisit, today: date) -> date:
    """The planned day while it lies ahead, then the end of the window."""
    return visit.window_to if visit.planned <= today else visit.planned


def _details(facts: SiteFacts, subject: KnownSubject, visit: PlannedVisit, *, waits: bool, late: bool) -> str:
    count = kits_expected(facts.study, visit.code, subject.dose_level)
    kits = [kit_words(count)] if count else []
    if late:
        return " · ".join([*kits, "the window has passed: dispense late, or record the visit as skipped"])
    if waits and facts.may(Permission.SIGN_ORDER):
        return " · ".join([*kits, "waits for your order"])
    if waits:
        return " · ".join([*kits, "waits for the investigator’s order"])
    weight = ["two people type the weight"] if visit.code in facts.study.second_checks else []
    return " · ".join([*kits, "order signed" if facts.study.conduct.order_required else "window open", *weight])


def kits_expected(study: BlindedStudy, visit: str, dose_level: str | None) -> int | None:
    """Kits a visit takes, where that is the same for every arm and agent and no weight decides; else None."""
    sums: dict[str | None, int | None] = {}
    for count in study.kit_counts:
        if count.visit == visit and count.dose_level in (None, dose_level):
            before = sums.get(count.agent, 0)
            sums[count.agent] = None if before is None or count.quantity is None else before + count.quantity
    answers = set(sums.values())
    return answers.pop() if len(answers) == 1 else None


def _return(facts: SiteFacts, subject: KnownSubject, visit: PlannedVisit | None) -> Task:
    """Kits that the subject should bring along to a visit, or still has after the end of treatment."""
    about = f"Subject {subject.number}"
    return Task(
        kind="returns",
        group="today" if visit and visit.planned <= facts.today else "week",
        icon="returns",
        title="Take back",
        about=f"{about} · {visit.name}" if visit else about,
        study_id=facts.site.study_id,
        study=facts.site.study,
        details=f"{kit_words(facts.outstanding[subject.id])} outstanding"
        + ("" if visit else ", treatment has ended"),
        due=_due(visit, facts.today) if visit else None,
        button="Take back",
        href=facts.at("subjects", subject.number, "returns"),
    )


def _coming_visit(facts: SiteFacts, subject: KnownSubject, visit: PlannedVisit) -> Task:
    return Task(
        kind="dispense",
        group="week",
        icon="calendar",
        title="Expect visit",
        about=about_visit(facts, subject.number, visit.code, visit.occurrence),
        study_id=facts.site.study_id,
        study=facts.site.study,
        details=_details(facts, subject, visit, waits=False, late=False).replace(
            "window open", "window not open yet"
        ),
        due=visit.planned,
        button="View",
        href=facts.at("subjects", subject.number),
    )


def _earliest(facts: SiteFacts, subject: KnownSubject) -> date:
    """The day of the next step: at once, or at the end of a run-in that has started."""
    if subject.run_in_on is None:
        return subject.screened_on
    return facts.study.screening.run_in_ends(subject.run_in_on)


def _randomization(facts: SiteFacts, subject: KnownSubject, earliest: date) -> Task:
    """The next step of somebody in screening: the run-in where the study has one, else the randomization."""
    last = facts.study.screening.valid_until(subject.screened_on)
    starts = bool(facts.study.screening.run_in_days) and subject.run_in_on is None
    if starts and last is not None:
        last -= timedelta(days=facts.study.screening.run_in_days)
    late = last is not None and last < facts.today
    waits = facts.today < earliest
    group: Group = "overdue" if late else "week" if waits or last is not None else "today"
    path, words, icon = _STARTS if starts else _DRAWS
    right = Permission.SCREEN if starts else Permission.RANDOMIZE
    return Task(
        kind="randomize",
        group=group,
        icon=icon,
        title=words,
        about=f"Subject {subject.number}",
        study_id=facts.site.study_id,
        study=facts.site.study,
        details=_screening_words(subject, late=late, waits=waits),
        due=earliest if waits else last,
        urgency="late" if late else "ok",
        button="Open" if waits or late else words,
        href=facts.at("subjects", subject.number) + ("" if waits or late else path),
        primary=group == "today" and facts.may(right),
    )


_DRAWS = ("/randomize", "Randomize", "randomize")
_STARTS = ("/steps/run-in", "Start run-in", "timer")


def _screening_words(subject: KnownSubject, *, late: bool, waits: bool) -> str:
    if late:
        return "the screening period has ended: record the result"
    if waits:
        return "in run-in"
    return "run-in is over" if subject.status == SubjectStatus.RUN_IN else "in screening"
