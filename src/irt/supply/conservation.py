"""Conservation: what was received of a lot is somewhere at every instant, and each place's account adds up."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from irt.states.kit import Accountability, Custody
from irt.supply.reconciliation import Moved, Standing, unlawful

Place = tuple[Custody, int | None]
"""The custody and the id of the depot, shipment, site or subject."""

SHELVES = (Custody.DEPOT, Custody.SITE)
"""Where stock lies and is counted; everything else it passes through."""

DESTROYED = "destroyed"
LOADED = "loaded"
_HAS_AN_ADDRESS = (Custody.SHIPMENT, Custody.SITE, Custody.SUBJECT, Custody.STUDY)


@dataclass(slots=True)
class Account:
    """What came to a shelf and what left it, of one lot, by where it came from and went to."""

    came: Counter[str] = field(default_factory=Counter)
    went: Counter[str] = field(default_factory=Counter)

    @property
    def balance(self) -> int:
        """What should lie there now."""
        return self.came.total() - self.went.total()


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the books do not add up: the kit, if it is one kit, and what is wrong."""

    sentence: str
    kit_id: int | None = None


@dataclass
class StockBooks:
    """The books of one study's kits, written line by line from the ledger."""

    lot_of: Mapping[int, int]
    standing: dict[int, Standing]
    lots: dict[int, Counter[Custody]] = field(default_factory=lambda: defaultdict(Counter))
    accounts: dict[tuple[Place, int], Account] = field(default_factory=lambda: defaultdict(Account))
    faults: list[Fault] = field(default_factory=list)
    lines: int = 0

    @classmethod
    def opened(cls, lot_of: Mapping[int, int], loaded: Mapping[int, Standing]) -> "StockBooks":
        """The books on the day of loading: every kit at its depot."""
        books = cls(lot_of, dict(loaded))
        for kit_id, standing in loaded.items():
            books.lots[lot_of[kit_id]][standing.state.custody] += 1
            if shelf := _shelf(standing):
                books.accounts[shelf, lot_of[kit_id]].came[LOADED] += 1
        return books

    def post(self, ledger: Iterable[Moved]) -> None:
        """Enters movements in order; after each one every lot must still add up."""
        for line in ledger:
            self.lines += 1
            before = self.standing.get(line.kit_id)
            if before is None:
                self.faults.append(Fault("it moved but was never loaded", line.kit_id))
                continue
            if wrong := unlawful(before, line) or _homeless(line.after):
                self.faults.append(Fault(wrong, line.kit_id))
            self._carry(self.lot_of[line.kit_id], before, line.after)
            self.standing[line.kit_id] = line.after

    def _carry(self, lot_id: int, before: Standing, after: Standing) -> None:
        self.lots[lot_id][before.state.custody] -= 1
        self.lots[lot_id][after.state.custody] += 1
        left, reached = _shelf(before), _shelf(after)
        if left == reached:
            return
        if left:
            self.accounts[left, lot_id].went[_name(after)] += 1
        if reached:
            self.accounts[reached, lot_id].came[_name(before)] += 1

    def close(self, received: Mapping[int, int], written: Mapping[int, Standing]) -> Iterator[Fault]:
        """Every fault: of the ledger, of lots that are not what was received, of kits that stand elsewhere."""
        yield from self.faults
        for lot_id in sorted(received.keys() | self.lots.keys()):
            there = self.lots[lot_id].total()
            if there != received.get(lot_id, 0):
                yield Fault(f"{received.get(lot_id, 0)} kits of lot {lot_id} were received, {there} are somewhere")
        for kit_id, standing in self.standing.items():
            if written.get(kit_id) != standing:
                yield Fault("it is not where its movements left it", kit_id)


def on_shelves(written: Mapping[int, Standing], lot_of: Mapping[int, int]) -> Counter[tuple[Place, int]]:
    """What is written on the kits: how many of each lot lie on each shelf."""
    found = ((_shelf(standing), lot_of[kit_id]) for kit_id, standing in written.items())
    return Counter((shelf, lot_id) for shelf, lot_id in found if shelf)


def _shelf(standing: Standing) -> Place | None:
    """The depot or site where the kit lies; None where it is elsewhere, or destroyed."""
    state = standing.state
    if state.custody not in SHELVES or state.accountability == Accountability.DESTROYED:
        return None
    return state.custody, standing.place_id


def _name(standing: Standing) -> str:
    state = standing.state
    return DESTROYED if state.accountability == Accountability.DESTROYED else str(state.custody)


def _homeless(standing: Standing) -> str | None:
    """A kit that somebody has, without saying who."""
    custody = standing.state.custody
    return f"nobody is named as its {custody}" if custody in _HAS_AN_ADDRESS and not standing.place_id else None
