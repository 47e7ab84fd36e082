"""Holds as quality sees them: what they are over, how far they are, what became of each kit, never its content."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, and_, bindparam, case, func, select

from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.states.hold import HoldAct, HoldKind
from irt.states.kit import (
    Accountability,
    Assignment,
    Custody,
    KitState,
    Quality,
    display_status,
)
from irt.states.records import JobStatus
from irt.states.table import words
from irt.tables.columns import table_of
from irt.tables.hold import HoldFinding, KitHold
from irt.tables.kit import BlindedLot, Kit
from irt.tables.people import Account
from irt.tables.record import Job
from irt.tables.shipment import Shipment
from irt.tables.study import Depot, Site
from irt.tables.subject import Subject

KITS_A_PAGE = 100


@dataclass(frozen=True)
class HoldLine(BlindedView):
    """One hold. `seconds` is how long it took to find its kits, None until they are all found."""

    number: str
    kind: HoldKind
    over: str
    kits: int
    found: int
    moved: int
    opened_at: datetime
    opened_by: str
    lifted_at: datetime | None
    job: JobStatus
    seconds: int | None

    @property
    def in_force(self) -> bool:
        """Whether it still blocks its kits; a drill never does."""
        return self.lifted_at is None and self.kind != HoldKind.DRILL

    @property
    def state(self) -> str:
        """One word or two for it."""
        if self.lifted_at is not None:
            return "lifted"
        if self.job in (JobStatus.QUEUED, JobStatus.RUNNING):
            return "finding the kits"
        return "in force" if self.in_force else "measured"


@dataclass(frozen=True)
class HoldPlace(BlindedView):
    """A place where a hold found kits: how many then, and how many of them are still there."""

    place: str
    found: int
    still_there: int


@dataclass(frozen=True)
class FoundKit(BlindedView):
    """One kit of a hold: where it was found, where it is now, and what it is now."""

    number: str
    lot: str
    expiry: date
    found_at: str
    now_at: str
    status: str


@dataclass(frozen=True)
class HoldPage(BlindedView):
    """One hold with its places and some of its kits, by number."""

    study_id: int
    hold: HoldLine
    places: tuple[HoldPlace, ...]
    kits: tuple[FoundKit, ...]
    next: str


_HOLDS, _FINDINGS, _KITS, _LOTS = table_of(KitHold), table_of(HoldFinding), table_of(Kit), table_of(BlindedLot)
_SITES, _DEPOTS, _SHIPMENTS = table_of(Site), table_of(Depot), table_of(Shipment)
_SUBJECTS, _JOBS, _ACCOUNTS = table_of(Subject), table_of(Job), table_of(Account)
_LIFTS = _HOLDS.alias("lifts")
_FOUND = (
    select(
        _FINDINGS.c.hold_id,
        func.count().label("found"),
        func.max(_FINDINGS.c.at).label("last"),
        func.sum(case((_KITS.c.quality.in_((Quality.RECALLED, Quality.QUARANTINED)), 1), else_=0)).label("moved"),
    )
    .join(_KITS, _KITS.c.id == _FINDINGS.c.kit_id)
    .where(_FINDINGS.c.study_id == bindparam("study_id"))
    .group_by(_FINDINGS.c.hold_id)
    .subquery()
)
_LINES = (
    select(
        _HOLDS,
        _LOTS.c.number.label("lot"),
        _SHIPMENTS.c.number.label("shipment"),
        _SITES.c.number.label("site"),
        _ACCOUNTS.c.printed_name.label("opened_by"),
        _LIFTS.c.at.label("lifted_at"),
        _JOBS.c.status.label("job_status"),
        func.coalesce(_FOUND.c.found, 0).label("found"),
        func.coalesce(_FOUND.c.moved, 0).label("moved"),
        _FOUND.c.last,
    )
    .join(_JOBS, _JOBS.c.id == _HOLDS.c.job_id)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _HOLDS.c.account_id)
    .outerjoin(_LOTS, _LOTS.c.id == _HOLDS.c.blinded_lot_id)
    .outerjoin(_SHIPMENTS, _SHIPMENTS.c.id == _HOLDS.c.shipment_id)
    .outerjoin(_SITES, _SITES.c.id == _HOLDS.c.site_id)
    .outerjoin(_FOUND, _FOUND.c.hold_id == _HOLDS.c.id)
    .outerjoin(
        _LIFTS,
        and_(
            _LIFTS.c.study_id == _HOLDS.c.study_id,
            _LIFTS.c.number == _HOLDS.c.number,
            _LIFTS.c.act == HoldAct.LIFT,
        ),
    )
    .where(_HOLDS.c.study_id == bindparam("study_id"), _HOLDS.c.act == HoldAct.OPEN)
    .order_by(_HOLDS.c.id.desc())
)
_ONE = _LINES.where(_HOLDS.c.number == bindparam("number"))
_STILL = and_(_KITS.c.custody == _FINDINGS.c.custody, _KITS.c.place_id.is_not_distinct_from(_FINDINGS.c.place_id))
_BY_PLACE = (
    select(
        _FINDINGS.c.custody,
        _FINDINGS.c.place_id,
        func.count().label("found"),
        func.sum(case((_STILL, 1), else_=0)).label("still_there"),
    )
    .join(_KITS, _KITS.c.id == _FINDINGS.c.kit_id)
    .where(_FINDINGS.c.hold_id == bindparam("hold_id"))
    .group_by(_FINDINGS.c.custody, _FINDINGS.c.place_id)
)
_EACH = (
    select(
        _KITS,
        _LOTS.c.number.label("lot"),
        _FINDINGS.c.custody.label("found_custody"),
        _FINDINGS.c.place_id.label("found_place"),
    )
    .join(_FINDINGS, _FINDINGS.c.kit_id == _KITS.c.id)
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .where(_FINDINGS.c.hold_id == bindparam("hold_id"), _KITS.c.number > bindparam("after"))
    .order_by(_KITS.c.number)
)
_HOLD_ID = select(_HOLDS.c.id).where(
    _HOLDS.c.study_id == bindparam("study_id"),
    _HOLDS.c.number == bindparam("number"),
    _HOLDS.c.act == HoldAct.OPEN,
)
_PLACES = {
    Custody.DEPOT: select(_DEPOTS.c.id, _DEPOTS.c.code).where(_DEPOTS.c.study_id == bindparam("study_id")),
    Custody.SITE: select(_SITES.c.id, _SITES.c.number).where(_SITES.c.study_id == bindparam("study_id")),
    Custody.SHIPMENT: select(_SHIPMENTS.c.id, _SHIPMENTS.c.number).where(
        _SHIPMENTS.c.study_id == bindparam("study_id")
    ),
    # A patient's kits are the task of the site: its number is enough for quality.
    Custody.SUBJECT: select(_SUBJECTS.c.id, _SITES.c.number)
    .join(_SITES, _SITES.c.id == _SUBJECTS.c.site_id)
    .where(_SUBJECTS.c.study_id == bindparam("study_id")),
}
_SAID = {
    Custody.DEPOT: "Depot {}",
    Custody.SITE: "Site {}",
    Custody.SHIPMENT: "Shipment {}",
    Custody.SUBJECT: "With subjects of site {}",
    Custody.VENDOR: "With a vendor",
    Custody.STUDY: "In the books of another study",
    Custody.UNKNOWN: "Missing",
}


def holds_of(connection: Connection, study_id: int) -> tuple[HoldLine, ...]:
    """Every hold of a study, the newest first."""
    return tuple(_line(row) for row in connection.execute(_LINES, {"study_id": study_id}).mappings())


def hold_page(connection: Connection, study_id: int, number: str, after: str = "") -> HoldPage:
    """One hold, where its kits were found, and a hundred of them at a time; NotFound where there is none."""
    of = {"study_id": study_id, "number": number}
    row = connection.execute(_ONE, of).mappings().first()
    if row is None:
        raise NotFound(f"There is no hold {number} in this study. Check the number.")
    names = _Names(connection, study_id)
    asked = {"hold_id": row["id"]}
    found: dict[str, list[int]] = {}
    for place in connection.execute(_BY_PLACE, asked):
        counts = found.setdefault(names.of(Custody(place.custody), place.place_id), [0, 0])
        counts[0] += place.found
        counts[1] += place.still_there
    rows = connection.execute(_EACH.limit(KITS_A_PAGE + 1), {**asked, "after": after}).mappings().all()
    kits = tuple(_kit(kit, names) for kit in rows[:KITS_A_PAGE])
    return HoldPage(
        study_id=study_id,
        hold=_line(row),
        places=tuple(HoldPlace(place, *counts) for place, counts in sorted(found.items())),
        kits=kits,
        next=kits[-1].number if len(rows) > KITS_A_PAGE else "",
    )


def closing_report(connection: Connection, study_id: int, number: str) -> Iterator[FoundKit]:
    """Every kit of a hold: where it was found, and what became of it; NotFound where there is no such hold."""
    hold_id = connection.execute(_HOLD_ID, {"study_id": study_id, "number": number}).scalar()
    if hold_id is None:
        raise NotFound(f"There is no hold {number} in this study. Check the number.")
    names = _Names(connection, study_id)
    for row in connection.execute(_EACH, {"hold_id": hold_id, "after": ""}).mappings():
        yield _kit(row, names)


class _Names:
    """What people call places, read once a kind."""

    def __init__(self, connection: Connection, study_id: int) -> None:
        self._connection, self._study_id = connection, study_id
        self._known: dict[Custody, dict[int, str]] = {}

    def of(self, custody: Custody, place_id: int | None) -> str:
        if custody not in _PLACES:
            return _SAID[custody]
        if custody not in self._known:
            rows = self._connection.execute(_PLACES[custody], {"study_id": self._study_id})
            self._known[custody] = {row[0]: row[1] for row in rows}
        return _SAID[custody].format(self._known[custody].get(place_id or 0, "–"))


def _line(row: RowMapping) -> HoldLine:
    done = JobStatus(row["job_status"]) == JobStatus.DONE and row["last"] is not None
    return HoldLine(
        number=row["number"],
        kind=HoldKind(row["kind"]),
        over=_over(row),
        kits=row["kits"],
        found=row["found"],
        moved=0 if row["kind"] == HoldKind.DRILL else int(row["moved"]),
        opened_at=row["at"],
        opened_by=row["opened_by"],
        lifted_at=row["lifted_at"],
        job=JobStatus(row["job_status"]),
        seconds=round((row["last"] - row["at"]).total_seconds()) if done else None,
    )


def _over(row: RowMapping) -> str:
    if row["lot"]:
        return f"Lot {row['lot']}"
    if row["first_kit"]:
        return f"Kits {row['first_kit']} to {row['last_kit']}"
    return f"Shipment {row['shipment']}" if row["shipment"] else f"Site {row['site']}"


def _kit(row: RowMapping, names: _Names) -> FoundKit:
    custody = Custody(row["custody"])
    state = KitState(
        custody, Quality(row["quality"]), Assignment(row["assignment"]), Accountability(row["accountability"])
    )
    return FoundKit(
        number=row["number"],
        lot=row["lot"],
        expiry=row["expiry"],
        found_at=names.of(Custody(row["found_custody"]), row["found_place"]),
        now_at=names.of(custody, row["place_id"]),
        # The date says nothing here: what was done with the kit does.
        status=_words(state, row["expiry"]),
    )


def _words(state: KitState, expiry: date) -> str:
    status = words(display_status(state, expiry, expiry))
    barred = state.quality in (Quality.RECALLED, Quality.QUARANTINED)
    return status if not barred or status == words(state.quality) else f"{words(state.quality)}, {status.lower()}"
