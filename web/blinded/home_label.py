"""The label of a parcel to a home, for the depot that packs it: an opaque code, and nothing else."""

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.reads.blinded_home import delivery_to_label
from irt.services.home_deliveries import label_of
from web.blinded.desk import Desk, desk_of
from web.blinded.home import LabelPage


class HomeLabelPages(Controller):
    """Labels by shipment."""

    path = "/depot/{study_id:int}/{number:str}/home-label"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get(sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str]) -> Response[str]:
        """The label, the same each time."""
        with desk.store.reading() as connection:
            delivery_id = delivery_to_label(connection, desk.who.actor, study_id, number)
        view = LabelPage(number, label_of(desk.store.seal, delivery_id), ("Inbox", "/depot"))
        return desk.page("home/label.html", view, f"Label {number}", "Inbox")
