"""Kits of consignments that are planned anew go back where they came from, as far as nothing is left behind."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from optimization.replan.legs import Key, Legs
from optimization.replan.yesterday import Place

Stays = Callable[[Key], bool]
"""Whether a consignment is to stay as it is."""


class GivingBack:
    """Takes kits out of consignments to sites, and out of the one that brought them to the depot, and so on up."""

    def __init__(self, legs: Legs, stays: Stays) -> None:
        self._legs, self._stays = legs, stays
        self._to_depot: dict[str, list[tuple[int, Key]]] = defaultdict(list)
        self._supplied: dict[tuple[str, str], list[int]] = defaultdict(list)
        for key in legs.lots:
            if not legs.to_user(key):
                self._to_depot[legs.destination(key)].append((legs.arrives(key), key))
        for row in legs.problem.supply:
            self._supplied[row.node, row.lot].append(row.day)
        for keys in self._to_depot.values():
            keys.sort(reverse=True)

    def free(self, places: Iterable[Place]) -> None:
        """Gives back what is sent to these places, but for consignments that are to stay."""
        wanted = set(places)
        legs = self._legs
        gone = [key for key in legs.lots if (legs.destination(key), key.temp) in wanted and not self._stays(key)]
        for key in sorted(gone, reverse=True):
            for lot, kits in list(legs.lots[key].items()):
                legs.take(key, lot, kits)
                self._give_back(legs.origin(key), lot, kits, key.day)

    def _give_back(self, node: str, lot: str, kits: int, day: int) -> None:
        """From the last consignment that brought the lot there before the day.

        Nobody else can miss these kits: from then on the lot only grew less, and they were there to the end. Where
        it came otherwise since, or by a consignment that is to stay, they stay at the depot.
        """
        supplied = max((one for one in self._supplied[node, lot] if one <= day), default=-1)
        for arrives, key in self._to_depot[node]:
            here = self._legs.lots.get(key, {}).get(lot, 0)
            if arrives > day or not here:
                continue
            if not kits or arrives < supplied or self._stays(key):
                return
            taken = min(kits, here)
            self._legs.take(key, lot, taken)
            self._give_back(self._legs.origin(key), lot, taken, key.day)
            kits -= taken
