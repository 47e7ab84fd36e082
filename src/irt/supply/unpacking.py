"""Unpacking a parcel: each scan ticks a kit that is awaited; nothing is booked before the receipt is signed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

Fate = Literal["received", "damaged", "missing"]
FATES: tuple[Fate, ...] = ("received", "damaged", "missing")


@dataclass(frozen=True, slots=True)
class Parcel:
    """What has been said of a parcel so far: kit numbers in the order they were named."""

    received: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def fate_of(self, number: str) -> Fate | None:
        """What was said of one kit, if anything."""
        return next((fate for fate in FATES if number in getattr(self, fate)), None)

    @property
    def named(self) -> tuple[str, ...]:
        """Every kit of which something was said."""
        return self.received + self.damaged + self.missing

    def without(self, number: str) -> "Parcel":
        """Nothing is said of the kit any more."""
        return Parcel(**{fate: tuple(n for n in getattr(self, fate) if n != number) for fate in FATES})

    def saying(self, number: str, fate: Fate) -> "Parcel":
        """This is said of the kit, and nothing else."""
        rest = self.without(number)
        return replace(rest, **{fate: (*getattr(rest, fate), number)})

    def among(self, awaited: Iterable[str]) -> "Parcel":
        """Only what concerns kits that are awaited."""
        known = set(awaited)
        return Parcel(**{fate: tuple(n for n in getattr(self, fate) if n in known) for fate in FATES})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the page says to a scan: whether the kit is ticked, and why or why not, in words."""

    accepted: bool
    title: str
    sentence: str


def unpack(parcel: Parcel, awaited: Iterable[str], number: str | None) -> tuple[Parcel, Answer]:
    """Ticks a scanned kit (None: no kit number was read). A kit once said missing is there after all."""
    expected = set(awaited)
    if number is None:
        return parcel, Answer(False, "This is not a kit number", "Scan the code on the kit, or type its digits.")
    if number not in expected:
        sentence = "Nothing was booked. Keep the kit apart and call supply. You can go straight on scanning."
        return parcel, Answer(False, f"{number} is not awaited with this shipment", sentence)
    if parcel.fate_of(number) in ("received", "damaged"):
        return parcel, Answer(True, f"{number} was scanned before", "Nothing changed. Scan the next kit.")
    after = parcel.saying(number, "received")
    left = len(expected) - len(after.named)
    return after, Answer(True, f"{number} is here. {_left(left)}", _next(left))


def _left(kits: int) -> str:
    return {0: "Every kit is accounted for.", 1: "One more kit."}.get(kits, f"{kits} more kits.")


def _next(left: int) -> str:
    return "Scan the next kit." if left else "Say what the temperature monitor shows, then sign."
