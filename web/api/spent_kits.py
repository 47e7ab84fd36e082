"""Kits at the end of their use: what waits for the site, the monitor and the destroyer, and their signed acts."""

from dataclasses import dataclass

from sqlalchemy import Connection

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.errors import NotFound
from irt.reads.blinded_accountability import SiteAccountability, accountability_of
from irt.reads.blinded_destruction import DestructionPage, destruction_page
from irt.reads.blinded_deviations import DeviationLine, deviations_of
from irt.reads.blinded_return_shipments import (
    ReturnLine,
    ReturnRecord,
    depot_return,
    returns_from,
    returns_to,
    site_return,
)
from irt.reads.blinded_sites import WorkSite, sites_reached
from irt.reads.blinded_verification import SiteVerification, sites_to_verify
from irt.services.close_deviation import close_deviation
from irt.services.destroy_kits import destroy_kits
from irt.services.return_shipments import cancel_return, pack_return, receive_return, send_return
from irt.services.verify_depot_kits import confirm_depot_kits, verify_depot_kits
from irt.services.verify_kits import monitor_returns, verify_returns
from web.api.operations import Caller, Now, Number, Records, StudyId, command, question

_SIGNING = {"password": "the owner's password", "code": "123456"}
_KITS = {"study_id": 1, "site": "1014", "kits": ["48213377", "30915524"], "signing": _SIGNING}
_AT_DEPOT = {"study_id": 1, "depot": "NLD", "kits": ["48213377", "30915524"], "signing": _SIGNING}


@dataclass(frozen=True)
class VerificationShown:
    """What waits at the token's sites, the first two hundred kits of each."""

    items: tuple[SiteVerification, ...]


@question("/studies/{study_id:int}/verification", Permission.VIEW_STOCK, "Kits that wait to be verified")
def list_verification(study_id: StudyId, caller: Caller, store: Records, now: Now) -> VerificationShown:
    """For the site, kits brought back, past their date or never to be used; for monitors those it has verified."""
    with store.reading() as connection:
        own, monitored = (
            [site for site in sites_reached(connection, caller, permission) if site.study_id == study_id]
            for permission in (Permission.TAKE_BACK, Permission.VERIFY_RETURNS)
        )
        return VerificationShown(sites_to_verify(connection, own, monitored, now))


@question("/studies/{study_id:int}/destruction", Permission.DECIDE_QUALITY, "Kits to destroy, and certificates")
def list_destruction(study_id: StudyId, caller: Caller, store: Records) -> DestructionPage:
    """Kits that site and monitor have verified, the first five hundred, and every certificate with its hash."""
    caller.require(Permission.DECIDE_QUALITY, study_id)
    with store.reading() as connection:
        return destruction_page(connection, study_id)


@question(
    "/studies/{study_id:int}/sites/{site:str}/accountability",
    Permission.VIEW_STOCK,
    "The accountability of a site, lot by lot",
)
def show_accountability(study_id: StudyId, site: Number, caller: Caller, store: Records) -> SiteAccountability:
    """What came of each lot, what was dispensed, where all of it is, and in sentences what disagrees."""
    with store.reading() as connection:
        found = next((one for one in _sites(connection, caller, study_id) if one.site == site), None)
        if found is None:
            raise NotFound("No such site.")
        return accountability_of(connection, found)


@dataclass(frozen=True)
class DeviationsShown:
    """Deviations, open ones first, at most two hundred."""

    items: tuple[DeviationLine, ...]


@question("/studies/{study_id:int}/deviations", Permission.DECIDE_QUALITY, "Deviations and what came of them")
def list_deviations(study_id: StudyId, caller: Caller, store: Records, now: Now) -> DeviationsShown:
    """Each with the state of its kits now, and quality's assessment where it is closed."""
    caller.require(Permission.DECIDE_QUALITY, study_id)
    with store.reading() as connection:
        return DeviationsShown(deviations_of(connection, study_id, now))


@dataclass(frozen=True)
class ReturnsShown:
    """Return shipments, the newest first, at most two hundred."""

    items: tuple[ReturnLine, ...]


@question("/studies/{study_id:int}/returns", Permission.VIEW_STOCK, "Return shipments of sites")
def list_returns(study_id: StudyId, caller: Caller, store: Records) -> ReturnsShown:
    """Returns that the token's sites packed."""
    with store.reading() as connection:
        return ReturnsShown(returns_from(connection, _sites(connection, caller, study_id)))


@question("/studies/{study_id:int}/returns/{number:str}", Permission.VIEW_STOCK, "One return shipment of a site")
def show_return(study_id: StudyId, number: Number, caller: Caller, store: Records) -> ReturnRecord:
    """Its boxes with their seals, its kits by number, and its steps."""
    with store.reading() as connection:
        return site_return(connection, _sites(connection, caller, study_id), study_id, number)


@question("/studies/{study_id:int}/depot-returns", Permission.RECEIVE_RETURNS, "Returns that come to a depot")
def list_depot_returns(study_id: StudyId, caller: Caller, store: Records) -> ReturnsShown:
    """Returns that left for the token's depots."""
    depots = _depots(caller, study_id)
    with store.reading() as connection:
        return ReturnsShown(returns_to(connection, study_id, depots))


@question("/studies/{study_id:int}/depot-returns/{number:str}", Permission.RECEIVE_RETURNS, "One return to a depot")
def show_depot_return(study_id: StudyId, number: Number, caller: Caller, store: Records) -> ReturnRecord:
    """Its boxes with their seals, its kits by number, and its steps."""
    depots = _depots(caller, study_id)
    with store.reading() as connection:
        return depot_return(connection, study_id, number, depots)


def _sites(connection: Connection, caller: Actor, study_id: int) -> list[WorkSite]:
    caller.require(Permission.VIEW_STOCK, study_id)
    return [site for site in sites_reached(connection, caller, Permission.VIEW_STOCK) if site.study_id == study_id]


def _depots(caller: Actor, study_id: int) -> list[int] | None:
    """The depots the token's owner receives at; None: every depot of the study."""
    caller.require(Permission.RECEIVE_RETURNS, study_id)
    grants = [g for g in caller.grants if g.covers(Permission.RECEIVE_RETURNS, study_id, None)]
    depots = {grant.depot_id for grant in grants}
    return None if None in depots else sorted(each for each in depots if each is not None)


OPERATIONS = (
    list_verification,
    list_destruction,
    show_accountability,
    list_deviations,
    list_returns,
    show_return,
    list_depot_returns,
    show_depot_return,
    command(
        "/deviations/close",
        close_deviation,
        Permission.DECIDE_QUALITY,
        "Sign what came of a deviation whose kits are decided on",
        {"study_id": 1, "number": "D-0001", "assessment": "The visit was repeated", "signing": _SIGNING},
    ),
    command(
        "/returns/pack",
        pack_return,
        Permission.SHIP_RETURNS,
        "Pack verified kits of a site into sealed boxes for a depot",
        {
            "study_id": 1,
            "site": "1014",
            "depot": "NLD",
            "boxes": [{"seal": "SEAL-77", "kits": ["48213377", "30915524"]}],
        },
    ),
    command(
        "/returns/send",
        send_return,
        Permission.SHIP_RETURNS,
        "Give the boxes of a return to the carrier",
        {"study_id": 1, "number": "R-1001", "waybill": "W-77"},
    ),
    command(
        "/returns/cancel",
        cancel_return,
        Permission.SHIP_RETURNS,
        "Open the boxes of a return again before it left",
        {"study_id": 1, "number": "R-1001", "reason": "Box torn"},
    ),
    command(
        "/returns/receive",
        receive_return,
        Permission.RECEIVE_RETURNS,
        "Book what a depot found in the boxes of a return",
        {
            "study_id": 1,
            "number": "R-1001",
            "received": ["48213377"],
            "missing": ["30915524"],
            "reason": "Box open",
        },
    ),
    command(
        "/returns/verify", verify_returns, Permission.TAKE_BACK, "Sign for the site that kits are verified", _KITS
    ),
    command(
        "/returns/monitor",
        monitor_returns,
        Permission.VERIFY_RETURNS,
        "Sign as the monitor, another person than the site's, that kits are verified",
        _KITS,
    ),
    command(
        "/depots/kits/verify",
        verify_depot_kits,
        Permission.FULFIL_SHIPMENT,
        "Sign for the depot that kits there are rejected, recalled, damaged or past their date",
        _AT_DEPOT,
    ),
    command(
        "/depots/kits/confirm",
        confirm_depot_kits,
        Permission.FULFIL_SHIPMENT,
        "Sign as the depot's second person, so that these kits may be destroyed",
        _AT_DEPOT,
    ),
    command(
        "/returns/destroy",
        destroy_kits,
        Permission.DECIDE_QUALITY,
        "Sign the destruction of verified kits; the certificate's file as base64",
        {
            "study_id": 1,
            "certificate": "C-77",
            "destroyer": "Remex",
            "on_day": "2026-03-02",
            "file_name": "c-77.pdf",
            "paper": "JVBERi0xLjcK",
            "kits": ["48213377"],
            "signing": _SIGNING,
        },
    ),
)
