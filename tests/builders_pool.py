"""A pool of two kinds of pens and two studies of one sponsor that reserve from it, in one store."""

from dataclasses import dataclass
from typing import Any

from irt.blinding.roles import Role
from irt.reads.stock_books import reconcile_stock
from irt.services.approve_version import ApproveVersion, approve_version
from irt.services.load_study import LoadStudy, load_study
from irt.services.pools import GiveBackToPool, PoolReserved, ReserveFromPool, give_back_to_pool, reserve_from_pool
from irt.services.store import Store
from irt.states.records import Mode
from irt.study.definition import StudyDefinition
from irt.study.pool import ServedStudy
from tests.builders_supply import SupplyHouse, a_lot, the_lipid_study
from tests.cast import signing

POOL, FIRST, SECOND = "POOL-1", "NB-301", "NB-302"
PENS = {"PEN-A": "PEN-A", "PEN-P": "PEN-P"}
BOTH = (a_lot(kits=20), a_lot(lot="P1", kit_type="PEN-P", kits=20))


def the_pool(**served: dict[str, str]) -> StudyDefinition:
    """The lipid study's products kept for others: no site of its own; every pen for both studies by default."""
    lipid = the_lipid_study()
    lines = tuple(
        ServedStudy(protocol=protocol, kit_types=served.get(name, PENS))
        for name, protocol in (("first", FIRST), ("second", SECOND))
    )
    sizes = {name: size.model_copy(update={"sites": {}}) for name, size in lipid.sizes.items()}
    identity = lipid.study.model_copy(update={"protocol": POOL, "name": "PENS-POOL"})
    return lipid.model_copy(update={"study": identity, "sites": (), "sizes": sizes, "serves": lines})


@dataclass
class PoolHouse:
    """The pool, and the studies it serves, each a house of its own in the same store."""

    pool: SupplyHouse
    first: SupplyHouse
    second: SupplyHouse

    @classmethod
    def of(cls, store: Store, pool: StudyDefinition | None = None) -> "PoolHouse":
        """Forty released pens in the pool at the Dutch depot, and nothing in the studies."""
        first = SupplyHouse.of(store)
        lipid = the_lipid_study()
        other = lipid.study.model_copy(update={"protocol": SECOND, "name": "SECOND"})
        second = another_study(first, lipid.model_copy(update={"study": other}))
        kept = another_study(first, pool or the_pool())
        kept.load(BOTH)
        return cls(kept, first, second)

    def reserve(self, house: SupplyHouse, active: int = 3, placebo: int = 3, **changes: Any) -> PoolReserved:
        """The study's supply manager takes pens."""
        kits = {name: kits for name, kits in (("PEN-A", active), ("PEN-P", placebo)) if kits}
        ask = ReserveFromPool(**{"study_id": house.study_id, "pool": POOL, "depot": "NLD", "kits": kits, **changes})
        return house.do(Role.SUPPLY_MANAGER, reserve_from_pool, ask)

    def give_back(self, house: SupplyHouse, kits: list[str]) -> int:
        """The study needs them no more."""
        ask = GiveBackToPool(study_id=house.study_id, kits=kits, reason="Recruited faster elsewhere")
        return house.do(Role.SUPPLY_MANAGER, give_back_to_pool, ask).kits

    def faults(self) -> list[str]:
        """What does not add up, in any of the three books."""
        found = []
        for house in (self.pool, self.first, self.second):
            with house.store.reading() as connection:
                found += reconcile_stock(connection, house.study_id).faults
        return found


def another_study(house: SupplyHouse, definition: StudyDefinition) -> SupplyHouse:
    """One more study in the same installation, approved."""
    made = SupplyHouse(house.store, 0, definition, house.day, house.keys)
    ask = LoadStudy(
        definition=definition.model_dump(mode="json"), size="small", effective_from=house.day, mode=Mode.PRODUCTION
    )
    made.study_id = made.do(Role.CONFIGURATOR, load_study, ask).study_id
    approval = ApproveVersion(study_id=made.study_id, version=1, signing=signing())
    made.do(Role.STUDY_TEAM, approve_version, approval)
    return made
