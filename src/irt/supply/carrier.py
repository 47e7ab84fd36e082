"""Carriers as adapters: each says in six words what happened to waybills. One reads files, for tests and demo."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Protocol

from irt.errors import BadInput
from irt.states.tracking import TrackStatus


@dataclass(frozen=True, slots=True)
class Tracked:
    """One word of a carrier about one waybill, with the time at which it happened."""

    waybill: str
    status: TrackStatus
    at: datetime
    place: str = ""
    detail: str = ""


class Carrier(Protocol):
    """A carrier's tracking. An adapter to a real one maps its own words to the six."""

    @property
    def name(self) -> str:
        """As people call it."""

    def track(self, waybills: Iterable[str]) -> Iterator[Tracked]:
        """What is known of these waybills, in any order; of an unknown one nothing."""


_COLUMNS = ("waybill", "status", "at")


@dataclass(frozen=True, slots=True)
class CarrierFile:
    """A carrier that a file of CSV speaks for, its columns waybill, status, at, place and detail."""

    name: str
    text: str

    def track(self, waybills: Iterable[str]) -> Iterator[Tracked]:
        """The rows about these waybills, oldest first; BadInput, naming the row, where one cannot be read."""
        wanted = set(waybills)
        return iter(sorted((row for row in self._rows() if row.waybill in wanted), key=lambda row: row.at))

    def _rows(self) -> Iterator[Tracked]:
        table = csv.DictReader(StringIO(self.text))
        if missing := [name for name in _COLUMNS if name not in (table.fieldnames or ())]:
            raise BadInput(f"The file has no column {missing[0]}. Nothing was booked. Name it in the first row.")
        for number, row in enumerate(table, start=2):
            try:
                at = datetime.fromisoformat(row["at"] or "")
                status = TrackStatus(row["status"] or "")
            except ValueError:
                at, status = datetime.min, TrackStatus.EXCEPTION  # noqa: DTZ901 - refused in the next line
            if at.tzinfo is None:
                raise BadInput(
                    f"Row {number} has no status of the six, or no moment with its zone. Nothing was booked. "
                    "Correct it."
                )
            yield Tracked(row["waybill"], status, at, row.get("place") or "", row.get("detail") or "")
