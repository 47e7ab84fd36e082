"""Why replications cannot tell what is asked of them."""

from irt.errors import Refusal


class UnusableReplications(Refusal):
    """Too few of them, or numbers that are none."""


class UnusableGate(Refusal):
    """A gate that contradicts itself: limits, error rates or looks that cannot be."""
