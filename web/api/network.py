"""Protocol versions and operational data: amendments, their signatures, sites' versions, proposals, decisions."""

from dataclasses import dataclass

from irt.blinding.roles import Permission
from irt.reads.blinded_imports import (
    LicenceLine,
    ShipperLine,
    StopLine,
    WayLine,
    licence_lines,
    shipper_lines,
    stop_lines,
    way_lines,
)
from irt.reads.blinded_network import ChangeLine, LaneLine, changes_of, lanes_of
from irt.reads.blinded_vendor_codes import CodeLine, vendor_codes
from irt.reads.blinded_versions import SiteOnVersion, VersionLine, sites_on_versions, versions_of
from irt.services.adopt_version import adopt_version
from irt.services.amend_study import amend_study
from irt.services.approve_version import approve_version, withdraw_version
from irt.services.operational_changes import decide_change
from irt.services.propose_changes import propose_contact, propose_lane, propose_site, propose_site_details
from irt.services.propose_codes import propose_code, propose_sku
from irt.services.propose_imports import propose_import_licence, propose_shipper
from irt.services.propose_level_set import propose_level_set
from irt.services.propose_levels import propose_levels
from irt.services.propose_ways import propose_way
from web.api.operations import After, AfterId, Caller, Limit, Now, Records, StudyId, command, question

_SIGNING = {"password": "the owner's password", "code": "123456"}


@dataclass(frozen=True)
class VersionsListed:
    """The versions of a study, the newest first."""

    items: tuple[VersionLine, ...]


@dataclass(frozen=True)
class SitesOnVersionsPage:
    """Sites by number with the version in force; `next` is where the following page begins, null on the last."""

    items: tuple[SiteOnVersion, ...]
    next: str | None


@dataclass(frozen=True)
class LanesListed:
    """The lanes in force, and those to come."""

    items: tuple[LaneLine, ...]


@dataclass(frozen=True)
class ChangesPage:
    """Changes, the newest first; `next` is where the following page begins, null on the last."""

    items: tuple[ChangeLine, ...]
    next: int | None


@question("/studies/{study_id:int}/versions", None, "The protocol versions of a study")
def list_versions(study_id: StudyId, caller: Caller, store: Records) -> VersionsListed:
    """Number, state and dates of each, and what it changed, as everybody at a site may read it."""
    with store.reading() as connection:
        return VersionsListed(versions_of(connection, caller, study_id))


@question("/studies/{study_id:int}/versions/sites", None, "The version in force at each site")
def list_sites_on_versions(
    study_id: StudyId, caller: Caller, store: Records, limit: Limit = 50, after: After = ""
) -> SitesOnVersionsPage:
    """Sites that the token's owner reaches, by number."""
    with store.reading() as connection:
        items = sites_on_versions(connection, caller, study_id, after, limit)
    return SitesOnVersionsPage(items, items[-1].site if len(items) == limit else None)


@question("/studies/{study_id:int}/lanes", Permission.ACTIVATE_SITE, "The lanes of a study")
def list_lanes(study_id: StudyId, caller: Caller, store: Records, now: Now) -> LanesListed:
    """Lead times and calendars, by origin and target."""
    caller.require(Permission.ACTIVATE_SITE, study_id)
    with store.reading() as connection:
        return LanesListed(lanes_of(connection, study_id, now.date()))


@question("/studies/{study_id:int}/changes", Permission.ACTIVATE_SITE, "Proposed changes of operational data")
def list_changes(
    study_id: StudyId,
    caller: Caller,
    store: Records,
    waiting: bool = True,
    limit: Limit = 50,
    after: AfterId = 0,
) -> ChangesPage:
    """Those that wait for a second person, or those decided; figures of stock levels are not told here."""
    caller.require(Permission.ACTIVATE_SITE, study_id)
    with store.reading() as connection:
        items = changes_of(connection, study_id, waiting=waiting, before=after or None, limit=limit)
    return ChangesPage(items, items[-1].change_id if len(items) == limit else None)


@dataclass(frozen=True)
class SupplyRulesListed:
    """What may be sent where, and how: import licences, shippers, stops of supply, ways that plans may take."""

    licences: tuple[LicenceLine, ...]
    shippers: tuple[ShipperLine, ...]
    stops: tuple[StopLine, ...]
    ways: tuple[WayLine, ...]


@question(
    "/studies/{study_id:int}/supply/rules",
    Permission.ACTIVATE_SITE,
    "Import licences, shippers, stops, further ways",
)
def list_supply_rules(study_id: StudyId, caller: Caller, store: Records, now: Now) -> SupplyRulesListed:
    """As they stand today, with the kits sent under each licence by blinding group."""
    caller.require(Permission.ACTIVATE_SITE, study_id)
    with store.reading() as connection:
        return SupplyRulesListed(
            licence_lines(connection, study_id, now.date()),
            shipper_lines(connection, study_id, now.date()),
            stop_lines(connection, study_id),
            way_lines(connection, study_id, now.date()),
        )


@dataclass(frozen=True)
class CodesListed:
    """What depots call sites, depots and products."""

    items: tuple[CodeLine, ...]


@question("/studies/{study_id:int}/vendor-codes", Permission.ACTIVATE_SITE, "The codes of depots' own systems")
def list_vendor_codes(study_id: StudyId, caller: Caller, store: Records, now: Now) -> CodesListed:
    """Those that hold today and those to come, by depot; none of a kit type."""
    caller.require(Permission.ACTIVATE_SITE, study_id)
    with store.reading() as connection:
        return CodesListed(vendor_codes(connection, study_id, now.date()))


OPERATIONS = (
    list_supply_rules,
    list_versions,
    list_sites_on_versions,
    list_lanes,
    list_changes,
    command(
        "/studies/amend",
        amend_study,
        Permission.CONFIGURE_STUDY,
        "Load a new version of a study as a draft",
        {"study_id": 1, "definition": {"study": {"protocol": "NB-301"}}},
    ),
    command(
        "/studies/approve-version",
        approve_version,
        Permission.APPROVE_STUDY,
        "Approve a draft version, signed",
        {"study_id": 1, "version": 2, "signing": _SIGNING},
    ),
    command(
        "/studies/withdraw-version",
        withdraw_version,
        Permission.CONFIGURE_STUDY,
        "Set a draft version aside for good",
        {"study_id": 1, "version": 2, "reason": "Wrong file"},
    ),
    command(
        "/sites/adopt-version",
        adopt_version,
        Permission.ACTIVATE_SITE,
        "Put a later version in force at a site",
        {"study_id": 1, "site": "1014", "version": 2, "reason": "Ethics committee and authority agreed"},
    ),
    command(
        "/lanes/propose",
        propose_lane,
        Permission.ACTIVATE_SITE,
        "Propose a lane",
        {
            "study_id": 1,
            "lane": {"origin": "NLD", "target": "GB", "lead_time_days": 4, "dispatch_days": ["mon", "wed"]},
            "effective_from": "2026-03-02",
            "reason": "Another carrier",
        },
    ),
    command(
        "/plan-ways/propose",
        propose_way,
        Permission.ACTIVATE_SITE,
        "Propose a further way that plans may take",
        {
            "study_id": 1,
            "way": {"code": "COURIER", "origin": "NLD", "target": "GB", "lead_time_days": 1},
            "open": True,
            "effective_from": "2026-03-02",
            "reason": "A courier was contracted",
        },
    ),
    command(
        "/import-licences/propose",
        propose_import_licence,
        Permission.ACTIVATE_SITE,
        "Propose a licence to import kits into a country",
        {
            "study_id": 1,
            "licence": {
                "country": "BR",
                "number": "LI-2026/118",
                "valid_from": "2026-03-01",
                "valid_until": "2027-02-28",
                "kits": {"PEN": 4000},
            },
            "effective_from": "2026-03-02",
            "reason": "Granted by the authority",
        },
    ),
    command(
        "/shippers/propose",
        propose_shipper,
        Permission.ACTIVATE_SITE,
        "Propose a shipper with its qualified hold times",
        {
            "study_id": 1,
            "shipper": {"code": "CB72", "name": "Cold box, 72 hours", "hold_hours": {"2-8C": 72}},
            "effective_from": "2026-03-02",
            "reason": "Qualified",
        },
    ),
    command(
        "/sites/propose",
        propose_site,
        Permission.ACTIVATE_SITE,
        "Propose a new site",
        {
            "study_id": 1,
            "site": {"number": "1099", "name": "Rowan Infirmary", "country": "GB"},
            "reason": "Enrols faster",
        },
    ),
    command(
        "/sites/details/propose",
        propose_site_details,
        Permission.ACTIVATE_SITE,
        "Propose a site's name, time zone or depot",
        {"study_id": 1, "site": "1014", "zone": "Europe/London", "reason": "Was typed wrong"},
    ),
    command(
        "/sites/contact/propose",
        propose_contact,
        Permission.ACTIVATE_SITE,
        "Propose where a site is reached",
        {
            "study_id": 1,
            "site": "1014",
            "contact": {"receiver": "Pharmacy", "address": "1 High Street\nLeeds", "phone": "+44 113 496 0000"},
            "effective_from": "2026-03-02",
            "reason": "The pharmacy moved",
        },
    ),
    command(
        "/resupply/levels/propose",
        propose_levels,
        Permission.RUN_RESUPPLY,
        "Propose the minimum and maximum of a kit type",
        {
            "study_id": 1,
            "kit_type": "PEN-A",
            "minimum": 20,
            "maximum": 40,
            "site": "1014",
            "effective_from": "2026-03-02",
            "reason": "Enrols faster than planned",
        },
    ),
    list_vendor_codes,
    command(
        "/vendor-codes/propose",
        propose_code,
        Permission.ACTIVATE_SITE,
        "Propose what a depot calls a site, a depot or a product",
        {
            "study_id": 1,
            "depot": "NLD",
            "code_of": "site",
            "record": "1014",
            "code": "ST-0088",
            "effective_from": "2026-03-02",
            "reason": "As their system has it",
        },
    ),
    command(
        "/vendor-codes/propose-sku",
        propose_sku,
        Permission.RUN_RESUPPLY,
        "Propose what a depot that may know kit types calls one",
        {
            "study_id": 1,
            "depot": "NLD",
            "kit_type": "PEN-A",
            "code": "770140",
            "effective_from": "2026-03-02",
            "reason": "As their system has it",
        },
    ),
    command(
        "/resupply/level-sets/propose",
        propose_level_set,
        Permission.RUN_RESUPPLY,
        "Propose the stock levels of many places as one change",
        {
            "study_id": 1,
            "rows": [{"site": "1014", "kit_type": "PEN-A", "minimum": 20, "maximum": 40}],
            "effective_from": "2026-03-02",
            "reason": "Enrols faster than planned",
        },
    ),
    command(
        "/changes/decide",
        decide_change,
        Permission.ACTIVATE_SITE,
        "Approve a proposed change, or refuse it, signed",
        {"study_id": 1, "change_id": 7, "granted": True, "seen": "a" * 64, "signing": _SIGNING},
    ),
)
