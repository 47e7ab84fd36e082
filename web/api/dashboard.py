"""A study's dashboard over the API: milestones, months, sites, risks; and the plan of enrolment."""

from dataclasses import dataclass
from datetime import date

from irt.blinding.roles import Permission
from irt.reads.blinded_dashboard import study_dashboard
from irt.services.plan_enrolment import plan_enrolment
from irt.study.milestones import Milestone, MilestoneState
from web.api.operations import Caller, Now, Records, StudyId, command, question


@dataclass(frozen=True)
class MilestoneShown:
    """A milestone as planned, reached or foreseen; `behind_days` above 0 where it is later than planned."""

    milestone: Milestone
    goal: int
    planned: date | None
    reached: date | None
    foreseen_early: date | None
    foreseen: date | None
    foreseen_late: date | None
    state: MilestoneState
    behind_days: int | None


@dataclass(frozen=True)
class MonthShown:
    """Subjects in all by the end of a month."""

    month: date
    planned: float | None
    reached: int | None
    foreseen_low: float | None
    foreseen: float | None
    foreseen_high: float | None


@dataclass(frozen=True)
class CountShown:
    """How many of something; `pressing`: of them past their time."""

    words: str
    open: int
    pressing: int


@dataclass(frozen=True)
class DashboardShown:
    """One study on a day, in counts."""

    protocol: str
    day: date
    randomized: int
    planned_by_today: int | None
    forecast: int | None
    milestones: tuple[MilestoneShown, ...]
    months: tuple[MonthShown, ...]
    sites: tuple[CountShown, ...]
    risks: tuple[CountShown, ...]
    matters: tuple[CountShown, ...]
    code_breaks: int
    accidental_unblindings: int
    next_steps: tuple[str, ...]


@question("/studies/{study_id:int}/dashboard", Permission.VIEW_STUDY_LIFE, "How a study stands against its plan")
def show_dashboard(study_id: StudyId, caller: Caller, store: Records, now: Now) -> DashboardShown:
    """Enrolment against plan, sites, supply at risk, open matters, what next; for roles in the whole study."""
    with store.reading() as connection:
        found = study_dashboard(connection, caller, study_id, now)
    enrolment = found.enrolment
    return DashboardShown(
        protocol=found.protocol,
        day=enrolment.today,
        randomized=enrolment.randomized,
        planned_by_today=enrolment.planned_by_today,
        forecast=enrolment.forecast,
        milestones=tuple(
            MilestoneShown(
                *(one.milestone, one.goal, one.planned, one.reached, one.early, one.middle, one.late),
                *(one.state, one.behind_days),
            )
            for one in enrolment.milestones
        ),
        months=tuple(
            MonthShown(one.month, one.planned, one.reached, one.low, one.middle, one.high)
            for one in enrolment.months
        ),
        sites=tuple(CountShown(words, count, 0) for words, count in found.funnel),
        risks=tuple(CountShown(one.words, one.open, one.overdue) for one in found.risks),
        matters=tuple(CountShown(one.words, one.open, one.pressing) for one in found.matters),
        code_breaks=found.code_breaks,
        accidental_unblindings=found.accidents,
        next_steps=tuple(one.words for one in found.next_steps),
    )


OPERATIONS = (
    show_dashboard,
    command(
        "/enrolment-plan/set",
        plan_enrolment,
        Permission.PLAN_ENROLMENT,
        "Set a study's plan of enrolment",
        {
            "study_id": 1,
            "subjects": 300,
            "sites": 20,
            "days": {"first_site": "2026-01-12", "first_subject": "2026-02-02", "last_subject": "2027-01-29"},
            "reason": "First plan",
        },
    ),
)
