"""What is written of the steps of lots on their routes, and how each lot stands for each country."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, bindparam, select

from irt.states.release import OF_WHOLE_ROUTE, ReleaseStepKind, StepOutcome
from irt.study.part import Code
from irt.study.release import ReleaseRoute, route_to
from irt.supply.release_route import Standing, StepLine, walk
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, LotApproval
from irt.tables.record import Signature
from irt.tables.release import ReleaseStep

_STEPS, _LOTS, _SIGNATURES = table_of(ReleaseStep), table_of(BlindedLot), table_of(Signature)
_APPROVALS = table_of(LotApproval)
_WRITTEN = (
    select(
        _STEPS.c.id,
        _STEPS.c.blinded_lot_id,
        _STEPS.c.route,
        _STEPS.c.kind,
        _STEPS.c.country,
        _STEPS.c.outcome,
        _STEPS.c.at,
        _STEPS.c.account_id,
        _SIGNATURES.c.printed_name,
        _SIGNATURES.c.role,
    )
    .join(_SIGNATURES, _SIGNATURES.c.id == _STEPS.c.signature_id)
    .where(_STEPS.c.study_id == bindparam("study_id"))
    .order_by(_STEPS.c.id)
)
_OF_LOT = _WRITTEN.where(_STEPS.c.blinded_lot_id == bindparam("lot_id"))
_IN_USE = select(_APPROVALS.c.blinded_lot_id, _APPROVALS.c.country).where(
    _APPROVALS.c.study_id == bindparam("study_id"), _APPROVALS.c.ended_by_id.is_(None)
)
_ALL_LOTS = (
    select(_LOTS.c.id, _LOTS.c.number, _LOTS.c.expiry)
    .where(_LOTS.c.study_id == bindparam("study_id"))
    .order_by(_LOTS.c.expiry, _LOTS.c.number)
)

Reach = tuple[ReleaseStepKind, str]
"""A step and whom it is for: a route for steps about the batch, a country for the others."""


@dataclass(frozen=True, slots=True)
class WrittenStep:
    """The latest line of a step, with who signed it and when."""

    id: int
    line: StepLine
    at: datetime
    signed_by: str
    role: str


@dataclass(frozen=True, slots=True)
class Place:
    """A country as a route sees it."""

    code: Code
    name: str
    region: str


@dataclass(frozen=True, slots=True)
class LotWritten:
    """A blinded lot and the latest line of every step that was written of it."""

    id: int
    number: str
    expiry: date
    steps: Mapping[Reach, WrittenStep]
    approved: frozenset[str | None]

    def usable_in(self, country: str) -> bool:
        """Whether its kits may be used there now; also by a release from before the study had routes."""
        return bool(self.approved & {country, None})


def steps_of_lot(connection: Connection, study_id: int, lot_id: int) -> dict[Reach, WrittenStep]:
    """The latest line of each step of one lot."""
    rows = connection.execute(_OF_LOT, {"study_id": study_id, "lot_id": lot_id})
    return {reach: step for _, reach, step in _read(rows)}


def lots_on_routes(connection: Connection, study_id: int) -> tuple[LotWritten, ...]:
    """Every lot of the study, by expiry."""
    asked = {"study_id": study_id}
    written: dict[int, dict[Reach, WrittenStep]] = defaultdict(dict)
    for lot_id, reach, step in _read(connection.execute(_WRITTEN, asked)):
        written[lot_id][reach] = step
    approved: dict[int, set[str | None]] = defaultdict(set)
    for lot_id, country in connection.execute(_IN_USE, asked):
        approved[lot_id].add(country)
    return tuple(
        LotWritten(row.id, row.number, row.expiry, written[row.id], frozenset(approved[row.id]))
        for row in connection.execute(_ALL_LOTS, asked)
    )


def walk_to(route: ReleaseRoute, country: str, written: Mapping[Reach, WrittenStep]) -> tuple[Standing, ...]:
    """Every step of the route as it stands for that country."""
    found = {kind: written.get(reach(kind, route.code, country)) for kind in ReleaseStepKind}
    return walk(route.in_order, {kind: step.line for kind, step in found.items() if step is not None})


def reach(kind: ReleaseStepKind, route: str, country: str) -> Reach:
    """Whom the step is for."""
    return kind, route if kind in OF_WHOLE_ROUTE else country


def countries_of(
    routes: Sequence[ReleaseRoute], places: Sequence[Place]
) -> tuple[tuple[ReleaseRoute, tuple[Place, ...]], ...]:
    """Each route with the countries that it leads to."""
    of = {place.code: route_to(routes, place.code, place.region) for place in places}
    return tuple((route, tuple(place for place in places if of[place.code] is route)) for route in routes)


def _read(rows: CursorResult[Any]) -> Iterator[tuple[int, Reach, WrittenStep]]:
    for row in rows:
        kind = ReleaseStepKind(row.kind)
        line = StepLine(row.id, StepOutcome(row.outcome), row.account_id)
        step = WrittenStep(row.id, line, row.at, row.printed_name, row.role)
        yield row.blinded_lot_id, reach(kind, row.route, row.country or ""), step
