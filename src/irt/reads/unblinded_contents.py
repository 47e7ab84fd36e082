"""What an unblinded pharmacist sees at a site: what is in each kit, and what a subject is given."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, select

from irt.blinding.views import UnblindedView
from irt.errors import NotFound
from irt.reads.blinded_sites import WorkSite
from irt.reads.blinded_stock import StockKit, stock_at
from irt.reads.unblinded_definition import definition_in_force
from irt.states.kit import DisplayStatus
from irt.states.records import KitCheck
from irt.states.subject import SubjectStatus
from irt.study.schedule import visit_label
from irt.tables.columns import table_of
from irt.tables.kit import DispensedKit, Dispensing, Kit
from irt.tables.secret import KitContent, ManufacturingLot, TreatmentAssignment
from irt.tables.subject import Randomization, Subject, Visit


@dataclass(frozen=True)
class KnownKit(UnblindedView):
    """A kit at the site, and what is inside."""

    number: str
    status: DisplayStatus
    kit_type: str
    name: str
    lot: str
    manufacturing_lot: str
    expiry: date
    expires_soon: bool
    storage: str
    place: str


@dataclass(frozen=True)
class TypeStock(UnblindedView):
    """Kits of one type at the site."""

    kit_type: str
    name: str
    usable: int
    on_the_way: int
    held: int


@dataclass(frozen=True)
class TreatedSubject(UnblindedView):
    """A randomized subject of the site."""

    number: str
    status: SubjectStatus
    arms: tuple[str, ...]


@dataclass(frozen=True)
class GivenKit(UnblindedView):
    """A kit assigned to a subject, what is inside, and how far it got."""

    visit: str
    assigned_at: datetime
    number: str
    kit_type: str
    name: str
    check: KitCheck


@dataclass(frozen=True)
class SubjectTreatment(UnblindedView):
    """One subject's treatment by stage, and every kit ever assigned."""

    study_id: int
    subject: TreatedSubject
    dose_level: str
    kits: tuple[GivenKit, ...]


_KITS, _CONTENTS, _MADE = table_of(Kit), table_of(KitContent), table_of(ManufacturingLot)
_DISPENSINGS, _LINES, _VISITS = table_of(Dispensing), table_of(DispensedKit), table_of(Visit)
_SUBJECTS, _DRAWN, _ARMS = table_of(Subject), table_of(Randomization), table_of(TreatmentAssignment)
_INSIDE = (
    select(_KITS.c.number, _CONTENTS.c.kit_type, _MADE.c.number.label("made"))
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .join(_MADE, _MADE.c.id == _CONTENTS.c.manufacturing_lot_id)
    .where(_KITS.c.study_id == bindparam("study_id"), _KITS.c.number.in_(bindparam("numbers", expanding=True)))
)
_TREATED = (
    select(_SUBJECTS.c.number, _SUBJECTS.c.status, _ARMS.c.arm)
    .join(_DRAWN, _DRAWN.c.subject_id == _SUBJECTS.c.id)
    .join(_ARMS, _ARMS.c.randomization_id == _DRAWN.c.id)
    .where(_SUBJECTS.c.study_id == bindparam("study_id"), _SUBJECTS.c.site_id == bindparam("site_id"))
    .order_by(_SUBJECTS.c.number, _DRAWN.c.stage)
)
_GIVEN = (
    select(
        _VISITS.c.code,
        _VISITS.c.occurrence,
        _DISPENSINGS.c.assigned_at,
        _KITS.c.number,
        _CONTENTS.c.kit_type,
        _LINES.c.status,
    )
    .join(_LINES, _LINES.c.dispensing_id == _DISPENSINGS.c.id)
    .join(_KITS, _KITS.c.id == _LINES.c.kit_id)
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .join(_VISITS, _VISITS.c.id == _DISPENSINGS.c.visit_id)
    .join(_SUBJECTS, _SUBJECTS.c.id == _DISPENSINGS.c.subject_id)
    .where(_SUBJECTS.c.study_id == bindparam("study_id"), _SUBJECTS.c.number == bindparam("number"))
    .order_by(_DISPENSINGS.c.id.desc(), _KITS.c.number)
)
_AT_ONCE = 500
_HELD = frozenset({DisplayStatus.QUARANTINED, DisplayStatus.NOT_DISPENSED})


def known_kits(connection: Connection, site: WorkSite, now: datetime) -> tuple[KnownKit, ...]:
    """Kits that lie at the site, are on their way there or are missing there, by type and number."""
    stock = stock_at(connection, [site], now)
    inside = _inside(connection, site.study_id, [kit.number for kit in stock])
    names = _type_names(connection, site.study_id)
    kits = (_known(kit, *inside[kit.number], names) for kit in stock)
    return tuple(sorted(kits, key=lambda kit: (kit.kit_type, kit.expiry, kit.number)))


def by_type(kits: Sequence[KnownKit]) -> tuple[TypeStock, ...]:
    """Totals of each kit type, by its code."""
    found: dict[tuple[str, str], Counter[DisplayStatus]] = {}
    for kit in kits:
        found.setdefault((kit.kit_type, kit.name), Counter())[kit.status] += 1
    return tuple(
        TypeStock(
            kit_type=code,
            name=name,
            usable=counts[DisplayStatus.AVAILABLE],
            on_the_way=counts[DisplayStatus.IN_TRANSIT],
            held=sum(counts[status] for status in _HELD),
        )
        for (code, name), counts in sorted(found.items())
    )


def treated_subjects(connection: Connection, site: WorkSite) -> tuple[TreatedSubject, ...]:
    """The randomized subjects of the site with their arms by stage, by number."""
    names = {arm.code: arm.name for arm in definition_in_force(connection, site.study_id).arms}
    arms: dict[str, list[str]] = {}
    status: dict[str, SubjectStatus] = {}
    for row in connection.execute(_TREATED, {"study_id": site.study_id, "site_id": site.site_id}):
        arms.setdefault(row.number, []).append(names.get(row.arm, row.arm))
        status[row.number] = SubjectStatus(row.status)
    return tuple(TreatedSubject(number, status[number], tuple(each)) for number, each in arms.items())


def subject_treatment(connection: Connection, site: WorkSite, number: str) -> SubjectTreatment:
    """What one subject of the site is given; NotFound where the site randomized nobody of that number."""
    subject = next((one for one in treated_subjects(connection, site) if one.number == number), None)
    if subject is None:
        raise NotFound(f"{number} is not a randomized subject of this site. Check the number.")
    definition = definition_in_force(connection, site.study_id)
    names = {kit_type.code: kit_type.name for kit_type in definition.kit_types}
    levels = {level.code: level.name for level in definition.dose_levels}
    asked = {"study_id": site.study_id, "number": number}
    level = connection.execute(
        select(_SUBJECTS.c.dose_level).where(_SUBJECTS.c.study_id == site.study_id, _SUBJECTS.c.number == number)
    ).scalar()
    return SubjectTreatment(
        study_id=site.study_id,
        subject=subject,
        dose_level=levels.get(level or "", level or ""),
        kits=tuple(
            GivenKit(
                visit=visit_label(row.code, row.occurrence),
                assigned_at=row.assigned_at,
                number=row.number,
                kit_type=row.kit_type,
                name=names.get(row.kit_type, row.kit_type),
                check=KitCheck(row.status),
            )
            for row in connection.execute(_GIVEN, asked)
        ),
    )


def _inside(connection: Connection, study_id: int, numbers: list[str]) -> dict[str, tuple[str, str]]:
    """Kit number -> kit type and manufacturing lot."""
    found: dict[str, tuple[str, str]] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        asked = {"study_id": study_id, "numbers": numbers[start : start + _AT_ONCE]}
        found |= {row.number: (row.kit_type, row.made) for row in connection.execute(_INSIDE, asked)}
    return found


def _type_names(connection: Connection, study_id: int) -> dict[str, str]:
    return {kit_type.code: kit_type.name for kit_type in definition_in_force(connection, study_id).kit_types}


def _known(kit: StockKit, kit_type: str, made: str, names: dict[str, str]) -> KnownKit:
    return KnownKit(
        number=kit.number,
        status=kit.status,
        kit_type=kit_type,
        name=names.get(kit_type, kit_type),
        lot=kit.lot,
        manufacturing_lot=made,
        expiry=kit.expiry,
        expires_soon=kit.expires_soon,
        storage=kit.storage,
        place=kit.storage_place or (f"Shipment {kit.shipment}" if kit.shipment else ""),
    )
