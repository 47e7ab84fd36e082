"""Two studies reserve the same last kits of a pool at one moment: one gets them, and no kit is in two books."""

import time as clock
from concurrent.futures import Executor

from irt.blinding.roles import Role
from irt.services.pools import PoolReserved, ReserveFromPool, reserve_from_pool
from irt.services.store import Store
from irt.tables.kit import Kit
from tests.builders_pool import POOL, PoolHouse
from tests.races.people import HEAD_START_SECONDS, Press, press


def test_the_last_kits_of_a_pool_are_reserved_once(people: Executor, store: Store) -> None:
    """Twelve of each pen are left and both studies want eight: one gets them, to the other the pool is short."""
    pools = PoolHouse.of(store)
    pools.reserve(pools.first, 8, 8)
    url, actor = store.url.render_as_string(hide_password=False), pools.first.actor(Role.SUPPLY_MANAGER)
    start = clock.time() + HEAD_START_SECONDS
    asks = [
        ReserveFromPool(study_id=house.study_id, pool=POOL, depot="NLD", kits={"PEN-A": 8, "PEN-P": 8})
        for house in (pools.first, pools.second)
    ]
    presses = [Press(reserve_from_pool, ask, f"study-{ask.study_id}") for ask in asks]
    asked = [people.submit(press, url, pools.first.day, actor, one, start) for one in presses]
    answers = [future.result(timeout=30) for future in asked]
    done = [answer for answer in answers if isinstance(answer, PoolReserved)]
    assert ([answer for answer in answers if answer not in done], [one.kits for one in done]) == (
        ["PoolShort"],
        [16],
    )
    live = [
        row["number"]
        for house in (pools.first, pools.second, pools.pool)
        for row in house.rows(Kit, study_id=house.study_id, custody="depot")
    ]
    assert (len(live), len(set(live))) == (40, 40)
    assert pools.faults() == []
