"""What an amendment cannot change: each rule is a function of two versions and of what the study already holds."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from irt.errors import Refusal
from irt.study.amendment_network import NETWORK_RULES
from irt.study.arms import Cohort, Factor
from irt.study.definition import StudyDefinition
from irt.study.in_use import InUse
from irt.study.part import Code
from irt.study.problems import Finding
from irt.study.randomization_plan import Factorial, Listed, Minimization, OtherDesign, PermutedBlocks

Rule = Callable[[StudyDefinition, StudyDefinition, InUse], Iterator[Finding]]
_TOLD_MAX = 5


class AmendmentNotPossible(Refusal):
    """The new version does not fit what the study already holds; the sentence tells the first obstacles."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        told = "; ".join(f"{each.name}: {each.sentence}" for each in findings[:_TOLD_MAX])
        more = len(findings) - _TOLD_MAX
        others = f"; and {more} more" if more > 0 else ""
        super().__init__(f"This version cannot follow the one before. Nothing was changed. {told}{others}.")
        self.findings = tuple(findings)


def obstacles(before: StudyDefinition, after: StudyDefinition, in_use: InUse) -> tuple[Finding, ...]:
    """Everything that keeps a version from following another, in the order of the study file."""
    return tuple(finding for rule in (*PROTOCOL_RULES, *NETWORK_RULES) for finding in rule(before, after, in_use))


def misfits(before: StudyDefinition, after: StudyDefinition, in_use: InUse) -> tuple[Finding, ...]:
    """What keeps a site's subjects from going on under a later version; the network is none of its business."""
    return tuple(finding for rule in PROTOCOL_RULES for finding in rule(before, after, in_use))


def refuse_obstacles(findings: Sequence[Finding]) -> None:
    """AmendmentNotPossible where there are any."""
    if findings:
        raise AmendmentNotPossible(findings)


def sequence_of(definition: StudyDefinition) -> Any:
    """What settles a study's allocation sequence: two versions with equal sequences draw from the same one.

    Platform studies and open cohorts remember nothing between two subjects, so that only their method counts.
    Where each set of arms remembers by itself, arms may be added.
    """
    plan = definition.randomization
    if not isinstance(plan, PermutedBlocks | Minimization | Factorial | OtherDesign | Listed):
        return plan.method
    sources = [(factor.code, factor.source) for factor in definition.factors if factor.code in _balanced(plan)]
    if isinstance(plan, OtherDesign):
        return plan, sources, _later(definition)
    return plan, [(arm.code, arm.ratio) for arm in definition.arms], sources


def _later(definition: StudyDefinition) -> Any:
    """Designs of later randomizations; their arms may be added to, those there stay where they are."""
    return [(later.design, later.arms, later.after_days) for later in definition.later_randomizations]


def _balanced(plan: PermutedBlocks | Minimization | Factorial | OtherDesign | Listed) -> set[Code]:
    """Factors that the plan stratifies or balances by."""
    if isinstance(plan, PermutedBlocks | Listed):
        return set(plan.strata)
    if isinstance(plan, OtherDesign):
        return {*plan.strata, *(weighted.factor for weighted in plan.factors)}
    parts = [plan] if isinstance(plan, Minimization) else [part.minimization for part in plan.components]
    return {weighted.factor for part in parts for weighted in part.factors}


def _same_study(before: StudyDefinition, after: StudyDefinition, in_use: InUse) -> Iterator[Finding]:
    for fact in ("sponsor", "protocol", "name", "blinding"):
        old, new = getattr(before.study, fact), getattr(after.study, fact)
        if old != new:
            sentence = f"{fact} is {new}, and {old} in the version before; that is another study"
            yield Finding("AnotherStudy", ("study", fact), sentence)


def _sequence_settled(before: StudyDefinition, after: StudyDefinition, in_use: InUse) -> Iterator[Finding]:
    if in_use.opened and sequence_of(before) != sequence_of(after):
        sentence = (
            "a site was opened, which settled the allocation sequence: method, blocks, ratio, arms and the "
            "factors that are balanced stay as they are"
        )
        yield Finding("SequenceSettled", ("randomization",), sentence)


def _arms_stay(before: StudyDefinition, after: StudyDefinition, in_use: InUse) -> Iterator[Finding]:
    kept = {arm.code for arm in after.arms}
    for arm in before.arms:
        # Whoever is in the arm or not: the answer must be the same for every arm.
        if in_use.opened and arm.code not in kept:
            yield Finding("ArmGone", ("arms",), f"arm {arm.code} is gone; to end it, say when it closes")


def _shares_stay(before: StudyDefinition, after: StudyDefinition, in_use: InUse) -> Iterator[Finding]:
    """Arms may come and go in some designs; what is planned for an arm that was there stays."""
    if not in_use.opened or not isinstance(after.randomization, OtherDesign):
        return
    shares = {arm.code: arm.ratio for arm in before.arms}
    for place, arm in enumerate(after.arms):
        if arm.ratio != shares.get(arm.code, arm.ratio):
            sentence = f"arm {arm.code} has its share since the first subject; add another arm instead"
            yield Finding("SequenceSettled", ("arms", place, "ratio"), sentence)
    kept = [arm.code for arm in after.arms if arm.code in shares]
    if kept != [arm.code for arm in before.arms if arm.code in kept]:
        yield Finding("SequenceSettled", ("arms",), "the arms keep their order, by which chances are cumulated")


def _factors_stay(before: StudyDefinition, after: StudyDefinition, in_use: InUse) -> Iterator[Finding]:
    factors = {factor.code: factor for factor in after.factors}
    for code, level in sorted(in_use.levels):
        if not _knows(factors.get(code), level):
            sentence = f"level {level} of factor {code} was entered for subjects and is gone; a cap can close it"
            yield Finding("LevelGone", ("factors",), sentence)


def _knows(factor: Factor | None, level: Code) -> bool:
    """Whether the factor still has the level; what follows from the site has no list of levels."""
    return factor is not None and (not factor.levels or level in factor.level_codes())


def _cohorts_begun_stay(before: StudyDefinition, after: StudyDefinition, in_use: InUse) -> Iterator[Finding]:
    begun = cohorts_begun(before.cohorts, in_use.randomized)
    for place, cohort in enumerate(begun):
        now = after.cohorts[place] if place < len(after.cohorts) else None
        last = place == len(begun) - 1
        members = in_use.randomized - sum(one.size for one in begun[:-1])
        if now is None or (now.code, now.arm) != (cohort.code, cohort.arm):
            sentence = f"cohort {cohort.code} has begun and stays in its place"
            yield Finding("CohortBegun", ("cohorts", place), sentence)
        elif now.size != cohort.size and not (last and now.size >= members):
            sentence = f"cohort {cohort.code} has begun; only the last one begun can change its size, and hold all"
            yield Finding("CohortBegun", ("cohorts", place, "size"), sentence)


def cohorts_begun(cohorts: Sequence[Cohort], randomized: int) -> tuple[Cohort, ...]:
    """The cohorts that have subjects, in their order."""
    begun: list[Cohort] = []
    for cohort in cohorts:
        if randomized <= 0:
            break
        begun.append(cohort)
        randomized -= cohort.size
    return tuple(begun)


_FIXED_IN_KIT = ("blinding_group", "units_per_kit", "unit", "serialized")


def _kit_types_stay(before: StudyDefinition, after: StudyDefinition, in_use: InUse) -> Iterator[Finding]:
    known = {kit_type.code: kit_type for kit_type in after.kit_types}
    for kit_type in before.kit_types:
        if kit_type.code not in in_use.kit_types:
            continue
        now = known.get(kit_type.code)
        if now is None:
            sentence = f"kits of type {kit_type.code} exist, so the type stays"
            yield Finding("KitTypeGone", ("kit_types",), sentence)
            continue
        for fact in _FIXED_IN_KIT:
            if getattr(now, fact) != getattr(kit_type, fact):
                sentence = f"kits of type {kit_type.code} exist, so their {fact.replace('_', ' ')} stays"
                yield Finding("KitTypeChanged", ("kit_types", kit_type.code, fact), sentence)


def _items_stay(before: StudyDefinition, after: StudyDefinition, in_use: InUse) -> Iterator[Finding]:
    for code in sorted(in_use.items - {item.code for item in after.items}):
        yield Finding("ItemGone", ("items",), f"item {code} is in stock or was given, so it stays")


def _dose_levels_stay(before: StudyDefinition, after: StudyDefinition, in_use: InUse) -> Iterator[Finding]:
    for code in sorted(in_use.dose_levels - {level.code for level in after.dose_levels}):
        yield Finding("DoseLevelGone", ("dose_levels",), f"subjects are or were on dose level {code}, so it stays")


def _visits_stay(before: StudyDefinition, after: StudyDefinition, in_use: InUse) -> Iterator[Finding]:
    known = {visit.code: visit for visit in after.visits}
    for visit in before.visits:
        latest = in_use.visits.get(visit.code)
        if latest is None:
            continue
        now = known.get(visit.code)
        if now is None or (visit.occurs(latest) and not now.occurs(latest)):
            sentence = f"subjects have had visit {visit.code}, so it stays"
            yield Finding("VisitGone", ("visits",), sentence)
        elif (now.kind, now.anchor) != (visit.kind, visit.anchor):
            sentence = f"subjects have had visit {visit.code}, so its kind and what it counts from stay"
            yield Finding("VisitChanged", ("visits", visit.code), sentence)


PROTOCOL_RULES: tuple[Rule, ...] = (
    _same_study,
    _sequence_settled,
    _arms_stay,
    _shares_stay,
    _factors_stay,
    _cohorts_begun_stay,
    _kit_types_stay,
    _items_stay,
    _dose_levels_stay,
    _visits_stay,
)
