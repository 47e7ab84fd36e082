"""Why demand cannot be told."""

from irt.errors import Refusal


class UnusableDemand(Refusal):
    """A description of demand that contradicts itself."""
