"""The accountability of a site: lot by lot, to read and to print, with what does not add up."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_accountability import SiteAccountability, accountability_of
from irt.reads.blinded_sites import not_found
from irt.supply.accountability import CameBy, Fate
from web.blinded.desk import Desk, desk_of
from web.my_sites import sites_of

FATES = (
    (Fate.ON_HAND, "On hand"),
    (Fate.HELD, "Held"),
    (Fate.DAMAGED, "Damaged"),
    (Fate.TO_HOME, "On the way to homes"),
    (Fate.WITH_SUBJECT, "With subjects"),
    (Fate.COLLECTED, "Collected, on the way"),
    (Fate.RETURNED, "Came back, here"),
    (Fate.LOST_BY_SUBJECT, "Lost by subjects"),
    (Fate.MISSING, "Missing"),
    (Fate.RETURN_SHIPPED, "Sent back"),
    (Fate.RECEIVED_FOR_DESTRUCTION, "Received for destruction"),
    (Fate.DESTROYED, "Destroyed"),
    (Fate.SENT_ON, "Sent to satellites"),
    (Fate.ELSEWHERE, "At another place"),
)
CAME = ((CameBy.SHIPMENT, "By shipment"), (CameBy.HOME, "From homes"), (CameBy.FOUND, "Found here"))


@dataclass(frozen=True)
class AccountabilityView(BlindedView):
    """The account of one site, and the sites to choose from."""

    found: SiteAccountability | None
    sites: tuple[tuple[str, str], ...]

    came = CAME
    fates = FATES


class AccountabilityPages(Controller):
    """Accounts by site."""

    path = "/stock/accountability"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], site: FromQuery[int | None] = None) -> Response[Any]:
        """One site's account, the only one of the person's where there is one."""
        with desk.store.reading() as connection:
            sites = sites_of(connection, desk.who, Permission.VIEW_STOCK)
            wanted = sites[0].site_id if site is None and len(sites) == 1 else site
            chosen = next((one for one in sites if one.site_id == wanted), None)
            if wanted is not None and chosen is None:
                raise not_found("site of yours")
            found = None if chosen is None else accountability_of(connection, chosen)
        choices = tuple((str(one.site_id), f"{one.site} · {one.study}") for one in sites)
        return desk.page("stock/accountability.html", AccountabilityView(found, choices), "Accountability", "Stock")
