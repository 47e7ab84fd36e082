"""What supply stands on: licences, shippers, stops, further ways; proposed here, decided by another."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotFound, Refusal
from irt.reads.blinded_imports import (
    LicenceLine,
    ShipperLine,
    StopLine,
    WayLine,
    licence_lines,
    shipper_lines,
    stop_lines,
    way_lines,
)
from irt.reads.blinded_network import depots_of
from irt.reads.blinded_sites import study_at
from irt.reads.blinded_supply import approved_version
from irt.services.operational_changes import ChangeProposed
from irt.services.propose_imports import (
    ProposeImportLicence,
    ProposeShipper,
    propose_import_licence,
    propose_shipper,
)
from irt.services.propose_stop import ProposeStop, propose_stop
from irt.services.propose_ways import ProposeWay, propose_way
from irt.services.work import Work
from irt.study.network import ImportLicence, Shipper
from irt.study.planning import Way
from web.blinded.desk import Desk, desk_of, go
from web.blinded.network import NAVIGATION
from web.blinded.network_proposals import WEEKDAYS, part_in, text_in
from web.blinded.typed import day_in, reason_in, whole_in
from web.forms import Fields

STORAGE_CLASSES = ("frozen", "2-8C", "15-25C", "ambient")
_Proposal = tuple[Callable[[Work, Any], ChangeProposed], SQLModel]


@dataclass(frozen=True)
class SupplyRulesView(BlindedView):
    """Licences, shippers, stops and further ways as they stand."""

    study_id: int
    licences: tuple[LicenceLine, ...]
    shippers: tuple[ShipperLine, ...]
    stops: tuple[StopLine, ...]
    ways: tuple[WayLine, ...]


@dataclass(frozen=True)
class SupplyRuleForm(BlindedView):
    """One form: `kind` is licence, shipper, stop or way."""

    study_id: int
    kind: str
    countries: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, str], ...]
    depots: tuple[tuple[str, str], ...]
    today: date
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    storage_classes: tuple[str, ...] = STORAGE_CLASSES
    weekdays: tuple[tuple[str, str], ...] = WEEKDAYS


class NetworkSupplyPages(Controller):
    """Licences, shippers, stops and further ways of one study."""

    path = "/network/{study_id:int}/supply"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int]) -> Response[str]:
        """All of them as they stand."""
        desk.who.actor.require(Permission.ACTIVATE_SITE, study_id)
        today = desk.now.date()
        with desk.store.reading() as connection:
            view = SupplyRulesView(
                study_id=study_id,
                licences=licence_lines(connection, study_id, today),
                shippers=shipper_lines(connection, study_id, today),
                stops=stop_lines(connection, study_id),
                ways=way_lines(connection, study_id, today),
            )
        return desk.page("network/supply.html", view, "Licences and stops", NAVIGATION, study_id=study_id)

    @get("/{kind:str}", sync_to_thread=True)
    def show_form(self, desk: NamedDependency[Desk], study_id: FromPath[int], kind: FromPath[str]) -> Response[str]:
        """The form of a licence, a shipper, a stop or a way; the address may fill it in."""
        desk.who.actor.require(Permission.ACTIVATE_SITE, study_id)
        return _form(desk, study_id, _known(kind), dict(desk.request.query_params))

    @post("/{kind:str}", sync_to_thread=True)
    def propose(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], kind: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Proposes what was typed."""
        desk.who.actor.require(Permission.ACTIVATE_SITE, study_id)
        try:
            service, ask = _ASKS[_known(kind)](study_id, data, desk.now.date())
            change_id = desk.press(service, ask, data.get("command_key", "")).change_id
        except NotFound:
            raise
        except Refusal as refusal:
            return _form(desk, study_id, kind, data, refusal)
        return go(f"/network/{study_id}/changes/{change_id}")


def _known(kind: str) -> str:
    if kind not in _ASKS:
        raise NotFound("There is no such page. Go back to the network.")
    return kind


def _licence(study_id: int, data: Mapping[str, str], today: date) -> _Proposal:
    limits = {name.removeprefix("kits_"): data[name] for name in data if name.startswith("kits_")}
    kits = {group: whole_in(typed, "kits") for group, typed in limits.items() if typed.strip()}
    facts = {name: text_in(data, name) for name in ("country", "number", "valid_from", "valid_until")}
    ask = ProposeImportLicence(
        study_id=study_id,
        licence=part_in(ImportLicence, {**facts, "kits": kits}),
        effective_from=day_in(data.get("effective_from", ""), today),
        reason=reason_in(data),
    )
    return propose_import_licence, ask


def _shipper(study_id: int, data: Mapping[str, str], today: date) -> _Proposal:
    typed = {storage: data.get(f"hold_{storage}", "") for storage in STORAGE_CLASSES}
    hold_hours = {storage: whole_in(hours, "hours") for storage, hours in typed.items() if hours.strip()}
    facts = {"code": text_in(data, "code"), "name": text_in(data, "name"), "hold_hours": hold_hours}
    ask = ProposeShipper(
        study_id=study_id,
        shipper=part_in(Shipper, facts),
        effective_from=day_in(data.get("effective_from", ""), today),
        reason=reason_in(data),
    )
    return propose_shipper, ask


def _stop(study_id: int, data: Mapping[str, str], today: date) -> _Proposal:
    typed = text_in(data, "stops_on")
    if not typed and not data.get("goes_on"):
        raise BadInput("Say from which day nothing is sent, or that supply goes on. Nothing was proposed.")
    ask = ProposeStop(
        study_id=study_id,
        country=text_in(data, "country") or None,
        site=text_in(data, "site") or None,
        stops_on=None if data.get("goes_on") else day_in(typed, today),
        reason=reason_in(data),
    )
    return propose_stop, ask


def _way(study_id: int, data: Mapping[str, str], today: date) -> _Proposal:
    facts = {name: text_in(data, name) for name in ("code", "origin", "target", "lead_time_days", "cut_off")}
    prices = {name: _cents(text_in(data, name)) for name in ("consignment", "travel")}
    way = {
        **facts,
        "dispatch_days": [code for code, _ in WEEKDAYS if data.get(f"on_{code}")],
        "holidays": text_in(data, "holidays").split(),
        **{f"{name}_cents": cents for name, cents in prices.items()},
    }
    ask = ProposeWay(
        study_id=study_id,
        way=part_in(Way, way),
        open=not data.get("closed"),
        effective_from=day_in(data.get("effective_from", ""), today),
        reason=reason_in(data),
    )
    return propose_way, ask


def _cents(typed: str) -> int | None:
    """An amount as it is typed, with a point before its cents; nothing: as for every other one."""
    if not typed:
        return None
    if not re.fullmatch(r"\d{1,9}(\.\d\d)?", typed, re.ASCII):
        raise BadInput("An amount is not written as 120 or 120.50. Nothing was proposed.")
    whole, _, cents = typed.partition(".")
    return int(whole) * 100 + int(cents or 0)


_ASKS: dict[str, Callable[[int, Mapping[str, str], date], _Proposal]] = {
    "licence": _licence,
    "shipper": _shipper,
    "stop": _stop,
    "way": _way,
}
_TITLES = {"licence": "Import licence", "shipper": "Shipper", "stop": "Stop of supply", "way": "Further way"}


def _form(
    desk: Desk, study_id: int, kind: str, typed: Mapping[str, str], refusal: Refusal | None = None
) -> Response[str]:
    with desk.store.reading() as connection:
        study = study_at(connection, study_id, approved_version(connection, study_id))
        depots = depots_of(connection, study_id)
    view = SupplyRuleForm(
        study_id=study_id,
        kind=kind,
        countries=tuple((country.code, country.name) for country in study.countries),
        groups=tuple((group.code, group.name) for group in study.blinding_groups),
        depots=depots,
        today=desk.now.date(),
        command_key=desk.key(),
        typed=typed,
        refusal=refusal.sentence if refusal else "",
    )
    status_code = refusal.status_code if refusal else 200
    return desk.page(
        "network/supply_rule.html", view, _TITLES[kind], NAVIGATION, study_id=study_id, status_code=status_code
    )
