"""Every kit there can ever be: what a new one can come to, whatever happens to it in whatever order."""

from collections.abc import Iterator

from irt.states.kit import Assignment, Custody, KitEvent, KitState, Quality, move_kit
from irt.states.table import TransitionRefused

NEW = KitState(Custody.DEPOT, Quality.UNRELEASED, Assignment.FREE)


def after(state: KitState, event: KitEvent) -> KitState | None:
    """The kit after the event, None where it is refused."""
    try:
        return move_kit(state, event)
    except TransitionRefused:
        return None


def ways_from(state: KitState) -> Iterator[tuple[KitEvent, KitState]]:
    """Every event that is possible, and where it leads."""
    return ((event, there) for event in KitEvent if (there := after(state, event)) is not None)


def every_kit() -> set[KitState]:
    """Every state that a new kit can ever come to."""
    reached, waiting = {NEW}, [NEW]
    while waiting:
        for _, there in ways_from(waiting.pop()):
            if there not in reached:
                reached.add(there)
                waiting.append(there)
    return reached


KITS = every_kit()
