"""Lots and quality: what waits for release or for a decision, and the signed acts that end the waiting."""

from dataclasses import dataclass
from datetime import date

from irt.blinding.release_steps import require_part
from irt.blinding.roles import DataClass, Permission
from irt.reads.blinded_expiry import LotDates, lots_and_dates
from irt.reads.blinded_holds import HoldLine, HoldPage, hold_page, holds_of
from irt.reads.blinded_quality import HeldKit, OpenExcursion, quality_page
from irt.reads.blinded_release import LotOnRoutes, Turn, lots_and_routes, turns
from irt.reads.blinded_sites import sites_reached
from irt.reads.blinded_stock import kit_history
from irt.reads.blinded_storage import KitBudget, UnitLine, kit_budget, units_at
from irt.reads.blinded_temperature import ExcursionRecord, excursion_record
from irt.reads.unblinded_lots import lots
from irt.services.change_expiry import approve_extension, change_expiry
from irt.services.close_excursion import close_excursion
from irt.services.decide_quality import decide_quality
from irt.services.lift_hold import lift_hold
from irt.services.name_storage_unit import name_storage_unit
from irt.services.open_hold import open_hold
from irt.services.release_lot import approve_lot, release_lot
from irt.services.release_steps import sign_release_step
from irt.services.store_logger_file import store_logger_file
from web.api.operations import After, Caller, Now, Number, Records, StudyId, command, question, unblinded_question

_SIGNING = {"password": "the owner's password", "code": "123456"}


@dataclass(frozen=True)
class LotShown:
    """A blinded lot; what is inside is not told here. No country and released: wherever the study runs."""

    lot: str
    expiry: date
    released_on: date | None
    kits: int
    countries: tuple[str, ...]


@dataclass(frozen=True)
class LotsShown:
    """Every lot of a study, those that wait for release first."""

    items: tuple[LotShown, ...]


@dataclass(frozen=True)
class QualityWaiting:
    """What waits for a decision: open excursions, and kits by number; `next` is where the following page begins."""

    excursions: tuple[OpenExcursion, ...]
    items: tuple[HeldKit, ...]
    all_kits: int
    next: str | None


@unblinded_question(
    "/studies/{study_id:int}/lots", Permission.RELEASE_LOT, DataClass.SUPPLY_BY_TYPE, "The lots of a study"
)
def list_lots(study_id: StudyId, caller: Caller, store: Records) -> LotsShown:
    """Lots that wait for release, then those released, by expiry."""
    with store.reading() as connection:
        found = lots(connection, study_id)
    return LotsShown(tuple(LotShown(o.number, o.expiry, o.released_on, o.kits, o.countries) for o in found))


@dataclass(frozen=True)
class RoutesShown:
    """Every lot on the study's routes, and what the caller may sign or withdraw now."""

    items: tuple[LotOnRoutes, ...]
    turns: tuple[Turn, ...]


@question("/studies/{study_id:int}/release", None, "Lots on their routes, and the steps that wait for the caller")
def list_release(study_id: StudyId, caller: Caller, store: Records) -> RoutesShown:
    """Each step for each country: whether it stands, who signed it and when; for those who sign steps alone."""
    require_part(caller, study_id)
    with store.reading() as connection:
        return RoutesShown(lots_and_routes(connection, study_id), turns(connection, caller, study_id))


@question("/studies/{study_id:int}/quality", Permission.DECIDE_QUALITY, "What waits for a decision on quality")
def list_quality_waiting(study_id: StudyId, caller: Caller, store: Records, after: After = "") -> QualityWaiting:
    """Open excursions, and kits in quarantine, fifty at a time; never what is inside."""
    caller.require(Permission.DECIDE_QUALITY, study_id)
    with store.reading() as connection:
        page = quality_page(connection, study_id, after)
    return QualityWaiting(page.excursions, page.kits, page.total, page.next or None)


@dataclass(frozen=True)
class DatesShown:
    """Every lot of a study with the date that counts and its changes."""

    items: tuple[LotDates, ...]


@question("/studies/{study_id:int}/expiry", Permission.RELEASE_LOT, "Dates of lots and how they changed")
def list_dates(study_id: StudyId, caller: Caller, store: Records) -> DatesShown:
    """Each signed change, the countries that may label a later date, and how many kits have an earlier one."""
    caller.require(Permission.RELEASE_LOT, study_id)
    with store.reading() as connection:
        return DatesShown(lots_and_dates(connection, study_id))


@dataclass(frozen=True)
class HoldsShown:
    """Every hold of a study, the newest first."""

    items: tuple[HoldLine, ...]


@question("/studies/{study_id:int}/holds", Permission.DECIDE_QUALITY, "Recalls, quarantines and drills of a study")
def list_holds(study_id: StudyId, caller: Caller, store: Records) -> HoldsShown:
    """What each is over, how many of its kits were found, and whether it is in force; never why."""
    caller.require(Permission.DECIDE_QUALITY, study_id)
    with store.reading() as connection:
        return HoldsShown(holds_of(connection, study_id))


@question("/studies/{study_id:int}/holds/{number:str}", Permission.DECIDE_QUALITY, "One hold and its kits")
def show_hold(study_id: StudyId, number: Number, caller: Caller, store: Records, after: After = "") -> HoldPage:
    """Where its kits were found and where they are now, a hundred at a time; `next` begins the following page."""
    caller.require(Permission.DECIDE_QUALITY, study_id)
    with store.reading() as connection:
        return hold_page(connection, study_id, number, after)


@question(
    "/studies/{study_id:int}/excursions/{number:str}", Permission.DECIDE_QUALITY, "An excursion and its records"
)
def show_excursion(study_id: StudyId, number: Number, caller: Caller, store: Records) -> ExcursionRecord:
    """The figures, limits and proposals of every file, and the kits that wait; never what is inside."""
    caller.require(Permission.DECIDE_QUALITY, study_id)
    with store.reading() as connection:
        return excursion_record(connection, study_id, number)


@dataclass(frozen=True)
class UnitsShown:
    """Storage units of the token's sites, by site and name."""

    items: tuple[UnitLine, ...]


@question("/studies/{study_id:int}/storage-units", Permission.VIEW_STOCK, "Storage units and their next files")
def list_storage_units(study_id: StudyId, caller: Caller, store: Records, now: Now) -> UnitsShown:
    """Until when each unit's logger told, how cold and warm it was, when the next file is due, its excursion."""
    with store.reading() as connection:
        sites = sites_reached(connection, caller, Permission.VIEW_STOCK)
        return UnitsShown(units_at(connection, [site for site in sites if site.study_id == study_id], now))


@question("/studies/{study_id:int}/kits/{number:str}/budget", Permission.VIEW_STOCK, "A kit's stability budget")
def show_kit_budget(study_id: StudyId, number: Number, caller: Caller, store: Records, now: Now) -> KitBudget:
    """Hours outside its label's range over all legs, band by band: allowed, used, left; at the token's sites."""
    with store.reading() as connection:
        sites = sites_reached(connection, caller, Permission.VIEW_STOCK)
        kit = kit_history(connection, sites, study_id, number, now).kit
        version = next(site.version for site in sites if site.site_id == kit.site_id)
        return kit_budget(connection, study_id, version, number)


OPERATIONS = (
    list_storage_units,
    show_kit_budget,
    command(
        "/quality/close-excursion",
        close_excursion,
        Permission.DECIDE_QUALITY,
        "Sign that an excursion concerns no kit any more",
        {"study_id": 1, "number": "X-0001", "reason": "Nothing lay there then", "signing": _SIGNING},
    ),
    list_lots,
    list_dates,
    list_quality_waiting,
    list_holds,
    show_hold,
    command(
        "/holds/open",
        open_hold,
        Permission.DECIDE_QUALITY,
        "Sign a recall, a quarantine or a drill over a lot, a range of kits, a shipment or a site",
        {"study_id": 1, "kind": "recall", "lot": "L2509-N", "reason": "Sterility failure", "signing": _SIGNING},
    ),
    command(
        "/holds/lift",
        lift_hold,
        Permission.DECIDE_QUALITY,
        "Sign the end of a hold",
        {"study_id": 1, "number": "H-0001", "reason": "All kits accounted for", "signing": _SIGNING},
    ),
    command(
        "/lots/release",
        release_lot,
        Permission.RELEASE_LOT,
        "Sign the release of a lot",
        {"study_id": 1, "lot": "L2509-N", "on_day": "2026-03-02", "countries": ["DE"], "signing": _SIGNING},
    ),
    command(
        "/lots/approve",
        approve_lot,
        Permission.RELEASE_LOT,
        "Sign the approval of a released lot for one more country",
        {"study_id": 1, "lot": "L2509-N", "country": "FR", "signing": _SIGNING},
    ),
    command(
        "/lots/step",
        sign_release_step,
        None,
        "Sign, refuse or withdraw one step of a lot's route",
        {
            "study_id": 1,
            "lot": "L2509-N",
            "kind": "country_approval",
            "outcome": "signed",
            "countries": ["DE", "FR"],
            "signing": _SIGNING,
        },
    ),
    list_release,
    command(
        "/lots/expiry",
        change_expiry,
        Permission.RELEASE_LOT,
        "Sign another date for a lot: earlier at once everywhere, later label by label",
        {
            "study_id": 1,
            "lot": "L2509-N",
            "expiry": "2028-06-30",
            "countries": ["DE"],
            "reason": "Re-test",
            "signing": _SIGNING,
        },
    ),
    command(
        "/lots/expiry/approve",
        approve_extension,
        Permission.RELEASE_LOT,
        "Sign that one more country may label the later date",
        {"study_id": 1, "number": "E-0001", "country": "FR", "signing": _SIGNING},
    ),
    command(
        "/quality/decide",
        decide_quality,
        Permission.DECIDE_QUALITY,
        "Sign a decision on kits in quarantine",
        {
            "study_id": 1,
            "accept": ["48213377"],
            "reject": ["30915524"],
            "reason": "Within the stability data",
            "excursion": "X-0001",
            "signing": _SIGNING,
        },
    ),
    command(
        "/quality/storage-unit",
        name_storage_unit,
        Permission.RECEIVE_SHIPMENT,
        "Name a fridge, freezer or room of a site",
        {"study_id": 1, "site": "1014", "name": "Fridge 2", "storage": "2-8C"},
    ),
    command(
        "/quality/logger-file",
        store_logger_file,
        Permission.RECEIVE_SHIPMENT,
        "Store a temperature logger's file of a shipment or a storage unit, and have it judged",
        {
            "study_id": 1,
            "shipment": "S-10001",
            "name": "TT4-88120.csv",
            "content": "dGltZXN0YW1wLHRlbXBlcmF0dXJlX2MKMjAyNi0wMy0wMlQwODowMFosNS4wCg==",
        },
    ),
    show_excursion,
)
