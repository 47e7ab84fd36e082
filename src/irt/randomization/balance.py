"""Balance reached so far: overall and at each level of each factor, against the shares that were planned."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from irt.study.arms import Arm

OVERALL = ""


@dataclass(frozen=True, slots=True)
class Margin:
    """Subjects by arm at one `factor=level` (or overall, under the empty key). Unblinded."""

    key: str
    counts: Mapping[str, int]
    differences: Mapping[str, Fraction]
    """Each arm's count less its planned share of the margin's subjects."""

    @property
    def largest(self) -> Fraction:
        """The largest difference from the planned share, in subjects."""
        return max(map(abs, self.differences.values()))


def margin(key: str, counts: Mapping[str, int], arms: Sequence[Arm]) -> Margin:
    """The balance of one margin from its counts; an arm without subjects may be absent."""
    total, shares = sum(counts.values()), sum(arm.ratio for arm in arms)
    return Margin(
        key,
        {arm.code: counts.get(arm.code, 0) for arm in arms},
        {arm.code: counts.get(arm.code, 0) - Fraction(total * arm.ratio, shares) for arm in arms},
    )


def margins(history: Iterable[tuple[Mapping[str, str], str]], arms: Sequence[Arm]) -> tuple[Margin, ...]:
    """Overall first, then each `factor=level` in alphabetical order, from the subjects' levels and their arms."""
    counts: dict[str, dict[str, int]] = {OVERALL: {}}
    for levels, arm in history:
        for key in (OVERALL, *(f"{factor}={level}" for factor, level in levels.items())):
            row = counts.setdefault(key, {})
            row[arm] = row.get(arm, 0) + 1
    return tuple(margin(key, counts[key], arms) for key in sorted(counts))
