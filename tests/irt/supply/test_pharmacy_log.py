"""Columns of the accountability log: chosen, ordered and named by the site."""

import pytest

from irt.errors import BadInput
from irt.supply.pharmacy_log import DEFAULT, FIELDS, Column, laid_out, layout_of


def test_columns_come_in_the_order_and_under_the_names_chosen() -> None:
    """An empty heading is the field's own; what a kit has not is an empty cell."""
    layout = layout_of([("subject", ""), ("kit", " Med. ID ")])
    assert layout == (Column("subject", "Subject"), Column("kit", "Med. ID"))
    heads, rows = laid_out(layout, [{"kit": "482917", "lot": "L1"}])
    assert (heads, rows) == (("Subject", "Med. ID"), [("", "482917")])


@pytest.mark.parametrize(
    "columns", [[], [("arm", "Arm")], [("kit", ""), ("kit", "Again")], [("kit", "x" * 41)], [("kit", "a\nb")]]
)
def test_what_cannot_be_a_layout(columns: list[tuple[str, str]]) -> None:
    """No column twice, none that is not there, no endless names."""
    with pytest.raises(BadInput):
        layout_of(columns)


def test_the_default_is_a_layout_and_no_field_tells_what_is_inside() -> None:
    """The list is closed."""
    assert layout_of(DEFAULT) == DEFAULT
    assert not {"arm", "kit_type", "treatment", "contents"} & set(FIELDS)
