"""What a page may hold: two unrelated kinds of view, so that neither can stand in for the other."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BlindedView:
    """Plain values fit for any blinded reader; never a treatment, nor anything that follows from one."""


@dataclass(frozen=True)
class UnblindedView:
    """Plain values that may tell the treatment; only for audiences with the right to know."""
