"""Books of stock without numbers: never below nothing at any place, and every lot adds up over the whole study."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from irt.states.item import BETWEEN_PLACES, ItemAct, ItemPile
from irt.states.kit import Custody

_ENTERS = (ItemAct.RECEIVE, ItemAct.TAKE_BACK)


class ItemEntry(NamedTuple):
    """One line of the ledger; `place` in words, as 'site 1014'."""

    custody: Custody
    place: str
    item: str
    lot: str
    act: ItemAct
    pile: ItemPile
    quantity: int


@dataclass
class ItemBooks:
    """Every line followed in order."""

    came: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    went: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    piles: Counter[tuple[str, str, str, ItemPile]] = field(default_factory=Counter)
    below: set[tuple[str, str, str]] = field(default_factory=set)
    acts: dict[tuple[str, str], Counter[ItemAct]] = field(default_factory=lambda: defaultdict(Counter))
    there: dict[tuple[str, str], Counter[Custody]] = field(default_factory=lambda: defaultdict(Counter))

    def post(self, line: ItemEntry) -> None:
        """Takes one line."""
        key, lot = (line.place, line.item, line.lot), (line.item, line.lot)
        pile = self.came if line.quantity > 0 else self.went
        pile[key] += abs(line.quantity)
        self.piles[*key, line.pile] += line.quantity
        if self.piles[*key, line.pile] < 0:
            self.below.add(key)
        self.acts[lot][line.act] += line.quantity
        self.there[lot][line.custody] += line.quantity

    def lots(self) -> Iterator[dict[str, object]]:
        """Of each lot: what entered the study and left it by each act, where the rest is, and whether so."""
        for (item, lot), acts in sorted(self.acts.items()):
            there = {str(custody): count for custody, count in sorted(self.there[item, lot].items()) if count}
            moved = {str(act): abs(acts[act]) for act in ItemAct if act not in BETWEEN_PLACES and acts[act]}
            counted = acts[ItemAct.COUNT]
            entered = sum(acts[act] for act in _ENTERS) + counted
            left = -sum(acts[act] for act in (ItemAct.HAND_OUT, ItemAct.DESTROY, ItemAct.LOSE))
            if counted:
                moved[str(ItemAct.COUNT)] = counted
            one_sided = any(acts[act] for act in BETWEEN_PLACES)
            adds_up = entered - left == sum(there.values()) and not one_sided
            yield {"item": item, "lot": lot, "by_act": moved, "there": there, "adds_up": adds_up}
