"""The night's resupply of 1,242 sites and six kit types, by levels and predicted, and its growth to 5,000 sites."""

import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, insert, select, update

from irt.services.run_resupply import ResupplyDone
from irt.services.store import Store
from irt.study.definition import StudyDefinition
from irt.study.dispensing import DispensingRule, KitNeed
from irt.study.kit_types import KitType
from irt.study.resupply import MinMax, Resupply
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit, LotApproval
from irt.tables.secret import KitContent, ManufacturingLot, TreatmentAssignment
from irt.tables.study import Depot, Site
from irt.tables.subject import Randomization, Subject
from tests.bench.figures import Figure
from tests.builders_supply import DAY, SupplyHouse, the_study

SITES, MANY_SITES = 1242, 5000
SECONDS_MAX = 10.0
EXPONENT_MAX = Fraction(6, 5)
SUBJECTS_A_SITE = 10
LOW_EVERY = 10
"""Every so-maniest site is low, and is sent a parcel."""

_PAIRS = ("", "-B", "-C")
_TYPES = tuple(f"PEN-{arm}{pair}" for pair in _PAIRS for arm in "AP")


def nightly(name: str, a_store: Callable[[], AbstractContextManager[Store]]) -> list[Figure]:
    """Seconds of one night by levels and of one predicted, and the exponent of growth to 5,000 sites."""
    figures = []
    for method in ("min_max", "predictive"):
        seconds = {}
        for sites in (SITES, MANY_SITES):
            with a_store() as store:
                house = _seeded(store, _definition(method, sites), sites)
                seconds[sites], done = _night(house)
        exponent = math.log(seconds[MANY_SITES] / seconds[SITES]) / math.log(MANY_SITES / SITES)
        what = f"a night of {SITES:,} sites and {len(_TYPES)} kit types, {method.replace('_', '/')}, {name}"
        many = f"{MANY_SITES:,} sites: {seconds[MANY_SITES]:.2f} s, {len(done.shipments)} shipments"
        figures += [
            Figure(what, f"{seconds[SITES]:.2f} s", many, "under 10 s", seconds[SITES] < SECONDS_MAX),
            Figure(f"exponent, {method}, {name}", f"{exponent:.2f}", "", "linear", exponent < EXPONENT_MAX),
        ]
    return figures


def _night(house: SupplyHouse) -> tuple[float, ResupplyDone]:
    begun = time.perf_counter()
    done = house.resupply()
    return time.perf_counter() - begun, done


def _definition(method: str, sites: int) -> StudyDefinition:
    """The study of 49 countries with three pairs of pens, and so many sites over its countries."""
    fourier = the_study("fourier")
    pens = {pen.code: pen for pen in fourier.kit_types}
    kit_types = tuple(_named(pens[code[:5]], code) for code in _TYPES)
    levels = {code: MinMax(minimum=1, maximum=5) for code in _TYPES}
    windows: dict[str, Any] = {"trigger_days": 3, "resupply_days": 28} if method == "predictive" else {}
    full = fourier.sizes["full"]
    share = Fraction(sites, sum(full.sites.values()))
    counts = {country: max(int(number * share), 1) for country, number in full.sites.items()}
    counts["GB"] += sites - sum(counts.values())
    return fourier.model_copy(
        update={
            "kit_types": kit_types,
            "dispensing": tuple(_with_all_pairs(rule) for rule in fourier.dispensing),
            "resupply": Resupply.model_validate({"method": method, "study": levels, **windows}),
            "sizes": {"full": full.model_copy(update={"sites": counts})},
        }
    )


def _named(pen: KitType, code: str) -> KitType:
    return pen.model_copy(update={"code": code})


def _with_all_pairs(rule: DispensingRule) -> DispensingRule:
    kits = (KitNeed(kit_type=f"{need.kit_type}{pair}", quantity=1) for need in rule.kits for pair in _PAIRS)
    return rule.model_copy(update={"kits": tuple(kits)})


def _seeded(store: Store, definition: StudyDefinition, sites: int) -> SupplyHouse:
    """Sites with three kits of each type, a tenth of them with none; full depots; ten subjects a site."""
    house = SupplyHouse.of(store, definition, size="full")
    site, depot = table_of(Site), table_of(Depot)
    with store.writing() as connection:
        connection.execute(update(site).values(status="active"))
        site_ids = [*connection.execute(select(site.c.id).order_by(site.c.id)).scalars()]
        depot_ids = [*connection.execute(select(depot.c.id)).scalars()]
        sponsor_id = connection.execute(select(site.c.sponsor_id).limit(1)).scalar_one()
        owner = {"sponsor_id": sponsor_id, "study_id": house.study_id}
        _put(connection, Kit, _kits(connection, owner, site_ids, depot_ids))
        _contents(connection, owner)
        _subjects(connection, owner, site_ids)
    return house


def _put(connection: Connection, model: Any, rows: Iterable[dict[str, Any]]) -> None:
    connection.execute(insert(table_of(model)), [*rows])


def _kits(
    connection: Connection, owner: dict[str, int], sites: list[int], depots: list[int]
) -> Iterator[dict[str, Any]]:
    """Kits in the order of their types; the lot of a kit is that of its pair."""
    expiry = DAY + timedelta(days=700)
    for number, pair in enumerate(_PAIRS, 1):
        lot = {**owner, "id": number, "number": f"L{pair}", "expiry": expiry, "released_on": DAY}
        _put(connection, BlindedLot, [lot])
        _put(connection, LotApproval, [{**owner, "blinded_lot_id": number, "country": None, "at": _noon(DAY)}])
    state = {"quality": "released", "assignment": "free", "accountability": "none", "storage_place": ""}
    common = {**owner, **state, "blinding_group": "PEN", "label_group": "all", "expiry": expiry}
    for index, _ in enumerate(_TYPES):
        places = [("depot", place) for place in depots for _ in range(len(sites))]
        places += [("site", place) for n, place in enumerate(sites) for _ in range(0 if n % LOW_EVERY == 0 else 3)]
        for count, (custody, place) in enumerate(places):
            where = {"custody": custody, "place_id": place}
            yield {**common, **where, "number": f"{index}-{count}", "blinded_lot_id": index // 2 + 1}


def _contents(connection: Connection, owner: dict[str, int]) -> None:
    for number, code in enumerate(_TYPES, 1):
        bulk = {**owner, "id": number, "number": code, "kit_type": code, "expiry": DAY + timedelta(days=700)}
        _put(connection, ManufacturingLot, [{**bulk, "blinded_lot_id": (number + 1) // 2}])
    kits = connection.execute(select(table_of(Kit).c.id, table_of(Kit).c.number)).all()
    _put(
        connection,
        KitContent,
        (
            {
                **owner,
                "kit_id": kit_id,
                "kit_type": _TYPES[index],
                "manufacturing_lot_id": index + 1,
                "sequence": row,
            }
            for row, (kit_id, number) in enumerate(kits)
            for index in [int(number.partition("-")[0])]
        ),
    )


def _subjects(connection: Connection, owner: dict[str, int], sites: list[int]) -> None:
    """Ten a site, randomized one after the other over half a year, both arms in turn."""
    subjects, randomizations, treatments = [], [], []
    for place in sites:
        for nth in range(SUBJECTS_A_SITE):
            number, day = len(subjects) + 1, DAY - timedelta(days=nth * 18 + place % 18)
            facts = {"id": number, "number": f"{number:07}", "site_id": place, "status": "on_treatment"}
            days = {"screened_on": day, "randomized_on": day, "dose_level": "Q2W"}
            subjects.append({**owner, **facts, **days})
            drawn = {"id": number, "subject_id": number, "site_id": place, "stage": 1, "number": f"R{number}"}
            rest = {"assignment_number": number, "version_number": 1, "levels": {}, "at": _noon(day), "on_day": day}
            randomizations.append({**owner, **drawn, **rest})
            treatments.append({**owner, **_treatment(number)})
    _put(connection, Subject, subjects)
    _put(connection, Randomization, randomizations)
    _put(connection, TreatmentAssignment, treatments)


def _treatment(number: int) -> dict[str, Any]:
    drawn = {"method": "", "stratum": "", "probabilities": {}, "draws": [], "state_seen": None, "engine": ""}
    return {"randomization_id": number, "arm": "AP"[number % 2], "stock_seen": {}, **drawn}


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
