"""What unblinded people alone read over the API: contents of kits, treatments, allocations, stock by kit type."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from irt.blinding.actor import Actor
from irt.blinding.roles import DataClass, Permission
from irt.errors import NotAllowed
from irt.reads.blinded_sites import WorkSite, not_found, sites_reached
from irt.reads.unblinded_allocations import AllocationLine, BalanceLine, allocations
from irt.reads.unblinded_contents import KnownKit, SubjectTreatment, known_kits, subject_treatment, treated_subjects
from irt.reads.unblinded_depots import DepotStock, depot_stock
from irt.reads.unblinded_level_set import LevelSetPreview, preview_level_set
from irt.reads.unblinded_live import LivePage, live
from irt.reads.unblinded_responses import ResponsesPage, response_feed
from irt.reads.unblinded_schedule import Schedule, schedule
from irt.reads.unblinded_supply import SiteLevels, StockAgainstLevels
from irt.services.look_at_treatment import LookAtTreatment, look_at_treatment
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.supply.level_file import read_level_file
from irt.supply.resupply import MinMax
from web.api.operations import After, AfterId, Caller, Limit, Now, Number, Records, StudyId, unblinded_question
from web.api.readings import write_down
from web.press import new_key


@dataclass(frozen=True)
class ContentsPage:
    """Kits of a site by number; `next` is where the following page begins, null on the last."""

    items: tuple[KnownKit, ...]
    next: str | None


@dataclass(frozen=True)
class ArmReached:
    """An arm and how many subjects it has."""

    arm: str
    name: str
    subjects: int


@dataclass(frozen=True)
class AllocationsShown:
    """Allocations, newest first, fifty at a time, and the balance of all; counts follow the order of `arms`."""

    items: tuple[AllocationLine, ...]
    next: int | None
    total: int
    method: str
    commitment: str
    arms: tuple[ArmReached, ...]
    balance: tuple[BalanceLine, ...]


@dataclass(frozen=True)
class StockLevelsPage:
    """Sites by number; `next` is where the following page begins, null on the last."""

    items: tuple[SiteLevels, ...]
    next: str | None


@dataclass(frozen=True)
class DepotHolding:
    """What one depot could ship, by kit type and lot."""

    depot: str
    lots: tuple[DepotStock, ...]


@dataclass(frozen=True)
class DepotStockPage:
    """Depots by code; `next` is where the following page begins, null on the last."""

    items: tuple[DepotHolding, ...]
    next: str | None


@unblinded_question(
    "/studies/{study_id:int}/sites/{site:str}/contents",
    Permission.VIEW_STOCK,
    DataClass.ARM,
    "What is in the kits of a site",
)
def list_kit_contents(
    study_id: StudyId, site: Number, caller: Caller, store: Records, now: Now, limit: Limit = 50, after: After = ""
) -> ContentsPage:
    """Kits that lie at the site, are on their way there or are missing there, by number, with what is inside."""
    with store.reading() as connection:
        here = next(
            (s for s in _sites(connection, caller, Permission.VIEW_STOCK, study_id) if s.site == site), None
        )
        if here is None:
            raise not_found("site")
        kits = sorted(known_kits(connection, here, now), key=lambda kit: kit.number)
    left = [kit for kit in kits if kit.number > after]
    _look(store, caller, now, here, rows=len(left[:limit]))
    return ContentsPage(tuple(left[:limit]), left[limit - 1].number if len(left) > limit else None)


@unblinded_question(
    "/studies/{study_id:int}/kits/{number:str}/contents",
    Permission.VIEW_STOCK,
    DataClass.ARM,
    "What is in one kit",
)
def show_kit_contents(study_id: StudyId, number: Number, caller: Caller, store: Records, now: Now) -> KnownKit:
    """A kit that lies at one of the token's sites, is on its way there or is missing there, with what is inside."""
    with store.reading() as connection:
        for site in _sites(connection, caller, Permission.VIEW_STOCK, study_id):
            kit = next((one for one in known_kits(connection, site, now) if one.number == number), None)
            if kit is not None:
                break
        else:
            raise not_found("kit")
    _look(store, caller, now, site, kit=number, rows=1)
    return kit


@unblinded_question(
    "/studies/{study_id:int}/subjects/{number:str}/treatment",
    Permission.VIEW_SUBJECTS,
    DataClass.ARM,
    "What a subject is given",
)
def show_treatment(study_id: StudyId, number: Number, caller: Caller, store: Records, now: Now) -> SubjectTreatment:
    """A randomized subject of the token's sites with its arm by stage and every kit assigned, newest first."""
    if not caller.unblinded_in(study_id):
        # The safety desk sees arms by code breaks and cases alone, each with its reason.
        raise NotAllowed("Your role cannot see this. Ask the study coordinator.")
    with store.reading() as connection:
        for site in _sites(connection, caller, Permission.VIEW_SUBJECTS, study_id):
            if number in {one.number for one in treated_subjects(connection, site)}:
                told = subject_treatment(connection, site, number)
                break
        else:
            raise not_found("subject")
    _look(store, caller, now, site, subject=number, rows=len(told.kits))
    return told


@unblinded_question(
    "/studies/{study_id:int}/allocations",
    Permission.VIEW_RANDOMIZATION,
    DataClass.LISTS,
    "The allocations of a study",
)
def list_allocations(
    study_id: StudyId, caller: Caller, store: Records, now: Now, after: AfterId = 0
) -> AllocationsShown:
    """Each allocation with the state it saw, its probability, its draw and its notes."""
    with store.reading() as connection:
        page = allocations(connection, study_id, after or None)
    read = len(page.allocations)
    write_down(store, caller, now, study_id, "allocations", read)
    reached = zip(page.arms, page.counts, strict=True)
    return AllocationsShown(
        items=page.allocations,
        next=page.next,
        total=page.total,
        method=page.method,
        commitment=page.commitment,
        arms=tuple(ArmReached(code, name, count) for (code, name), count in reached),
        balance=page.balance,
    )


@unblinded_question(
    "/studies/{study_id:int}/randomization-balance",
    Permission.VIEW_RANDOMIZATION,
    DataClass.LISTS,
    "The balance of a study, and how well it could be guessed",
)
def show_balance(study_id: StudyId, caller: Caller, store: Records, now: Now) -> LivePage:
    """By factor, stratum and site, the course over time, expected right guesses, subjects in the wrong stratum."""
    with store.reading() as connection:
        page = live(connection, study_id)
    write_down(store, caller, now, study_id, "balance", page.total)
    return page


@unblinded_question(
    "/studies/{study_id:int}/response-feed",
    Permission.VIEW_RANDOMIZATION,
    DataClass.LISTS,
    "What is known of responses, by source and by data cut-off",
)
def show_response_feed(study_id: StudyId, caller: Caller, store: Records, now: Now) -> ResponsesPage:
    """Entries received, corrected and unusable of each source, the cut-off in force, and who is still awaited."""
    with store.reading() as connection:
        page = response_feed(connection, study_id)
    write_down(store, caller, now, study_id, "responses", len(page.cut_offs))
    return page


@unblinded_question(
    "/studies/{study_id:int}/schedule-and-codes",
    Permission.VIEW_RANDOMIZATION,
    DataClass.LISTS,
    "The schedule and codes of a study (ICH E3 16.1.7)",
)
def show_schedule(study_id: StudyId, caller: Caller, store: Records, now: Now) -> Schedule:
    """Every subject with its arm in order of assignment, what the schedule was made by, and signed checks."""
    with store.reading() as connection:
        told = schedule(connection, study_id)
    write_down(store, caller, now, study_id, "schedule and codes", len(told.lines))
    return told


@unblinded_question(
    "/studies/{study_id:int}/stock-by-type",
    Permission.VIEW_SUPPLY,
    DataClass.SUPPLY_BY_TYPE,
    "Stock by kit type at sites",
)
def list_stock_by_type(
    study_id: StudyId, caller: Caller, store: Records, now: Now, limit: Limit = 50, after: After = ""
) -> StockLevelsPage:
    """Each active site's stock against its levels; by blinding group where a site has few subjects (`grouped`)."""
    with store.reading() as connection:
        levels = StockAgainstLevels(connection, study_id, now)
    left = sorted((one for one in levels.sites if one.site.number > after), key=lambda one: one.site.number)
    return StockLevelsPage(levels.told(left[:limit]), left[limit - 1].site.number if len(left) > limit else None)


@unblinded_question(
    "/studies/{study_id:int}/depot-stock-by-type",
    Permission.VIEW_SUPPLY,
    DataClass.SUPPLY_BY_TYPE,
    "Stock by kit type at depots",
)
def list_depot_stock_by_type(
    study_id: StudyId, caller: Caller, store: Records, limit: Limit = 50, after: After = ""
) -> DepotStockPage:
    """Free, released kits of each depot, by kit type and lot."""
    with store.reading() as connection:
        lots = depot_stock(connection, study_id)
    codes = sorted({one.depot for one in lots if one.depot > after})
    shown = (DepotHolding(code, tuple(one for one in lots if one.depot == code)) for code in codes[:limit])
    return DepotStockPage(tuple(shown), codes[limit - 1] if len(codes) > limit else None)


def _sites(connection: Connection, caller: Actor, permission: Permission, study_id: int) -> list[WorkSite]:
    """The study's sites where one role of the token's owner allows the act and shows arms."""
    return [
        site
        for site in sites_reached(connection, caller, permission)
        if site.study_id == study_id and caller.sees(DataClass.ARM, permission, study_id, site.site_id)
    ]


def _look(
    store: Store,
    caller: Actor,
    now: datetime,
    site: WorkSite,
    *,
    subject: str | None = None,
    kit: str | None = None,
    rows: int,
) -> None:
    """A look at treatments at one site, in the log of unblinding too."""
    ask = LookAtTreatment(study_id=site.study_id, site=site.site, subject=subject, kit=kit, rows=rows)
    perform(store, caller, now, look_at_treatment, ask, new_key(store))


@unblinded_question(
    "/studies/{study_id:int}/supply/level-sets/preview",
    Permission.RUN_RESUPPLY,
    DataClass.SUPPLY_BY_TYPE,
    "Stock levels of many places, before and after",
)
def preview_levels(study_id: StudyId, table: str, caller: Caller, store: Records, now: Now) -> LevelSetPreview:
    """A dry run of tonight with the levels of a CSV text; its columns are those of the page."""
    caller.require(Permission.RUN_RESUPPLY, study_id)
    with store.reading() as connection:
        return preview_level_set(connection, study_id, read_level_file(table), MinMax(), now)


OPERATIONS = (
    preview_levels,
    list_kit_contents,
    show_kit_contents,
    show_treatment,
    list_allocations,
    show_balance,
    show_response_feed,
    show_schedule,
    list_stock_by_type,
    list_depot_stock_by_type,
)
