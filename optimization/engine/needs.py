"""What each site wants in one temperature class, kit by kit, once its own stock is used."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from optimization.plan import Dispensing
from optimization.problem import Problem


@dataclass(frozen=True, slots=True, order=True)
class Want:
    """One kit wanted at a site on a day; its lot may expire on `lasts_until`, a later day, at the earliest."""

    day: int
    kit: str
    lasts_until: int


@dataclass(frozen=True, slots=True)
class Need:
    """What must come to a site; `least`: what must come however long its own stock lasted, for the bound.

    `own_kit_days`: days the kits of the own stock lie there, added up, at the least.
    """

    site: str
    wants: tuple[Want, ...]
    least: tuple[Want, ...]
    from_own_stock: tuple[Dispensing, ...]
    own_kit_days: int


@dataclass(slots=True)
class _OwnLot:
    lot: str
    day: int
    expiry_day: int
    kits: int


def needs_of(problem: Problem, temp: str) -> list[Need]:
    """The needs of a class by site, in order of site; kits wanted are in order of day."""
    wants: dict[str, list[Want]] = defaultdict(list)
    for row in problem.demand:
        if problem.kit_types[row.kit].temp == temp:
            wants[row.site].extend([Want(row.day, row.kit, row.day + max(1, row.dnd_days))] * row.kits)
    own = _own_lots(problem, temp)
    return [_need(problem, site, sorted(wants[site]), own.get(site, {})) for site in sorted(wants)]


def _own_lots(problem: Problem, temp: str) -> Mapping[str, Mapping[str, list[_OwnLot]]]:
    found: dict[str, dict[str, list[_OwnLot]]] = defaultdict(lambda: defaultdict(list))
    for row in problem.supply:
        lot = problem.lots[row.lot]
        node = problem.nodes[row.node]
        usable = node.kind.uses_kits and node.country in lot.countries
        if usable and problem.kit_types[lot.kit].temp == temp:
            found[row.node][lot.kit].append(_OwnLot(row.lot, row.day, lot.expiry_day, row.kits))
    return found


def _need(problem: Problem, site: str, wants: list[Want], own: Mapping[str, list[_OwnLot]]) -> Need:
    if not own:
        return Need(site, tuple(wants), tuple(wants), (), 0)
    least = [want for want in wants if want.kit not in own]
    kit_days = 0
    for kit, lots in own.items():
        still = list(_without_own(kit, wants, lots))
        kit_days += _kit_days([want for want in wants if want.kit == kit], still, lots)
        least.extend(still)
    left, used = _use_own(site, wants, own)
    return Need(site, tuple(left), tuple(sorted(least)), tuple(used), kit_days)


def _kit_days(wants: Iterable[Want], still: Iterable[Want], lots: Iterable[_OwnLot]) -> int:
    """Days the used kits lie there if the first visits use them; none that expires sooner lies longer."""
    served = Counter(wants) - Counter(still)
    expires = min(one.expiry_day for one in lots)
    came = sorted(day for one in lots for day in [one.day] * one.kits)
    used = sorted(min(want.day, expires) for want in served.elements())
    return max(0, sum(used) - sum(came[len(came) - len(used) :]))


def _use_own(
    site: str, wants: Iterable[Want], own: Mapping[str, list[_OwnLot]]
) -> tuple[list[Want], list[Dispensing]]:
    """Each kit wanted, in order of day, from the lot on hand that expires first."""
    left, used = [], []
    for want in wants:
        fit = [one for one in own.get(want.kit, ()) if _serves(one, want)]
        if fit:
            first = min(fit, key=lambda one: (one.expiry_day, one.lot))
            first.kits -= 1
            used.append((want, first.lot))
        else:
            left.append(want)
    return left, list(_added_up(site, used))


def _serves(own: _OwnLot, want: Want) -> bool:
    return own.kits > 0 and own.day <= want.day and own.expiry_day >= want.lasts_until


def _added_up(site: str, used: Iterable[tuple[Want, str]]) -> Iterator[Dispensing]:
    rows = sorted((want.day, want.kit, lot) for want, lot in used)
    for (day, kit, lot), same in groupby(rows):
        yield Dispensing(site, kit, day, lot, len(list(same)))


def _without_own(kit: str, wants: Iterable[Want], lots: Iterable[_OwnLot]) -> Iterator[Want]:
    """Kits still wanted if every kit of the own stock that can serve any visit served the first it is there for."""
    mine = [want for want in wants if want.kit == kit]
    days = sorted(
        day
        for one in lots
        for day in [one.day] * one.kits
        if any(one.day <= want.day and one.expiry_day >= want.lasts_until for want in mine)
    )
    for want in mine:
        if days and days[0] <= want.day:
            days.pop(0)
        else:
            yield want
