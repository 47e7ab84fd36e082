"""What the checker says of a plan: which rules it breaks, and what it costs."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from optimization.result import CostSplit


class Code(StrEnum):
    """The rules a plan can break, named as the benchmark's checker names them."""

    CALENDAR = "CAL"
    HOLD = "HOLD"
    TEMPERATURE = "TEMP"
    SHIPPER_CAPACITY = "SHIPCAP"
    STOCK = "STOCK"
    EXPIRY = "EXP"
    DO_NOT_DISPENSE = "DND"
    RELEASE = "REL"
    LICENCE = "LIC"
    STORE = "STORE"
    DEMAND = "DEM"
    KIT = "KIT"
    INTEGER = "INT"
    DUPLICATE = "DUP"
    LANE = "LANE"
    LOT = "LOT"
    DAY = "DAY"
    BLIND = "BLIND"
    EMPTY = "EMPTY"


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that is broken, and where."""

    code: Code
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a plan, if anything; its cost in cents, and how many kits are not served or wasted."""

    violations: tuple[Violation, ...]
    cost: CostSplit
    service: float
    unmet_kits: int
    wasted_kits: int

    @property
    def accepted(self) -> bool:
        """Whether no rule is broken."""
        return not self.violations

    @property
    def codes(self) -> frozenset[Code]:
        """The rules that are broken."""
        return frozenset(found.code for found in self.violations)


def is_whole(number: object) -> bool:
    """Whether a number counts things: a plan made in memory has passed no file's rules."""
    return isinstance(number, int) and not isinstance(number, bool)


def first_words(violations: Iterable[Violation], most: int = 3) -> str:
    """The first few in one sentence each, for a refusal."""
    found = list(violations)
    told = " ".join(f"{each.code}: {each.words}." for each in found[:most])
    return told if len(found) <= most else f"{told} {len(found) - most} more."
