"""Loading a kit list: two people, random numbers over all types, nothing that tells content or order."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, Refusal
from irt.services.kit_list import KitNumberTaken, ListedLot, kit_list_hash, lots_of_size
from irt.services.load_kit_list import KitListNotApproved, LoadKitList, LotAlreadyLoaded, load_kit_list
from irt.services.store import Store
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit
from irt.tables.record import AuditEntry
from irt.tables.secret import KitContent
from tests.builders_supply import BLINDED_LOTS, SupplyHouse, a_house, a_lot, the_study


def without_kits(house: SupplyHouse) -> None:
    """As loaded."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """The lipid study without any kit."""
    with a_house(without_kits, tmp_path) as made:
        yield made


def test_kits_lie_unreleased_at_their_depot(store: Store) -> None:
    """Every listed kit exists, with the expiry of the earliest of its blinded lot's parts."""
    house = SupplyHouse.of(store)
    loaded = house.load(release=False)
    assert (loaded.kits, loaded.blinded_lots) == (200, ["L1"])
    assert {(c, q, a, t): n for (c, _, q, a, t), n in house.stock().items()} == {
        ("depot", "unreleased", "free", "PEN-A"): 100,
        ("depot", "unreleased", "free", "PEN-P"): 100,
    }
    assert {row["expiry"] for row in house.rows(Kit)} == {date(2027, 12, 31)}
    assert [row["expiry"] for row in house.rows(BlindedLot)] == [date(2027, 12, 31)]


def _rows_with_types(house: SupplyHouse) -> list[tuple[int, str, str, int]]:
    kits, contents = table_of(Kit), table_of(KitContent)
    question = select(kits.c.id, kits.c.number, contents.c.kit_type, contents.c.sequence).join(
        contents, contents.c.kit_id == kits.c.id
    )
    with house.store.reading() as connection:
        return [tuple(row) for row in connection.execute(question.order_by(kits.c.id))]


def test_numbers_and_rows_tell_neither_type_nor_sequence(house: SupplyHouse) -> None:
    """Rows lie in order of number; along them the types are mixed and the sequence is not sorted."""
    house.load()
    rows = _rows_with_types(house)
    numbers = [number for _, number, _, _ in rows]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == 200
    assert {len(number) for number in numbers} == {5}
    changes = sum(one != next_ for one, next_ in pairwise(kit_type for _, _, kit_type, _ in rows))
    # 199 neighbours, half of them unlike by chance: 60 lies more than five standard deviations below.
    assert changes > 60
    rising = sum(one < next_ for one, next_ in pairwise(sequence for *_, sequence in rows))
    assert 60 < rising < 140


def test_the_sequence_runs_in_blocks_of_lots(house: SupplyHouse) -> None:
    """The warehouse's order keeps each blinded lot together with its types mixed, and goes on from list to list."""
    house.load(release=False)
    house.load([a_lot(lot="A2", blinded_lot="L2", kits=10)], release=False)
    by_type = sorted((sequence, kit_type) for *_, kit_type, sequence in _rows_with_types(house))
    assert [sequence for sequence, _ in by_type] == list(range(1, 211))
    first, second = [kit_type for _, kit_type in by_type[:200]], [kit_type for _, kit_type in by_type[200:]]
    assert (sorted(first), second) == (["PEN-A"] * 100 + ["PEN-P"] * 100, ["PEN-A"] * 10)
    # Runs of one type would show a depot which kits are alike; by chance half of the neighbours differ.
    assert sum(one != next_ for one, next_ in pairwise(first)) > 60


def test_the_study_files_lots_are_loaded_by_size(sqlite_store: Store) -> None:
    """A size of the study file names its lots; all their kits appear."""
    house = SupplyHouse.of(sqlite_store, the_study("escalation"))
    lots = lots_of_size(house.definition, "small")
    ask = LoadKitList(study_id=house.study_id, size="small", approval_id=house.approval(lots))
    loaded = house.do(Role.SUPPLY_MANAGER, load_kit_list, ask)
    assert loaded.kits == sum(lot.kits for lot in lots) == len(house.rows(Kit))


def test_a_size_without_lots_is_refused() -> None:
    """Nothing to load is said in words."""
    with pytest.raises(BadInput):
        lots_of_size(the_study("escalation"), None)


UNAPPROVED: list[dict[str, object]] = [
    {"granted": False},
    {"granted": None, "decided_by_id": None},
    {"decided_by_id": 1},
    {"kind": "lot_release"},
    {"record_hash": "0" * 64},
]


@pytest.mark.parametrize("changes", UNAPPROVED, ids=lambda c: next(iter(c)))
def test_without_a_second_persons_grant_nothing_is_loaded(house: SupplyHouse, changes: dict[str, object]) -> None:
    """Refused, undecided, decided by the one who asked, of another kind, of another list."""
    approval_id = house.approval(list(BLINDED_LOTS), **changes)
    ask = LoadKitList(study_id=house.study_id, lots=list(BLINDED_LOTS), approval_id=approval_id)
    with pytest.raises(KitListNotApproved):
        house.do(Role.SUPPLY_MANAGER, load_kit_list, ask)
    assert house.rows(Kit) == []


def _numbered(*numbers: str, **changes: object) -> ListedLot:
    return a_lot(kits=len(numbers), numbers=list(numbers), **changes)


REFUSED: list[tuple[str, Callable[[], list[ListedLot]], type[Refusal]]] = [
    ("loaded before", lambda: list(BLINDED_LOTS), LotAlreadyLoaded),
    ("number loaded before", lambda: [_numbered("900000001", lot="N2", blinded_lot="N2")], KitNumberTaken),
    ("number twice", lambda: [_numbered("7", "7", lot="N3", blinded_lot="N3")], KitNumberTaken),
    ("too few numbers", lambda: [a_lot(lot="N4", blinded_lot="N4", numbers=["1"])], BadInput),
    ("unknown type", lambda: [a_lot(lot="N5", blinded_lot="N5", kit_type="NONE")], BadInput),
    ("unknown depot", lambda: [a_lot(lot="N6", blinded_lot="N6", depot="NONE")], BadInput),
    ("lot twice", lambda: [a_lot(lot="N7", blinded_lot="N7")] * 2, BadInput),
]


@pytest.mark.parametrize(("lots", "refusal"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_faulty_list_is_refused_whole(
    house: SupplyHouse, lots: Callable[[], list[ListedLot]], refusal: type[Refusal]
) -> None:
    """Each fault by its name, and nothing of the list is loaded."""
    house.load([*BLINDED_LOTS, _numbered("900000001", lot="N1", blinded_lot="N1")], release=False)
    before = len(house.rows(Kit))
    with pytest.raises(refusal):
        house.load(lots(), release=False)
    assert len(house.rows(Kit)) == before


def test_the_audit_trail_tells_no_type(house: SupplyHouse) -> None:
    """The blinded entry tells kits and blinded lots; the list's hash is in the second chain."""
    house.load(release=False)
    entry = house.rows(AuditEntry, act="kit_list_loaded")[0]
    assert entry["new"]["kits"] == 200
    assert "PEN-" not in str(entry)
    assert kit_list_hash(list(BLINDED_LOTS)) not in str(entry)


def test_only_supply_and_the_statistician_load(house: SupplyHouse) -> None:
    """A pharmacist is told that this is not theirs."""
    ask = LoadKitList(study_id=house.study_id, lots=list(BLINDED_LOTS), approval_id=1)
    with pytest.raises(NotAllowed):
        house.do(Role.PHARMACIST, load_kit_list, ask)


def test_the_sequence_runs_in_kit_blocks(house: SupplyHouse) -> None:
    """Every four kits of the depot's order hold two of each pen, in an order that differs from block to block."""
    pens = [a_lot(block_kits=4), a_lot(lot="P1", kit_type="PEN-P", block_kits=4)]
    house.load(pens, release=False)
    ordered = [kit_type for _, kit_type in sorted((row[3], row[2]) for row in _rows_with_types(house))]
    blocks = [tuple(ordered[start : start + 4]) for start in range(0, 200, 4)]
    assert {tuple(sorted(block)) for block in blocks} == {("PEN-A", "PEN-A", "PEN-P", "PEN-P")}
    # Six orders are possible; fifty blocks of less than four of them would be no chance any more.
    assert len(set(blocks)) >= 4


def test_a_packagers_order_is_kept_over_all_lots(house: SupplyHouse) -> None:
    """Rows that alternate between pens lie so at the depot; places are told once each."""
    pens = [
        a_lot(kits=2, numbers=["90017", "40005"], places=[1, 3]),
        a_lot(lot="P1", kit_type="PEN-P", kits=2, numbers=["31002", "77777"], places=[2, 4]),
    ]
    house.load(pens, release=False)
    ordered = [number for _, number in sorted((row[3], row[1]) for row in _rows_with_types(house))]
    assert ordered == ["90017", "31002", "40005", "77777"]


@pytest.mark.parametrize(
    ("pens", "said"),
    [
        ([a_lot(block_kits=4), a_lot(lot="P1", kit_type="PEN-P", block_kits=8)], "say different numbers"),
        ([a_lot(block_kits=3), a_lot(lot="P1", kit_type="PEN-P", block_kits=3)], "do not come out even"),
        ([a_lot(kits=2, numbers=["11111", "22222"], block_kits=2)], "bring their numbers"),
        ([a_lot(kits=2, numbers=["11111", "22222"], places=[1])], "1 places for 2 numbers"),
        ([a_lot(kits=2, numbers=["11111", "22222"], places=[1, 1])], "one place in the packager"),
    ],
)
def test_orders_that_cannot_be_are_refused(house: SupplyHouse, pens: list[ListedLot], said: str) -> None:
    """Before anything is loaded."""
    with pytest.raises(BadInput, match=said):
        house.load(pens, release=False)
    assert house.rows(Kit) == []


def test_a_blinded_lot_has_the_date_of_its_earliest_part(house: SupplyHouse) -> None:
    """Whichever part it is, at whichever depot, and every kit under it has that date."""
    parts = [
        a_lot(lot="A1", expiry=date(2028, 6, 30), kits=4),
        a_lot(lot="A2", expiry=date(2027, 5, 31), kits=4, depot="BRA"),
        a_lot(lot="P1", kit_type="PEN-P", expiry=date(2028, 3, 31), kits=4),
    ]
    house.load(parts, release=False)
    assert [row["expiry"] for row in house.rows(BlindedLot)] == [date(2027, 5, 31)]
    assert {row["expiry"] for row in house.rows(Kit)} == {date(2027, 5, 31)}
