"""Lots on their routes as their signers see them: step by step for each country, and whose turn it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from irt.blinding.actor import Actor
from irt.blinding.release_steps import SIGNED_WITH
from irt.blinding.roles import PERMISSIONS, Permission
from irt.blinding.views import BlindedView
from irt.errors import Refusal
from irt.reads.blinded_sites import not_found, study_at
from irt.reads.blinded_supply import approved_version
from irt.reads.release_routes import (
    LotWritten,
    Place,
    WrittenStep,
    countries_of,
    lots_on_routes,
    reach,
    walk_to,
)
from irt.states.release import OF_WHOLE_ROUTE, ReleaseStepKind, StepOutcome, StepState, step_words
from irt.states.table import words
from irt.study.release import ReleaseRoute
from irt.supply.release_route import Standing, refuse_step


@dataclass(frozen=True)
class StepCell(BlindedView):
    """One step for one country: where it stands, and its latest line; `written` is 0 where there is none."""

    kind: ReleaseStepKind
    state: StepState
    outcome: str
    signed_by: str
    role: str
    at: datetime | None
    written: int
    signers: str


@dataclass(frozen=True)
class CountryOnRoute(BlindedView):
    """A country, and whether the lot may be used there."""

    code: str
    name: str
    usable: bool
    cells: tuple[StepCell, ...]


@dataclass(frozen=True)
class RouteOfLot(BlindedView):
    """One route with its steps in order and its countries."""

    code: str
    steps: tuple[str, ...]
    countries: tuple[CountryOnRoute, ...]


@dataclass(frozen=True)
class LotOnRoutes(BlindedView):
    """A blinded lot on every route of the study."""

    lot: str
    expiry: date
    routes: tuple[RouteOfLot, ...]

    @property
    def usable(self) -> int:
        """In how many countries it may be used."""
        return sum(country.usable for route in self.routes for country in route.countries)

    @property
    def countries(self) -> int:
        """In how many countries the study runs."""
        return sum(len(route.countries) for route in self.routes)


@dataclass(frozen=True)
class Turn(BlindedView):
    """What a person may do about one step of a lot, and for which route or countries."""

    lot: str
    kind: ReleaseStepKind
    words: str
    to_sign: tuple[tuple[str, str], ...]
    to_withdraw: tuple[tuple[str, str], ...]

    @property
    def of_route(self) -> bool:
        """Whether routes are named, not countries."""
        return self.kind in OF_WHOLE_ROUTE


def lots_and_routes(connection: Connection, study_id: int) -> tuple[LotOnRoutes, ...]:
    """Every lot of the study, by expiry; without routes where one signature releases a lot."""
    routes = _routes(connection, study_id)
    return tuple(_on_routes(lot, routes) for lot in lots_on_routes(connection, study_id))


def lot_on_routes(connection: Connection, study_id: int, number: str) -> LotOnRoutes:
    """One lot; NotFound where the study has none of that number."""
    found = next((lot for lot in lots_and_routes(connection, study_id) if lot.lot == number), None)
    if found is None:
        raise not_found("lot")
    return found


def turns(connection: Connection, actor: Actor, study_id: int) -> tuple[Turn, ...]:
    """The steps of every lot that this person may sign, refuse or withdraw now, by lot and in the routes' order."""
    kinds = [kind for kind, permission in SIGNED_WITH.items() if actor.grant_for(permission, study_id, None)]
    routes = _routes(connection, study_id) if kinds else ()
    if not routes:
        return ()
    lots = lots_on_routes(connection, study_id)
    found = (_turn(lot, kind, routes, actor.account_id) for lot in lots for kind in kinds)
    return tuple(turn for turn in found if turn.to_sign or turn.to_withdraw)


def signers(permission: Permission) -> str:
    """The roles that may, in words."""
    return " or ".join(words(role) for role, may in PERMISSIONS.items() if permission in may)


_Routes = tuple[tuple[ReleaseRoute, tuple[Place, ...]], ...]


def _routes(connection: Connection, study_id: int) -> _Routes:
    study = study_at(connection, study_id, approved_version(connection, study_id))
    places = [Place(country.code, country.name, country.region) for country in study.countries]
    return countries_of(study.release_routes, places)


def _on_routes(lot: LotWritten, routes: _Routes) -> LotOnRoutes:
    told = tuple(
        RouteOfLot(
            route.code,
            tuple(_titled(step.kind) for step in route.in_order),
            tuple(_country(lot, route, place) for place in places),
        )
        for route, places in routes
    )
    return LotOnRoutes(lot.number, lot.expiry, told)


def _country(lot: LotWritten, route: ReleaseRoute, place: Place) -> CountryOnRoute:
    walked = walk_to(route, place.code, lot.steps)
    cells = tuple(_cell(one, lot.steps.get(reach(one.step.kind, route.code, place.code))) for one in walked)
    return CountryOnRoute(place.code, place.name, lot.usable_in(place.code), cells)


def _cell(standing: Standing, written: WrittenStep | None) -> StepCell:
    kind = standing.step.kind
    facts = (kind, standing.state, str(standing.line.outcome) if standing.line else "")
    may = signers(SIGNED_WITH[kind])
    if written is None:
        return StepCell(*facts, "", "", None, 0, may)
    return StepCell(*facts, written.signed_by, words(written.role), written.at, written.id, may)


def _turn(lot: LotWritten, kind: ReleaseStepKind, routes: _Routes, account_id: int) -> Turn:
    to_sign: list[tuple[str, str]] = []
    to_withdraw: list[tuple[str, str]] = []
    for route, places in routes:
        for code, name in _targets(kind, route, places):
            walked = walk_to(route, "" if kind in OF_WHOLE_ROUTE else code, lot.steps)
            if _may(walked, kind, StepOutcome.SIGNED, account_id):
                to_sign.append((code, name))
            elif _may(walked, kind, StepOutcome.WITHDRAWN, account_id):
                to_withdraw.append((code, name))
    return Turn(lot.number, kind, _titled(kind), tuple(to_sign), tuple(to_withdraw))


def _titled(kind: ReleaseStepKind) -> str:
    said = step_words(kind)
    return said[:1].upper() + said[1:]


def _targets(kind: ReleaseStepKind, route: ReleaseRoute, places: tuple[Place, ...]) -> Iterator[tuple[str, str]]:
    if kind in OF_WHOLE_ROUTE:
        yield route.code, f"route {route.code}"
    else:
        yield from ((place.code, place.name) for place in places)


def _may(walked: tuple[Standing, ...], kind: ReleaseStepKind, outcome: StepOutcome, account_id: int) -> bool:
    try:
        refuse_step(walked, kind, outcome, account_id, "")
    except Refusal:
        return False
    return True
