"""Sheets that replications of one scenario used before, to be used again: laying out takes longer than playing."""

from collections.abc import Mapping
from typing import Any

from simulation.lean.layout import Sheet

Sizes = Mapping[str, tuple[int, ...]]
SPARE_PART = 16
"""A sixteenth more people than there were so far."""


class Sheets:
    """Several may be in use at once, one for each thread."""

    def __init__(self) -> None:
        self._free: list[Sheet] = []
        self._room: dict[str, tuple[int, ...]] = {}

    def take(self, kept: Mapping[str, Any], sizes: Sizes, room: Sizes) -> Sheet:
        """A sheet with room for arrays of these sizes, as nothing has happened yet."""
        while (sheet := self._last()) is not None:
            if sheet.has_room(sizes):
                sheet.begin()
                return sheet
        spare = {name: (size[0] + size[0] // SPARE_PART, *size[1:]) for name, size in sizes.items()}
        return self._remembered(Sheet(kept, self._at_least({**room, **spare})))

    def larger(self, sheet: Sheet, sizes: Sizes) -> Sheet:
        """The same sheet with more room."""
        self._remembered(sheet)
        return self._remembered(sheet.larger(self._at_least(sizes)))

    def give_back(self, sheet: Sheet) -> None:
        """Nobody reads it any more."""
        self._free.append(sheet)

    def _last(self) -> Sheet | None:
        try:
            return self._free.pop()
        except IndexError:
            return None

    def _at_least(self, sizes: Sizes) -> dict[str, tuple[int, ...]]:
        """Room as it was needed before, or more."""
        known = {**sizes, **self._room}
        return {name: tuple(map(max, known[name], sizes.get(name, known[name]))) for name in known}

    def _remembered(self, sheet: Sheet) -> Sheet:
        self._room = self._at_least(sheet.room)
        return sheet
