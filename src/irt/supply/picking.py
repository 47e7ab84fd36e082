"""Picking at a depot: each scan ticks a kit of the order; nothing else may go into the parcel."""

from collections.abc import Sequence

from irt.supply.unpacking import Answer


def pick(picked: Sequence[str], ordered: Sequence[str], number: str | None) -> tuple[tuple[str, ...], Answer]:
    """The kits picked after a scan (None: no kit number was read), and what the page says to it."""
    done = tuple(picked)
    if number is None:
        return done, Answer(False, "This is not a kit number", "Scan the code on the kit, or type its digits.")
    if number not in ordered:
        sentence = "Put it back. No other kit may take the place of an ordered one."
        return done, Answer(False, f"{number} is not in this order", sentence)
    if number in done:
        return done, Answer(True, f"{number} was picked before", "Nothing changed. Scan the next kit.")
    left = len(ordered) - len(done) - 1
    words = {0: "All kits are picked.", 1: "One more kit."}.get(left, f"{left} more kits.")
    return (*done, number), Answer(True, f"{number} is right. {words}", "" if left else "Confirm the pick.")
