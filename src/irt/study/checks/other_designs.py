"""Designs of the catalogue in a study file: settings, factors and arms that the method can work with."""

from collections.abc import Iterator
from datetime import timedelta

from irt.randomization.catalogue import CATALOGUE, FactorNotUsed, FactorsMissing, cautions
from irt.randomization.dynamic import LEVELS_MATTER, Dynamic, design_of
from irt.randomization.listed import Listed as ListedProcedure
from irt.randomization.scheme import UnusablePlan
from irt.randomization.settings import PlannedNumberMissing, rational
from irt.study.arms import Arm
from irt.study.checks.check import check
from irt.study.draft import Draft
from irt.study.part import Code
from irt.study.problems import Finding
from irt.study.randomization_plan import Factorial, Listed, Minimization, OtherDesign, PermutedBlocks
from irt.study.source import Path

PLAN: Path = ("randomization",)
DOSES = ("three_plus_three", "boin")
CERTAIN = ("p", "eta")
"""Settings that leave nothing to chance where they are 1."""


def settings_of_the_method(draft: Draft) -> Iterator[Finding]:
    """The method can be followed with its params, for every set of arms that is open together."""
    plan = draft.study.randomization
    if isinstance(plan, Listed):
        yield from _list_that_can_be_made(draft, plan)
    if not isinstance(plan, OtherDesign):
        return
    levels = {factor.code: draft.study.levels_of(factor.code) for factor in draft.study.factors}
    try:
        arms_of_it = draft.study.arms_of(1)
        procedure = Dynamic.of(plan, arms_of_it, levels)
        for arms in _open_together(arms_of_it):
            if len(arms) > 1:
                procedure.course(arms)
    except UnusablePlan as refusal:
        yield _told(plan, refusal)


def _list_that_can_be_made(draft: Draft, plan: Listed) -> Iterator[Finding]:
    try:
        ListedProcedure.of(plan, draft.study.arms)
    except UnusablePlan as refusal:
        yield Finding(refusal.name, (*PLAN, "params") if plan.params else PLAN, refusal.sentence.rstrip("."))


def _told(plan: OtherDesign, refusal: UnusablePlan) -> Finding:
    if isinstance(refusal, PlannedNumberMissing):
        sentence = f"{plan.method} needs the number of subjects planned in each stratum: give planned_subjects"
        return Finding("PlannedNumberMissing", PLAN, sentence)
    key = "factors" if isinstance(refusal, FactorNotUsed | FactorsMissing) else "params"
    here = (*PLAN, key) if getattr(plan, key) else PLAN
    return Finding(refusal.name, here, refusal.sentence.rstrip("."))


def cautions_of_the_method(draft: Draft) -> Iterator[Finding]:
    """What a statistician weighs before the design is used."""
    plan = draft.study.randomization
    if not isinstance(plan, OtherDesign) or certain_settings(plan):
        return
    try:
        told = cautions(design_of(plan, draft.study.arms_of(1), {}))
    except UnusablePlan:
        return
    for name, sentence in told:
        yield Finding(name, PLAN, sentence.rstrip("."), "warning")


def nothing_left_to_chance(draft: Draft) -> Iterator[Finding]:
    """A chance of 1 makes the next arm known to all who know the last ones: a justification is signed with it."""
    for path, where, plan in _certain(draft):
        if plan.deterministic_justification is None:
            sentence = (
                "with a chance of 1 the next arm is known to all who know the last ones; choose less, or give a "
                "deterministic_justification, which is signed with the version (ICH E9 2.3.2)"
            )
            yield Finding("DeterministicAllocation", (*path, *where), sentence)


def _certain(draft: Draft) -> Iterator[tuple[Path, Path, Minimization | OtherDesign]]:
    plan = draft.study.randomization
    if isinstance(plan, Minimization) and plan.probability == 1:
        yield PLAN, ("probability",), plan
    if isinstance(plan, Factorial):
        for index, component in enumerate(plan.components):
            if component.minimization.probability == 1:
                yield (*PLAN, "components", index, "minimization"), ("probability",), component.minimization
    if isinstance(plan, OtherDesign):
        for name in certain_settings(plan):
            yield PLAN, ("params", name), plan


def certain_settings(plan: OtherDesign) -> tuple[str, ...]:
    """The settings of a design that leave nothing to chance."""
    known = CATALOGUE[plan.method].settings
    return tuple(name for name in CERTAIN if name in known and rational(plan.params.get(name)) == 1)


def levels_that_must_be_known(draft: Draft) -> Iterator[Finding]:
    """Some methods look at all levels of a factor; sites open during the study."""
    plan = draft.study.randomization
    if not isinstance(plan, OtherDesign) or plan.method not in LEVELS_MATTER:
        return
    sources = {factor.code: factor.source for factor in draft.study.factors}
    for index, weighted in enumerate(plan.factors):
        if sources.get(weighted.factor) == "site":
            sentence = f"{plan.method} must know all levels before, and sites open later; stratify by the site"
            yield Finding("LevelsNotKnown", (*PLAN, "factors", index, "factor"), sentence)


def factors_used_twice(draft: Draft) -> Iterator[Finding]:
    """Within a stratum everybody has the same level, so that balancing it again changes nothing but the weights."""
    plan = draft.study.randomization
    if not isinstance(plan, OtherDesign):
        return
    for index, weighted in enumerate(plan.factors):
        if weighted.factor in plan.strata:
            sentence = f"factor `{weighted.factor}` is a stratum already; balance it or stratify by it"
            yield Finding("FactorTwice", (*PLAN, "factors", index, "factor"), sentence)


def plain_levels(draft: Draft) -> Iterator[Finding]:
    """Levels are names of streams: they are ASCII, without the signs that part a stratum's name."""
    if not any(factor.source == "region" for factor in draft.study.factors):
        return
    for index, country in enumerate(draft.study.countries):
        if not country.region.isascii() or any(sign in country.region for sign in ";|="):
            sentence = f"the region {country.region!r} is a level: use ASCII letters and digits, not ; | ="
            yield Finding("NotPlainText", ("countries", index, "region"), sentence)


def arms_for_a_while(draft: Draft) -> Iterator[Finding]:
    """Arms open and close where the method can follow them, and two are always open."""
    plan, arms = draft.study.randomization, draft.study.arms
    dated = [index for index, arm in enumerate(arms) if arm.opens or arm.closes]
    if isinstance(plan, PermutedBlocks | Minimization | Factorial | Listed):
        for index in dated:
            sentence = f"{plan.method} gives every arm at all times; choose another method, or leave the days out"
            yield Finding("DatesNotUsed", ("arms", index), sentence)
    if isinstance(plan, OtherDesign) and any(
        len(open_arms) < 2 for open_arms in _open_together(draft.study.arms_of(1))
    ):
        sentence = "there are days on which fewer than two arms are open: nothing is left to chance"
        yield Finding("TooFewArmsOpen", ("arms", dated[0]), sentence, "warning")


def eligibility_in_the_open(draft: Draft) -> Iterator[Finding]:
    """Who enters the arms a subject may get reads the names of arms."""
    plan = draft.study.randomization
    if isinstance(plan, OtherDesign) and plan.eligibility and draft.study.blinded:
        sentence = "sites would read the arms of a blinded study; agents of a platform study can be entered"
        yield Finding("ArmsShown", (*PLAN, "eligibility"), sentence)


def forcing_that_can_be(draft: Draft) -> Iterator[Finding]:
    """A forced draw needs a law to draw from, and the check before the draw that tells what is missing."""
    study = draft.study
    if study.forced_randomization is None:
        return
    if not isinstance(study.randomization, Minimization | OtherDesign):
        sentence = f"{study.randomization.method} cannot be forced; choose a design that draws for each subject"
        yield Finding("ForcingNotPossible", ("forced_randomization",), sentence)
    if isinstance(study.randomization, OtherDesign) and study.randomization.method in DOSES:
        sentence = "a dose escalation leaves no choice of arms"
        yield Finding("ForcingNotPossible", ("forced_randomization",), sentence)
    if not study.conduct.all_arms_on_site:
        sentence = "without the check of all arms before the draw nothing is ever missing"
        yield Finding("ForcingNotPossible", ("conduct", "all_arms_on_site"), sentence)


def replacement_that_can_be(draft: Draft) -> Iterator[Finding]:
    """Which arm a replacement gets matters where there are replacements."""
    if draft.study.replacement_arm == "same" and not draft.study.conduct.replacement_subjects:
        sentence = "the study has no replacement subjects: say replacement_subjects under conduct, or leave it out"
        yield Finding("NoReplacements", ("replacement_arm",), sentence)


def _open_together(arms: tuple[Arm, ...]) -> Iterator[tuple[Code, ...]]:
    """Each set of arms that is open on some day."""
    days = {arm.opens for arm in arms if arm.opens}
    days |= {arm.closes + timedelta(days=1) for arm in arms if arm.closes}
    days |= {min(days) - timedelta(days=1)} if days else set()
    for day in sorted(days):
        yield tuple(arm.code for arm in arms if arm.is_open(day))


CHECKS = (
    check(settings_of_the_method, "arms", "factors", "randomization", "countries"),
    check(cautions_of_the_method, "arms", "randomization"),
    check(nothing_left_to_chance),
    check(levels_that_must_be_known, "factors", "randomization"),
    check(factors_used_twice, "randomization"),
    check(plain_levels, "factors"),
    check(arms_for_a_while, "arms", "randomization"),
    check(eligibility_in_the_open, "study", "randomization"),
    check(forcing_that_can_be, "randomization", "conduct"),
    check(replacement_that_can_be, "conduct"),
)
