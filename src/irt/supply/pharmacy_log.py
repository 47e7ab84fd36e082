"""The accountability log in a pharmacist's own format: which columns, in which order, under which names."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from irt.errors import BadInput

HEADING_LENGTH_MAX = 40
FIELDS: Mapping[str, str] = {
    "kit": "Kit",
    "product": "Product",
    "lot": "Lot",
    "use_by": "Use by",
    "storage_place": "Place",
    "received_on": "Received",
    "shipment": "Shipment",
    "received_by": "Received by",
    "subject": "Subject",
    "visit": "Visit",
    "dispensed_on": "Dispensed",
    "dispensed_by": "Dispensed by",
    "witness": "Witness",
    "returned_on": "Returned",
    "returned_by": "Taken back by",
    "units_returned": "Units returned",
    "units_used": "Units used",
    "units_lost": "Units lost",
    "verified_on": "Verified",
    "verified_by": "Verified by",
    "monitored_on": "Verified by monitor",
    "monitored_by": "Monitor",
    "destroyed_on": "Destroyed",
    "certificate": "Certificate",
    "state": "State now",
    "remarks": "Remarks",
}
"""Field -> its name where the site gives it none. Nothing here depends on what is inside a kit."""


class Column(NamedTuple):
    """One column of the log."""

    field: str
    heading: str


DEFAULT = tuple(
    Column(field, FIELDS[field])
    for field in (
        *("kit", "product", "lot", "use_by", "received_on", "subject", "visit", "dispensed_on", "dispensed_by"),
        *("returned_on", "units_returned", "verified_on", "monitored_on", "destroyed_on", "remarks"),
    )
)
"""The log of a site that has chosen nothing."""


def layout_of(columns: Iterable[tuple[str, str]]) -> tuple[Column, ...]:
    """The columns in their order; a heading left empty is the field's own. BadInput for what cannot be."""
    chosen = []
    for field, heading in columns:
        if field not in FIELDS:
            raise BadInput(f"The log has no column {field}. Nothing was saved. Choose one of the list.")
        words = heading.strip() or FIELDS[field]
        if len(words) > HEADING_LENGTH_MAX or not words.isprintable():
            raise BadInput(f"A heading has at most {HEADING_LENGTH_MAX} letters in one line. Nothing was saved.")
        chosen.append(Column(field, words))
    if not chosen or len({column.field for column in chosen}) != len(chosen):
        raise BadInput("Choose each column at most once, and at least one. Nothing was saved.")
    return tuple(chosen)


def laid_out(
    layout: Sequence[Column], lines: Iterable[Mapping[str, object]]
) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Headings, and every line's cells in the order of the columns; what is unknown is empty."""
    rows = [tuple(line.get(column.field, "") for column in layout) for line in lines]
    return tuple(column.heading for column in layout), rows
