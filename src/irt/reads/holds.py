"""Which kits a hold covers, wherever they are, and which of some kits are under one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, Connection, and_, bindparam, exists, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from irt.states.hold import HoldAct, HoldKind
from irt.states.kit import Custody
from irt.tables.columns import table_of
from irt.tables.hold import KitHold
from irt.tables.kit import Kit
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Study
from irt.tables.subject import Subject

_KITS, _STUDIES, _HOLDS = table_of(Kit), table_of(Study), table_of(KitHold)
_SHIPMENTS, _SHIPPED, _SUBJECTS = table_of(Shipment), table_of(ShipmentKit), table_of(Subject)
_STUDY: BindParameter[int] = bindparam("study_id")
LEFT_BEHIND = ("left_at_depot", "found_elsewhere")
"""Outcomes of kits that were never in their parcel."""

OPEN_HOLDS = select(_STUDIES.c.open_holds).where(_STUDIES.c.id == _STUDY).scalar_subquery().label("open_holds")
"""How many holds are in force, as a column of a question that is asked anyway."""


@dataclass(frozen=True, slots=True)
class Cover:
    """What a hold is over: a blinded lot, a range of kit numbers, a shipment or a site."""

    study_id: int
    blinded_lot_id: int | None = None
    first_kit: str | None = None
    last_kit: str | None = None
    shipment_id: int | None = None
    site_id: int | None = None

    @property
    def kits(self) -> ColumnElement[bool]:
        """The condition that a kit of the study is covered now."""
        return and_(_KITS.c.study_id == self.study_id, self._among())

    def _among(self) -> ColumnElement[bool]:
        if self.blinded_lot_id is not None:
            return _KITS.c.blinded_lot_id == self.blinded_lot_id
        if self.first_kit is not None and self.last_kit is not None:
            # Numbers of a list have the same length, so their order as text is their order as numbers.
            within = _KITS.c.number.between(self.first_kit, self.last_kit)
            return and_(within, func.length(_KITS.c.number) == len(self.first_kit))
        if self.shipment_id is not None:
            return _KITS.c.id.in_(
                select(_SHIPPED.c.kit_id).where(
                    _SHIPPED.c.shipment_id == self.shipment_id,
                    or_(_SHIPPED.c.outcome.is_(None), _SHIPPED.c.outcome.not_in(LEFT_BEHIND)),
                )
            )
        return or_(
            and_(_KITS.c.custody == Custody.SITE, _KITS.c.place_id == self.site_id),
            and_(
                _KITS.c.custody == Custody.SUBJECT,
                _KITS.c.place_id.in_(select(_SUBJECTS.c.id).where(_SUBJECTS.c.site_id == self.site_id)),
            ),
            and_(
                _KITS.c.custody == Custody.SHIPMENT,
                _KITS.c.place_id.in_(select(_SHIPMENTS.c.id).where(_SHIPMENTS.c.site_id == self.site_id)),
            ),
        )


_LIFTS = _HOLDS.alias("lifts")
IN_FORCE = and_(
    _HOLDS.c.act == HoldAct.OPEN,
    ~exists().where(
        _LIFTS.c.study_id == _HOLDS.c.study_id, _LIFTS.c.number == _HOLDS.c.number, _LIFTS.c.act == HoldAct.LIFT
    ),
)
"""The condition that a hold was opened and not lifted."""

_BLOCKING = (
    select(_HOLDS)
    .where(_HOLDS.c.study_id == _STUDY, IN_FORCE, _HOLDS.c.kind != HoldKind.DRILL)
    .order_by(_HOLDS.c.id)
)


def covers_in_force(connection: Connection, study_id: int) -> list[Cover]:
    """What the recalls and quarantines in force are over."""
    rows = connection.execute(_BLOCKING, {"study_id": study_id}).mappings()
    return [
        Cover(
            study_id,
            row["blinded_lot_id"],
            row["first_kit"],
            row["last_kit"],
            row["shipment_id"],
            row["site_id"],
        )
        for row in rows
    ]


def under_hold(covers: Sequence[Cover]) -> ColumnElement[bool]:
    """The condition that a kit is covered by one of these."""
    return or_(*(cover.kits for cover in covers))


def held_among(connection: Connection, study_id: int, kit_ids: Iterable[int]) -> frozenset[int]:
    """Those of these kits that are under a hold in force."""
    ids, covers = sorted(kit_ids), covers_in_force(connection, study_id)
    if not ids or not covers:
        return frozenset()
    asked = select(_KITS.c.id).where(_KITS.c.id.in_(bindparam("ids", expanding=True)), under_hold(covers))
    found: set[int] = set()
    for start in range(0, len(ids), _AT_ONCE):
        found.update(connection.execute(asked, {"ids": ids[start : start + _AT_ONCE]}).scalars())
    return frozenset(found)


_AT_ONCE = 5000
