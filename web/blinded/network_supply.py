"""What supply of the network stands on: import licences, shippers, stops; proposed here, decided by another."""

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
    licence_lines,
    shipper_lines,
    stop_lines,
)
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
from irt.services.work import Work
from irt.study.network import ImportLicence, Shipper
from web.blinded.desk import Desk, desk_of, go
from web.blinded.network import NAVIGATION
from web.blinded.network_proposals import part_in, text_in
from web.blinded.typed import day_in, reason_in, whole_in
from web.forms import Fields

STORAGE_CLASSES = ("frozen", "2-8C", "15-25C", "ambient")
_Proposal = tuple[Callable[[Work, Any], ChangeProposed], SQLModel]


@dataclass(frozen=True)
class SupplyRulesView(BlindedView):
    """Licences, shippers and stops as they stand."""

    study_id: int
    licences: tuple[LicenceLine, ...]
    shippers: tuple[ShipperLine, ...]
    stops: tuple[StopLine, ...]


@dataclass(frozen=True)
class SupplyRuleForm(BlindedView):
    """One form: `kind` is licence, shipper or stop."""

    study_id: int
    kind: str
    countries: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, str], ...]
    today: date
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    storage_classes: tuple[str, ...] = STORAGE_CLASSES


class NetworkSupplyPages(Controller):
    """Licences, shippers and stops of one study."""

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
            )
        return desk.page("network/supply.html", view, "Licences and stops", NAVIGATION, study_id=study_id)

    @get("/{kind:str}", sync_to_thread=True)
    def show_form(self, desk: NamedDependency[Desk], study_id: FromPath[int], kind: FromPath[str]) -> Response[str]:
        """The form of a licence, a shipper or a stop; the address may fill it in."""
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


_ASKS: dict[str, Callable[[int, Mapping[str, str], date], _Proposal]] = {
    "licence": _licence,
    "shipper": _shipper,
    "stop": _stop,
}
_TITLES = {"licence": "Import licence", "shipper": "Shipper", "stop": "Stop of supply"}


def _form(
    desk: Desk, study_id: int, kind: str, typed: Mapping[str, str], refusal: Refusal | None = None
) -> Response[str]:
    with desk.store.reading() as connection:
        study = study_at(connection, study_id, approved_version(connection, study_id))
    view = SupplyRuleForm(
        study_id=study_id,
        kind=kind,
        countries=tuple((country.code, country.name) for country in study.countries),
        groups=tuple((group.code, group.name) for group in study.blinding_groups),
        today=desk.now.date(),
        command_key=desk.key(),
        typed=typed,
        refusal=refusal.sentence if refusal else "",
    )
    status_code = refusal.status_code if refusal else 200
    return desk.page(
        "network/supply_rule.html", view, _TITLES[kind], NAVIGATION, study_id=study_id, status_code=status_code
    )
