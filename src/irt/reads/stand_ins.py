"""Which kits of a depot could take the place of others. It looks at what is inside: for services alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, exists, or_, select

from irt.reads.holds import OPEN_HOLDS, covers_in_force, under_hold
from irt.reads.usable_kits import USABLE
from irt.states.kit import Accountability, Custody
from irt.tables.columns import table_of
from irt.tables.kit import Kit, LotApproval
from irt.tables.secret import KitContent

_KITS, _CONTENTS, _APPROVALS = table_of(Kit), table_of(KitContent), table_of(LotApproval)
_LACKING, _INSIDE = _KITS.alias("lacking"), _CONTENTS.alias("inside")
_ALIKE = (
    select(_KITS.c.id, OPEN_HOLDS)
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .join(_LACKING, _LACKING.c.id == bindparam("kit_id"))
    .join(_INSIDE, _INSIDE.c.kit_id == _LACKING.c.id)
    .where(
        _KITS.c.study_id + 0 == bindparam("study_id"),
        _KITS.c.custody == Custody.DEPOT,
        _KITS.c.place_id == bindparam("depot_id"),
        *USABLE,
        _KITS.c.accountability == Accountability.NONE,
        _CONTENTS.c.kit_type == _INSIDE.c.kit_type,
        _KITS.c.label_group == _LACKING.c.label_group,
        _KITS.c.expiry >= _LACKING.c.expiry,
        _KITS.c.id.not_in(bindparam("taken", expanding=True)),
    )
    .order_by(_KITS.c.expiry, _CONTENTS.c.manufacturing_lot_id, _CONTENTS.c.sequence)
    .limit(1)
)
_TO_SITE = _ALIKE.where(
    exists().where(
        _APPROVALS.c.blinded_lot_id == _KITS.c.blinded_lot_id,
        _APPROVALS.c.ended_by_id.is_(None),
        or_(_APPROVALS.c.country.is_(None), _APPROVALS.c.country == bindparam("country")),
    )
)
# A parcel to another depot has no country of its own: there the same lot alone stands in.
_TO_DEPOT = _ALIKE.where(_KITS.c.blinded_lot_id == _LACKING.c.blinded_lot_id)


@dataclass(frozen=True, slots=True)
class StandIns:
    """The kits of one depot that may stand in for others in a parcel to a country (None: to another depot).

    Same content, same label group, not older, released, under no hold, and approved where it goes.
    """

    connection: Connection
    study_id: int
    depot_id: int
    country: str | None

    def first_for(self, kit_id: int, taken: Iterable[int]) -> int | None:
        """The first that expires, of those the next in the warehouse's order; none of `taken`."""
        return self._first(self._statement, kit_id, taken)

    def allows(self, kit_id: int, other_id: int) -> bool:
        """Whether that very kit may take the place of the other."""
        return self._first(self._statement.where(_KITS.c.id == other_id), kit_id, ()) is not None

    @property
    def _statement(self) -> Select[Any]:
        return _TO_DEPOT if self.country is None else _TO_SITE

    def _first(self, statement: Select[Any], kit_id: int, taken: Iterable[int]) -> int | None:
        asked = {"study_id": self.study_id, "depot_id": self.depot_id, "kit_id": kit_id, "taken": sorted(taken)}
        asked |= {} if self.country is None else {"country": self.country}
        found = self.connection.execute(statement, asked).first()
        if found is not None and found.open_holds:
            fit = statement.where(~under_hold(covers_in_force(self.connection, self.study_id)))
            found = self.connection.execute(fit, asked).first()
        return None if found is None else int(found.id)
