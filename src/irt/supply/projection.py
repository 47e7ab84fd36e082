"""Need that can be foreseen at a site: its subjects' scheduled visits, and whole blocks for those in screening.

Shares are exact. Within a blinding group the sum is rounded up and then parted, so that the kits of a group do not
depend on which of them hold what.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor

from irt.study.course import KitsOf

DROPOUT_DAYS = 28
"""The days that the dropout rate is about."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is assumed of subjects, and the virtual block: subjects, kit type -> (day, kits).

    `block_at_site`: the same without the kits that a depot sends to homes; none left out where it is not told.
    """

    screen_failure_rate: Fraction = Fraction(0)
    dropout_rate: Fraction = Fraction(0)
    block_subjects: int = 1
    block_kits: Mapping[str, Sequence[tuple[int, int]]] = field(default_factory=dict)
    block_at_site: Mapping[str, Sequence[tuple[int, int]]] | None = None

    def at(self, kits_of: KitsOf) -> Mapping[str, Sequence[tuple[int, int]]]:
        """The block's kits as a place sees them."""
        apart = kits_of is KitsOf.AT_SITE and self.block_at_site is not None
        return self.block_at_site or {} if apart else self.block_kits


def blocks_expected(in_screening: int, assumed: Assumptions) -> int:
    """Whole virtual blocks that those in screening fill, at least in part."""
    return ceil(in_screening * (1 - assumed.screen_failure_rate) / assumed.block_subjects)


def need_of_subjects(visits: Sequence[tuple[date, int]], day: date, days: int, dropout_rate: Fraction) -> Fraction:
    """Kits for visits overdue, on `day` and the `days` - 1 after it, fewer by those who stop before."""
    if days == 0:
        return Fraction(0)
    until, stay = day + timedelta(days=days), 1 - dropout_rate
    kits: dict[int, int] = defaultdict(int)
    for on_day, quantity in visits:
        if on_day < until:
            kits[max((on_day - day).days, 0) // DROPOUT_DAYS] += quantity
    return sum((quantity * stay**periods for periods, quantity in kits.items()), Fraction(0))


def need_of_blocks(
    kit_type: str, blocks: int, days: int, assumed: Assumptions, kits_of: KitsOf = KitsOf.EVERY_VISIT
) -> int:
    """Kits for so many blocks of subjects, were they randomized today."""
    return blocks * sum(kits for day, kits in assumed.at(kits_of).get(kit_type, ()) if day < days)


def in_whole_kits(needs: Mapping[str, Fraction], groups: Mapping[str, str]) -> dict[str, int]:
    """Each group's sum is rounded up and parted by largest remainder, then by code; else each by itself."""
    by_group: dict[str, list[str]] = defaultdict(list)
    for kit_type in sorted(needs):
        by_group[groups.get(kit_type, f"type {kit_type}")].append(kit_type)
    whole = {kit_type: floor(need) for kit_type, need in needs.items()}
    for members in by_group.values():
        missing = ceil(sum(needs[one] for one in members)) - sum(whole[one] for one in members)
        for kit_type in sorted(members, key=lambda one: (whole[one] - needs[one], one))[:missing]:
            whole[kit_type] += 1
    return whole
