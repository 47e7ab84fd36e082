"""No field of a kit that blinded people may see splits the kits into the arms."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.blinding.variation import PLAIN, Variation
from tests.blinding.worlds import OneWorld, world_in

TYPES = (PLAIN["PEN-A"], PLAIN["PEN-P"])
ALIKE = (
    "blinded_lot_id",
    "blinding_group",
    "label_group",
    "expiry",
    "custody",
    "place_id",
    "quality",
    "assignment",
    "accountability",
    "storage_place",
)
ORDERS = {
    "kit numbers": "SELECT kit_type FROM kit JOIN secret_kit_content ON kit_id = kit.id ORDER BY kit.number",
    "ids of kits": "SELECT kit_type FROM kit JOIN secret_kit_content ON kit_id = kit.id ORDER BY kit.id",
    "rows of parcels": (
        "SELECT kit_type FROM shipment_kit JOIN secret_kit_content USING (kit_id) ORDER BY shipment_kit.id"
    ),
    "rows of movements": (
        "SELECT kit_type FROM movement JOIN secret_kit_content USING (kit_id) ORDER BY movement.id"
    ),
}
LUCK = 0.16
"""How far from one half a fair order of so few kits may lie; about three standard deviations."""


@pytest.fixture(scope="module")
def stocked(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneWorld]:
    """Two sites that have received their first parcels."""
    with world_in(Variation(), sqlite_template, tmp_path_factory.mktemp("stocked")) as world:
        yield world


@pytest.mark.parametrize("field", ALIKE)
def test_every_value_occurs_as_often_in_both_arms(stocked: OneWorld, field: str) -> None:
    """Lots, dates, labels, places and states: equally many kits of each type stand behind every value."""
    question = f"SELECT {field}, kit_type FROM kit JOIN secret_kit_content ON kit_id = kit.id"
    with stocked.store.reading() as connection:
        found = connection.execute(text(question)).all()
    kits: dict[str, Counter[str]] = {kit_type: Counter() for kit_type in TYPES}
    for value, kit_type in found:
        kits[kit_type][str(value)] += 1
    assert kits[TYPES[0]] == kits[TYPES[1]] != Counter()


@pytest.mark.parametrize("order", ORDERS)
def test_no_order_of_kits_tells_their_types(stocked: OneWorld, order: str) -> None:
    """A kit of one type stands before one of the other about as often as behind it."""
    with stocked.store.reading() as connection:
        types = list(connection.execute(text(ORDERS[order])).scalars())
    assert abs(_before(types) - 0.5) < LUCK


def test_the_split_is_found_where_there_is_one() -> None:
    """The measure tells an order by type from a mixed one."""
    one, other = TYPES
    assert _before([one] * 9 + [other] * 9) == 1
    assert _before([one, other, other, one] * 9) == 0.5


def _before(types: Sequence[str]) -> float:
    """The share of pairs in which a kit of the first type stands before one of the other."""
    one, other, pairs = 0, 0, 0
    for kit_type in types:
        one += kit_type == TYPES[0]
        pairs += one if kit_type == TYPES[1] else 0
        other += kit_type == TYPES[1]
    return pairs / (one * other)
