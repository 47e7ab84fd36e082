"""Where lots come from: the nodes that are supplied from outside, and the first day a lot for a kit may leave."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from optimization.engine.needs import Want
from optimization.engine.trips import FOREVER
from optimization.problem import Lot, NodeKind, Problem, Supply


@dataclass(frozen=True, slots=True)
class Sources:
    """Nodes that supply the others, and what of each kit type lies there or is to come, by type.

    `at_depots`: the same of depots that others supply.
    """

    nodes: frozenset[str]
    rows: Mapping[str, tuple[tuple[Supply, Lot], ...]]
    at_depots: Mapping[str, tuple[tuple[Supply, Lot], ...]]
    ready_memo: dict[tuple[str, str, int], int]

    def first_day(self, want: Want, country: str) -> int:
        """The first day a lot that is released there and lasts long enough may leave a source; FOREVER: never."""
        key = (want.kit, country, want.lasts_until)
        if key not in self.ready_memo:
            self.ready_memo[key] = min((row.day for row, _ in self.fitting(want, country)), default=FOREVER)
        return self.ready_memo[key]

    def fitting(self, want: Want, country: str) -> Iterable[tuple[Supply, Lot]]:
        """What may serve a kit wanted in a country."""
        for row, lot in self.rows.get(want.kit, ()):
            if lot.expiry_day >= want.lasts_until and country in lot.countries:
                yield row, lot


def sources_of(problem: Problem) -> Sources:
    """Central depots, and depots that no lane leads to."""
    reached = {lane.destination for lane in problem.lanes.values()}
    nodes = frozenset(
        node.id
        for node in problem.nodes.values()
        if not node.kind.uses_kits and (node.kind is NodeKind.CENTRAL or node.id not in reached)
    )
    rows: dict[str, list[tuple[Supply, Lot]]] = defaultdict(list)
    at_depots: dict[str, list[tuple[Supply, Lot]]] = defaultdict(list)
    for row in problem.supply:
        if not problem.nodes[row.node].kind.uses_kits:
            lot = problem.lots[row.lot]
            (rows if row.node in nodes else at_depots)[lot.kit].append((row, lot))
    return Sources(nodes, _fixed(rows), _fixed(at_depots), {})


def _fixed(rows: Mapping[str, list[tuple[Supply, Lot]]]) -> Mapping[str, tuple[tuple[Supply, Lot], ...]]:
    return {kit: tuple(found) for kit, found in rows.items()}
