"""Dates of lots: shortened everywhere at once or extended country by country, and the stock near its date."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_expiry import (
    ExpiringLine,
    LotDates,
    expiring_stock,
    lot_and_dates,
    lots_and_dates,
    names_lots,
)
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_sites import study_at
from irt.reads.blinded_supply import approved_version
from irt.services.change_expiry import ApproveExtension, ChangeExpiry, approve_extension, change_expiry
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import study_of
from web.blinded.typed import day_in, reason_in, signing_in
from web.forms import Fields

COUNTRY = "country-"
WITHIN = (30, 90, 180, 365)
_SAID = {
    "change": ("The date is changed", "An earlier date holds now; a later one once labels are checked."),
    "approve": ("The country is approved", "Kits there may get the label with the later date."),
}


@dataclass(frozen=True)
class DatesView(BlindedView):
    """Every lot with the date that counts."""

    study_id: int
    lots: tuple[LotDates, ...]
    said: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class ChangeView(BlindedView):
    """One lot with the panel that signs another date, or one more country; passwords are never given back."""

    study_id: int
    lot: LotDates
    countries: tuple[tuple[str, str], ...]
    approving: bool
    role: str
    code_needed: bool
    command_key: str
    meaning: str = Meaning.APPROVE
    typed: dict[str, str] = field(default_factory=dict)
    refusal: str = ""


@dataclass(frozen=True)
class ExpiringView(BlindedView):
    """Stock near its date, by lot or by product."""

    lines: tuple[ExpiringLine, ...]
    by_lot: bool
    within: int
    today: date
    choices: tuple[int, ...] = WITHIN

    @property
    def kits(self) -> int:
        """All of them."""
        return sum(line.kits for line in self.lines)


class ExpiryPages(Controller):
    """The dates of a study's lots, for the qualified person."""

    path = "/expiry"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], done: FromQuery[str] = "") -> Response[Any]:
        """Every lot, its date and its changes."""
        study_id = study_of(desk, Permission.RELEASE_LOT)
        if study_id is None:
            return go("/switch")
        desk.who.actor.require(Permission.RELEASE_LOT, study_id)
        with desk.store.reading() as connection:
            view = DatesView(study_id, lots_and_dates(connection, study_id), _SAID.get(done, ("", "")))
        return desk.page("expiry/lots.html", view, "Expiry dates", "Lots", study_id=study_id)

    @get("/{study_id:int}/{lot:str}", sync_to_thread=True)
    def ask(self, desk: NamedDependency[Desk], study_id: int, lot: str) -> Response[Any]:
        """One lot and the form for another date, filled in where the address says so."""
        told = desk.request.query_params
        return _page(desk, study_id, lot, {name: told[name] for name in ("expiry", "reason") if name in told})

    @post("/{study_id:int}/{lot:str}", sync_to_thread=True)
    def change(self, desk: NamedDependency[Desk], study_id: int, lot: str, data: Fields) -> Response[Any]:
        """Signs another date; the password is checked in this very request."""

        def asked() -> ChangeExpiry:
            if not data.get("expiry"):
                raise BadInput("The new date is missing. Nothing was booked. Choose it from the calendar.")
            return ChangeExpiry(
                study_id=study_id,
                lot=lot,
                expiry=day_in(data["expiry"], desk.now.date()),
                countries=sorted(name.removeprefix(COUNTRY) for name in data if name.startswith(COUNTRY)),
                reason=reason_in(data),
                signing=signing_in(data),
            )

        return _signed(desk, study_id, lot, data, lambda key: desk.press(change_expiry, asked(), key))

    @get("/{study_id:int}/{lot:str}/approve", sync_to_thread=True)
    def ask_country(self, desk: NamedDependency[Desk], study_id: int, lot: str) -> Response[Any]:
        """The countries where the later date is not approved yet."""
        return _page(desk, study_id, lot, {}, approving=True)

    @post("/{study_id:int}/{lot:str}/approve", sync_to_thread=True)
    def approve(self, desk: NamedDependency[Desk], study_id: int, lot: str, data: Fields) -> Response[Any]:
        """Signs for one more country."""

        def asked() -> ApproveExtension:
            number, country = data.get("change", ""), data.get("country", "")
            return ApproveExtension(study_id=study_id, number=number, country=country, signing=signing_in(data))

        return _signed(desk, study_id, lot, data, lambda key: desk.press(approve_extension, asked(), key), True)


class ExpiringPages(Controller):
    """Stock near its date, for people who plan supply."""

    path = "/supply/expiring"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], within: FromQuery[int] = 90) -> Response[Any]:
        """By lot and place; for who plans blinded by product and place."""
        study_id = study_of(desk, Permission.VIEW_SUPPLY)
        if study_id is None:
            return go("/switch")
        desk.who.actor.require(Permission.VIEW_SUPPLY, study_id)
        days, today = within if within in WITHIN else 90, desk.now.date()
        by_lot = names_lots(desk.who.actor, study_id)
        with desk.store.reading() as connection:
            lines = expiring_stock(connection, study_id, today, days, by_lot)
        view = ExpiringView(lines, by_lot, days, today)
        return desk.page("supply/expiring.html", view, "Expiring stock", "Supply", study_id=study_id)


def _signed(
    desk: Desk,
    study_id: int,
    lot: str,
    data: Mapping[str, str],
    press: Callable[[str], Any],
    approving: bool = False,
) -> Response[Any]:
    try:
        press(data.get("command_key", ""))
    except Refusal as refusal:
        return _page(desk, study_id, lot, data, refusal, approving)
    return go(f"/expiry?done={'approve' if approving else 'change'}")


def _page(
    desk: Desk,
    study_id: int,
    lot: str,
    data: Mapping[str, str],
    refusal: Refusal | None = None,
    approving: bool = False,
) -> Response[Any]:
    grant = desk.who.actor.require(Permission.RELEASE_LOT, study_id)
    with desk.store.reading() as connection:
        dates = lot_and_dates(connection, study_id, lot)
        study = study_at(connection, study_id, approved_version(connection, study_id))
        code_needed = code_will_be_needed(connection, desk.who.actor, study_id)
    approved = dates.extension.countries if approving and dates.extension else ()
    view = ChangeView(
        study_id=study_id,
        lot=dates,
        countries=tuple((one.code, one.name) for one in study.countries if one.code not in approved),
        approving=approving,
        role=words(grant.role),
        code_needed=code_needed,
        command_key=desk.key(),
        typed={name: value for name, value in data.items() if name not in ("password", "code")},
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return desk.page("expiry/change.html", view, f"Lot {lot}", "Lots", study_id=study_id, status_code=status)
