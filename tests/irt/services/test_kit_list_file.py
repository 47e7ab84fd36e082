"""A packager's list as CSV: kit by kit in sequence order, or lot by lot; every fault with its line."""

from datetime import date

import pytest

from irt.errors import BadInput
from irt.services.kit_list import ListedLot
from irt.services.kit_list_file import lots_in_csv, mode_in_csv
from irt.services.kit_list_mode import KitListOfAnotherMode
from irt.states.records import Mode

HEAD = "number,kit_type,lot,blinded_lot,expiry,depot,label_group"
LOTS = "kit_type,lot,blinded_lot,expiry,depot,kits,block_kits"
A, P = "PEN-A,A1,L1,2028-06-30,NLD,", "PEN-P,P1,L1,2028-03-31,NLD,"


def test_kits_keep_their_numbers_and_order() -> None:
    """Types may alternate from row to row; each lot keeps the order of its own rows."""
    lots = lots_in_csv("\n".join((HEAD, f"90017,{A}", f"31002,{P}", f"40005,{A}")) + "\n")
    assert lots == [
        ListedLot(
            lot="A1", blinded_lot="L1", kit_type="PEN-A", kits=2, expiry=date(2028, 6, 30), depot="NLD",
            numbers=["90017", "40005"],
            places=[1, 3],
        ),
        ListedLot(
            lot="P1", blinded_lot="L1", kit_type="PEN-P", kits=1, expiry=date(2028, 3, 31), depot="NLD",
            numbers=["31002"],
            places=[2],
        ),
    ]  # fmt: skip


def test_lots_are_counted_where_kits_have_no_numbers() -> None:
    """Their numbers are given at the loading; blocks may be asked for."""
    (lot,) = lots_in_csv(f"{LOTS}\nPEN-A,A1,L1,2028-06-30,NLD,400,4\n")
    assert (lot.kits, lot.numbers, lot.block_kits) == (400, [], 4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not name the column lot"),
        ("kit_type,lot,blinded_lot,expiry,depot\n", "does not name the column number"),
        (f"{HEAD},colour\n", "Nobody knows the column colour"),
        (f"{HEAD}\n", "lists no kit"),
        (f"{HEAD}\n90017,PEN-A,,L1,2028-06-30,NLD,\n", "Line 2: lot is empty"),
        (f"{HEAD}\n90017,PEN-A,A1,L1,30.06.2028,NLD,\n", "Line 2: 30.06.2028 is not a date"),
        (f"{HEAD}\n9 17,{A}\n", "Line 2: '9 17' is no kit number"),
        (f"{HEAD}\n90017,{A}\n90018,{A.replace('NLD', 'MEM')}\n", "Line 3: depot differs"),
        (f"{LOTS}\n{A}0,\n", "'0' is no number of kits"),
        (f"{LOTS}\n{A}4,\n{A}4,\n", "Line 3: lot A1 is listed twice"),
        (f"{LOTS}\n{A}4,1\n", "block_kits cannot be read"),
    ],
)
def test_a_fault_is_told_with_its_line(text: str, said: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(BadInput, match=said):
        lots_in_csv(text)


def test_a_file_says_what_it_is_for() -> None:
    """In its column `mode`, once or in each row; whoever says otherwise has another file in mind."""
    marked = f"{HEAD},mode\n90017,{A},Test\n90018,{A},\n"
    assert lots_in_csv(marked) == lots_in_csv(f"{HEAD}\n90017,{A}\n90018,{A}\n")
    assert (mode_in_csv(marked, None), mode_in_csv(marked, Mode.TEST)) == (Mode.TEST, Mode.TEST)
    assert (mode_in_csv(HEAD, Mode.TRAINING), mode_in_csv(HEAD, None)) == (Mode.TRAINING, None)
    with pytest.raises(KitListOfAnotherMode, match="for test, not for production"):
        mode_in_csv(marked, Mode.PRODUCTION)
    with pytest.raises(BadInput, match="live, test"):
        mode_in_csv(marked.replace(",\n", ",live\n"), None)
