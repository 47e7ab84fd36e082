"""Sites, lanes and proposed changes as blinded people may read them: nothing here names a kit type."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BindParameter, Connection, RowMapping, bindparam, select

from irt.audit.operational_change import change_hash
from irt.blinding.views import BlindedView
from irt.reads.operational_data import contact_in_force
from irt.states.records import SiteStatus
from irt.study.comparison import told
from irt.study.operations import ChangeKind, Contact
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.record import Approval
from irt.tables.study import Depot, Lane, OperationalChange, Site, SiteContact

NAMING_KIT_TYPES = (ChangeKind.LEVELS, ChangeKind.LEVEL_SET, ChangeKind.VENDOR_SKU)
"""Changes whose figures are told on pages of their own, to people who may know kit types."""


@dataclass(frozen=True)
class LaneLine(BlindedView):
    """A lane as it holds from a day on; `coming`: that day has not come."""

    origin: str
    target: str
    lead_time_days: int
    leaves: str
    holidays: str
    hold_hours: int | None
    shipper: str
    effective_from: date
    coming: bool


@dataclass(frozen=True)
class NetworkSite(BlindedView):
    """A site with its place in the network."""

    number: str
    name: str
    country: str
    zone: str
    depot: str
    status: SiteStatus
    version: int
    has_contact: bool


@dataclass(frozen=True)
class NetworkDepot(BlindedView):
    """A depot with the one that supplies it; empty for a central one."""

    code: str
    country: str
    supplied_by: str


@dataclass(frozen=True)
class ContactLine(BlindedView):
    """A site's contact as it holds from a day on."""

    contact: Contact
    effective_from: date
    coming: bool


@dataclass(frozen=True)
class ChangeFact(BlindedView):
    """One fact of a change, before and after; a dash where there was none."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class ChangeLine(BlindedView):
    """A proposed change with its decision, if it has one. `seen`: the hash that a decision is bound to."""

    change_id: int
    kind: ChangeKind
    record: str
    facts: tuple[ChangeFact, ...]
    effective_from: date
    reason: str
    asked_by_id: int
    asked_by: str
    asked_at: datetime
    granted: bool | None
    decided_by: str | None
    decided_at: datetime | None
    refused_because: str | None
    seen: str

    @property
    def waiting(self) -> bool:
        """Whether nobody has decided yet."""
        return self.granted is None

    @property
    def names_kit_types(self) -> bool:
        """Whether it is decided on a page of its own, by people who may know kit types."""
        return self.kind in NAMING_KIT_TYPES


_SITES, _DEPOTS, _LANES, _CONTACTS = table_of(Site), table_of(Depot), table_of(Lane), table_of(SiteContact)
_CHANGES, _APPROVALS = table_of(OperationalChange), table_of(Approval)
_ASKED, _DECIDED = table_of(Account).alias("asked"), table_of(Account).alias("decided")
_STUDY: BindParameter[int] = bindparam("study_id")
_ALL_LANES = (
    select(_DEPOTS.c.code, _LANES.c.target, _LANES.c.lead_time_days, _LANES.c.calendar, _LANES.c.effective_from)
    .join(_DEPOTS, _DEPOTS.c.id == _LANES.c.origin_id)
    .where(_LANES.c.study_id == _STUDY)
    .order_by(_LANES.c.effective_from, _LANES.c.id)
)


def lanes_of(connection: Connection, study_id: int, today: date) -> tuple[LaneLine, ...]:
    """The lanes in force, and those to come, by origin and target."""
    in_force: dict[tuple[str, str], LaneLine] = {}
    coming = []
    for row in connection.execute(_ALL_LANES, {"study_id": study_id}).mappings():
        if row["effective_from"] > today:
            coming.append(_lane(row, coming=True))
        else:
            in_force[(row["code"], row["target"])] = _lane(row, coming=False)
    lines = [*in_force.values(), *coming]
    return tuple(sorted(lines, key=lambda line: (line.origin, line.target, line.effective_from)))


def _lane(row: RowMapping, *, coming: bool) -> LaneLine:
    calendar = row["calendar"]
    return LaneLine(
        origin=row["code"],
        target=row["target"],
        lead_time_days=row["lead_time_days"],
        leaves=f"{told([day.capitalize() for day in calendar['dispatch_days']])}, by {calendar['cut_off'][:5]}",
        holidays=told(calendar["holidays"]),
        hold_hours=calendar["hold_hours"],
        shipper=calendar.get("shipper") or "",
        effective_from=row["effective_from"],
        coming=coming,
    )


_NETWORK = (
    select(
        _SITES.c.number,
        _SITES.c.name,
        _SITES.c.country,
        _SITES.c.zone,
        _SITES.c.status,
        _SITES.c.version_number,
        _DEPOTS.c.code.label("depot"),
        select(_CONTACTS.c.id).where(_CONTACTS.c.site_id == _SITES.c.id).exists().label("has_contact"),
    )
    .join(_DEPOTS, _DEPOTS.c.id == _SITES.c.depot_id)
    .where(_SITES.c.study_id == _STUDY)
    .order_by(_SITES.c.number)
)


def network_sites(connection: Connection, study_id: int) -> tuple[NetworkSite, ...]:
    """Every site of the study, by number."""
    return tuple(
        NetworkSite(
            number=row["number"],
            name=row["name"],
            country=row["country"],
            zone=row["zone"],
            depot=row["depot"],
            status=SiteStatus(row["status"]),
            version=row["version_number"],
            has_contact=row["has_contact"],
        )
        for row in connection.execute(_NETWORK, {"study_id": study_id}).mappings()
    )


_DEPOT_NAMES = select(_DEPOTS.c.code, _DEPOTS.c.name).where(_DEPOTS.c.study_id == _STUDY).order_by(_DEPOTS.c.code)


def depots_of(
    connection: Connection, study_id: int, depot_ids: Sequence[int] | None = None
) -> tuple[tuple[str, str], ...]:
    """Codes and names of these depots (None: of all)."""
    statement = _DEPOT_NAMES if depot_ids is None else _DEPOT_NAMES.where(_DEPOTS.c.id.in_(list(depot_ids)))
    return tuple((row.code, row.name) for row in connection.execute(statement, {"study_id": study_id}))


_SUPPLIERS = _DEPOTS.alias("supplier")
_DEPOTS_OF = (
    select(_DEPOTS.c.code, _DEPOTS.c.country, _SUPPLIERS.c.code.label("supplied_by"))
    .outerjoin(_SUPPLIERS, _SUPPLIERS.c.id == _DEPOTS.c.supplied_by_id)
    .where(_DEPOTS.c.study_id == _STUDY)
    .order_by(_DEPOTS.c.code)
)


def network_depots(connection: Connection, study_id: int) -> tuple[NetworkDepot, ...]:
    """Every depot of the study, by code."""
    rows = connection.execute(_DEPOTS_OF, {"study_id": study_id})
    return tuple(NetworkDepot(row.code, row.country, row.supplied_by or "") for row in rows)


_CONTACTS_OF = (
    select(_CONTACTS.c.details, _CONTACTS.c.effective_from)
    .join(_SITES, _SITES.c.id == _CONTACTS.c.site_id)
    .where(_SITES.c.study_id == _STUDY, _SITES.c.number == bindparam("number"))
    .order_by(_CONTACTS.c.effective_from.desc(), _CONTACTS.c.id.desc())
)


def contacts_of(connection: Connection, study_id: int, number: str, today: date) -> tuple[ContactLine, ...]:
    """How a site was, is and will be reached, the latest first."""
    rows = connection.execute(_CONTACTS_OF, {"study_id": study_id, "number": number})
    return tuple(
        ContactLine(Contact.model_validate(row.details), row.effective_from, row.effective_from > today)
        for row in rows
    )


def delivery_lines(connection: Connection, site_id: int | None, day: date) -> tuple[str, ...]:
    """Where a parcel of that day goes, a line each, the telephone last; nothing where nobody said so."""
    contact = None if site_id is None else contact_in_force(connection, site_id, day)
    if contact is None:
        return ()
    rest = (contact.phone, contact.email, contact.hours)
    return (contact.receiver, *contact.address.splitlines(), *(line for line in rest if line))


_ALL_CHANGES = (
    select(
        _CHANGES,
        _APPROVALS.c.asked_by_id,
        _ASKED.c.printed_name.label("asked_by"),
        _APPROVALS.c.asked_at,
        _APPROVALS.c.granted,
        _DECIDED.c.printed_name.label("decided_by"),
        _APPROVALS.c.decided_at,
        _APPROVALS.c.reason.label("refused_because"),
    )
    .join(_APPROVALS, _APPROVALS.c.id == _CHANGES.c.approval_id)
    .join(_ASKED, _ASKED.c.id == _APPROVALS.c.asked_by_id)
    .outerjoin(_DECIDED, _DECIDED.c.id == _APPROVALS.c.decided_by_id)
    .where(_CHANGES.c.study_id == _STUDY)
    .order_by(_CHANGES.c.id.desc())
)


def changes_of(
    connection: Connection, study_id: int, *, waiting: bool, before: int | None = None, limit: int = 50
) -> tuple[ChangeLine, ...]:
    """Changes that wait, or that were decided, the newest first; `before` names the last one seen."""
    undecided = _APPROVALS.c.decided_at.is_(None)
    statement = _ALL_CHANGES.where(undecided if waiting else ~undecided).limit(limit)
    if before is not None:
        statement = statement.where(_CHANGES.c.id < before)
    return tuple(_change(row) for row in connection.execute(statement, {"study_id": study_id}).mappings())


def change_line(connection: Connection, study_id: int, change_id: int) -> ChangeLine | None:
    """One change."""
    statement = _ALL_CHANGES.where(_CHANGES.c.id == change_id)
    row = connection.execute(statement, {"study_id": study_id}).mappings().first()
    return None if row is None else _change(row)


def _seen(row: RowMapping) -> str:
    return change_hash(row["kind"], row["record"], row["facts"], row["effective_from"])


def _change(row: RowMapping) -> ChangeLine:
    old, new = row["before"] or {}, row["facts"]
    facts = (
        ChangeFact(name.replace("_", " ").capitalize(), told(old.get(name)) if old else "–", told(value))
        for name, value in new.items()
        if old.get(name) != value
    )
    return ChangeLine(
        change_id=row["id"],
        kind=ChangeKind(row["kind"]),
        record=row["record"],
        facts=tuple(facts),
        effective_from=row["effective_from"],
        reason=row["reason"],
        asked_by_id=row["asked_by_id"],
        asked_by=row["asked_by"],
        asked_at=row["asked_at"],
        granted=row["granted"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        refused_because=row["refused_because"],
        # What it is bound to may not be shown here where it names a kit type.
        seen="" if row["kind"] in NAMING_KIT_TYPES else _seen(row),
    )
