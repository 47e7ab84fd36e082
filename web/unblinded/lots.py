"""The qualified person's lots: what waits for release, what is inside, and the signature that releases it."""

from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import Refusal
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_lots import LotLine, LotRecord, lot_record, lots
from irt.services.release_lot import ApproveLot, ReleaseLot, approve_lot, release_lot
from irt.states.table import words
from web.blinded.desk import Desk, go
from web.blinded.one_study import study_of
from web.blinded.typed import signing_in
from web.forms import Fields
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import require_unblinded, secret_page

DONE = {
    "release": ("The lot is released", "Its kits may be shipped from tonight’s resupply on."),
    "approve": ("The country is approved", "The lot may be sent there from tonight’s resupply on."),
}


@dataclass(frozen=True)
class LotsView(UnblindedView):
    """Every lot of a study, those that wait first."""

    study_id: int
    lots: tuple[LotLine, ...]

    @property
    def waiting(self) -> tuple[LotLine, ...]:
        """Lots that nobody may use yet."""
        return tuple(lot for lot in self.lots if lot.released_on is None)

    @property
    def released(self) -> tuple[LotLine, ...]:
        """Lots in use."""
        return tuple(lot for lot in self.lots if lot.released_on is not None)


@dataclass(frozen=True)
class LotView(UnblindedView):
    """One lot with the panel that signs its release, or for one more country; passwords are never given back."""

    study_id: int
    record: LotRecord
    countries: tuple[tuple[str, str], ...]
    role: str
    code_needed: bool
    expired: bool
    on_routes: bool
    command_key: str
    meaning: str
    typed: dict[str, str] = field(default_factory=dict)
    said: tuple[str, str] = ("", "")
    refusal: str = ""

    @property
    def what(self) -> str:
        """What is signed, in one line."""
        line = self.record.line
        deed = "Release of" if line.released_on is None else "One more country for"
        return f"{deed} lot {line.number}, use by {line.expiry}"


class LotPages(Controller):
    """The lots of a study."""

    path = "/lots"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """What waits for release, and what is in use."""
        study_id = study_of(desk, Permission.RELEASE_LOT)
        if study_id is None:
            return go("/switch")
        require_unblinded(desk, Permission.RELEASE_LOT, study_id)
        with desk.store.reading() as connection:
            view = LotsView(study_id, lots(connection, study_id))
        return secret_page(desk, "lots/lots.html", view, "Lots", "Lots", study_id)

    @get("/{study_id:int}/{number:str}", sync_to_thread=True)
    def show_one(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        done: FromQuery[str] = "",
    ) -> Response[str]:
        """One lot and its signature panel."""
        return _page(desk, study_id, number, said=DONE.get(done, ("", "")))

    @post("/{study_id:int}/{number:str}", sync_to_thread=True)
    def sign(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Releases the lot, or approves it for one more country; the password is checked in this very request."""
        key, signing = data.get("command_key", ""), signing_in(data)
        try:
            if data.get("step") == "approve":
                country = data.get("country", "")
                ask = ApproveLot(study_id=study_id, lot=number, country=country, signing=signing)
                desk.press(approve_lot, ask, key)
            else:
                desk.press(release_lot, _release(desk, study_id, number, data), key)
        except Refusal as refusal:
            return _page(
                desk, study_id, number, status_code=refusal.status_code, refusal=refusal.sentence, typed=data
            )
        return go(f"/lots/{study_id}/{number}?done={'approve' if data.get('step') == 'approve' else 'release'}")


def _release(desk: Desk, study_id: int, number: str, data: dict[str, str]) -> ReleaseLot:
    countries = sorted(name.removeprefix("country-") for name in data if name.startswith("country-"))
    return ReleaseLot(
        study_id=study_id,
        lot=number,
        on_day=desk.now.date(),
        countries=countries,
        signing=signing_in(data),
    )


def _page(desk: Desk, study_id: int, number: str, *, status_code: int = 200, **shown: Any) -> Response[str]:
    require_unblinded(desk, Permission.RELEASE_LOT, study_id)
    grant = desk.who.actor.require(Permission.RELEASE_LOT, study_id)
    with desk.store.reading() as connection:
        record = lot_record(connection, study_id, number)
        definition = definition_in_force(connection, study_id)
        code_needed = code_will_be_needed(connection, desk.who.actor, study_id)
    waits = record.line.released_on is None
    everywhere = any(use.country is None for use in record.uses)
    left = () if everywhere else tuple(c for c in definition.countries if c.code not in record.line.countries)
    view = LotView(
        study_id=study_id,
        record=record,
        countries=tuple((one.code, one.name) for one in left),
        role=words(grant.role),
        code_needed=code_needed,
        expired=record.line.expiry < desk.now.date(),
        on_routes=bool(definition.release_routes),
        command_key=desk.key(),
        meaning=Meaning.RELEASE_LOT if waits else Meaning.APPROVE,
        **shown,
    )
    return secret_page(desk, "lots/lot.html", view, f"Lot {number}", "Lots", study_id, status_code)
