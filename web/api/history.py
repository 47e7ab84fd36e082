"""What waits to be done, and what was done: worklist and audit trail, as blinded people read them."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated

from litestar.params import QueryParameter

from irt.blinding.duties import DutyKind
from irt.blinding.roles import Permission
from irt.reads.blinded_directory import refuse_unreached
from irt.reads.blinded_done_today import done_today
from irt.reads.blinded_duties import own_duties
from irt.reads.blinded_history import HistoryEntry, HistoryFilters, history
from irt.reads.blinded_tasks import Group, Kind, Task
from irt.reads.blinded_worklist import worklist
from web.api.operations import AfterId, Caller, Limit, Now, Records, StudyId, question

Typed = Annotated[str, QueryParameter(pattern=r"^[^\x00-\x1f]{0,100}$", description="Empty: all of them.")]
Day = Annotated[date | None, QueryParameter(description="A day, this one included; open where it is left out.")]


@dataclass(frozen=True)
class WaitingTask:
    """One thing to do; `due` is a day at the site."""

    kind: Kind
    group: Group
    title: str
    about: str
    details: str
    study_id: int
    due: date | None
    waits_for: str


@dataclass(frozen=True)
class TasksWaiting:
    """The most urgent tasks first; `all_tasks` counts also those beyond the list."""

    items: tuple[WaitingTask, ...]
    all_tasks: int


@dataclass(frozen=True)
class DutyDue:
    """One thing that its holder does at regular times; `site` empty: of the whole study."""

    kind: DutyKind
    title: str
    study_id: int
    site: str
    said: str
    due: date


@dataclass(frozen=True)
class DutiesDue:
    """What is due to the token's owner, the earliest first."""

    items: tuple[DutyDue, ...]


@dataclass(frozen=True)
class HistoryPage:
    """Entries of a study's audit trail, newest first; `next` is where the following page begins."""

    items: tuple[HistoryEntry, ...]
    next: int | None


@question("/studies/{study_id:int}/tasks", Permission.VIEW_SUBJECTS, "What waits to be done")
def list_tasks(
    study_id: StudyId,
    caller: Caller,
    store: Records,
    now: Now,
) -> TasksWaiting:
    """The worklist of the token's owner in this study."""
    with store.reading() as connection:
        refuse_unreached(connection, caller, study_id)
        view = worklist(connection, caller, now, study_id=study_id)
    tasks = tuple(_waiting(task) for group in view.groups for task in group.tasks)
    return TasksWaiting(tasks, view.shown)


@dataclass(frozen=True)
class FinishedTask:
    """One thing that was finished today; `at` is null for a screening, which has a day and no hour."""

    at: datetime | None
    title: str
    about: str
    site: str


@dataclass(frozen=True)
class TasksFinished:
    """A day's finished work, newest first; `day` is the day at the sites."""

    day: date
    items: tuple[FinishedTask, ...]


@question("/studies/{study_id:int}/finished-tasks", Permission.VIEW_SUBJECTS, "What was finished today")
def list_finished_tasks(study_id: StudyId, caller: Caller, store: Records, now: Now) -> TasksFinished:
    """Finished work at the sites of the token's owner in this study."""
    with store.reading() as connection:
        refuse_unreached(connection, caller, study_id)
        done = done_today(connection, caller, now)
    tasks = [task for task in done.tasks if task.study_id == study_id]
    return TasksFinished(done.today, tuple(FinishedTask(t.at, t.title, t.about, t.site) for t in tasks))


def _waiting(task: Task) -> WaitingTask:
    return WaitingTask(
        kind=task.kind,
        group=task.group,
        title=task.title,
        about=task.about,
        details=task.details,
        study_id=task.study_id,
        due=task.due,
        waits_for=task.owner,
    )


@question("/studies/{study_id:int}/audit-trail", Permission.VIEW_AUDIT, "The blinded audit trail of a study")
def list_audit_entries(
    study_id: StudyId,
    caller: Caller,
    store: Records,
    limit: Limit = 50,
    after: AfterId = 0,
    person: Typed = "",
    record: Typed = "",
    act: Typed = "",
    site: Typed = "",
    from_day: Day = None,
    to_day: Day = None,
) -> HistoryPage:
    """Entries that the token's owner may see, newest first; `after` goes on behind an earlier page.

    Narrowed by part of a person's name, the beginning of a record's number, part of an act, a site's number, and
    days in UTC.
    """
    wanted = HistoryFilters(
        study_id, person=person, record=record, act=act, site=site, from_day=from_day, to_day=to_day
    )
    found: list[HistoryEntry] = []
    mark: int | None = after or None
    with store.reading() as connection:
        refuse_unreached(connection, caller, study_id)
        while len(found) < limit:
            page = history(connection, caller, replace(wanted, before=mark))
            found += page.entries
            mark = page.next_before
            if mark is None:
                break
    shown = found[:limit]
    more = len(found) > limit or mark is not None
    return HistoryPage(tuple(shown), shown[-1].sequence if shown and more else None)


@question("/duties", None, "What is due to the token's owner at regular times")
def list_duties(caller: Caller, store: Records, now: Now) -> DutiesDue:
    """Reviews, approvals that end, a site's own copy and practice, two weeks ahead."""
    with store.reading() as connection:
        found = own_duties(connection, caller, now)
    return DutiesDue(
        tuple(DutyDue(one.kind, one.title, one.study_id, one.site, one.said, one.due) for one in found)
    )


OPERATIONS = (list_duties, list_tasks, list_finished_tasks, list_audit_entries)
