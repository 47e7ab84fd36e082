"""What each site wants in one temperature class, kit by kit, once its own stock is used.

Own stock mostly serves the first visits. Where kits of an expiring lot could serve them, it may be better kept for
later ones: each such choice is a need of its own, and the best is taken site by site.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, groupby, product
from math import prod

from optimization.plan import Dispensing
from optimization.problem import Problem

CHOICES_MAX = 24


@dataclass(frozen=True, slots=True, order=True)
class Want:
    """One kit wanted at a site on a day; its lot may expire on `lasts_until`, a later day, at the earliest."""

    day: int
    kit: str
    lasts_until: int


Gain = Callable[[str, Want], float]
"""What is saved when a kit wanted at a site comes from a source, of a lot that would expire."""


@dataclass(frozen=True, slots=True)
class Need:
    """Kits that must come to a site, in order of day, and the own stock used for the others.

    `gain`: what is saved by lots that would expire, at the most. `own_kit_days`: days the kits of the own stock lie
    there until they are used, added up. `own_kits`: where relaxed, kits of the own stock by type: any of them could
    as well serve another visit. `perishable`: kits by type that may be of a lot that would expire, at the most.
    """

    wants: tuple[Want, ...]
    from_own_stock: tuple[Dispensing, ...]
    gain: float
    own_kit_days: int
    own_kits: Mapping[str, int] = field(default_factory=dict)
    perishable: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SiteNeeds:
    """A site's needs to choose from."""

    site: str
    choices: tuple[Need, ...]


@dataclass(slots=True)
class _OwnLot:
    lot: str
    day: int
    expiry_day: int
    kits: int


def needs_of(problem: Problem, temp: str, gain: Gain, relaxed: bool) -> list[SiteNeeds]:
    """The needs of a class, in order of site; relaxed: as if own stock lasted until it is used, for the bound."""
    wants: dict[str, list[Want]] = defaultdict(list)
    for row in problem.demand:
        if problem.kit_types[row.kit].temp == temp:
            wants[row.site].extend([Want(row.day, row.kit, row.day + max(1, row.dnd_days))] * row.kits)
    own = _own_lots(problem, temp)
    build = _relaxed_needs if relaxed else _exact_needs
    return [build(site, sorted(wants[site]), own.get(site, {}), gain) for site in sorted(wants)]


def _own_lots(problem: Problem, temp: str) -> Mapping[str, Mapping[str, list[_OwnLot]]]:
    found: dict[str, dict[str, list[_OwnLot]]] = defaultdict(lambda: defaultdict(list))
    for row in problem.supply:
        lot = problem.lots[row.lot]
        node = problem.nodes[row.node]
        usable = node.kind.uses_kits and node.country in lot.countries
        if usable and problem.kit_types[lot.kit].temp == temp:
            found[row.node][lot.kit].append(_OwnLot(row.lot, row.day, lot.expiry_day, row.kits))
    return found


def _exact_needs(site: str, wants: Sequence[Want], own: Mapping[str, list[_OwnLot]], gain: Gain) -> SiteNeeds:
    first_left, _ = _use_own(site, (wants, ()), own)
    first = _gainful(wants, first_left, gain, site)
    choices = []
    for kept in _kept_back(first):
        left, used = _use_own(site, _in_turn(site, wants, first_left, kept, gain), own)
        served = list((Counter(wants) - Counter(left)).elements())
        days = _kit_days(served, [one for some in own.values() for one in some]) if served else 0
        saved, perish = _saved(site, left, gain)
        choices.append(Need(tuple(left), tuple(used), saved, days, perishable=perish))
    return SiteNeeds(site, tuple(choices))


def _in_turn(
    site: str, wants: Iterable[Want], first_left: Iterable[Want], kept: Counter[Want], gain: Gain
) -> tuple[list[Want], list[Want]]:
    """The wants own stock serves in the first place, and in the second: those kept back, and others with a gain."""
    second = Counter(want for want in first_left if gain(site, want) > 0) if kept else Counter[Want]()
    second += kept
    return sorted((Counter(wants) - second).elements()), sorted((second - kept).elements()) + sorted(
        kept.elements()
    )


def _gainful(wants: Iterable[Want], left: Iterable[Want], gain: Gain, site: str) -> Mapping[str, list[Want]]:
    """By type, the wants own stock serves though a lot that would expire could, in order of day."""
    served = Counter(wants) - Counter(left)
    found: dict[str, list[Want]] = defaultdict(list)
    for want in sorted(served.elements()):
        if gain(site, want) > 0:
            found[want.kit].append(want)
    return found


def _kept_back(first: Mapping[str, Sequence[Want]]) -> Iterator[Counter[Want]]:
    """Which of these wants own stock does not serve: none, then the last of each type; only none if too many."""
    kits = sorted(first)
    if prod(len(first[kit]) + 1 for kit in kits) > CHOICES_MAX:
        yield Counter()
        return
    for numbers in product(*(range(len(first[kit]) + 1) for kit in kits)):
        kept: Counter[Want] = Counter()
        for kit, number in zip(kits, numbers, strict=True):
            kept.update(first[kit][len(first[kit]) - number :])
        yield kept


def _use_own(
    site: str, turns: tuple[Iterable[Want], Iterable[Want]], own: Mapping[str, list[_OwnLot]]
) -> tuple[list[Want], list[Dispensing]]:
    """Each kit wanted, turn by turn, from the lot on hand that expires first."""
    stock = {
        kit: [_OwnLot(one.lot, one.day, one.expiry_day, one.kits) for one in lots] for kit, lots in own.items()
    }
    left, used = [], []
    for want in chain(*turns):
        fit = [one for one in stock.get(want.kit, ()) if _serves(one, want)]
        if fit:
            first = min(fit, key=lambda one: (one.expiry_day, one.lot))
            first.kits -= 1
            used.append((want, first.lot))
        else:
            left.append(want)
    return sorted(left), list(_added_up(site, used))


def _serves(own: _OwnLot, want: Want) -> bool:
    return own.kits > 0 and own.day <= want.day and own.expiry_day >= want.lasts_until


def _added_up(site: str, used: Iterable[tuple[Want, str]]) -> Iterator[Dispensing]:
    rows = sorted((want.day, want.kit, lot) for want, lot in used)
    for (day, kit, lot), same in groupby(rows):
        yield Dispensing(site, kit, day, lot, len(list(same)))


def _relaxed_needs(site: str, wants: Sequence[Want], own: Mapping[str, list[_OwnLot]], gain: Gain) -> SiteNeeds:
    """As if any kit of the own stock could serve any visit from the day it is there."""
    served = {kit: _first_served([one for one in wants if one.kit == kit], lots) for kit, lots in own.items()}
    all_served = Counter(want for some in served.values() for want in some)
    first = _gainful(all_served.elements(), (), gain, site)
    choices = []
    for kept in _kept_back(first):
        later = _later_instead(site, wants, all_served, kept, gain)
        used = (all_served - kept) + later
        left = sorted((Counter(wants) - used).elements())
        days = sum(_kit_days([want for want in used.elements() if want.kit == kit], own[kit]) for kit in own)
        own_kits = Counter(want.kit for want in used.elements())
        saved, perish = _saved(site, left, gain)
        choices.append(Need(tuple(left), (), saved, days, own_kits, perish))
    if len(choices) == 1:
        saved, perish = _saved(site, wants, gain)
        choices = [replace(choices[0], gain=saved, perishable=perish)]
    return SiteNeeds(site, tuple(choices))


def _saved(site: str, wants: Iterable[Want], gain: Gain) -> tuple[float, Mapping[str, int]]:
    """What is saved if all of these are of lots that would expire, and how many by type can be."""
    gains = [(want.kit, gain(site, want)) for want in wants]
    return sum(each for _, each in gains), Counter(kit for kit, each in gains if each > 0)


def _first_served(wants: Iterable[Want], lots: Sequence[_OwnLot]) -> list[Want]:
    """The visits served when each kit of the own stock that can serve any serves the first it can."""
    wants = list(wants)
    days = sorted(
        day
        for one in lots
        for day in [one.day] * one.kits
        if any(one.day <= want.day and one.expiry_day >= want.lasts_until for want in wants)
    )
    served = []
    for want in wants:
        if days and days[0] <= want.day:
            days.pop(0)
            served.append(want)
    return served


def _kit_days(served: Iterable[Want], lots: Iterable[_OwnLot]) -> int:
    """Days the used kits lie there if the first visits use them; none that expires sooner lies longer."""
    expires = min(one.expiry_day for one in lots)
    came = sorted(day for one in lots for day in [one.day] * one.kits)
    used = sorted(min(want.day, expires) for want in served)
    return max(0, sum(used) - sum(came[len(came) - len(used) :]))


def _later_instead(
    site: str, wants: Iterable[Want], served: Counter[Want], kept: Counter[Want], gain: Gain
) -> Counter[Want]:
    """The visits own stock serves in place of those kept back: the first without a gain, else the first of all."""
    missing = Counter(want.kit for want in kept.elements())
    others = sorted((Counter(wants) - served).elements(), key=lambda want: (gain(site, want) > 0, want))
    later: Counter[Want] = Counter()
    for want in others:
        if missing[want.kit]:
            missing[want.kit] -= 1
            later[want] += 1
    return later
