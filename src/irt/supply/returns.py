"""What became of the kits a subject was given: whole kits that add up, or units where the study counts those."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from irt.states.records import KitFate


@dataclass(frozen=True, slots=True)
class Returned:
    """One kit that is accounted for: its fate, or its units."""

    fate: KitFate | None
    units_returned: int | None = None
    units_used: int | None = None
    units_lost: int | None = None
    units_damaged: int | None = None


@dataclass(frozen=True, slots=True)
class KitAccount:
    """Kits given to one subject, and where each of them is told to be; `shares` are kits by fate, or units."""

    given: int
    out: int
    back: int
    shares: tuple[tuple[str, int], ...]

    @property
    def unexplained(self) -> int:
        """Kits that were given and are neither with the subject nor counted."""
        return self.given - self.out - self.back


def account_of(counted_in: str, given: int, out: int, back: Iterable[Returned]) -> KitAccount:
    """The account of one subject, in whole kits (`kits`) or in `units`."""
    kits = list(back)
    shares = _by_fate(kits) if counted_in == "kits" else _by_unit(kits)
    return KitAccount(given, out, len(kits), shares)


def _by_fate(kits: Iterable[Returned]) -> tuple[tuple[str, int], ...]:
    counts = Counter(kit.fate for kit in kits)
    return tuple((fate.value, counts[fate]) for fate in KitFate)


def _by_unit(kits: Iterable[Returned]) -> tuple[tuple[str, int], ...]:
    kits = list(kits)
    return (
        ("left", sum(kit.units_returned or 0 for kit in kits)),
        ("used", sum(kit.units_used or 0 for kit in kits)),
        ("lost", sum(kit.units_lost or 0 for kit in kits)),
        ("damaged", sum(kit.units_damaged or 0 for kit in kits)),
    )
