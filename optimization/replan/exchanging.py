"""A lot for a kit that found none: another kit on its way gives its own up for one that nobody takes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from optimization.engine.carried import Carried
from optimization.plan import Dispensing
from optimization.problem import Lot, Node, Supply
from optimization.replan.giving_back import Stays
from optimization.replan.legs import Key, Legs


@dataclass(frozen=True, slots=True)
class _Way:
    """One kit from its source to its use: its consignments in order, and the place of its use."""

    keys: tuple[Key, ...]
    use: int


class Exchanging:
    """Consignments and uses of kits, in which lots are exchanged; `uses` is changed."""

    def __init__(self, legs: Legs, uses: list[Dispensing], stays: Stays) -> None:
        self._legs, self._problem, self._uses, self._stays = legs, legs.problem, uses, stays
        self._supplied: dict[tuple[str, str], list[int]] = defaultdict(list)
        for row in self._problem.supply:
            self._supplied[row.node, row.lot].append(row.day)
        self._free = legs.left_over({row.node for row in self._problem.supply if not self._user(row.node)})

    def lot_for(self, one: Carried) -> str | None:
        """Makes a lot free for the kit, and names it; None where no single exchange does."""
        leaves, source = one.first_leg.leaves, one.first_leg.lane.origin
        for lot in self._problem.lots.values():
            if self._serves(lot, one.kit, one.site, one.lasts_until):
                for way in self._ways(source, lot.id):
                    first = way.keys[0].day
                    if self._last_supplied(source, lot.id, max(first, leaves)) <= min(first, leaves):
                        other = self._other(source, lot, way)
                        if other is not None:
                            self._exchange(way, lot.id, other)
                            return lot.id
        return None

    def _user(self, node: str) -> bool:
        return self._problem.nodes[node].kind.uses_kits

    def _last_supplied(self, node: str, lot: str, day: int) -> int:
        return max((one for one in self._supplied[node, lot] if one <= day), default=-1)

    @cached_property
    def _by_lot(self) -> dict[str, list[Key]]:
        found: dict[str, list[Key]] = defaultdict(list)
        for key in sorted(self._legs.lots, reverse=True):
            for lot in self._legs.lots[key]:
                found[lot].append(key)
        return found

    @cached_property
    def _uses_of(self) -> dict[tuple[str, str], list[int]]:
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place, use in enumerate(self._uses):
            found[use.site, use.lot].append(place)
        return found

    @cached_property
    def _lasts_until(self) -> dict[tuple[str, str, int], int]:
        return {(row.site, row.kit, row.day): row.day + max(1, row.dnd_days) for row in self._problem.demand}

    def _ways(self, source: str, lot: str) -> Iterator[_Way]:
        """Kits of the lot on their way to a use, those that leave last first."""
        for key in self._by_lot[lot]:
            here = self._legs.lots.get(key, {}).get(lot, 0)
            if here and self._legs.to_user(key) and not self._stays(key):
                keys = self._from(source, key, lot)
                use = self._first_use(key, lot)
                if keys and use is not None:
                    yield _Way(keys, use)

    def _from(self, source: str, key: Key, lot: str) -> tuple[Key, ...]:
        """The consignment, and before it the last that brought the lot to its depot; none if that is unsure."""
        origin = self._legs.origin(key)
        if origin == source:
            return (key,)
        before = [
            other
            for other in self._by_lot[lot]
            if self._legs.destination(other) == origin
            and self._legs.arrives(other) <= key.day
            and self._legs.lots.get(other, {}).get(lot, 0)
        ]
        last = max(before, key=self._legs.arrives, default=None)
        if last is None or self._stays(last) or self._legs.origin(last) != source:
            return ()
        return (last, key) if self._last_supplied(origin, lot, key.day) <= self._legs.arrives(last) else ()

    def _first_use(self, key: Key, lot: str) -> int | None:
        arrives = self._legs.arrives(key)
        places = self._uses_of[self._legs.destination(key), lot]
        return min(
            (place for place in places if self._uses[place].day >= arrives and self._uses[place].kits > 0),
            key=lambda place: self._uses[place].day,
            default=None,
        )

    def _other(self, source: str, lot: Lot, way: _Way) -> int | None:
        """The place of free stock that could go the same way; what expires first is taken first."""
        use = self._uses[way.use]
        site, lasts = self._problem.nodes[use.site], self._lasts_until[use.site, use.kit, use.day]
        fit = [
            place
            for place, row in enumerate(self._free)
            if row.kits and row.node == source and row.lot != lot.id and row.day <= way.keys[0].day
            and self._serves(self._problem.lots[row.lot], lot.kit, site, lasts)
        ]  # fmt: skip
        return min(fit, key=lambda place: self._expiry(self._free[place]), default=None)

    def _serves(self, lot: Lot, kit: str, site: Node, lasts: int) -> bool:
        return lot.kit == kit and lot.expiry_day >= lasts and site.country in lot.countries

    def _expiry(self, row: Supply) -> tuple[int, int]:
        return self._problem.lots[row.lot].expiry_day, -row.day

    def _exchange(self, way: _Way, lot: str, other: int) -> None:
        row = self._free[other]
        self._free[other] = replace(row, kits=row.kits - 1)
        for key in way.keys:
            self._put(key, row.lot)
            self._legs.take(key, lot, 1)
        use = self._uses[way.use]
        self._uses[way.use] = replace(use, kits=use.kits - 1)
        self._use(replace(use, lot=row.lot, kits=1))

    def _put(self, key: Key, lot: str) -> None:
        self._legs.add(key, {lot: 1})
        self._by_lot[lot].append(key)

    def _use(self, use: Dispensing) -> None:
        self._uses.append(use)
        self._uses_of[use.site, use.lot].append(len(self._uses) - 1)


def one_row_each(uses: Sequence[Dispensing]) -> list[Dispensing]:
    """Uses of one lot for one demand added up."""
    kits: dict[tuple[str, str, int, str], int] = defaultdict(int)
    for use in uses:
        kits[use.site, use.kit, use.day, use.lot] += use.kits
    return [Dispensing(*key, number) for key, number in kits.items() if number]
