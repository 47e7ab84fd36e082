"""Stock pooled over studies, on both databases: reserved for one alone, given back, never in two books."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from irt.audit.sentences import sentence
from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound, Refusal
from irt.reads.pools import free_in_pool, pools_of
from irt.reads.stock_books import reconcile_stock
from irt.services.change_expiry import ChangeExpiry, change_expiry
from irt.services.holds import KitsOnHold
from irt.services.load_kit_list import LotAlreadyLoaded
from irt.services.open_hold import OpenHold, open_hold
from irt.services.pool_books import NotFromThisPool
from irt.services.pools import (
    KitsLabelled,
    KitsNotPooled,
    LookAlikesApart,
    PoolShort,
    ReserveFromPool,
    reserve_from_pool,
)
from irt.services.release_lot import ReleaseLot, release_lot
from irt.services.store import Store
from irt.states.hold import HoldKind
from irt.states.table import TransitionRefused
from irt.tables.columns import table_of
from irt.tables.expiry import RelabelledKit, Relabelling
from irt.tables.kit import BlindedLot, Kit
from irt.tables.pool import PooledKit, PoolTransfer
from irt.tables.record import AuditEntry
from irt.tables.secret import KitContent
from tests.builders_pool import FIRST, POOL, SECOND, PoolHouse, the_pool
from tests.builders_supply import SupplyHouse, a_lot
from tests.cast import signing
from tests.rows import put

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def pools(store: Store) -> PoolHouse:
    """Forty pens in a pool that serves two studies."""
    return PoolHouse.of(store)


def _kits(house: SupplyHouse, **equal: Any) -> list[str]:
    return sorted(row["number"] for row in house.rows(Kit, study_id=house.study_id, **equal))


def _of_type(house: SupplyHouse, kit_type: str) -> list[str]:
    inside = {row["kit_id"] for row in house.rows(KitContent, study_id=house.study_id, kit_type=kit_type)}
    return sorted(row["number"] for row in house.rows(Kit, study_id=house.study_id) if row["id"] in inside)


def _types(house: SupplyHouse) -> dict[str, int]:
    found = [row["kit_type"] for row in house.rows(KitContent, study_id=house.study_id)]
    return {kit_type: found.count(kit_type) for kit_type in sorted(set(found))}


def test_reserved_kits_are_one_studys_alone(pools: PoolHouse) -> None:
    """The next of the warehouse's order, with their numbers and lot; each study releases its own lot."""
    done = pools.reserve(pools.first, 4, 6)
    assert (done.number, done.kits, done.lots) == ("T-0001", 10, ["L1"])
    assert _types(pools.first) == {"PEN-A": 4, "PEN-P": 6}
    assert {row["quality"] for row in pools.first.rows(Kit, study_id=pools.first.study_id)} == {"unreleased"}
    gone = pools.pool.rows(Kit, study_id=pools.pool.study_id, custody="study", place_id=pools.first.study_id)
    assert sorted(row["number"] for row in gone) == _kits(pools.first)
    pools.reserve(pools.second, 2, 2)
    assert not set(_kits(pools.first)) & set(_kits(pools.second))
    lots = pools.first.rows(BlindedLot, number="L1")
    assert {(lot["study_id"], lot["expiry"]) for lot in lots} == {
        (house.study_id, date(2027, 12, 31)) for house in (pools.pool, pools.first, pools.second)
    }
    assert pools.faults() == []


def test_a_released_lot_takes_more_kits_of_the_pool(pools: PoolHouse) -> None:
    """The study's own release makes its kits usable, later ones too; the other study's stay as they are."""
    pools.reserve(pools.first)
    pools.reserve(pools.second)
    ask = ReleaseLot(study_id=pools.first.study_id, lot="L1", on_day=pools.first.day, signing=signing())
    assert pools.first.do(Role.QUALIFIED_PERSON, release_lot, ask).kits == 6
    pools.reserve(pools.first, 1, 1)
    assert len(_kits(pools.first, quality="released")) == 8
    assert _kits(pools.second, quality="released") == []
    assert pools.faults() == []


def test_conservation_over_the_pool_and_its_studies(pools: PoolHouse) -> None:
    """After every step, whoever takes and gives back what, each lot is in one book and adds up."""
    steps = [(pools.first, 5), (pools.second, 7), (pools.first, 2)]
    for house, pens in steps:
        pools.reserve(house, pens, pens)
        assert pools.faults() == []
    back = [number for kit_type in ("PEN-A", "PEN-P") for number in _of_type(pools.first, kit_type)[:3]]
    assert pools.give_back(pools.first, back) == 6
    assert pools.faults() == []
    pools.reserve(pools.second, 7, 7)
    pools.reserve(pools.first, 2, 2)
    assert pools.faults() == []
    with pools.pool.store.reading() as connection:
        (lot,) = reconcile_stock(connection, pools.pool.study_id).pools
    here = {FIRST: 12, SECOND: 28}
    assert (lot["received"], lot["in_pool"], lot["adds_up"]) == (40, 0, True)
    assert (lot["reserved"], lot["in_their_books"]) == (here, here)
    assert [row["kind"] for row in pools.pool.rows(PoolTransfer)].count("given_back") == 1
    live = [number for house in (pools.first, pools.second) for number in _kits(house, custody="depot")]
    assert (len(live), len(set(live))) == (40, 40)


def test_a_kit_comes_back_to_a_study_under_its_old_line(pools: PoolHouse) -> None:
    """All forty reserved, given back and reserved again: forty kits, no second line of any."""
    pools.reserve(pools.first, 20, 20)
    pools.give_back(pools.first, _kits(pools.first))
    pools.reserve(pools.first, 20, 20)
    assert len(pools.first.rows(Kit, study_id=pools.first.study_id, custody="depot")) == 40
    assert len(pools.first.rows(PooledKit)) == 40
    assert pools.faults() == []


def test_a_kit_that_comes_back_has_the_shorter_date(pools: PoolHouse) -> None:
    """Shortened in the pool meanwhile, its old line in the study would else let it be given after that day."""
    pools.reserve(pools.first, 20, 20)
    pools.give_back(pools.first, _kits(pools.first))
    shorter = date(2027, 6, 30)
    ask = ChangeExpiry(
        study_id=pools.pool.study_id, lot="L1", expiry=shorter, reason="Stability", signing=signing()
    )
    pools.pool.do(Role.QUALIFIED_PERSON, change_expiry, ask)
    pools.reserve(pools.first, 1, 1)
    there = pools.first.rows(Kit, study_id=pools.first.study_id, custody="depot")
    assert [row["expiry"] for row in there] == [shorter, shorter]


def test_books_that_disagree_are_named(pools: PoolHouse) -> None:
    """A kit that two books count, and one that none does."""
    pools.reserve(pools.first)
    kits = table_of(Kit)
    numbers = _kits(pools.first)
    twice, none = ((kits.c.number == number) for number in numbers[:2])
    of_pool, of_first = ((kits.c.study_id == house.study_id) for house in (pools.pool, pools.first))
    with pools.pool.store.writing() as connection:
        connection.execute(update(kits).where(twice, of_pool).values(custody="depot"))
        connection.execute(update(kits).where(none, of_first).values(custody="study", place_id=pools.pool.study_id))
    said = " ".join(pools.faults())
    assert f"kit {numbers[0]}: its pool has it in its own books or in those of a third study" in said
    assert f"kit {numbers[1]}: it stands in the books of no study" in said
    with pools.pool.store.writing() as connection:
        connection.execute(
            update(kits).where(twice, of_first).values(custody="study", place_id=pools.pool.study_id)
        )
    assert "lot L1 does not add up" in " ".join(pools.faults())


def test_a_study_sees_no_kit_type_that_it_does_not_use(store: Store) -> None:
    """Pooled stock of another study's product does not exist here: not to see, not to ask for."""
    narrow = the_pool(second={"PEN-A": "PEN-A"})
    pools = PoolHouse.of(store, narrow)
    with store.reading() as connection:
        seen = {
            house: {
                pile.kit_type
                for pool in pools_of(connection, study)
                for pile in free_in_pool(connection, pool, day)
            }
            for house, study, day in (
                ("first", pools.first.study_id, pools.first.day),
                ("second", pools.second.study_id, pools.second.day),
                ("pool", pools.pool.study_id, pools.pool.day),
            )
        }
    assert seen == {"first": {"PEN-A", "PEN-P"}, "second": {"PEN-A"}, "pool": set()}
    with pytest.raises(BadInput, match="no PEN-P for this study"):
        pools.reserve(pools.second)
    with store.reading() as connection:
        before = [
            free_in_pool(connection, pool, pools.second.day) for pool in pools_of(connection, pools.second.study_id)
        ]
    pools.reserve(pools.first, 1, 19)
    with store.reading() as connection:
        after = [
            free_in_pool(connection, pool, pools.second.day) for pool in pools_of(connection, pools.second.study_id)
        ]
    assert [pile.kits for pile in before[0]] == [20]
    assert [pile.kits for pile in after[0]] == [19]


def test_the_trail_tells_numbers_and_never_types(pools: PoolHouse) -> None:
    """One sentence in each study's trail; what is inside stands in the secret part alone."""
    pools.reserve(pools.first)
    pools.give_back(pools.first, _kits(pools.first)[:2])
    facts = ("act", "record_kind", "record", "old", "new", "reason")
    lines = [row for row in pools.first.rows(AuditEntry) if row["record_kind"] == "pool"]
    said = [sentence(person="Sue", **{name: row[name] for name in facts}) for row in lines]
    assert said[:2] == [f"Sue reserved 6 kits of pool {POOL} for study {FIRST} (T-0001)."] * 2
    assert said[2:] == [f"Sue gave 2 kits of study {FIRST} back to pool {POOL} (T-0002)."] * 2
    assert "PEN-" not in str(lines)


def test_what_is_refused(pools: PoolHouse) -> None:
    """By name, with nothing moved: too many, one of a pair of look-alikes, strange places, own kits, used ones."""
    refused: list[tuple[dict[str, Any], type[Refusal]]] = [
        ({"active": 21}, PoolShort),
        ({"placebo": 0}, LookAlikesApart),
        ({"active": -1}, BadInput),
        ({"kits": {"PEN-A": 6000, "PEN-P": 1}}, BadInput),
        ({"kits": {"PEN-X": 1}}, BadInput),
        ({"depot": "MOON"}, BadInput),
        ({"pool": "POOL-2"}, NotFound),
        ({"pool": SECOND}, NotFound),
    ]
    for changes, refusal in refused:
        with pytest.raises(refusal):
            pools.reserve(pools.first, **changes)
    assert _kits(pools.pool, custody="study") == []
    pools.first.load([a_lot(lot="A9", blinded_lot="L9", kits=2)])
    (own,) = _kits(pools.first)[:1]
    with pytest.raises(KitsNotPooled):
        pools.give_back(pools.first, [own])
    pools.reserve(pools.first)
    pools.first.do(
        Role.QUALIFIED_PERSON,
        release_lot,
        ReleaseLot(study_id=pools.first.study_id, lot="L1", on_day=pools.first.day, signing=signing()),
    )
    pools.first.sites(1)
    pools.first.resupply()
    (sent,) = _kits(pools.first, assignment="reserved", blinded_lot_id=_lot(pools.first))[:1]
    with pytest.raises(TransitionRefused):
        pools.give_back(pools.first, [sent])
    with pytest.raises(NotAllowed):
        pools.first.do(Role.SUPPLY_PLANNER, *_asking(pools))


def _lot(house: SupplyHouse) -> int:
    return int(house.rows(BlindedLot, study_id=house.study_id, number="L1")[0]["id"])


def _asking(pools: PoolHouse) -> tuple[Any, Any]:
    ask = ReserveFromPool(study_id=pools.first.study_id, pool=POOL, depot="NLD", kits={"PEN-A": 1, "PEN-P": 1})
    return reserve_from_pool, ask


def test_lots_of_one_number_stay_apart(pools: PoolHouse) -> None:
    """A study with its own lot L1 takes none from the pool under that number, nor the other way about."""
    pools.first.load([a_lot(lot="Z1", kits=2)])
    with pytest.raises(NotFromThisPool):
        pools.reserve(pools.first)
    pools.reserve(pools.second)
    with pytest.raises(LotAlreadyLoaded):
        pools.second.load([a_lot(lot="Z1", kits=2)])
    pools.second.load([a_lot(lot="Z2", blinded_lot="L2", kits=50)])
    numbers = _kits(pools.second)
    assert len(numbers) == len(set(numbers)) == 56


def test_a_hold_over_the_pool_reserves_nothing(pools: PoolHouse) -> None:
    """Kits under a hold are passed over, and with them all of the lot."""
    hold = OpenHold(
        study_id=pools.pool.study_id, kind=HoldKind.QUARANTINE, lot="L1", reason="Complaint", signing=signing()
    )
    pools.pool.do(Role.QUALITY, open_hold, hold)
    with pytest.raises((PoolShort, KitsOnHold)):
        pools.reserve(pools.first)
    assert _kits(pools.first) == []


def test_kits_past_their_date_stay_in_the_pool(pools: PoolHouse) -> None:
    """They would be of no use to anybody."""
    for house in (pools.pool, pools.first):
        house.day = date(2027, 12, 31) + timedelta(days=1)
    with pytest.raises(PoolShort):
        pools.reserve(pools.first)


def test_a_kit_with_a_label_of_the_study_stays(pools: PoolHouse) -> None:
    """Another study could not use it; what has no label goes back."""
    pools.reserve(pools.first)
    labelled, plain = pools.first.rows(Kit, study_id=pools.first.study_id)[:2]
    owner = {"sponsor_id": labelled["sponsor_id"], "study_id": pools.first.study_id}
    labels = {"labels_issued": 1, "labels_used": 1, "labels_spoiled": 0, "labels_destroyed": 0}
    place = {"custody": "depot", "place_id": labelled["place_id"], "number": "B-0001"}
    done = put(pools.first.store, Relabelling, **owner, **labels, **place, at=NOON, account_id=1)
    put(pools.first.store, RelabelledKit, **owner, relabelling_id=done, kit_id=labelled["id"])
    with pytest.raises(KitsLabelled):
        pools.give_back(pools.first, [labelled["number"], plain["number"]])
    assert pools.give_back(pools.first, [plain["number"]]) == 1
    assert pools.faults() == []
