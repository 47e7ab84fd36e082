"""Blinding: what blinded people can see must not differ between arms they cannot tell apart."""

from collections import Counter
from collections.abc import Iterator
from itertools import product

from irt.study.checks.check import check
from irt.study.dispensing import DispensingRule
from irt.study.dispensing_schedule import rules_for
from irt.study.draft import Draft
from irt.study.kit_types import KitType, Windows
from irt.study.look_alikes import look_alike_arms
from irt.study.part import Code
from irt.study.problems import Finding
from irt.study.titration import levels_at
from irt.study.visits import Visit

UNKNOWN = ""
Look = tuple[tuple[Code, int, str], ...]


def windows_within_a_group(draft: Draft) -> Iterator[Finding]:
    """DND, DNC and DNS are equal over a blinding group in every country, or kits of one arm vanish earlier."""
    for index, kit_type, first in _after_the_first(draft):
        for country in [None, *_countries_with_windows(kit_type, first)]:
            if _windows(kit_type, country) != _windows(first, country):
                where = "country_windows" if country else "windows"
                sentence = (
                    f"differs from `{first.code}` of the same blinding group"
                    + (f" in {country}" if country else "")
                    + ": kits of one arm would vanish earlier"
                )
                yield Finding("WindowsDifferInGroup", ("kit_types", index, where), sentence)
                break


def _windows(kit_type: KitType, country: Code | None) -> Windows:
    return kit_type.windows_in(country) if country else kit_type.windows


def _countries_with_windows(one: KitType, other: KitType) -> list[Code]:
    return sorted({*one.country_windows, *other.country_windows})


def packs_within_a_group(draft: Draft) -> Iterator[Finding]:
    """Kits of one blinding group hold as many of the same unit, under the same labels."""
    for index, kit_type, first in _after_the_first(draft):
        for key in ("units_per_kit", "unit", "label_groups", "serialized"):
            if getattr(kit_type, key) != getattr(first, key):
                sentence = f"differs from `{first.code}` of the same blinding group: the packs could be told apart"
                yield Finding("PacksDifferInGroup", ("kit_types", index, key), sentence)


def _after_the_first(draft: Draft) -> Iterator[tuple[int, KitType, KitType]]:
    """Each kit type beside the first of its blinding group; none in an open study."""
    if not draft.study.blinded:
        return
    firsts: dict[Code, KitType] = {}
    for index, kit_type in enumerate(draft.study.kit_types):
        first = firsts.setdefault(kit_type.blinding_group, kit_type)
        if first is not kit_type:
            yield index, kit_type, first


def arms_that_share_no_group(draft: Draft) -> Iterator[Finding]:
    """Arms that must look alike are given kits of the same blinding groups."""
    for agent, arms in look_alike_arms(draft.study).items():
        groups = {arm: _groups_given(draft, arm) for arm in arms}
        for arm in arms[1:]:
            if groups[arms[0]] and groups[arm] and not groups[arms[0]] & groups[arm]:
                sentence = (
                    f"arms `{arms[0]}` and `{arm}` share no blinding group{_of(agent)}: the kits tell the arm"
                )
                yield Finding("ArmsShareNoGroup", ("kit_types",), sentence)


def kit_counts_between_arms(draft: Draft) -> Iterator[Finding]:
    """At the same visit and dose level, each arm is given as many kits of each blinding group."""
    visits = [visit for visit in draft.study.visits if visit.dispenses and visit.anchor == "randomization"]
    for (agent, arms), visit in product(look_alike_arms(draft.study).items(), visits):
        if _disjoint(draft, arms):
            continue
        for level in levels_at(draft.study, visit):
            yield from _counts_differ(draft, agent, arms, visit, level)


def _counts_differ(
    draft: Draft, agent: Code | None, arms: tuple[Code, ...], visit: Visit, level: Code | None
) -> Iterator[Finding]:
    rules = {arm: rules_for(draft.study.dispensing, arm, level, visit.code) for arm in arms}
    if any(len(found) != 1 for found in rules.values()):
        return
    looks = {arm: _look(draft, found[0]) for arm, found in rules.items()}
    if any(group == UNKNOWN for look in looks.values() for group, _, _ in look):
        return
    for arm in arms[1:]:
        if looks[arm] != looks[arms[0]]:
            at = f"visit `{visit.code}`" + (f", dose level `{level}`" if level else "")
            sentence = (
                f"arms `{arms[0]}` and `{arm}` are given different kits{_of(agent)} at {at}: that tells the arm"
            )
            where = draft.study.dispensing.index(rules[arm][0])
            yield Finding("KitCountsDiffer", ("dispensing", where), sentence)


def _of(agent: Code | None) -> str:
    return f" of agent `{agent}`" if agent else ""


def _look(draft: Draft, rule: DispensingRule) -> Look:
    """What a rule shows of itself: groups, counts, and how a dose by weight is worked out."""
    group = {kit_type.code: kit_type.blinding_group for kit_type in draft.study.kit_types}
    counts: Counter[Code] = Counter()
    for need in rule.kits:
        counts[group.get(need.kit_type, UNKNOWN)] += need.quantity
    shown = [(code, quantity, "") for code, quantity in counts.items()]
    if rule.by_weight is not None:
        way = rule.by_weight.model_dump_json(exclude={"kit_type"})
        shown.append((group.get(rule.by_weight.kit_type, UNKNOWN), 0, way))
    return tuple(sorted(shown))


def _groups_given(draft: Draft, arm: Code) -> set[Code]:
    group = {kit_type.code: kit_type.blinding_group for kit_type in draft.study.kit_types}
    rules = [rule for rule in draft.study.dispensing if not rule.arms or arm in rule.arms]
    given = {need.kit_type for rule in rules for need in rule.kits}
    given |= {rule.by_weight.kit_type for rule in rules if rule.by_weight}
    return {group[kit_type] for kit_type in given if kit_type in group}


def _disjoint(draft: Draft, arms: tuple[Code, ...]) -> bool:
    """Whether the arms share no group at all, which is told once and not at every visit."""
    first = _groups_given(draft, arms[0])
    return any(not first & _groups_given(draft, arm) for arm in arms[1:])


def sham_moves(draft: Draft) -> Iterator[Finding]:
    """A move that is sham in an arm leaves that arm's kits as they were, at every visit."""
    visits = [visit.code for visit in draft.study.visits if visit.dispenses and visit.kind != "randomization"]
    for index, move in enumerate(draft.study.titration):
        for position, arm in enumerate(move.sham_in_arms):
            changed = [visit for visit in visits if not _same_kits(draft, arm, move.origin, move.target, visit)]
            if changed:
                sentence = f"sham in arm `{arm}`, but its kits change at visit `{changed[0]}`"
                yield Finding("ShamMoveChangesKits", ("titration", index, "sham_in_arms", position), sentence)


def moves_that_are_silently_sham(draft: Draft) -> Iterator[Finding]:
    """In a blinded study, a move that changes the kits of one arm and not of another is sham there: say so."""
    visits = [visit.code for visit in draft.study.visits if visit.dispenses and visit.kind != "randomization"]
    for index, move in enumerate(draft.study.titration):
        for arms in look_alike_arms(draft.study).values():
            still = {
                arm
                for arm in arms
                if all(_same_kits(draft, arm, move.origin, move.target, visit) for visit in visits)
            }
            for arm in sorted(still - set(move.sham_in_arms)) if still != set(arms) else ():
                sentence = f"changes no kit in arm `{arm}`, though it does in others: name it in `sham_in_arms`"
                yield Finding("UndeclaredSham", ("titration", index), sentence, "warning")


def _same_kits(draft: Draft, arm: Code, origin: Code, target: Code, visit: Code) -> bool:
    before, after = (rules_for(draft.study.dispensing, arm, level, visit) for level in (origin, target))
    if len(before) != 1 or len(after) != 1:
        return True
    return (before[0].kits, before[0].by_weight) == (after[0].kits, after[0].by_weight)


def one_sided_lots(draft: Draft) -> Iterator[Finding]:
    """A blinded lot holds every kit type of its blinding group, or its number tells the arm."""
    if not draft.study.blinded:
        return
    group = {kit_type.code: kit_type.blinding_group for kit_type in draft.study.kit_types}
    for name, size in draft.study.sizes.items():
        held: dict[Code, set[Code]] = {}
        for lot in size.lots:
            held.setdefault(lot.blinded_lot, set()).add(lot.kit_type)
        for index, lot in enumerate(size.lots):
            alike = {code for code, of in group.items() if of == group.get(lot.kit_type)}
            missing = sorted(alike - held.pop(lot.blinded_lot, alike))
            if missing:
                sentence = f"blinded lot `{lot.blinded_lot}` holds no `{missing[0]}`: its number tells the kit type"
                yield Finding("OneSidedLot", ("sizes", name, "lots", index, "blinded_lot"), sentence)


def lots_under_their_own_number(draft: Draft) -> Iterator[Finding]:
    """In a blinded study the manufacturing lot's number is not the one people see."""
    for name, size in draft.study.sizes.items() if draft.study.blinded else ():
        for index, lot in enumerate(size.lots):
            if lot.lot == lot.blinded_lot:
                where = ("sizes", name, "lots", index, "blinded_lot")
                sentence = f"`{lot.lot}` is the lot's own number: give the blinded lot another"
                yield Finding("LotNotBlinded", where, sentence)


def telling_group_names(draft: Draft) -> Iterator[Finding]:
    """A blinding group is not called after an arm that must look like others."""
    agents_known = None not in look_alike_arms(draft.study)
    if not draft.study.blinded or agents_known:
        return
    telling = {arm.name.casefold(): arm.name for arm in draft.study.arms}
    for index, group in enumerate(draft.study.blinding_groups):
        found = [name for word, name in telling.items() if word in group.name.casefold()]
        if found:
            sentence = f"the name blinded people read holds the arm's name {found[0]!r}"
            yield Finding("GroupNameTellsArm", ("blinding_groups", index, "name"), sentence)


def stock_of_all_arms(draft: Draft) -> Iterator[Finding]:
    """In a blinded study, randomization looks at the stock of every arm first."""
    if draft.study.blinded and not draft.study.conduct.all_arms_on_site:
        sentence = "off in a blinded study: a missing kit after the draw can tell the arm"
        yield Finding("NotAllArmsOnSite", ("conduct", "all_arms_on_site"), sentence, "warning")


CHECKS = (
    check(windows_within_a_group),
    check(packs_within_a_group),
    check(arms_that_share_no_group, "arms", "randomization", "kit_types", "dispensing"),
    check(kit_counts_between_arms, "arms", "randomization", "kit_types", "dispensing", "dose_levels", "titration"),
    check(sham_moves, "dispensing", "dose_levels"),
    check(moves_that_are_silently_sham, "arms", "randomization", "dispensing", "dose_levels", "titration"),
    check(one_sided_lots, "kit_types", "sizes"),
    check(lots_under_their_own_number),
    check(telling_group_names, "arms", "randomization"),
    check(stock_of_all_arms, "conduct"),
)
