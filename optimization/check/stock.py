"""What lies where: no lot below zero, none used when expired, no store overfull; nights held and kits wasted."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optimization.check.movements import Movements, Numbers, Phase, Truths
from optimization.check.verdict import Code, Violation
from optimization.problem import Problem


@dataclass(frozen=True, slots=True)
class Stock:
    """What is found of the stock: broken rules, cents for holding and for waste, kits wasted."""

    violations: tuple[Violation, ...]
    holding: int
    waste: int
    wasted_kits: int


class Ledger:
    """The movements of lots while they can be used, by node and lot as they happen, with their balances."""

    def __init__(self, problem: Problem, movements: Movements) -> None:
        self.problem = problem
        self.horizon = problem.horizon_days
        self.nodes = list(problem.nodes.values())
        self.lots = list(problem.lots.values())
        self.expiry = np.array([lot.expiry_day for lot in self.lots], dtype=np.int64)
        late = self._late(movements)
        self.after_expiry = movements.where(late)
        timely = movements.where(~late)
        self.rows = timely.where(np.lexsort((timely.phase, timely.day, timely.lot, timely.node)))
        self.account = self.rows.node * len(self.lots) + self.rows.lot
        self.balance = running(self.rows.kits, self.account)

    def _late(self, movements: Movements) -> Truths:
        """A lot that expires by the end of the horizon is gone from the beginning of its expiry day."""
        expiry = self.expiry[movements.lot]
        return np.asarray((expiry <= self.horizon) & (movements.day >= expiry))

    @property
    def last(self) -> Truths:
        """The last movement of each lot at each node."""
        return ends(self.account)

    @property
    def wasted(self) -> Truths:
        """Last movements that leave kits to be wasted: expired by the horizon, or left where kits are used."""
        expires = self.expiry[self.rows.lot] <= self.horizon
        users = np.array([node.kind.uses_kits for node in self.nodes], dtype=np.bool_)
        return np.asarray(self.last & (self.balance > 0) & (expires | users[self.rows.node]))


def check_stock(problem: Problem, movements: Movements) -> Stock:
    """All rules of the stock, and what it costs."""
    ledger = Ledger(problem, movements)
    violations = (*nothing_from_nothing(ledger), *nothing_expired(ledger), *room_in_store(ledger))
    wasted = _wasted(ledger)
    price = [problem.kit_types[lot.kit].unit_cost for lot in ledger.lots]
    waste = sum(kits * price[lot] for lot, kits in enumerate(wasted))
    return Stock(violations, _holding(ledger), waste, sum(wasted))


def nothing_from_nothing(ledger: Ledger) -> Iterator[Violation]:
    """At no node and on no day has more of a lot gone than had come."""
    rows = ledger.rows
    for row in np.flatnonzero(ledger.balance < 0):
        node, lot = ledger.nodes[rows.node[row]], ledger.lots[rows.lot[row]]
        words = f"{node.id}, day {rows.day[row]}: lot {lot.id} comes to {ledger.balance[row]} kits"
        yield Violation(Code.STOCK, words)


def nothing_expired(ledger: Ledger) -> Iterator[Violation]:
    """Nothing is used or sent on or after its expiry day."""
    gone = ledger.after_expiry.where(ledger.after_expiry.kits < 0)
    for node, lot, day in zip(gone.node, gone.lot, gone.day, strict=True):
        words = f"{ledger.nodes[node].id}, day {day}: lot {ledger.lots[lot].id} is taken after it expired"
        yield Violation(Code.EXPIRY, words)


def room_in_store(ledger: Ledger) -> Iterator[Violation]:
    """After the last arrival of a day, and before anything is used or sent, no class takes more than its room."""
    temps = sorted({kit.temp for kit in ledger.problem.kit_types.values()})
    changes = _with_expiries(ledger)
    kits = [ledger.problem.kit_types[lot.kit] for lot in ledger.lots]
    temp = np.array([temps.index(kit.temp) for kit in kits], dtype=np.int64)
    volume = np.array([kit.volume for kit in kits], dtype=np.int64)
    store = changes.node * len(temps) + temp[changes.lot]
    order = np.lexsort((changes.phase, changes.day, store))
    changes, store = changes.where(order), store[order]
    stored = running(changes.kits * volume[changes.lot], store)
    full = ends(store, changes.day, changes.phase) & (changes.phase == Phase.ARRIVES)
    room = np.array([node.capacity.get(temp, 0) for node in ledger.nodes for temp in temps], dtype=np.float64)
    for row in np.flatnonzero(full & (stored > room[store])):
        node, of = ledger.nodes[changes.node[row]], temps[store[row] % len(temps)]
        words = f"{node.id}, day {changes.day[row]}: {of} takes {stored[row]}, the store holds {node.capacity[of]}"
        yield Violation(Code.STORE, words)


def _with_expiries(ledger: Ledger) -> Movements:
    """The movements, and what expires leaving its store."""
    rows = ledger.rows
    expired = ledger.last & (ledger.balance > 0) & (ledger.expiry[rows.lot] <= ledger.horizon)
    gone = rows.where(expired)
    return Movements(
        np.concatenate((rows.node, gone.node)),
        np.concatenate((rows.lot, gone.lot)),
        np.concatenate((rows.day, ledger.expiry[gone.lot])),
        np.concatenate((rows.phase, np.full(len(gone.node), Phase.EXPIRES, dtype=np.int64))),
        np.concatenate((rows.kits, -ledger.balance[expired])),
    )


def _holding(ledger: Ledger) -> int:
    """What stays at a node when a day is over is held for that night, until it expires or the horizon ends."""
    rows = ledger.rows
    until = np.minimum(ledger.expiry[rows.lot], ledger.horizon)
    until[:-1][~ledger.last[:-1]] = rows.day[1:][~ledger.last[:-1]]
    nights = np.clip(np.minimum(until, ledger.horizon) - rows.day, 0, None)
    held = np.zeros((len(ledger.nodes), len(ledger.lots)), dtype=np.int64)
    np.add.at(held, (rows.node, rows.lot), np.clip(ledger.balance, 0, None) * nights)
    temps = [ledger.problem.kit_types[lot.kit].temp for lot in ledger.lots]
    price = ledger.problem.costs.holding
    return sum(
        int(held[node, lot]) * price(ledger.nodes[node], temps[lot])
        for node, lot in zip(*np.nonzero(held), strict=True)
    )


def _wasted(ledger: Ledger) -> list[int]:
    """Kits wasted of each lot: those left when they expire or at a site's end, and those that came too late."""
    wasted = np.zeros(len(ledger.lots), dtype=np.int64)
    left = ledger.wasted
    np.add.at(wasted, ledger.rows.lot[left], ledger.balance[left])
    late = ledger.after_expiry.kits > 0
    np.add.at(wasted, ledger.after_expiry.lot[late], ledger.after_expiry.kits[late])
    return [int(kits) for kits in wasted]


def running(changes: Numbers, account: Numbers) -> Numbers:
    """Sums so far within each account; accounts lie together."""
    total = np.cumsum(changes)
    first = np.flatnonzero(np.diff(account, prepend=-1))
    before = total[first] - changes[first]
    sizes = np.diff(np.append(first, len(account)))
    return np.asarray(total - np.repeat(before, sizes), dtype=np.int64)


def ends(*columns: Numbers) -> Truths:
    """Whether each row is the last before one of the columns changes."""
    last = np.ones(len(columns[0]), dtype=np.bool_)
    if len(last):
        last[:-1] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return last
