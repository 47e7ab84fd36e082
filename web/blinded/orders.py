"""The investigator's order: read, signed with a password, and from then on kits can be assigned."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.views import BlindedView
from irt.errors import Refusal
from irt.reads.blinded_order_page import OrderView, order_page
from irt.services.sign_order import OrderReceipt, SignOrder, sign_order
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import signing_in, weight_in, whole_in
from web.forms import Fields
from web.press import answered


@dataclass(frozen=True)
class OrderPage(BlindedView):
    """The order with the panel to sign it; passwords and codes are never given back."""

    order: OrderView
    command_key: str
    weight: str = ""
    problem: str = ""

    @property
    def what(self) -> str:
        """What is signed, in one line."""
        parts = [f"Order to dispense for subject {self.order.subject}", self.order.visit_name, self.order.dose]
        return " · ".join(part for part in parts if part)


class OrderPages(Controller):
    """One order of one visit."""

    path = "/studies/{study_id:int}/subjects/{number:str}/order"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get(sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        visit: FromQuery[str],
        occurrence: FromQuery[int] = 0,
    ) -> Response[str]:
        """The order and its signature panel."""
        return _page(desk, _read(desk, study_id, number, visit, occurrence), {})

    @post(sync_to_thread=True)
    def sign(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Signs the order; the password is checked in this very request."""
        occurrence = whole_in(data.get("occurrence", "0"), "the visit")
        order = _read(desk, study_id, number, data.get("visit", ""), occurrence)

        def press() -> OrderReceipt:
            ask = SignOrder(
                study_id=study_id,
                subject=number,
                visit=order.visit,
                occurrence=occurrence,
                dose_level=data.get("dose_level") or None,
                weight_kg=weight_in(data.get("weight", "")),
                signing=signing_in(data),
            )
            return desk.press(sign_order, ask, data.get("command_key", ""))

        return answered(
            press,
            lambda _: go(f"{order.address}/order?visit={order.visit}&occurrence={order.occurrence}"),
            lambda refusal: _page(desk, order, data, refusal),
        )


def _read(desk: Desk, study_id: int, number: str, visit: str, occurrence: int) -> OrderView:
    with desk.store.reading() as connection:
        return order_page(connection, desk.who.actor, study_id, number, visit, occurrence, desk.now)


def _page(desk: Desk, order: OrderView, typed: Mapping[str, str], refusal: Refusal | None = None) -> Response[str]:
    view = OrderPage(order, desk.key(), typed.get("weight", ""), refusal.sentence if refusal else "")
    return desk.page(
        "orders/order.html",
        view,
        f"Order {order.subject}",
        "Worklist",
        study_id=order.study_id,
        site_id=order.site_id,
        status_code=refusal.status_code if refusal else 200,
    )
