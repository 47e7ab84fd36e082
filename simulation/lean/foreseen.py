"""What the predictive rule knows beforehand of a scenario: windows, visits with their kits, shares that stay."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from fractions import Fraction
from functools import cached_property

import numpy as np

from irt.study.definition import StudyDefinition
from irt.study.schedule import planned_visits
from irt.study.virtual_block import kits_expected
from irt.supply.planner import Level
from irt.supply.planners import settings_of
from irt.supply.projection import DROPOUT_DAYS, Assumptions, need_of_blocks
from simulation.arrays import Ints
from simulation.lean import columns as c
from simulation.network import Places

KITS_MOST = 1 << 20
"""More kits than a site's subjects are ever due within a window."""


class Foreseen:
    """The arrays of `simulation.lean.foresight`; all empty, and every window nought, under min/max."""

    def __init__(
        self,
        definition: StudyDefinition,
        network: Places,
        types: Mapping[str, int],
        levels: Mapping[str | None, int],
        site_levels: Sequence[Mapping[str, Level]],
    ) -> None:
        self._definition, self._network, self._types, self._levels = definition, network, types, levels
        self.predictive = definition.resupply.method == "predictive"
        self._assumed: Assumptions = settings_of(definition).get("assumed", Assumptions())
        self.reaches = self._reaches(site_levels)
        self.days = int(self.reaches[:, :, :2].max(initial=0))
        self._visits = self._ahead() if self.days else []
        self.planned, self.expected = self._planned(), self._expected()

    def fixed(self) -> dict[int, int]:
        """Scalars: whether it is asked at all, its longest window, and shares as whole numbers."""
        passes = (1 - self._assumed.screen_failure_rate) / self._assumed.block_subjects
        return {
            c.PREDICTIVE: int(self.predictive),
            c.FORESEEN_DAYS: self.days,
            c.STAY_SCALE: self.scale if self.exact else 1,
            c.PASS_OF: passes.numerator,
            c.PASS_OUT_OF: passes.denominator,
        }

    @cached_property
    def _periods(self) -> int:
        return max(self.days - 1, 0) // DROPOUT_DAYS

    @property
    def scale(self) -> int:
        """Parts of a kit: shares are whole numbers of them."""
        return int((1 - Fraction(self._assumed.dropout_rate)).denominator ** self._periods)

    @property
    def exact(self) -> bool:
        """Whether all sums are below 2 to the 62nd."""
        return self.scale * KITS_MOST < 1 << 62

    @property
    def stay(self) -> Ints:
        """[period of 28 days] parts of a kit that are still needed of one."""
        stays = 1 - Fraction(self._assumed.dropout_rate)
        if not self.exact:
            return np.zeros(self._periods + 1, np.int64)
        return np.array([int(stays**period * self.scale) for period in range(self._periods + 1)], np.int64)

    def _reaches(self, site_levels: Sequence[Mapping[str, Level]]) -> Ints:
        """[site, kit type, (days to the trigger, days to be reached, kits of a block over either)]."""
        rows = np.zeros((len(site_levels), len(self._types), 4), np.int64)
        if self.predictive:
            for row, levels in zip(rows, site_levels, strict=True):
                for code, level in levels.items():
                    days = level.trigger_days, level.resupply_days
                    blocks = (need_of_blocks(code, 1, each, self._assumed) for each in days)
                    row[self._types[code]] = *days, *blocks
        return rows

    def _ahead(self) -> list[tuple[str, int, int, int]]:
        """(code, day, first day, last day) of each dispensing visit that may be looked at, in order."""
        visits, start = self._definition.visits, self._network.start
        widest = max((visit.window_before_days for visit in visits), default=0)
        until = start + timedelta(days=self._network.days + self.days + widest)
        planned = planned_visits(self._definition, {"randomization": start}, until)
        days = ((each, (each.planned - start).days) for each in planned if each.dispenses)
        return [
            (each.code, day, (each.window_from - start).days, (each.window_to - start).days) for each, day in days
        ]

    def _planned(self) -> Ints:
        rows = np.zeros((len(self._visits), c.P_COLUMNS), np.int64)
        for row, (_, _, first, last) in zip(rows, self._visits, strict=True):
            row[[c.P_FROM, c.P_UNTIL]] = first, last
        if len(rows):
            rows[:, c.P_EARLIEST] = np.minimum.accumulate(rows[::-1, c.P_FROM])[::-1]
        return rows

    def _expected(self) -> Ints:
        """[arm, dose level, visit, kit type] kits, as they are expected."""
        arms = [arm.code for arm in self._definition.arms]
        table = np.zeros((len(arms), len(self._levels), len(self._visits), len(self._types)), np.int64)
        for arm, row in zip(arms, table, strict=True):
            for level, at in self._levels.items():
                known = {code: kits_expected(self._definition, arm, level, code) for code, *_ in self._visits}
                for place, (code, *_) in enumerate(self._visits):
                    for kit_type, kits in known[code].items():
                        row[at, place, self._types[kit_type]] = kits
        return table
