"""What supplying a site costs, in cents: as the format irt-supply-bench/1 has it for kits at 2-8 degrees."""

from dataclasses import dataclass

import numpy as np

from optimization.policies.paths import Floats


@dataclass(frozen=True, slots=True)
class Prices:
    """Shippers by the kits they hold and their cents, cents of a kit shipped, held for a week, and left at the end.

    `least_each`: so many kits of either arm go with every consignment, so that none tells an arm.
    """

    shippers: tuple[tuple[int, int], ...] = ((4, 6_000), (13, 11_000), (40, 22_000), (400, 120_000))
    kit: int = 300
    held_week: int = 175
    left: int = 40_000
    least_each: int = 1

    def shipper_cents(self, kits_max: int) -> Floats:
        """The least cents of shippers for 0, 1 … kits."""
        cents = np.zeros(kits_max + 1)
        for kits in range(1, kits_max + 1):
            cents[kits] = min(cost + cents[max(kits - holds, 0)] for holds, cost in self.shippers)
        return cents

    def steps(self, kits_max: int) -> list[tuple[int, int]]:
        """The most kits for each cost of shippers, and that cost: where it rises, up to `kits_max` kits."""
        cents = self.shipper_cents(kits_max + 1)
        rises = [kits for kits in range(1, kits_max + 1) if cents[kits + 1] > cents[kits] or kits == kits_max]
        return [(kits, int(cents[kits])) for kits in rises]
