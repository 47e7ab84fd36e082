"""Randomization: ratios, blocks, strata and probabilities that fit each other."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from math import prod

from irt.study.checks.check import check
from irt.study.draft import Draft
from irt.study.network import Size
from irt.study.part import Code
from irt.study.problems import Finding
from irt.study.randomization_plan import (
    Component,
    Factorial,
    Listed,
    Minimization,
    OpenCohort,
    OtherDesign,
    PermutedBlocks,
    Platform,
)
from irt.study.source import Path

PLAN: Path = ("randomization",)


def blocks_that_do_not_fit(draft: Draft) -> Iterator[Finding]:
    """A block holds the ratio a whole number of times."""
    plan = draft.study.randomization
    ratio = sum(arm.ratio for arm in draft.study.arms)
    for index, size in enumerate(plan.block_sizes if isinstance(plan, PermutedBlocks) else ()):
        if size < 1 or size % ratio:
            sentence = f"a block of {size} is not a multiple of {ratio}, the sum of the arms' ratio"
            yield Finding("BlockNotMultiple", (*PLAN, "block_sizes", index), sentence)


def weights_of_block_sizes(draft: Draft) -> Iterator[Finding]:
    """Each block size has its weight, or none has."""
    plan = draft.study.randomization
    if not isinstance(plan, PermutedBlocks) or not plan.size_weights:
        return
    if len(plan.size_weights) != len(plan.block_sizes):
        sentence = f"{len(plan.size_weights)} weights for {len(plan.block_sizes)} block sizes"
        yield Finding("WeightsDoNotFit", (*PLAN, "size_weights"), sentence)
    for index, weight in enumerate(plan.size_weights):
        if weight < 1:
            yield Finding("WeightsDoNotFit", (*PLAN, "size_weights", index), "a weight must be at least 1")


def more_block_places_than_subjects(draft: Draft) -> Iterator[Finding]:
    """Strata times block size beyond the planned subjects: most blocks would stay open."""
    plan = draft.study.randomization
    if not isinstance(plan, PermutedBlocks):
        return
    for name, size in draft.study.sizes.items():
        counts = [_level_count(draft, factor, size) for factor in plan.strata]
        places = prod(counts) * max(plan.block_sizes)
        if places > size.planned_subjects:
            sentence = (
                f"{prod(counts)} strata with blocks of up to {max(plan.block_sizes)} have {places} places for "
                f"{size.planned_subjects} planned subjects of size {name}; consider minimization"
            )
            yield Finding("TooManyStrata", (*PLAN, "strata"), sentence, "warning")


def _level_count(draft: Draft, factor: Code, size: Size) -> int:
    known = next((part for part in draft.study.factors if part.code == factor), None)
    if known is None:
        return 1
    if known.source == "site" and not draft.study.sites:
        return max(1, sum(size.sites.values()))
    return max(1, len(draft.study.levels_of(factor)))


def factors_without_levels(draft: Draft) -> Iterator[Finding]:
    """A factor that is entered needs levels to choose from; one that sites bring has none of its own."""
    for index, factor in enumerate(draft.study.factors):
        here: Path = ("factors", index, "levels")
        if factor.source == "entered" and len(factor.levels) < 2:
            yield Finding("TooFewLevels", here, f"factor `{factor.code}` is entered and needs two levels or more")
        if factor.source != "entered" and factor.levels:
            sentence = f"factor `{factor.code}` is the {factor.source} of the site: leave its levels out"
            yield Finding("LevelsOfTheSite", here, sentence)


def countries_without_region(draft: Draft) -> Iterator[Finding]:
    """Where region is a factor, every country has one."""
    if not any(factor.source == "region" for factor in draft.study.factors):
        return
    for index, country in enumerate(draft.study.countries):
        if not country.region:
            sentence = f"region is a factor and {country.name} has none"
            yield Finding("MissingRegion", ("countries", index, "region"), sentence)


def unused_factors(draft: Draft) -> Iterator[Finding]:
    """A factor that is asked for and balances nothing."""
    used = _factors_used(draft)
    for index, factor in enumerate(draft.study.factors):
        if factor.code not in used:
            sentence = f"factor `{factor.code}` is not used by the randomization"
            yield Finding("UnusedFactor", ("factors", index), sentence, "warning")


def _factors_used(draft: Draft) -> set[Code]:
    plan = draft.study.randomization
    strata = set(plan.strata) if isinstance(plan, PermutedBlocks | OtherDesign | Listed) else set()
    for later in draft.study.later_randomizations:
        strata |= {*later.design.strata, *(weighted.factor for weighted in later.design.factors)}
    if isinstance(plan, OtherDesign):
        return strata | {weighted.factor for weighted in plan.factors}
    return strata | {weighted.factor for _, part in _minimizations(draft) for weighted in part.factors}


def _minimizations(draft: Draft) -> Iterator[tuple[Path, Minimization]]:
    plan = draft.study.randomization
    if isinstance(plan, Minimization):
        yield PLAN, plan
    if isinstance(plan, Factorial):
        for index, component in enumerate(plan.components):
            yield (*PLAN, "components", index, "minimization"), component.minimization


def _ratios(draft: Draft) -> Iterator[tuple[Path, tuple[int, ...]]]:
    """The ratio each minimization works with, in the order of _minimizations."""
    plan = draft.study.randomization
    if isinstance(plan, Minimization):
        yield PLAN, tuple(arm.ratio for arm in draft.study.arms)
    if isinstance(plan, Factorial):
        for index, component in enumerate(plan.components):
            yield (*PLAN, "components", index), tuple(component.ratio.values())


def minimization_probability(draft: Draft) -> Iterator[Finding]:
    """The preferred arm is likelier than by chance."""
    for (path, plan), (_, ratio) in zip(_minimizations(draft), _ratios(draft), strict=True):
        where = (*path, "probability")
        if not Fraction(1, max(1, len(ratio))) <= plan.probability <= 1:
            sentence = f"{plan.probability} is not between 1/{len(ratio)}, pure chance, and 1"
            yield Finding("ProbabilityOutOfRange", where, sentence)


def minimization_weights(draft: Draft) -> Iterator[Finding]:
    """A factor of weight 0 balances nothing."""
    for path, plan in _minimizations(draft):
        for index, weighted in enumerate(plan.factors):
            if weighted.weight == 0:
                sentence = f"factor `{weighted.factor}` has weight 0 and balances nothing"
                yield Finding("ZeroWeight", (*path, "factors", index, "weight"), sentence)


def unequal_minimization(draft: Draft) -> Iterator[Finding]:
    """Minimization with unequal ratios: the plain probability is not the ratio's."""
    for path, ratio in _ratios(draft):
        if len(set(ratio)) > 1:
            words = ":".join(map(str, ratio))
            sentence = f"minimization in the ratio {words}: look at its simulated balance before use"
            yield Finding("UnequalMinimization", path, sentence, "warning")


def component_ratios(draft: Draft) -> Iterator[Finding]:
    """Each level of a treatment factor has a share, and nothing else has."""
    for path, component in _components(draft):
        if set(component.ratio) != set(component.groups):
            sentence = f"the ratio names {_list(component.ratio)}, the groups are {_list(component.groups)}"
            yield Finding("RatioDoesNotFit", (*path, "ratio"), sentence)
        for level, share in component.ratio.items():
            if share < 1:
                yield Finding("RatioDoesNotFit", (*path, "ratio", level), "a share must be at least 1")


def component_cover(draft: Draft) -> Iterator[Finding]:
    """The groups of each treatment factor hold each arm exactly once."""
    for path, component in _components(draft):
        held = Counter(arm for arms in component.groups.values() for arm in arms)
        for arm in draft.study.arms:
            if held[arm.code] != 1:
                times = "in no group" if not held[arm.code] else f"in {held[arm.code]} groups"
                yield Finding("ArmNotOnce", (*path, "groups"), f"arm `{arm.code}` is {times} of {component.name}")


def component_combinations(draft: Draft) -> Iterator[Finding]:
    """Every combination of levels is one arm."""
    components = [component for _, component in _components(draft)]
    for levels in product(*(component.groups.items() for component in components)) if components else ():
        shared = set.intersection(*(set(arms) for _, arms in levels))
        if len(shared) != 1:
            words = " with ".join(level for level, _ in levels)
            sentence = f"{words} is {len(shared) or 'no'} arm{'s' if len(shared) else ''}; it must be one"
            yield Finding("CombinationNotOneArm", (*PLAN, "components"), sentence)


def _components(draft: Draft) -> Iterator[tuple[Path, Component]]:
    plan = draft.study.randomization
    for index, component in enumerate(plan.components if isinstance(plan, Factorial) else ()):
        yield (*PLAN, "components", index), component


def agents_with_both_arms(draft: Draft) -> Iterator[Finding]:
    """Each arm of a platform belongs to one agent, as its active or its placebo arm."""
    plan = draft.study.randomization
    if not isinstance(plan, Platform):
        return
    held = Counter(arm for agent in plan.agents for arm in (agent.active, agent.placebo))
    for index, agent in enumerate(plan.agents):
        if agent.active == agent.placebo:
            sentence = f"agent `{agent.code}` needs two arms, one active and one placebo"
            yield Finding("AgentNeedsBothArms", (*PLAN, "agents", index, "placebo"), sentence)
    for index, arm in enumerate(draft.study.arms):
        if held[arm.code] == 0:
            yield Finding("ArmWithoutAgent", ("arms", index), f"arm `{arm.code}` belongs to no agent")
        if held[arm.code] > 1 and all(agent.active != agent.placebo for agent in plan.agents):
            yield Finding("ArmOfTwoAgents", ("arms", index), f"arm `{arm.code}` is given to two agents")


def agents_open_together(draft: Draft) -> Iterator[Finding]:
    """Both arms of an agent open and close on the same days; otherwise the day tells the arm."""
    plan = draft.study.randomization
    dates = {arm.code: (arm.opens, arm.closes) for arm in draft.study.arms}
    for index, agent in enumerate(plan.agents if isinstance(plan, Platform) else ()):
        both = {dates.get(agent.active), dates.get(agent.placebo)} - {None}
        if len(both) > 1:
            sentence = f"the arms of agent `{agent.code}` must open and close on the same days"
            yield Finding("AgentDatesDiffer", (*PLAN, "agents", index), sentence)


def arm_dates(draft: Draft) -> Iterator[Finding]:
    """An arm closes after it opens."""
    for index, arm in enumerate(draft.study.arms):
        if arm.opens and arm.closes and arm.closes < arm.opens:
            sentence = f"arm `{arm.code}` closes on {arm.closes}, before it opens on {arm.opens}"
            yield Finding("ClosesBeforeItOpens", ("arms", index, "closes"), sentence)


def cohorts_for_open_cohort(draft: Draft) -> Iterator[Finding]:
    """Joining the open cohort needs cohorts, and each arm one of them."""
    if not isinstance(draft.study.randomization, OpenCohort):
        return
    if not draft.study.cohorts:
        yield Finding("NoCohorts", (*PLAN, "method"), "subjects join the open cohort, and there is none")
        return
    served = {cohort.arm for cohort in draft.study.cohorts}
    for index, arm in enumerate(draft.study.arms):
        if arm.code not in served:
            yield Finding("ArmWithoutCohort", ("arms", index), f"no cohort gives arm `{arm.code}`", "warning")


def _list(words: dict[str, int] | dict[str, tuple[Code, ...]]) -> str:
    return ", ".join(words)


CHECKS = (
    check(blocks_that_do_not_fit, "arms", "randomization"),
    check(weights_of_block_sizes, "randomization"),
    check(more_block_places_than_subjects, "randomization", "factors", "sizes", "countries", "sites"),
    check(factors_without_levels, "factors"),
    check(countries_without_region),
    check(unused_factors, "randomization"),
    check(minimization_probability, "arms", "randomization"),
    check(minimization_weights),
    check(unequal_minimization, "arms", "randomization"),
    check(component_ratios, "randomization"),
    check(component_cover, "arms", "randomization"),
    check(component_combinations, "arms", "randomization"),
    check(agents_with_both_arms, "arms", "randomization"),
    check(agents_open_together),
    check(arm_dates),
    check(cohorts_for_open_cohort, "arms", "cohorts", "randomization"),
)
