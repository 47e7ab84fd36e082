"""What packs for an outage leave to do at a site: those past their last day, and paper that nobody compared yet."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, case, func, select

from irt.reads.blinded_sites import WorkSite
from irt.reads.blinded_tasks import OutageOwed, SiteFacts, Task
from irt.states.outage import PackEvent
from irt.tables.columns import table_of
from irt.tables.outage import OutageCheck, OutageEntry, OutagePack, OutagePackStep

_PACKS, _STEPS = table_of(OutagePack), table_of(OutagePackStep)
_ENTRIES, _CHECKS = table_of(OutageEntry), table_of(OutageCheck)
_HERE: BindParameter[Any] = bindparam("sites", expanding=True)
_CLOSED = (
    select(_STEPS.c.id)
    .where(_STEPS.c.pack_id == _PACKS.c.id, _STEPS.c.event == PackEvent.CLOSE)
    .correlate(_PACKS)
    .exists()
)
_UNCHECKED = _ENTRIES.c.id.is_not(None) & _CHECKS.c.id.is_(None)
_MINE = _ENTRIES.c.account_id == bindparam("account_id")
_OPEN = (
    select(
        _PACKS.c.site_id,
        _PACKS.c.number,
        _PACKS.c.valid_until,
        func.sum(case((_UNCHECKED & ~_MINE, 1), else_=0)).label("to_compare"),
        func.sum(case((_UNCHECKED & _MINE, 1), else_=0)).label("own"),
    )
    .outerjoin(_ENTRIES, _ENTRIES.c.pack_id == _PACKS.c.id)
    .outerjoin(_CHECKS, _CHECKS.c.entry_id == _ENTRIES.c.id)
    .where(_PACKS.c.site_id.in_(_HERE), ~_CLOSED)
    .group_by(_PACKS.c.id, _PACKS.c.site_id, _PACKS.c.number, _PACKS.c.valid_until)
    .order_by(_PACKS.c.id)
)


def outage_owed(
    connection: Connection, sites: Sequence[WorkSite], account_id: int
) -> Mapping[int, tuple[OutageOwed, ...]]:
    """Packs that are not closed, by site; what this person typed is not theirs to compare."""
    owed: dict[int, list[OutageOwed]] = defaultdict(list)
    asked = {"sites": [site.site_id for site in sites], "account_id": account_id}
    for row in connection.execute(_OPEN, asked):
        owed[row.site_id].append(OutageOwed(row.number, row.valid_until, int(row.to_compare), int(row.own)))
    return {site_id: tuple(packs) for site_id, packs in owed.items()}


def outage_tasks(facts: SiteFacts) -> Iterator[Task]:
    """A pack past its last day is closed or replaced; paper is compared by somebody who did not type it."""
    for pack in facts.packs:
        if pack.to_compare:
            yield _to_compare(facts, pack)
        if pack.own:
            yield _typed_here(facts, pack)
        if pack.valid_until < facts.today:
            yield _past(facts, pack)


def _to_compare(facts: SiteFacts, pack: OutageOwed) -> Task:
    return Task(
        kind="stock",
        group="today",
        icon="compare",
        title="Compare paper entries",
        **_common(facts, pack),
        details=f"{_entries(pack.to_compare)} with the paper of the outage",
        due=None,
        urgency="soon",
        button="Compare",
        primary=True,
    )


def _typed_here(facts: SiteFacts, pack: OutageOwed) -> Task:
    return Task(
        kind="waiting",
        group="waiting",
        icon="waiting",
        title="Paper entries",
        **_common(facts, pack),
        details=f"{_entries(pack.own)} that you typed",
        due=None,
        owner="A colleague",
        button="View",
    )


def _past(facts: SiteFacts, pack: OutageOwed) -> Task:
    return Task(
        kind="stock",
        group="overdue",
        icon="document",
        title="Close outage pack",
        **_common(facts, pack),
        details="its last day is over; use nothing of it",
        due=pack.valid_until,
        urgency="late",
        button="Close",
        primary=True,
    )


def _common(facts: SiteFacts, pack: OutageOwed) -> dict[str, Any]:
    site = facts.site
    return {
        "about": f"Site {site.site} · {pack.number}",
        "study_id": site.study_id,
        "study": site.study,
        "href": f"/outage/{site.study_id}/{pack.number}",
    }


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"
