"""What a study, or one site of it, already holds: the facts that a new protocol version must still fit."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from irt.study.part import Code


@dataclass(frozen=True, slots=True)
class InUse:
    """Nothing here depends on who was given what: an answer made from it tells no treatment.

    `opened`: a site was ever opened, so that the allocation sequence is settled.
    """

    opened: bool = False
    randomized: int = 0
    visits: Mapping[Code, int] = field(default_factory=dict)
    """Recorded visits, and the highest occurrence of each."""
    dose_levels: frozenset[Code] = frozenset()
    levels: frozenset[tuple[Code, Code]] = frozenset()
    """Factors and levels as entered."""
    kit_types: frozenset[Code] = frozenset()
    items: frozenset[Code] = frozenset()
    sites: frozenset[Code] = frozenset()
