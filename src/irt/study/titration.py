"""Titration: which dose levels a subject can be on."""

from irt.study.definition import StudyDefinition
from irt.study.part import Code
from irt.study.visits import Visit


def reachable_levels(definition: StudyDefinition) -> frozenset[Code]:
    """Dose levels that are initial, or that moves lead to from those."""
    reached = {level.code for level in definition.dose_levels if level.initial}
    while True:
        further = {move.target for move in definition.titration if move.origin in reached} - reached
        if not further:
            return frozenset(reached)
        reached |= further


def levels_at(definition: StudyDefinition, visit: Visit) -> tuple[Code | None, ...]:
    """Dose levels a subject can be on at a visit; at randomization the initial ones; (None,) without any."""
    if not definition.dose_levels:
        return (None,)
    reached = reachable_levels(definition)
    initial_only = visit.kind == "randomization"
    return tuple(
        level.code
        for level in definition.dose_levels
        if level.initial or (level.code in reached and not initial_only)
    )
