"""The worklist: what waits at the sites of one person, what is in stock there, who is expected, what was told."""

import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, bindparam, or_, select

from irt.blinding.actor import Actor
from irt.blinding.audience import Audience, audience_of
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_draw_tasks import draw_tasks
from irt.reads.blinded_duties import duty_tasks
from irt.reads.blinded_home_tasks import home_tasks
from irt.reads.blinded_outage_tasks import outage_tasks
from irt.reads.blinded_planned import planned_at
from irt.reads.blinded_site_facts import SiteAndStock, facts_of_sites, storage_words
from irt.reads.blinded_sites import WorkSite, sites_reached
from irt.reads.blinded_subject_tasks import call_backs, confirmations, subject_tasks
from irt.reads.blinded_supply_tasks import shipment_tasks, stock_tasks
from irt.reads.blinded_tasks import AHEAD_DAYS, GROUPS, SiteFacts, Task, in_order
from irt.tables.columns import table_of
from irt.tables.record import Message
from irt.tables.study import Study

ROWS_MAX = 150
MESSAGES_MAX = 5


@dataclass(frozen=True, slots=True)
class Tile:
    """A kind of task, how many there are, and how many of them are overdue."""

    kind: str
    words: str
    count: int
    overdue: int


@dataclass(frozen=True, slots=True)
class StockRow:
    """One study's kits of one blinding group over the sites shown."""

    study: str
    group: str
    storage: str
    usable: int
    on_way: int
    next_expiry: date | None


@dataclass(frozen=True, slots=True)
class ExpectedDay:
    """Visits planned on a day, by study in the order of `studies`."""

    day: date
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A message on the page."""

    at: datetime
    sentence: str
    study: str


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """Rows under one head."""

    name: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class WorklistView(BlindedView):
    """The landing page of a site."""

    today: date
    groups: tuple[TaskGroup, ...]
    tiles: tuple[Tile, ...]
    kind: str
    study_id: int | None
    choices: tuple[tuple[str, str], ...]
    shown: int
    all_tasks: int
    overdue: int
    due_today: int
    stock: tuple[StockRow, ...]
    quarantined: tuple[tuple[str, int], ...]
    studies: tuple[str, ...]
    days: tuple[ExpectedDay, ...]
    messages: tuple[Told, ...]
    known: str
    screening: tuple[tuple[int, str, str], ...] = ()
    site_id: int | None = None
    sites: tuple[tuple[str, str], ...] = ()


_GROUP_WORDS = {
    "overdue": "Overdue",
    "today": "Today",
    "week": "This week",
    "waiting": "Waiting for others",
}
_TILES = (
    ("dispense", "Dispense"),
    ("home", "To homes"),
    ("order", "Orders to sign"),
    ("randomize", "Randomize"),
    ("visit", "Record visits"),
    ("receive", "Receive"),
    ("returns", "Take back"),
    ("stock", "Stock"),
    ("duty", "At regular times"),
    ("waiting", "Waiting for others"),
)
_ALWAYS = ("dispense", "receive", "returns", "waiting")
_TILE_OF = {"confirm": "dispense"}


def worklist(
    connection: Connection,
    actor: Actor,
    now: datetime,
    *,
    study_id: int | None = None,
    kind: str = "",
    site_id: int | None = None,
) -> WorklistView:
    """Every task the person may see, due first; `kind` and `study_id` filter rows, never the tiles' counts.

    With `site_id` there is only that site's work, in the counts too.
    """
    reached = _work_sites(connection, actor)
    sites = tuple(site for site in reached if site_id in (None, site.site_id))
    found = facts_of_sites(connection, actor, sites, now)
    due = duty_tasks(connection, actor, sites, now)
    tasks = in_order([*(task for each in found for task in _tasks(each.facts)), *due])
    shown = [task for task in tasks if study_id in (None, task.study_id) and kind in ("", tile_of(task))]
    days = [facts.today for facts in _facts(found)]
    return WorklistView(
        today=max(days, default=now.date()),
        groups=_groups(shown[:ROWS_MAX]),
        tiles=_tiles(tasks),
        kind=kind,
        study_id=study_id,
        choices=tuple(sorted({(str(site.study_id), site.study) for site in sites}, key=lambda one: one[1])),
        shown=len(shown),
        all_tasks=len(tasks),
        overdue=sum(task.group == "overdue" for task in tasks),
        due_today=sum(task.group == "today" for task in tasks),
        stock=_stock(found),
        quarantined=_quarantined(found),
        studies=_studies(sites),
        days=_expected(found),
        messages=_messages(connection, actor, sites),
        known=known_tasks(tasks),
        screening=_screening(found),
        site_id=site_id,
        sites=tuple((str(site.site_id), f"{site.site} · {site.study}") for site in reached),
    )


def news(connection: Connection, actor: Actor, now: datetime, known: str) -> int:
    """How many tasks there are that a page did not show yet."""
    found = facts_of_sites(connection, actor, _work_sites(connection, actor), now)
    before = set(known.split("."))
    return sum(_mark(task) not in before for each in found for task in _tasks(each.facts))


def tile_of(task: Task) -> str:
    """The tile a task is counted under."""
    return _TILE_OF.get(task.kind, task.kind)


def known_tasks(tasks: Iterable[Task]) -> str:
    """Short marks of the tasks shown, so that a later question can tell what is new."""
    return ".".join(_mark(task) for task in tasks)


def _mark(task: Task) -> str:
    return f"{zlib.crc32(task.key.encode()):08x}"


def _work_sites(connection: Connection, actor: Actor) -> tuple[WorkSite, ...]:
    return sites_reached(connection, actor, Permission.DISPENSE)


def _tasks(facts: SiteFacts) -> list[Task]:
    about_subjects = (*call_backs(facts), *confirmations(facts), *subject_tasks(facts), *draw_tasks(facts))
    about_kits = (*home_tasks(facts), *shipment_tasks(facts), *stock_tasks(facts), *outage_tasks(facts))
    return [*about_subjects, *about_kits]


def _facts(found: Sequence[SiteAndStock]) -> list[SiteFacts]:
    return [each.facts for each in found]


def _groups(tasks: Sequence[Task]) -> tuple[TaskGroup, ...]:
    rows = {name: tuple(task for task in tasks if task.group == name) for name in GROUPS}
    return tuple(TaskGroup(_GROUP_WORDS[name], some) for name, some in rows.items() if some)


def _tiles(tasks: Sequence[Task]) -> tuple[Tile, ...]:
    counts = Counter(tile_of(task) for task in tasks)
    overdue = Counter(tile_of(task) for task in tasks if task.group == "overdue")
    kinds = [(kind, words) for kind, words in _TILES if counts[kind] or kind in _ALWAYS]
    everything = Tile("", "All tasks", len(tasks), overdue.total())
    return (everything, *(Tile(kind, words, counts[kind], overdue[kind]) for kind, words in kinds))


def _stock(found: Sequence[SiteAndStock]) -> tuple[StockRow, ...]:
    """By study and blinding group, in the order of the study file: a group without kits is shown with none."""
    rows: dict[tuple[str, str], StockRow] = {}
    for each in found:
        for group in each.facts.study.blinding_groups:
            here = each.stock.groups.get(group.code)
            key = (each.facts.site.study, group.code)
            before = rows.get(key, StockRow(key[0], group.name, storage_words(group.storage), 0, 0, None))
            expiries = [day for day in (before.next_expiry, here.next_expiry if here else None) if day]
            rows[key] = StockRow(
                before.study,
                before.group,
                before.storage,
                before.usable + (here.usable if here else 0),
                before.on_way + (here.on_way if here else 0),
                min(expiries, default=None),
            )
    return tuple(rows.values())


def _quarantined(found: Sequence[SiteAndStock]) -> tuple[tuple[str, int], ...]:
    sums: Counter[str] = Counter()
    for each in found:
        sums[each.facts.site.study] += each.stock.quarantined
    return tuple((study, kits) for study, kits in sorted(sums.items()) if kits)


def _studies(sites: Sequence[WorkSite]) -> tuple[str, ...]:
    return tuple(sorted({site.study for site in sites}))


def _expected(found: Sequence[SiteAndStock]) -> tuple[ExpectedDay, ...]:
    """Planned visits on each of the coming days, phone calls too; days without any are left out."""
    studies = sorted({each.facts.site.study for each in found})
    counts: dict[date, Counter[str]] = {}
    for facts in _facts(found):
        last = facts.today + timedelta(days=AHEAD_DAYS - 1)
        for planned in planned_at(facts, facts.today, last):
            counts.setdefault(planned.day, Counter())[facts.site.study] += 1
    return tuple(ExpectedDay(day, tuple(counts[day][study] for study in studies)) for day in sorted(counts))


_MESSAGES, _STUDIES = table_of(Message), table_of(Study)
_LATEST = (
    select(_MESSAGES.c.at, _MESSAGES.c.sentence, _STUDIES.c.name)
    .join(_STUDIES, _STUDIES.c.id == _MESSAGES.c.study_id)
    .where(
        _MESSAGES.c.audience.in_(bindparam("audiences", expanding=True)),
        _MESSAGES.c.study_id.in_(bindparam("studies", expanding=True)),
        or_(_MESSAGES.c.site_id.is_(None), _MESSAGES.c.site_id.in_(bindparam("sites", expanding=True))),
    )
    .order_by(_MESSAGES.c.id.desc())
    .limit(MESSAGES_MAX)
)


def _messages(connection: Connection, actor: Actor, sites: Sequence[WorkSite]) -> tuple[Told, ...]:
    if not sites:
        return ()
    studies = sorted({s.study_id for s in sites})
    told = {Audience.BLINDED} | {audience_of(g.role) for g in actor.grants if g.study_id in (None, *studies)}
    # Of the other audiences only the unblinded pharmacist works at a site and reads of it here.
    audiences = sorted(told & {Audience.BLINDED, Audience.UNBLINDED_PHARMACIST})
    asked = {"studies": studies, "sites": [s.site_id for s in sites], "audiences": audiences}
    rows = connection.execute(_LATEST, asked).mappings()
    return tuple(Told(row["at"], row["sentence"], row["name"]) for row in rows)


def _screening(found: Sequence[SiteAndStock]) -> tuple[tuple[int, str, str], ...]:
    """Where the person may screen: study, its name, and the site's number."""
    return tuple(
        (facts.site.study_id, facts.site.study, facts.site.site)
        for facts in _facts(found)
        if facts.may(Permission.SCREEN)
    )
