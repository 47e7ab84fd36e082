"""What is due in a study at regular times: reviews, copies, practice, approvals that end."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from irt.audit.entry import study_chain
from irt.blinding.access import REVIEW_EVERY as ACCESS_EVERY
from irt.blinding.actor import Actor, Grant
from irt.blinding.code_break import PRACTICE_EVERY
from irt.blinding.duties import DUTIES, FIRST_WITHIN, DutyKind, stands_on_pages
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.access import RECORD_KIND as ACCESS_REVIEW
from irt.reads.blinded_activation import activation_board
from irt.reads.blinded_site_copies import TAKEN_EVERY, site_copies
from irt.reads.blinded_sites import WorkSite
from irt.reads.blinded_tasks import Task
from irt.reads.blinded_trail_reviews import RECORD_KIND as TRAIL_REVIEW
from irt.reads.blinded_trail_reviews import REVIEW_EVERY as TRAIL_EVERY
from irt.states.records import SiteStatus
from irt.study.activation import words_of
from irt.tables.columns import table_of
from irt.tables.record import AuditEntry, Signature
from irt.tables.study import Site, SiteVersion, Study
from irt.tables.unblinding import CodeBreakPractice


@dataclass(frozen=True)
class Duty(BlindedView):
    """One thing that is due by a day; `site` empty: of the whole study."""

    kind: DutyKind
    study_id: int
    study: str
    site_id: int | None
    site: str
    said: str
    due: date
    href: str

    @property
    def title(self) -> str:
        """What it is."""
        return DUTIES[self.kind].title

    @property
    def details(self) -> str:
        """How often, and where it is done."""
        return DUTIES[self.kind].details


_STUDIES, _SITES, _OPENED = table_of(Study), table_of(Site), table_of(SiteVersion)
_ENTRIES, _SIGNATURES, _PRACTICES = table_of(AuditEntry), table_of(Signature), table_of(CodeBreakPractice)
_STUDY: BindParameter[int] = bindparam("study_id")
_ONE = select(_STUDIES.c.name, _STUDIES.c.opened_at).where(_STUDIES.c.id == _STUDY)
_EVERY = select(_STUDIES.c.id, _STUDIES.c.sponsor_id).order_by(_STUDIES.c.id)
_LOOKED_THROUGH = select(func.max(_ENTRIES.c.at)).where(
    _ENTRIES.c.chain == bindparam("chain"),
    _ENTRIES.c.record_kind == TRAIL_REVIEW,
    _ENTRIES.c.act == "trail_reviewed",
)
_ACCESS_LOOKED_AT = select(func.max(_SIGNATURES.c.at)).where(
    _SIGNATURES.c.study_id == _STUDY, _SIGNATURES.c.record_kind == ACCESS_REVIEW
)
_OPEN_SITES = (
    select(_SITES.c.id, _SITES.c.number, func.min(_OPENED.c.activated_at).label("since"))
    .join(_OPENED, _OPENED.c.site_id == _SITES.c.id)
    .where(_SITES.c.study_id == _STUDY, _SITES.c.status != SiteStatus.CLOSED)
    .group_by(_SITES.c.id, _SITES.c.number)
    .order_by(_SITES.c.number)
)
_PRACTISED = (
    select(_PRACTICES.c.site_id, func.max(_PRACTICES.c.at).label("at"))
    .where(_PRACTICES.c.study_id == _STUDY)
    .group_by(_PRACTICES.c.site_id)
)


def duties_of(connection: Connection, reader: Actor, study_id: int, now: datetime) -> tuple[Duty, ...]:
    """Everything that is due in a study, or soon will be, the earliest first; approvals if the reader sees them."""
    study = connection.execute(_ONE, {"study_id": study_id}).one()
    owner = (study_id, study.name)
    sees_life = reader.grant_for(Permission.VIEW_STUDY_LIFE, study_id, None)
    found = [
        *_reviews(connection, owner, study.opened_at),
        *(_approvals(connection, reader, owner, now) if sees_life else ()),
        *_of_sites(connection, owner, now),
    ]
    near = (duty for duty in found if stands_on_pages(duty.due, now.date()))
    return tuple(sorted(near, key=lambda duty: (duty.due, duty.kind, duty.site, duty.said)))


def own_duties(connection: Connection, reader: Actor, now: datetime) -> tuple[Duty, ...]:
    """What is due to this person, over all their studies."""
    rows = connection.execute(_EVERY)
    studies = [row.id for row in rows if any(_reaches(grant, row.id, row.sponsor_id) for grant in reader.grants)]
    found = (duty for study in studies for duty in duties_of(connection, reader, study, now))
    return tuple(sorted((one for one in found if is_theirs(reader, one)), key=lambda duty: (duty.due, duty.study)))


def _reaches(grant: Grant, study_id: int, sponsor_id: int) -> bool:
    """Whether the grant holds in the study and has duties."""
    here = grant.sponsor_id in (None, sponsor_id)
    return here and any(grant.covers(words.permission, study_id, grant.site_id) for words in DUTIES.values())


def is_theirs(reader: Actor, duty: Duty) -> bool:
    """Whether the person does it: at the site where it belongs to one, else in the whole study."""
    words = DUTIES[duty.kind]
    if not words.of_site:
        return reader.grant_for(words.permission, duty.study_id, None) is not None
    return any(
        grant.site_id is not None and grant.covers(words.permission, duty.study_id, duty.site_id)
        for grant in reader.grants
    )


def duty_tasks(connection: Connection, reader: Actor, sites: Sequence[WorkSite], now: datetime) -> Iterator[Task]:
    """What is due at the sites of an investigator, as rows of the worklist."""
    here = {site.site_id: site for site in sites}
    studies = {
        site.study_id for site in sites if reader.grant_for(Permission.DELEGATE_TASKS, site.study_id, site.site_id)
    }
    for study_id in sorted(studies):
        for duty in _of_sites(connection, (study_id, ""), now):
            site = here.get(duty.site_id or 0)
            if site is not None and is_theirs(reader, duty) and stands_on_pages(duty.due, site.today(now)):
                yield _task(duty, site, site.today(now))


def _task(duty: Duty, site: WorkSite, today: date) -> Task:
    late, now = duty.due < today, duty.due == today
    return Task(
        kind="duty",
        group="overdue" if late else "today" if now else "week",
        icon="document",
        title=duty.title,
        about=f"Site {site.site}",
        study_id=duty.study_id,
        study=site.study,
        details=duty.details,
        due=duty.due,
        urgency="late" if late else "soon" if now else "ok",
        button="Open",
        href=duty.href,
    )


def _reviews(connection: Connection, owner: tuple[int, str], opened: datetime) -> Iterator[Duty]:
    study_id, name = owner
    asked = {"study_id": study_id, "chain": study_chain(study_id)}
    for kind, question, every, href in (
        (DutyKind.TRAIL_REVIEW, _LOOKED_THROUGH, TRAIL_EVERY, f"/studies/{study_id}/trail-reviews"),
        (DutyKind.ACCESS_REVIEW, _ACCESS_LOOKED_AT, ACCESS_EVERY, "/access"),
    ):
        last: datetime | None = connection.execute(question, asked).scalar()
        said = f"last reviewed on {last:%d %b %Y}" if last else "never reviewed"
        yield Duty(kind, study_id, name, None, "", said, ((last or opened) + every).date(), href)


def _approvals(connection: Connection, reader: Actor, owner: tuple[int, str], now: datetime) -> Iterator[Duty]:
    """Approvals of open sites that end soon, one of a country once."""
    study_id, name = owner
    told: set[int] = set()
    for site in activation_board(connection, reader, study_id, now).sites:
        for one in site.ending if site.status != SiteStatus.CLOSED else ():
            if one.until is not None and one.number not in told:
                told.add(one.number)
                said = f"{words_of(one.kind)}, site {site.site}"
                href = f"/activation/{study_id}/{one.number}" if one.number else "/activation?show=ending"
                yield Duty(DutyKind.APPROVAL_ENDS, study_id, name, None, "", said, one.until, href)


def _of_sites(connection: Connection, owner: tuple[int, str], now: datetime) -> Iterator[Duty]:
    study_id, name = owner
    asked = {"study_id": study_id}
    copies = {one.site_id: one for one in site_copies(connection, study_id, now)}
    practised: Mapping[int, datetime] = {row.site_id: row.at for row in connection.execute(_PRACTISED, asked)}
    for row in connection.execute(_OPEN_SITES, asked):
        place = (row.id, row.number)
        first = (row.since + FIRST_WITHIN).date()
        taken = copies[row.id].last_at
        due = first if taken is None else _next_copy(taken, copies[row.id].due, now)
        said = f"last taken on {taken:%d %b %Y}" if taken else "never taken"
        yield Duty(DutyKind.SITE_COPY, study_id, name, *place, said, due, f"/studies/{study_id}/records")
        last = practised.get(row.id)
        said = f"last practised on {last:%d %b %Y}" if last else "never practised"
        due = (last + PRACTICE_EVERY).date() if last else first
        yield Duty(DutyKind.PRACTICE, study_id, name, *place, said, due, "/code-break")


def _next_copy(taken: datetime, old: bool, now: datetime) -> date:
    """A copy from before the study's end is old at once."""
    regular = (taken + TAKEN_EVERY).date()
    return min(regular, now.date()) if old else regular
