"""How fast a recall blocks a hundred thousand kits, and how long until every one of them is found and moved."""

from collections.abc import Iterator
from time import perf_counter

from irt.blinding.roles import Role
from irt.services.carry_out_hold import CarryOutHold, carry_out_hold
from irt.services.open_hold import OpenHold, open_hold
from irt.services.store import Store
from irt.states.hold import HoldKind
from tests.bench.figures import Figure
from tests.builders_supply import SupplyHouse, a_lot
from tests.cast import signing

KITS = 100_000


def recall_figures(database: str, store: Store, kits: int = KITS) -> Iterator[Figure]:
    """Seconds from the signature to the block, and from there to the last kit; half the kits are of each arm."""
    house = SupplyHouse.of(store)
    house.load([a_lot(kits=kits // 2), a_lot(lot="P1", kit_type="PEN-P", kits=kits // 2)])
    house.load([a_lot(lot="A2", blinded_lot="L2", kits=1000)])
    store.freshen_statistics()
    ask = OpenHold(study_id=house.study_id, kind=HoldKind.RECALL, lot="A1", reason="Bench", signing=signing())
    start = perf_counter()
    opened = house.do(Role.QUALITY, open_hold, ask)
    blocked = perf_counter()
    moved = after = 0
    while True:
        step = CarryOutHold(study_id=house.study_id, number=opened.number, after=after)
        done = house.do(Role.QUALITY, carry_out_hold, step)
        if not done.found:
            break
        moved, after = moved + done.moved, done.last
    finished = perf_counter()
    if (opened.kits, moved) != (kits, kits):
        raise RuntimeError(f"the recall covered {opened.kits} and moved {moved} of {kits} kits")
    block, whole = blocked - start, finished - start
    yield Figure(f"{database}, {kits:,} kits are blocked", f"{block:.2f} s", "", "1 s", block <= 1)
    yield Figure(f"{database}, the last of them is moved", f"{whole:.1f} s", "", "30 s", whole <= 30)
