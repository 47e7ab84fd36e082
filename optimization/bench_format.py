"""The format irt-supply-bench/1 as it is written down: every part with its fields, each a whole number or a word.

A long list is a list of objects, or `{"columns": [...], "rows": [[...], ...]}`. Fields the format does not know are
passed over.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

FORMAT = "irt-supply-bench/1"
NUMBER_MAX = 10**12
"""Costs of whole plans stay within 64 bits by far."""
HORIZON_DAYS_MAX = 10_000


def rows_of(value: object) -> object:
    """A table of columns and rows as a list of objects; anything else as it is."""
    if not isinstance(value, dict):
        return value
    columns, rows = value.get("columns"), value.get("rows")
    if not isinstance(columns, list) or not isinstance(rows, list):
        raise ValueError("a table has `columns` and `rows`, each a list")
    return [_object(columns, row, number) for number, row in enumerate(rows, 1)]


def _object(columns: list[Any], row: object, number: int) -> dict[Any, object]:
    if not isinstance(row, list) or len(row) != len(columns):
        raise ValueError(f"row {number} does not have one value for each of the {len(columns)} columns")
    return dict(zip(columns, row, strict=True))


Whole = Annotated[int, Field(ge=0, le=NUMBER_MAX)]
Positive = Annotated[int, Field(ge=1, le=NUMBER_MAX)]
Word = Annotated[str, Field(min_length=1, max_length=200)]
Weekday = Annotated[int, Field(ge=0, le=6)]


class Part(BaseModel):
    """A part of the file; numbers are whole numbers and nothing that could be read as one."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class KitTypePart(Part):
    """A kit type."""

    id: Word
    temp: Word
    volume: Positive
    unit_cost: Whole


class LotPart(Part):
    """A lot."""

    id: Word
    kit: Word
    expiry_day: Whole
    released_countries: list[Word]


class NodePart(Part):
    """A node of the network."""

    id: Word
    type: Literal["central", "regional", "site", "patient", "homes", "kept"]
    country: Word
    closed: list[Whole]
    capacity: dict[Word, Whole]


class LanePart(Part):
    """A lane from one node to another."""

    id: Word
    frm: Word
    to: Word
    transit_days: Whole
    dispatch_weekdays: list[Weekday]
    fixed_cost: Whole
    kit_cost: Whole
    temps: list[Word]


class ShipperPart(Part):
    """A shipper."""

    id: Word
    temp: Word
    capacity: Whole
    cost: Whole
    hold_days: Whole


class SupplyPart(Part):
    """Kits that come from packaging or from outside."""

    node: Word
    lot: Word
    day: Whole
    qty: Whole


class StockPart(Part):
    """Kits on hand at the beginning."""

    node: Word
    lot: Word
    qty: Whole


class OpeningPart(Part):
    """Further days on which a licence lets kits in."""

    from_day: Whole
    to_day: Whole
    max_kits: Whole


class LicencePart(Part):
    """A licence to import."""

    country: Word
    kit: Word
    from_day: Whole
    to_day: Whole
    max_kits: Whole
    later: list[OpeningPart] = []


class DemandPart(Part):
    """Kits wanted on a day."""

    site: Word
    kit: Word
    day: Whole
    qty: Whole
    dnd_days: Whole


class HoldingPart(Part):
    """Cents per kit and day, by temperature class."""

    site: dict[Word, Whole]
    depot: dict[Word, Whole]


class CostsPart(Part):
    """What things cost."""

    hold_cents_per_kit_day: HoldingPart
    unmet_per_kit: Whole


class ProblemPart(Part):
    """A whole file."""

    format: Literal["irt-supply-bench/1"]
    name: str = ""
    start_date: str
    horizon_days: Annotated[int, Field(ge=1, le=HORIZON_DAYS_MAX)]
    temp_classes: list[Word]
    kit_types: list[KitTypePart]
    blind_groups: list[list[Word]] = []
    blind_min_each: Whole = 1
    lots: list[LotPart]
    nodes: list[NodePart]
    lanes: list[LanePart]
    shippers: list[ShipperPart]
    supply: Annotated[list[SupplyPart], BeforeValidator(rows_of)]
    initial_stock: Annotated[list[StockPart], BeforeValidator(rows_of)]
    import_licences: Annotated[list[LicencePart], BeforeValidator(rows_of)]
    demand: Annotated[list[DemandPart], BeforeValidator(rows_of)]
    costs: CostsPart
    stochastic: dict[str, Any] | None = None
