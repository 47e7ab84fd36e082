"""What a token may look at of supply: kits at a site, shipments to sites, shipments of a depot."""

from dataclasses import dataclass
from typing import Annotated

from litestar.params import QueryParameter
from sqlalchemy import Connection

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.errors import NotFound
from irt.reads.blinded_expiry import ExpiringLine, expiring_stock, names_lots
from irt.reads.blinded_items import ItemStock, item_depot, items_at, items_at_depot
from irt.reads.blinded_pharmacy_log import log_layout, log_lines
from irt.reads.blinded_preparations import PreparationLine, preparations_at
from irt.reads.blinded_relabelling import RelabelCampaign, relabel_campaign
from irt.reads.blinded_shipments import (
    ShipmentLine,
    ShipmentRecord,
    depot_shipment,
    depot_shipments,
    shipments_to,
    site_shipment,
)
from irt.reads.blinded_sites import WorkSite, sites_reached
from irt.reads.blinded_stock import KitHistory, StockKit, kit_history, stock_at
from irt.supply.pharmacy_log import laid_out
from web.api.operations import After, AfterId, Caller, Limit, Now, Number, Records, StudyId, question

EXPIRING_WITHIN_DAYS = 90


@dataclass(frozen=True)
class KitsPage:
    """Kits by number; `next` is where the following page begins, null on the last."""

    items: tuple[StockKit, ...]
    next: str | None


@dataclass(frozen=True)
class ShipmentsPage:
    """Awaited or requested shipments by number; `next` is where the following page begins, null on the last."""

    items: tuple[ShipmentLine, ...]
    next: str | None


@dataclass(frozen=True)
class PastShipmentsPage:
    """Shipments, newest first; `next` is where the following page begins, null on the last."""

    items: tuple[ShipmentLine, ...]
    next: int | None


@question(
    "/studies/{study_id:int}/sites/{site:str}/items", Permission.VIEW_STOCK, "Stock without numbers at a site"
)
def list_items(study_id: StudyId, site: Number, caller: Caller, store: Records, now: Now) -> ItemStock:
    """Items by lot and quantity, and the last bookings."""
    with store.reading() as connection:
        sites = [each for each in _sites(connection, caller, study_id) if each.site == site]
        if not sites:
            raise NotFound("No such site.")
        return items_at(connection, sites[0], sites[0].today(now))


@question(
    "/studies/{study_id:int}/depots/{depot:str}/items",
    Permission.FULFIL_SHIPMENT,
    "Stock without numbers at a depot",
)
def list_depot_items(study_id: StudyId, depot: Number, caller: Caller, store: Records, now: Now) -> ItemStock:
    """Items by lot and quantity at one of the token's depots, and the last bookings."""
    caller.require(Permission.FULFIL_SHIPMENT, study_id)
    with store.reading() as connection:
        return items_at_depot(connection, item_depot(connection, caller, study_id, depot), now.date())


@question("/studies/{study_id:int}/sites/{site:str}/kits", Permission.VIEW_STOCK, "The stock of a site")
def list_kits(
    study_id: StudyId,
    site: Number,
    caller: Caller,
    store: Records,
    now: Now,
    limit: Limit = 50,
    after: After = "",
) -> KitsPage:
    """Kits that lie at the site, are on their way there or are missing there, by number; never what is inside."""
    with store.reading() as connection:
        sites = [each for each in _sites(connection, caller, study_id) if each.site == site]
        if not sites:
            raise NotFound("No such site.")
        kits = stock_at(connection, sites, now)
    left = [kit for kit in kits if kit.number > after]
    return KitsPage(tuple(left[:limit]), left[limit - 1].number if len(left) > limit else None)


@question("/studies/{study_id:int}/kits/{number:str}", Permission.VIEW_STOCK, "One kit and what happened to it")
def show_kit(
    study_id: StudyId,
    number: Number,
    caller: Caller,
    store: Records,
    now: Now,
) -> KitHistory:
    """A kit of the token's sites with its steps there, newest first."""
    with store.reading() as connection:
        return kit_history(connection, _sites(connection, caller, study_id), study_id, number, now)


@question("/studies/{study_id:int}/shipments", Permission.VIEW_STOCK, "Shipments that sites await")
def list_awaited_shipments(
    study_id: StudyId,
    caller: Caller,
    store: Records,
    limit: Limit = 50,
    after: After = "",
) -> ShipmentsPage:
    """Shipments on their way to the token's sites or partly received there, by number."""
    with store.reading() as connection:
        lines, _ = shipments_to(connection, _sites(connection, caller, study_id), awaited=True)
    return _page(lines, limit, after)


@question("/studies/{study_id:int}/past-shipments", Permission.VIEW_STOCK, "Shipments that came, or never will")
def list_past_shipments(
    study_id: StudyId,
    caller: Caller,
    store: Records,
    limit: Limit = 50,
    after: AfterId = 0,
) -> PastShipmentsPage:
    """Shipments to the token's sites that are received, lost, returned or closed, newest first."""
    with store.reading() as connection:
        sites = _sites(connection, caller, study_id)
        lines, mark = shipments_to(connection, sites, awaited=False, limit=limit, before=after or None)
    return PastShipmentsPage(lines, mark)


@dataclass(frozen=True)
class ExpiringShown:
    """Free kits near their date, by lot or, for who plans blinded, by product."""

    items: tuple[ExpiringLine, ...]


@question("/studies/{study_id:int}/expiring", Permission.VIEW_SUPPLY, "Stock that comes near its date")
def list_expiring(study_id: StudyId, caller: Caller, store: Records, now: Now) -> ExpiringShown:
    """Free kits at sites and depots with at most ninety days left, the soonest first."""
    caller.require(Permission.VIEW_SUPPLY, study_id)
    with store.reading() as connection:
        by_lot = names_lots(caller, study_id)
        return ExpiringShown(expiring_stock(connection, study_id, now.date(), EXPIRING_WITHIN_DAYS, by_lot))


@question("/studies/{study_id:int}/relabelling", Permission.VIEW_STOCK, "Kits that wait for a later date's label")
def list_relabelling(study_id: StudyId, caller: Caller, store: Records) -> RelabelCampaign:
    """Kits at the token's sites that get a label with a later date, and labels that wait for a second person."""
    with store.reading() as connection:
        sites = [site.site_id for site in _sites(connection, caller, study_id)]
        return relabel_campaign(connection, study_id, sites, [])


@question("/studies/{study_id:int}/shipments/{number:str}", Permission.VIEW_STOCK, "One shipment to a site")
def show_shipment(study_id: StudyId, number: Number, caller: Caller, store: Records) -> ShipmentRecord:
    """A shipment to one of the token's sites with its steps, and its kits by number once it has left."""
    with store.reading() as connection:
        return site_shipment(connection, _sites(connection, caller, study_id), study_id, number)


@question("/studies/{study_id:int}/depot-shipments", Permission.FULFIL_SHIPMENT, "What a depot has to send")
def list_depot_shipments(
    study_id: StudyId,
    caller: Caller,
    store: Records,
    limit: Limit = 50,
    after: After = "",
) -> ShipmentsPage:
    """Requested shipments of the token's depots that have not left, by number."""
    depot_ids = _depots(caller, study_id)
    with store.reading() as connection:
        lines = depot_shipments(connection, [study_id], depot_ids)
    return _page(lines, limit, after)


@question(
    "/studies/{study_id:int}/depot-shipments/{number:str}", Permission.FULFIL_SHIPMENT, "One shipment of a depot"
)
def show_depot_shipment(study_id: StudyId, number: Number, caller: Caller, store: Records) -> ShipmentRecord:
    """A shipment of the token's depots with its kits by number and its steps."""
    depot_ids = _depots(caller, study_id)
    with store.reading() as connection:
        return depot_shipment(connection, study_id, number, depot_ids)


def _sites(connection: Connection, caller: Actor, study_id: int) -> tuple[WorkSite, ...]:
    """Sites of the study whose stock the token's owner may see; OutOfReach or NotAllowed where there is none."""
    reached = [s for s in sites_reached(connection, caller, Permission.VIEW_STOCK) if s.study_id == study_id]
    if not reached:
        caller.require(Permission.VIEW_STOCK, study_id)
    return tuple(reached)


def _depots(caller: Actor, study_id: int) -> list[int] | None:
    """The depots the token's owner works at; None: every depot of the study."""
    caller.require(Permission.FULFIL_SHIPMENT, study_id)
    grants = [g for g in caller.grants if g.covers(Permission.FULFIL_SHIPMENT, study_id, None)]
    depots = {grant.depot_id for grant in grants}
    return None if None in depots else sorted(each for each in depots if each is not None)


def _page(lines: tuple[ShipmentLine, ...], limit: int, after: str) -> ShipmentsPage:
    left = sorted((line for line in lines if line.number > after), key=lambda line: line.number)
    return ShipmentsPage(tuple(left[:limit]), left[limit - 1].number if len(left) > limit else None)


@dataclass(frozen=True)
class PreparationsShown:
    """Preparations of a site, newest first."""

    items: tuple[PreparationLine, ...]


@question(
    "/studies/{study_id:int}/sites/{site:str}/preparations", Permission.DISPENSE, "Prepared syringes of a site"
)
def list_preparations(
    study_id: StudyId, site: Number, caller: Caller, store: Records, now: Now
) -> PreparationsShown:
    """What stands on each label, how long the syringe may be given, how it ended; nothing of what is inside."""
    with store.reading() as connection:
        reached = sites_reached(connection, caller, Permission.DISPENSE)
        sites = [each for each in reached if (each.study_id, each.site) == (study_id, site)]
        if not sites:
            raise NotFound("No such site.")
        return PreparationsShown(preparations_at(connection, sites, now))


OfSubject = Annotated[
    str, QueryParameter(pattern="^[A-Za-z0-9._-]{0,64}$", description="Only the kits given to this subject.")
]


@dataclass(frozen=True)
class LogShown:
    """Headings in the site's own words and order, and a row for each kit."""

    headings: tuple[str, ...]
    items: tuple[tuple[str, ...], ...]


@question("/studies/{study_id:int}/sites/{site:str}/log", Permission.VIEW_STOCK, "The accountability log of a site")
def show_log(study_id: StudyId, site: Number, caller: Caller, store: Records, subject: OfSubject = "") -> LogShown:
    """Every kit that was ever at the site, or those given to one subject; blinded."""
    with store.reading() as connection:
        sites = [each for each in _sites(connection, caller, study_id) if each.site == site]
        if not sites:
            raise NotFound("No such site.")
        heads, rows = laid_out(log_layout(connection, sites[0]), log_lines(connection, sites[0], subject))
    return LogShown(heads, tuple(tuple(str(cell) for cell in row) for row in rows))


OPERATIONS = (
    show_log,
    list_preparations,
    list_items,
    list_depot_items,
    list_kits,
    show_kit,
    list_awaited_shipments,
    list_past_shipments,
    list_expiring,
    list_relabelling,
    show_shipment,
    list_depot_shipments,
    show_depot_shipment,
)
