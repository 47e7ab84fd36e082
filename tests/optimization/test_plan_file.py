"""Plans as files."""

import pytest

from irt.errors import BadInput
from optimization.plan import Consignment, Dispensing, ordered_plan, plan_json
from optimization.plan_file import read_plan

PLAN = ordered_plan(
    [
        Consignment("L-2", "2-8C", 8, {"C-S": 1}, (("K1-01", 2), ("K2-01", 1))),
        Consignment("L-1", "2-8C", 1, {}, (("K1-01", 2),)),
    ],
    [Dispensing("S1", "K1", 9, "K1-01", 1)],
)


def test_a_plan_that_is_written_and_read_is_the_same() -> None:
    """So is its hash."""
    again = read_plan(plan_json(PLAN))
    assert again == PLAN
    assert again.hash == PLAN.hash


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "The file"),
        ("[]", "The file"),
        ('{"shipments": []}', "dispense"),
        ('{"shipments": [], "dispense": [["S1", "K1", 9, "K1-01", 1.5]]}', "dispense, row 1, row 5"),
        ('{"shipments": [], "dispense": [["S1", "K1", 9, "K1-01"]]}', "dispense, row 1"),
        (plan_json(PLAN).replace('["K1-01",2]', '["K1-01",true]'), "shipments, row 1, lines, row 1"),
        (plan_json(PLAN).replace('"dispatch_day":8', '"dispatch_day":"8"'), "shipments, row 2, dispatch_day"),
    ],
)
def test_what_is_no_plan_is_refused(text: str, words: str) -> None:
    """With the field and the row."""
    with pytest.raises(BadInput) as refused:
        read_plan(text)
    assert words in refused.value.sentence
