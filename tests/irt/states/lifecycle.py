"""Reading a lifecycle table: its grid, what can be reached, where it ends."""

from collections.abc import Mapping, Set
from enum import StrEnum
from typing import TypeVar

from irt.states.table import TransitionRefused, next_status

Status = TypeVar("Status", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)


def grid_of(
    table: Mapping[tuple[Status, Event], Status], statuses: type[Status], events: type[Event]
) -> dict[tuple[Status, Event], Status | None]:
    """Every cell as the code answers it; None where it refuses."""
    return {(status, event): _answer(table, status, event) for status in statuses for event in events}


def _answer(table: Mapping[tuple[Status, Event], Status], status: Status, event: Event) -> Status | None:
    try:
        return next_status(table, status, event)
    except TransitionRefused:
        return None


def drawn(drawing: str, statuses: type[Status], events: type[Event]) -> dict[tuple[Status, Event], Status | None]:
    """The grid that lines such as `planned, active --close--> closed` describe; None in every other cell."""
    cells: dict[tuple[Status, Event], Status | None] = {(s, e): None for s in statuses for e in events}
    for line in drawing.strip().splitlines():
        origins, event, target = (part.strip() for part in line.replace("-->", "--").split("--"))
        for origin in origins.split(","):
            cells[statuses(origin.strip()), events(event)] = statuses(target)
    return cells


def reached_from(start: Status, table: Mapping[tuple[Status, Event], Status]) -> Set[Status]:
    """Every status that some way of events leads to."""
    reached, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        further = {to for (status, _), to in table.items() if status == here} - reached
        reached |= further
        waiting += further
    return reached


def ends_of(table: Mapping[tuple[Status, Event], Status], statuses: type[Status]) -> Set[Status]:
    """Statuses that nothing leads out of."""
    return {status for status in statuses if all(to == status for (s, _), to in table.items() if s == status)}
