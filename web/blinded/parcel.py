"""The patient's page: no account, one parcel, a code from the study site, and every kit's number."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from litestar import Controller, MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import SecretStr

from irt.blinding.roles import Role
from irt.blinding.views import BlindedView
from irt.services.bootstrap import system_actor
from irt.services.confirm_delivery import CodeNotAccepted, ConfirmDelivery, DeliveryConfirmed, confirm_delivery
from irt.services.store import Store
from irt.services.unit_of_work import perform
from web.forms import Fields
from web.frame import outer_frame
from web.press import answered, new_key
from web.render import blinded_page

KITS_MAX = 50
_TYPED_MAX = 4000


@dataclass(frozen=True)
class ParcelPage(BlindedView):
    """The form of one parcel, with the numbers that were typed; the code is never given back."""

    label: str
    command_key: str
    kits: str = ""
    problem: str = ""
    confirmed: int = 0


class ParcelPages(Controller):
    """One parcel as its patient sees it. What the label is of is told to nobody without the code."""

    path = "/parcel/{label:str}"

    @get(sync_to_thread=True)
    def show(
        self, request: Request[Any, Any, Any], store: NamedDependency[Store], label: FromPath[str]
    ) -> Response[str]:
        """The form; the same for every label, known or not."""
        return _page(request, ParcelPage(label, new_key(store)))

    @post(sync_to_thread=True)
    def confirm(
        self,
        request: Request[Any, Any, Any],
        store: NamedDependency[Store],
        now: NamedDependency[datetime],
        label: FromPath[str],
        data: Fields,
    ) -> Response[Any]:
        """Books the kits as received by the patient."""
        typed = data.get("kits", "")[:_TYPED_MAX]
        page = ParcelPage(label, new_key(store), typed)
        reads = typed.replace(",", " ").split()[:KITS_MAX]
        ask = ConfirmDelivery(label=label, code=SecretStr(data.get("code", "")), scanned=reads)
        client = request.client.host if request.client else "unknown"
        doorkeeper = request.app.state.installation.doorkeeper

        def press() -> DeliveryConfirmed:
            doorkeeper.admit(client, now)
            with store.reading() as connection:
                patient = system_actor(connection, Role.PATIENT)
            try:
                return perform(store, patient, now, confirm_delivery, ask, _key(data, store))
            except CodeNotAccepted:
                doorkeeper.note_failure(client, now)
                raise

        return answered(
            press,
            lambda done: _page(request, replace(page, confirmed=done.kits)),
            lambda refusal: _page(request, replace(page, problem=refusal.sentence), refusal.status_code),
        )


def _key(data: dict[str, str], store: Store) -> str:
    """The form's key; without one the delivery's own state still refuses the second press."""
    return f"parcel:{data.get('command_key') or new_key(store)}"[:200]


def _page(request: Request[Any, Any, Any], page: ParcelPage, status_code: int = 200) -> Response[str]:
    text = blinded_page("home/parcel.html", page, outer_frame(request, "Your parcel"))
    return Response(text, status_code=status_code, media_type=MediaType.HTML)
