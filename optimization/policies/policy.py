"""Where every policy meets the laboratory."""

from typing import Protocol

from optimization.policies.facts import Facts
from optimization.policies.paths import Ints


class Policy(Protocol):
    """A rule of resupply: at each weekly review, what to send to each site."""

    @property
    def name(self) -> str:
        """What the table calls it."""
        ...

    @property
    def parameters(self) -> dict[str, object]:
        """What it is set to."""
        ...

    def order(self, stock: Ints, facts: Facts) -> Ints:
        """Kits [row, arm] to send now, on site a week later; what was sent before has arrived and is in `stock`.

        A consignment is nothing, or at least one kit of either arm.
        """
        ...
