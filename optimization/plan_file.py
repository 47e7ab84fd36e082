"""A plan read from its file, as `plan_json` writes it."""

import json
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from irt.errors import BadInput
from optimization.plan import Consignment, Dispensing, Plan, ordered_plan
from optimization.problem_file import place


class UnreadablePlan(BadInput):
    """The text is no plan of the format."""


Number = Annotated[int, Field(ge=-(10**12), le=10**12)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class _Shipment(_Part):
    lane: str
    temp: str
    dispatch_day: Number
    shippers: dict[str, Number]
    lines: list[tuple[str, Number]]


class _Plan(_Part):
    shipments: list[_Shipment]
    dispense: list[tuple[str, str, Number, str, Number]]


def read_plan(text: str | bytes) -> Plan:
    """The plan of a file; BadInput with the field and the row where it is none. It is not checked here."""
    try:
        file = _Plan.model_validate_json(text)
    except ValidationError as fault:
        first = fault.errors()[0]
        where = place(first["loc"]) or "The file"
        said = f"{where}: {first['msg']}, not {json.dumps(first['input'], default=str)[:60]}"
        raise UnreadablePlan(f"{said}. Give a plan of irt-supply-bench/1.") from fault
    return ordered_plan(map(_consignment, file.shipments), (Dispensing(*row) for row in file.dispense))


def _consignment(row: _Shipment) -> Consignment:
    return Consignment(row.lane, row.temp, row.dispatch_day, row.shippers, tuple(sorted(row.lines)))
