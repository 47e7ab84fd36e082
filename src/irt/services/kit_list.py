"""A kit list before it is loaded: lots of numbered kits, the check of them, and the hash that is approved."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Literal

from sqlmodel import Field, SQLModel

from irt.audit.chain import canonical
from irt.errors import BadInput, Refusal
from irt.study.definition import StudyDefinition
from irt.supply.kit_blocks import composition

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
    places: list[int] = Field(default=[], description="each number's place in the packager's order over all lots")
    block_kits: int | None = Field(default=None, ge=2, description="kits in a block of the depot's sequence")


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


def block_of(lots: Sequence[ListedLot]) -> dict[str, int] | None:
    """What a block of a blinded lot at one depot holds, by kit type; None where it has no blocks."""
    first = lots[0]
    if not any(lot.block_kits for lot in lots):
        return None
    if len({lot.block_kits for lot in lots}) > 1:
        raise BadInput(f"The lots of {first.blinded_lot} say different numbers of kits in a block. Let them agree.")
    if any(lot.numbers for lot in lots):
        raise BadInput(
            f"Kits of {first.blinded_lot} bring their numbers, in the packager's order. Leave out the blocks."
        )
    counts: Counter[str] = Counter()
    for lot in lots:
        counts[lot.kit_type] += lot.kits
    return composition(first.blinded_lot, counts, first.block_kits or 1)


def check_list(definition: StudyDefinition, lots: Sequence[ListedLot]) -> None:
    """BadInput or KitNumberTaken for the first fault of a list."""
    types = {kit_type.code for kit_type in definition.kit_types}
    for lot in lots:
        if lot.kit_type not in types:
            raise BadInput(f"Lot {lot.lot} names the kit type {lot.kit_type}, which the study does not have.")
        if lot.numbers and len(lot.numbers) != lot.kits:
            raise BadInput(f"Lot {lot.lot} lists {len(lot.numbers)} numbers for {lot.kits} kits.")
        if lot.places and len(lot.places) != len(lot.numbers):
            raise BadInput(f"Lot {lot.lot} lists {len(lot.places)} places for {len(lot.numbers)} numbers.")
    places = [place for lot in lots for place in lot.places]
    if len(set(places)) != len(places):
        raise BadInput("Two kits have one place in the packager's order. Nothing was loaded. Correct the list.")
    for blinded, depot in dict.fromkeys((lot.blinded_lot, lot.depot) for lot in lots):
        block_of([lot for lot in lots if (lot.blinded_lot, lot.depot) == (blinded, depot)])
    codes = [lot.lot for lot in lots]
    if len(set(codes)) != len(codes):
        raise BadInput("A lot is on the list twice. Nothing was loaded.")
    numbers = [number for lot in lots for number in lot.numbers]
    if len(set(numbers)) != len(numbers):
        raise KitNumberTaken("A kit number is on the list twice. Nothing was loaded. Correct the list.")
