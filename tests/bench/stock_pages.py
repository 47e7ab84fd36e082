"""Pages that list stock, at 500,000 kits and 5,000,000 movements over the largest fixture's 1,242 sites."""

import time
from datetime import datetime
from datetime import time as clock

from sqlalchemy import text

from irt.blinding.roles import Role
from irt.services.store import Store
from tests.bench.figures import Figure
from tests.bench.query_plans import listening, slowest_told
from tests.builders_supply import SupplyHouse, a_lot, the_study
from tests.cast import Office
from tests.web.browser import Browser
from tests.web.world import World

KITS = 500_000
MOVEMENTS_EACH = 10
TIMES = 20
MOST_SECONDS = 0.3
PAGES: dict[str, tuple[str, ...]] = {
    "pharmacist": ("/worklist", "/stock", "/stock?state=usable", "/stock/count", "/shipments", "/returns"),
    "supply_planner": ("/supply/plan",),
    "supply_manager": ("/supply", "/supply/depots", "/supply/shipments"),
    "qualified_person": ("/lots",),
    "quality": ("/quality",),
    "depot": ("/depot",),
}

# Half lie at depots, a fifth at sites, a quarter with subjects, the rest are missing or under way.
_KITS = """
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :kits - 1)
INSERT INTO kit (sponsor_id, study_id, number, blinded_lot_id, blinding_group, label_group, expiry, custody,
                 place_id, quality, assignment, accountability, storage_place)
SELECT one.sponsor_id, :study_id, CAST(10000000 + i AS TEXT), one.blinded_lot_id, one.blinding_group,
       one.label_group, one.expiry,
       CASE WHEN i % 100 < 50 THEN 'depot' WHEN i % 100 < 70 THEN 'site' WHEN i % 1000 = 999 THEN 'unknown'
            ELSE 'subject' END,
       CASE WHEN i % 100 < 50 THEN :depot_id WHEN i % 100 < 70 THEN :site_id + (i / 100) % :sites
            WHEN i % 1000 = 999 THEN NULL ELSE 1 END,
       'released', CASE WHEN i % 100 < 70 OR i % 1000 = 999 THEN 'free' ELSE 'dispensed' END,
       CASE WHEN i % 100 < 70 OR i % 1000 = 999 THEN 'none' ELSE 'outstanding' END, ''
FROM n CROSS JOIN (SELECT * FROM kit ORDER BY id LIMIT 1) one"""
_CONTENTS = """
INSERT INTO secret_kit_content (sponsor_id, study_id, kit_id, kit_type, manufacturing_lot_id, sequence)
SELECT k.sponsor_id, k.study_id, k.id, m.kit_type, m.id, k.id FROM kit k
JOIN secret_manufacturing_lot m ON m.number = CASE WHEN k.id % 2 = 0 THEN 'A1' ELSE 'P1' END
WHERE NOT EXISTS (SELECT 1 FROM secret_kit_content c WHERE c.kit_id = k.id)"""
_MOVEMENTS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :each)
INSERT INTO movement (sponsor_id, study_id, kit_id, event, custody, place_id, quality, assignment, accountability,
                      occurred_at, recorded_at)
SELECT k.sponsor_id, k.study_id, k.id, 'receive', 'site', :site_id + k.id % :sites, k.quality, k.assignment,
       k.accountability, w.at, w.at
FROM (SELECT max(occurred_at) AS at FROM movement) w CROSS JOIN kit k CROSS JOIN n"""


def stock_pages(name: str, store: Store) -> list[Figure]:
    """The p95 of each page's answer, asked one after the other in this process, beside the health page's; and how
    the database answers the slowest question of each.
    """
    world = _filled(store)
    figures = []
    with world.opened:
        health = _p95(world.browser(), "/health")
        for role, pages in PAGES.items():
            browser = world.signed_in(f"{role}.0")
            figures += [_figure(name, page, browser, world, health) for page in pages]
    return figures


def _figure(name: str, page: str, browser: Browser, world: World, health: float) -> Figure:
    seconds = _p95(browser, page)
    with listening() as asked:
        browser.get(page)
    notes = tuple(slowest_told(world.store, asked))
    measured, yardstick = f"{seconds * 1000:.0f} ms", f"{health * 1000:.1f} ms for the health page"
    return Figure(f"{page}, p95, {name}", measured, yardstick, "below 300 ms", seconds < MOST_SECONDS, notes)


def _p95(browser: Browser, page: str) -> float:
    times = []
    for _ in range(TIMES):
        begin = time.perf_counter()
        answer = browser.get(page)
        times.append(time.perf_counter() - begin)
        if answer.status_code != 200:
            raise RuntimeError(f"{page} answered {answer.status_code}")
    return sorted(times)[int(len(times) * 0.95) - 1]


def _filled(store: Store) -> World:
    """The largest study with all its sites open, filled directly: this measures reading, not the services."""
    house = SupplyHouse.of(store, the_study("fourier"), size="full")
    house.load([a_lot(), a_lot(lot="P1", kit_type="PEN-P")])
    sites = house.sites(2000)
    depot_id = _fill(store, house.study_id, min(site_id for _, site_id in sites), len(sites))
    office = Office.founded(store)
    office.now = datetime.combine(house.day, clock(8), office.now.tzinfo)
    places = {"pharmacist": {"site_id": sites[0][1]}, "depot": {"depot_id": depot_id}}
    for role in PAGES:
        office.hire(f"{role}.0", (Role(role), {"study_id": house.study_id, **places.get(role, {})}))
    return World(store, office, house.study_id, tuple(sites))


def _fill(store: Store, study_id: int, site_id: int, sites: int) -> int:
    """Kits, contents and movements in three statements; the id of the depot that holds half of them."""
    with store.writing() as connection:
        depot_id = connection.execute(text("SELECT id FROM depot WHERE code = 'NLD'")).scalar_one()
        where = {"study_id": study_id, "site_id": site_id, "sites": sites}
        connection.execute(text(_KITS), {**where, "depot_id": depot_id, "kits": KITS})
        connection.execute(text(_CONTENTS))
        connection.execute(text(_MOVEMENTS), {"site_id": site_id, "sites": sites, "each": MOVEMENTS_EACH})
    store.freshen_statistics()
    return int(depot_id)
