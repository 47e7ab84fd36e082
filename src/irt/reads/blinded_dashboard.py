"""A study as its project manager looks at it: enrolment against plan, sites, supply at risk, open matters, next.

Counts of the whole study, which everybody who runs it may know: supply by number of places, code breaks by number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.reads.blinded_activation import (
    ActivationBoard,
    CountryActivation,
    activation_board,
)
from irt.reads.blinded_enrolment_plan import EnrolmentAgainstPlan, enrolment_against_plan
from irt.reads.blinded_exceptions import ExceptionLine, open_exceptions
from irt.reads.blinded_issues import IssueLine, issues_of
from irt.states.issue import IssueKind
from irt.states.records import ExcursionStatus, SiteStatus
from irt.study.milestones import MilestoneState
from irt.supply.exceptions import ExceptionKind
from irt.tables.columns import table_of
from irt.tables.deviation import DeviationClosure
from irt.tables.shipment import Excursion
from irt.tables.study import Study
from irt.tables.subject import CodeBreak, Deviation
from irt.tables.unblinding import AccidentalUnblinding

FORECAST_GOOD_DAYS = 35
"""A forecast that is older is asked for again."""
_KINDS = ExceptionKind
RISKS: tuple[tuple[str, frozenset[ExceptionKind]], ...] = (
    ("Sites running out", frozenset({_KINDS.STOCK_OUT})),
    (
        "Shipments late or in trouble",
        frozenset(
            {
                _KINDS.NOT_ACKNOWLEDGED,
                _KINDS.NOT_DISPATCHED,
                _KINDS.NOT_DELIVERED,
                _KINDS.NOT_RECEIVED,
                _KINDS.CARRIER_TROUBLE,
            }
        ),
    ),
    ("Lots near their last day", frozenset({_KINDS.EXPIRING})),
    (
        "Licences ending or used up",
        frozenset({_KINDS.LICENCE_ENDING, _KINDS.LICENCE_NEARLY_USED, _KINDS.CONTROLLED_LICENCE_ENDING}),
    ),
    (
        "Vendors’ systems and messages",
        frozenset({_KINDS.VENDOR_SILENT, _KINDS.MESSAGES_MISSING, _KINDS.MESSAGE_NOT_TAKEN}),
    ),
    ("Stock that does not agree", frozenset({_KINDS.STOCK_DIFFERS, _KINDS.DISCREPANCY_NOT_REPORTED})),
)
"""What may go wrong in supply, as a project manager sorts it."""


@dataclass(frozen=True)
class RiskLine(BlindedView):
    """A kind of risk: how many places or parcels it touches, and how many are past their deadline."""

    words: str
    open: int
    overdue: int


@dataclass(frozen=True)
class OpenMatter(BlindedView):
    """Something that is followed to its end: how many are open, how many need somebody now, since when."""

    words: str
    open: int
    pressing: int
    oldest: date | None
    href: str


@dataclass(frozen=True)
class NextStep(BlindedView):
    """What to do next; `href` is empty where the reader may not do it."""

    words: str
    href: str


@dataclass(frozen=True)
class StudyDashboard(BlindedView):
    """One study on a day."""

    study_id: int
    protocol: str
    name: str
    enrolment: EnrolmentAgainstPlan
    funnel: tuple[tuple[str, int], ...]
    countries: tuple[CountryActivation, ...]
    sites: int
    sites_open: int
    risks: tuple[RiskLine, ...]
    matters: tuple[OpenMatter, ...]
    code_breaks: int
    accidents: int
    next_steps: tuple[NextStep, ...]

    @property
    def at_risk(self) -> int:
        """How many risks of supply are open."""
        return sum(one.open for one in self.risks)


_STUDIES, _DEVIATIONS, _CLOSURES = table_of(Study), table_of(Deviation), table_of(DeviationClosure)
_EXCURSIONS, _BREAKS, _ACCIDENTS = table_of(Excursion), table_of(CodeBreak), table_of(AccidentalUnblinding)
_STUDY: BindParameter[int] = bindparam("study_id")
_NAME = select(_STUDIES.c.protocol, _STUDIES.c.name).where(_STUDIES.c.id == _STUDY)
_OPEN_DEVIATIONS = (
    select(func.count(), func.min(_DEVIATIONS.c.at))
    .outerjoin(_CLOSURES, _CLOSURES.c.deviation_id == _DEVIATIONS.c.id)
    .where(_DEVIATIONS.c.study_id == _STUDY, _CLOSURES.c.id.is_(None))
)
_OPEN_EXCURSIONS = select(func.count(), func.min(_EXCURSIONS.c.opened_at)).where(
    _EXCURSIONS.c.study_id == _STUDY, _EXCURSIONS.c.status != ExcursionStatus.CLOSED
)
_BROKEN = select(func.count()).where(_BREAKS.c.study_id == _STUDY)
_HAPPENED = select(func.count()).where(_ACCIDENTS.c.study_id == _STUDY)


def study_dashboard(connection: Connection, actor: Actor, study_id: int, now: datetime) -> StudyDashboard:
    """Everything above of one study; for roles in the whole study alone."""
    actor.require_whole(Permission.VIEW_STUDY_LIFE, study_id)
    facts = {"study_id": study_id}
    study = connection.execute(_NAME, facts).first()
    if study is None:
        raise NotFound("No such study. Check the address.")
    board = activation_board(connection, actor, study_id, now)
    enrolment = enrolment_against_plan(connection, study_id, now)
    issues, today = issues_of(connection, actor, study_id), now.date()
    matters = _matters(connection, facts, issues, today)
    return StudyDashboard(
        study_id=study_id,
        protocol=study.protocol,
        name=study.name,
        enrolment=enrolment,
        funnel=board.funnel,
        countries=board.countries,
        sites=len(board.sites),
        sites_open=sum(one.status == SiteStatus.ACTIVE for one in board.sites),
        risks=tuple(_risks(_exceptions(connection, study_id, now))),
        matters=tuple(one if _may_open(actor, study_id, one.href) else replace(one, href="") for one in matters),
        code_breaks=int(connection.execute(_BROKEN, facts).scalar_one()),
        accidents=int(connection.execute(_HAPPENED, facts).scalar_one()),
        next_steps=tuple(
            NextStep(words, href if _may_open(actor, study_id, href) else "")
            for words, href in _next_steps(board, enrolment, issues, matters)
        ),
    )


def _exceptions(connection: Connection, study_id: int, now: datetime) -> Sequence[ExceptionLine]:
    """Of a study without an approved version nothing can go wrong yet."""
    try:
        return open_exceptions(connection, study_id, now)
    except NotFound:
        return ()


def _risks(lines: Sequence[ExceptionLine]) -> Iterator[RiskLine]:
    for words, kinds in RISKS:
        mine = [line for line in lines if line.kind in kinds]
        # A site that runs out of two products is one site.
        places = {(line.where if line.kind == ExceptionKind.STOCK_OUT else line.record) for line in mine}
        late = {
            (line.where if line.kind == ExceptionKind.STOCK_OUT else line.record) for line in mine if line.overdue
        }
        yield RiskLine(words, len(places), len(late))


def _matters(
    connection: Connection, facts: dict[str, int], issues: Sequence[IssueLine], today: date
) -> tuple[OpenMatter, ...]:
    deviations, since = connection.execute(_OPEN_DEVIATIONS, facts).one()
    excursions, warm_since = connection.execute(_OPEN_EXCURSIONS, facts).one()
    asked = [one for one in issues if one.kind == IssueKind.DATA]
    others = [one for one in issues if one.kind != IssueKind.DATA]
    return (
        _of_issues("Issues", others, today),
        _of_issues("Questions to data management", asked, today),
        OpenMatter("Deviations", deviations, 0, since and since.date(), "/quality/deviations"),
        OpenMatter("Temperature excursions", excursions, 0, warm_since and warm_since.date(), "/quality"),
    )


def _of_issues(words: str, issues: Sequence[IssueLine], today: date) -> OpenMatter:
    waiting = [one for one in issues if one.closed_at is None]
    oldest = min((one.opened_at.date() for one in waiting), default=None)
    return OpenMatter(words, len(waiting), sum(one.late(today) for one in waiting), oldest, "/issues")


_DOORS = {
    "/issues": Permission.VIEW_STUDY_LIFE,
    "/quality": Permission.DECIDE_QUALITY,
    "/activation": Permission.VIEW_STUDY_LIFE,
    "/enrolment": Permission.VIEW_ENROLMENT,
    "/dashboard/plan": Permission.PLAN_ENROLMENT,
}


def _may_open(actor: Actor, study_id: int, href: str) -> bool:
    needed = next(permission for door, permission in _DOORS.items() if href.startswith(door))
    return actor.grant_for(needed, study_id, None) is not None


def _next_steps(
    board: ActivationBoard,
    enrolment: EnrolmentAgainstPlan,
    issues: Sequence[IssueLine],
    matters: Sequence[OpenMatter],
) -> Iterator[tuple[str, str]]:
    """What to do, the nearest first, each with its page."""
    yield from _of_plan(enrolment)
    ready = sum(one.ready and one.status == SiteStatus.PLANNED for one in board.sites)
    if ready:
        yield f"{_count(ready, 'site is', 'sites are')} ready to open", "/activation?show=ready"
    missing = sum(bool(one.missing) and one.status == SiteStatus.PLANNED for one in board.sites)
    if missing:
        yield f"{_count(missing, 'site waits', 'sites wait')} for approvals", "/activation?show=missing"
    ending = sum(bool(one.ending) and one.status == SiteStatus.ACTIVE for one in board.sites)
    if ending:
        yield f"Approvals end soon at {_count(ending, 'site', 'sites')}", "/activation?show=ending"
    late = sum(one.late(enrolment.today) for one in issues)
    if late:
        yield f"{_count(late, 'issue is', 'issues are')} past the day agreed", "/issues"
    deviations = next(one for one in matters if one.words == "Deviations")
    if deviations.open:
        yield f"{_count(deviations.open, 'deviation waits', 'deviations wait')} for quality", deviations.href


def _of_plan(enrolment: EnrolmentAgainstPlan) -> Iterator[tuple[str, str]]:
    if enrolment.plan is None:
        yield "Plan the enrolment: without a plan nothing is early or late", "/dashboard/plan"
        return
    over = enrolment.milestones[-1].reached is not None
    stale = enrolment.forecast_on is None or enrolment.today - enrolment.forecast_on > timedelta(
        days=FORECAST_GOOD_DAYS
    )
    if stale and enrolment.randomized and not over:
        what = "There is no forecast" if enrolment.forecast_on is None else "The forecast is older than five weeks"
        yield f"{what}: have one worked out", "/enrolment/forecast"
    for one in enrolment.milestones:
        if one.state == MilestoneState.OVERDUE:
            yield f"“{one.words}” was planned for {one.planned:%d %b %Y} and is not reached", "/enrolment"
            return
        if one.state == MilestoneState.LATE:
            yield f"“{one.words}” will hardly be reached by {one.planned:%d %b %Y}", "/enrolment/forecast"
            return


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
