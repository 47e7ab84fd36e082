"""Reconciliation: stock is what the movements add up to, and what is written on the kits must agree with it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from irt.states.kit import KitEvent, KitState, move_kit
from irt.states.table import TransitionRefused


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a kit is, by id of the depot, shipment, site or subject, and its four axes."""

    place_id: int | None
    state: KitState


@dataclass(frozen=True, slots=True)
class Moved:
    """One line of a kit's ledger: what happened, and how it says it left the kit."""

    kit_id: int
    event: KitEvent
    after: Standing


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A kit whose ledger cannot be right, or disagrees with what is written on the kit."""

    kit_id: int
    sentence: str


def fold(loaded: Mapping[int, Standing], ledger: Iterable[Moved]) -> dict[int, Standing]:
    """Where every kit stands after its movements, in order, from how it was loaded."""
    standing = dict(loaded)
    for line in ledger:
        standing[line.kit_id] = line.after
    return standing


def unlawful(before: Standing, line: Moved) -> str | None:
    """Why a kit that stood so cannot have moved so; None where its life allows it."""
    try:
        state = move_kit(before.state, line.event)
    except TransitionRefused as refusal:
        return refusal.trace
    return None if state == line.after.state else f"{line.event} does not lead to the state that was written"


def discrepancies(
    loaded: Mapping[int, Standing], ledger: Iterable[Moved], written: Mapping[int, Standing]
) -> Iterator[Discrepancy]:
    """Movements that the kit's life does not allow, and kits that are not where their movements left them."""
    lines = list(ledger)
    standing = dict(loaded)
    for line in lines:
        before = standing.get(line.kit_id)
        if before is None:
            yield Discrepancy(line.kit_id, "moved but never loaded")
            continue
        if wrong := unlawful(before, line):
            yield Discrepancy(line.kit_id, wrong)
        standing[line.kit_id] = line.after
    for kit_id, stands in fold(loaded, lines).items():
        if written.get(kit_id) != stands:
            yield Discrepancy(kit_id, "the kit is not where its movements left it")
