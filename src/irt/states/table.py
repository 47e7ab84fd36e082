"""A lifecycle is a table: (status, event) -> status. What is not in the table is refused."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from irt.errors import Refusal

Status = TypeVar("Status", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)


class TransitionRefused(Refusal):
    """The record's state does not allow this step; nothing was booked."""


def next_status(table: Mapping[tuple[Status, Event], Status], status: Status, event: Event) -> Status:
    """The status after the event; TransitionRefused where the table has no such step (P11-06)."""
    try:
        return table[(status, event)]
    except KeyError:
        raise TransitionRefused(
            f"This step is not possible now: the record is '{words(status)}'. Nothing was booked. "
            "Reload the page to see the current state.",
            trace=f"no transition from {status!s} by {event!s}",
        ) from None


def words(status: StrEnum | str) -> str:
    """The status as a person reads it."""
    return str(status).replace("run_in", "run-in").replace("_", " ").capitalize()
