"""A lot on its route to one country: which steps stand, whose turn it is, and what may not be signed yet.

A step stands while its latest line is a signature that came after those of every step before it: what was signed on
the strength of a certificate does not outlive the certificate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from irt.errors import Refusal
from irt.states.release import ReleaseStepKind, StepOutcome, StepState, step_words
from irt.study.release import RouteStep


@dataclass(frozen=True, slots=True)
class StepLine:
    """The latest line of a step: in which order it was written, what it says, and who wrote it."""

    order: int
    outcome: StepOutcome
    account_id: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A step as it stands for one country; `line` is its latest, if there is any."""

    step: RouteStep
    state: StepState
    line: StepLine | None


class StepNotOnRoute(Refusal):
    """The route has no such step."""

    def __init__(self, kind: ReleaseStepKind, where: str) -> None:
        super().__init__(
            f"The route to {where} has no {step_words(kind)}. Nothing was signed. Look at the lot's route."
        )


class StepOutOfOrder(Refusal):
    """A step before this one does not stand."""

    def __init__(self, kind: ReleaseStepKind, before: ReleaseStepKind, where: str) -> None:
        super().__init__(
            f"For {where} the {step_words(before)} comes before the {step_words(kind)}, and it does not stand. "
            "Nothing was signed. Wait until it is signed."
        )


class StepStandsAlready(Refusal):
    """The step is signed and stands."""

    def __init__(self, kind: ReleaseStepKind, where: str) -> None:
        super().__init__(f"The {step_words(kind)} for {where} stands already. Nothing was changed.")


class StepDoesNotStand(Refusal):
    """There is no signature to take back."""

    def __init__(self, kind: ReleaseStepKind, where: str) -> None:
        super().__init__(f"The {step_words(kind)} for {where} does not stand. There was nothing to withdraw.")


class AnotherPersonNeeded(Refusal):
    """The study wants another person for this step than those of the steps before."""

    status_code = 403

    def __init__(self, kind: ReleaseStepKind, where: str) -> None:
        super().__init__(
            f"You signed an earlier step for {where}. Nothing was signed. "
            f"This study asks another person for the {step_words(kind)}."
        )


def walk(steps: Sequence[RouteStep], lines: Mapping[ReleaseStepKind, StepLine]) -> tuple[Standing, ...]:
    """Every step in order; the first that does not stand is next, all after it wait."""
    walked: list[Standing] = []
    last, unbroken = 0, True
    for step in steps:
        line = lines.get(step.kind)
        stands = unbroken and line is not None and line.outcome == StepOutcome.SIGNED and line.order > last
        state = StepState.STANDS if stands else StepState.NEXT if unbroken else StepState.WAITS
        walked.append(Standing(step, state, line))
        last = line.order if line is not None else last
        unbroken = stands
    return tuple(walked)


def arrived(walked: Sequence[Standing]) -> bool:
    """Whether the lot may be used: its last step stands."""
    return bool(walked) and walked[-1].state == StepState.STANDS


def refuse_step(
    walked: Sequence[Standing], kind: ReleaseStepKind, outcome: StepOutcome, who: int, where: str
) -> None:
    """Raises the named refusal where the step cannot be signed, refused or withdrawn now by that account."""
    place = next((place for place, one in enumerate(walked) if one.step.kind == kind), None)
    if place is None:
        raise StepNotOnRoute(kind, where)
    standing = walked[place]
    if outcome == StepOutcome.WITHDRAWN:
        if standing.state != StepState.STANDS:
            raise StepDoesNotStand(kind, where)
        return
    if standing.state == StepState.STANDS:
        raise StepStandsAlready(kind, where)
    if standing.state == StepState.WAITS:
        missing = next(one.step.kind for one in walked if one.state == StepState.NEXT)
        raise StepOutOfOrder(kind, missing, where)
    earlier = {one.line.account_id for one in walked[:place] if one.line is not None}
    if standing.step.another_person and who in earlier:
        raise AnotherPersonNeeded(kind, where)
