"""A delivery as its site sees it: the address recorded, the release signed, a code for the patient."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from pydantic import SecretStr

from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_home import HomeView, delivery_packed_here, home_page
from irt.services.confirm_delivery import GiveCode, give_code
from irt.services.home_addresses import EraseAddress, RecordAddress, erase_address, record_address
from irt.services.home_deliveries import label_of
from irt.services.release_delivery import CancelDelivery, ReleaseDelivery, cancel_delivery, release_delivery
from irt.services.send_from_site import GiveToCarrier, PackParcel, give_to_carrier, pack_parcel
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import reason_in, signing_in
from web.forms import Fields
from web.press import answered

_TYPED_MAX = 4000


@dataclass(frozen=True)
class HomePage(BlindedView):
    """The delivery with its forms. `code` is told on this one page and never again."""

    home: HomeView
    command_key: str
    problem: str = ""
    code: str = ""
    code_until: datetime | None = None
    scanned: str = ""

    @property
    def what(self) -> str:
        """What is signed, in one line."""
        return f"Kits {', '.join(self.home.kits)} for subject {self.home.subject} · {self.home.visit_name}"

    @property
    def status_words(self) -> str:
        """How the delivery stands, in words."""
        return self.home.status.replace("_", " ")


@dataclass(frozen=True)
class LabelPage(BlindedView):
    """What is printed on a parcel: an opaque code, and nothing else."""

    shipment: str
    label: str
    back: tuple[str, str]


def home_of(
    desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], dispensing_id: FromPath[int]
) -> HomeView:
    """The delivery that the address names, as its reader may see it."""
    with desk.store.reading() as connection:
        return home_page(connection, desk.who.actor, study_id, number, dispensing_id)


class HomePages(Controller):
    """The delivery of one dispensing."""

    path = "/studies/{study_id:int}/subjects/{number:str}/home/{dispensing_id:int}"
    dependencies = {
        "desk": Provide(desk_of, sync_to_thread=False),
        "home": Provide(home_of, sync_to_thread=True),
    }

    @get(sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], home: NamedDependency[HomeView]) -> Response[str]:
        """How the delivery stands, and what is to do."""
        return _page(desk, home)

    @post("/address", sync_to_thread=True)
    def keep_address(
        self, desk: NamedDependency[Desk], home: NamedDependency[HomeView], data: Fields
    ) -> Response[Any]:
        """Seals the address; it is not shown again."""
        ask = RecordAddress(
            study_id=home.study_id, subject=home.subject, address=SecretStr(data.get("address", ""))
        )
        return _pressed(desk, home, lambda: desk.press(record_address, ask, _key(data)))

    @post("/erase", sync_to_thread=True)
    def erase(self, desk: NamedDependency[Desk], home: NamedDependency[HomeView], data: Fields) -> Response[Any]:
        """Destroys the key of the address."""

        def press() -> object:
            ask = EraseAddress(study_id=home.study_id, subject=home.subject, reason=reason_in(data))
            return desk.press(erase_address, ask, _key(data))

        return _pressed(desk, home, press)

    @post("/release", sync_to_thread=True)
    def release(self, desk: NamedDependency[Desk], home: NamedDependency[HomeView], data: Fields) -> Response[Any]:
        """Signs the release; the password is checked in this very request."""

        def press() -> object:
            ask = ReleaseDelivery(
                study_id=home.study_id,
                dispensing_id=home.dispensing_id,
                slot_from=moment_in(data.get("slot_from", ""), home.zone),
                slot_to=moment_in(data.get("slot_to", ""), home.zone),
                signing=signing_in(data),
            )
            return desk.press(release_delivery, ask, _key(data))

        return _pressed(desk, home, press)

    @post("/cancel", sync_to_thread=True)
    def cancel(self, desk: NamedDependency[Desk], home: NamedDependency[HomeView], data: Fields) -> Response[Any]:
        """The kits do not leave after all."""

        def press() -> object:
            ask = CancelDelivery(study_id=home.study_id, dispensing_id=home.dispensing_id, reason=reason_in(data))
            return desk.press(cancel_delivery, ask, _key(data))

        return _pressed(desk, home, press)

    @post("/pack", sync_to_thread=True)
    def pack(self, desk: NamedDependency[Desk], home: NamedDependency[HomeView], data: Fields) -> Response[Any]:
        """The site scans the kits into its own parcel."""
        typed = data.get("kits", "")[:_TYPED_MAX]

        def press() -> object:
            reads = typed.replace(",", " ").split()
            if not reads:
                raise BadInput("Nothing was scanned. Nothing was booked. Scan each kit as you put it in.")
            ask = PackParcel(study_id=home.study_id, dispensing_id=home.dispensing_id, scanned=reads)
            return desk.press(pack_parcel, ask, _key(data))

        return _pressed(desk, home, press, scanned=typed)

    @post("/send", sync_to_thread=True)
    def send(self, desk: NamedDependency[Desk], home: NamedDependency[HomeView], data: Fields) -> Response[Any]:
        """The carrier takes the site's parcel."""
        waybill = data.get("waybill", "").strip()[:100] or None
        ask = GiveToCarrier(study_id=home.study_id, dispensing_id=home.dispensing_id, waybill=waybill)
        return _pressed(desk, home, lambda: desk.press(give_to_carrier, ask, _key(data)))

    @get("/label", sync_to_thread=True)
    def label(self, desk: NamedDependency[Desk], home: NamedDependency[HomeView]) -> Response[str]:
        """The label of the site's own parcel, the same each time."""
        with desk.store.reading() as connection:
            delivery_id = delivery_packed_here(connection, home)
        view = LabelPage(home.shipment, label_of(desk.store.seal, delivery_id), ("Delivery", home.address))
        return desk.page("home/label.html", view, f"Label {home.shipment}", "Worklist", study_id=home.study_id)

    @post("/code", sync_to_thread=True)
    def code(self, desk: NamedDependency[Desk], home: NamedDependency[HomeView], data: Fields) -> Response[Any]:
        """Tells a new one-time code once, to be told to the patient."""
        ask = GiveCode(study_id=home.study_id, dispensing_id=home.dispensing_id)
        return answered(
            lambda: desk.press(give_code, ask, _key(data)),
            lambda given: _page(
                desk,
                home,
                code=given.code.get_secret_value() if given.code else "",
                until=given.expires_at,
            ),
            lambda refusal: _page(desk, home, refusal),
        )


def moment_in(typed: str, zone: str) -> datetime | None:
    """A moment as a date-and-time field sends it, on the wall clock of a zone; none where nothing was typed."""
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise BadInput(f"'{typed}' is not a day with a time. Nothing was booked. Choose it again.") from None


def _key(data: Mapping[str, str]) -> str:
    return data.get("command_key", "")


def _pressed(desk: Desk, home: HomeView, press: Callable[[], object], scanned: str = "") -> Response[Any]:
    return answered(press, lambda _: go(home.address), lambda refusal: _page(desk, home, refusal, scanned=scanned))


def _page(
    desk: Desk,
    home: HomeView,
    refusal: Refusal | None = None,
    *,
    code: str = "",
    until: datetime | None = None,
    scanned: str = "",
) -> Response[str]:
    return desk.page(
        "home/home.html",
        HomePage(home, desk.key(), refusal.sentence if refusal else "", code, until, scanned),
        f"Delivery {home.subject}",
        "Worklist",
        study_id=home.study_id,
        site_id=home.site_id,
        status_code=refusal.status_code if refusal else 200,
    )
