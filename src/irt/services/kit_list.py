"""A kit list before it is loaded: lots of numbered kits, the check of them, and the hash that is approved."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Literal

from sqlmodel import Field, SQLModel

from irt.audit.chain import canonical
from irt.errors import BadInput, Refusal
from irt.study.definition import StudyDefinition

APPROVAL_KIND = "kit_list"


class ListedLot(SQLModel):
    """A packaging lot of one kit type; its kits are numbered here, or bring their numbers in sequence order."""

    lot: str
    blinded_lot: str
    kit_type: str
    kits: int = Field(ge=1)
    expiry: date
    depot: str
    label_group: str | None = None
    numbers: list[str] = Field(default=[], description="empty, or one number a kit")


class KitNumberTaken(Refusal):
    """A kit number is on the list twice or was loaded before."""


def lots_of_size(definition: StudyDefinition, size: Literal["full", "small"] | None) -> list[ListedLot]:
    """The lots that a study file lists for a size."""
    found = definition.sizes.get(size) if size else None
    if found is None or not found.lots:
        raise BadInput("There are no lots to load: name a size of the study file that has lots, or list them.")
    return [ListedLot.model_validate(lot.model_dump(exclude={"released"})) for lot in found.lots]


def kit_list_hash(lots: Sequence[ListedLot]) -> str:
    """SHA-256 of the list in canonical form: what a second person approves."""
    listed = [lot.model_dump(mode="json") for lot in lots]
    return hashlib.sha256(canonical({"lots": listed}).encode()).hexdigest()


def check_list(definition: StudyDefinition, lots: Sequence[ListedLot]) -> None:
    """BadInput or KitNumberTaken for the first fault of a list."""
    types = {kit_type.code for kit_type in definition.kit_types}
    for lot in lots:
        if lot.kit_type not in types:
            raise BadInput(f"Lot {lot.lot} names the kit type {lot.kit_type}, which the study does not have.")
        if lot.numbers and len(lot.numbers) != lot.kits:
            raise BadInput(f"Lot {lot.lot} lists {len(lot.numbers)} numbers for {lot.kits} kits.")
    codes = [lot.lot for lot in lots]
    if len(set(codes)) != len(codes):
        raise BadInput("A lot is on the list twice. Nothing was loaded.")
    numbers = [number for lot in lots for number in lot.numbers]
    if len(set(numbers)) != len(numbers):
        raise KitNumberTaken("A kit number is on the list twice. Nothing was loaded. Correct the list.")
