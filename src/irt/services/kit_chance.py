"""Chance for choosing kits: from the study's own stream, so that every choice can be replayed."""

from collections.abc import Callable

from irt.randomization.stream import Seed
from irt.services.studies import seed_of
from irt.services.subjects import LockedSubject
from irt.services.work import Work


def chance_for(work: Work, subject: LockedSubject, occasion: str) -> Callable[[int], int]:
    """Numbers below a modulus from the study's stream for this occasion, so that the choice can be replayed."""
    seed = Seed(seed_of(work, subject.study_id, "kit_choice"), subject.site.protocol)
    stream = seed.stream("kit_choice", f"{subject.number}|{occasion}")
    drawn = 0

    def below(modulus: int) -> int:
        nonlocal drawn
        drawn += 1
        return stream.below(modulus, drawn - 1).value

    return below
