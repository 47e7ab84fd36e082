"""Second and later randomizations of a subject: arms of their own, and a design that can be followed."""

from collections.abc import Iterator

from irt.randomization.dynamic import Dynamic
from irt.randomization.scheme import UnusablePlan
from irt.study.checks.check import check
from irt.study.checks.other_designs import certain_settings
from irt.study.draft import Draft
from irt.study.problems import Finding
from irt.study.randomization_plan import OtherDesign
from irt.study.source import Path

LATER = "later_randomizations"


def first_of_several(draft: Draft) -> Iterator[Finding]:
    """The first randomization draws among the arms that no later one has, and so must be able to leave some out."""
    study = draft.study
    if not study.later_randomizations:
        return
    if not isinstance(study.randomization, OtherDesign):
        sentence = (
            f"{study.randomization.method} gives every arm; before a later randomization choose another design"
        )
        yield Finding("LaterNotPossible", (LATER,), sentence)
    elif len(study.arms_of(1)) < 2:
        sentence = "arms of a later randomization are drawn there alone; fewer than two are left for the first"
        yield Finding("LaterNotPossible", (LATER,), sentence)


def arms_of_one_randomization(draft: Draft) -> Iterator[Finding]:
    """No arm belongs to two later randomizations."""
    seen: set[str] = set()
    for index, later in enumerate(draft.study.later_randomizations):
        for position, arm in enumerate(later.arms):
            if arm in seen:
                yield Finding("ArmTwice", (LATER, index, "arms", position), f"arm `{arm}` is already given above")
            seen.add(arm)


def designs_of_later_ones(draft: Draft) -> Iterator[Finding]:
    """Each can be followed with its arms and factors."""
    study = draft.study
    levels = {factor.code: study.levels_of(factor.code) for factor in study.factors}
    for index, later in enumerate(study.later_randomizations):
        here: Path = (LATER, index, "design")
        try:
            Dynamic.of(later.design, study.arms_of(index + 2), levels)
        except UnusablePlan as refusal:
            yield Finding(refusal.name, here, refusal.sentence.rstrip("."))
        if certain_settings(later.design) and later.design.deterministic_justification is None:
            sentence = "a chance of 1 needs a deterministic_justification, signed with the version"
            yield Finding("DeterministicAllocation", here, sentence)


CHECKS = (
    check(first_of_several, "arms", "randomization", LATER),
    check(arms_of_one_randomization, LATER),
    check(designs_of_later_ones, "arms", "factors", LATER),
)
