"""Which demand no plan can serve, each by the smallest cause found: the fewest rules that would have to go."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from optimization.causes.cause import Cause, Why
from optimization.causes.reach import Reach, Rule
from optimization.causes.shortage import shortages
from optimization.causes.words import WHY, about, no_lane, none_supplied, sentence
from optimization.problem import Demand, Problem

RULES_TOGETHER_MAX = 3
"""So many rules at most are tried together; where more stand in the way the first of them all is named."""


def unservable(problem: Problem) -> tuple[Cause, ...]:
    """The causes that keep kits from being served, the greatest first; every plan misses at least their kits."""
    found, servable = _alone(problem)
    causes = [*found, *shortages(problem, servable)]
    return tuple(sorted(causes, key=lambda cause: (-cause.kits, cause.why, cause.node or "", cause.kit or "")))


def _alone(problem: Problem) -> tuple[list[Cause], list[Demand]]:
    """The causes of demand that could not be served were it the only one, and the demand that could."""
    search = _Search(problem)
    blocked: dict[tuple[object, ...], list[Demand]] = defaultdict(list)
    crowded: dict[tuple[str, str], list[Demand]] = defaultdict(list)
    servable = []
    for row in problem.demand:
        most = _room(problem, row)
        if not search.reach.serves(row):
            blocked[search.key(row)].append(row)
            continue
        if row.kits > most:
            crowded[row.site, row.kit].append(row)
        servable.append(replace(row, kits=min(row.kits, most)))
    causes = [search.cause(key, rows) for key, rows in blocked.items()]
    return causes + [_no_room(rows, _room(problem, rows[0])) for rows in crowded.values()], servable


def _room(problem: Problem, row: Demand) -> int:
    """The most kits a store can hold for one demand: all that is used on a day lies there on that day."""
    kit = problem.kit_types[row.kit]
    return problem.nodes[row.site].capacity[kit.temp] // kit.volume


def _no_room(rows: Sequence[Demand], most: int) -> Cause:
    site, kit, days = rows[0].site, rows[0].kit, [row.day for row in rows]
    words = f"The store of {site} holds {most} kits of {kit}, and more are wanted there on one day."
    over = sum(row.kits - most for row in rows)
    return Cause(Why.STORE, over, f"{words} Give it more room.", site, kit, min(days), max(days))


class _Search:
    """Looks for the fewest rules that keep a demand from being served."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.reach = Reach(problem, problem.supply)
        self.supplied = {problem.lots[row.lot].kit for row in problem.supply if row.kits}
        self._without: dict[frozenset[Rule], Reach] = {frozenset(): self.reach}

    def key(self, row: Demand) -> tuple[object, ...]:
        """The rules that stand in the way, and what the cause is one of."""
        if row.kit not in self.supplied:
            return (Why.LOTS, row.kit)
        rules = self.rules_against(row)
        if not rules:
            return (Why.LANE, row.site, row.kit)
        return (rules, *about(self.problem, rules[0], row))

    def rules_against(self, row: Demand) -> tuple[Rule, ...]:
        """The fewest rules without which it could be served; none where only a lane would help."""
        if not self._served_without(row, tuple(Rule)):
            return ()
        for number in range(1, RULES_TOGETHER_MAX + 1):
            for rules in combinations(Rule, number):
                if self._served_without(row, rules):
                    return rules
        return tuple(Rule)

    def _served_without(self, row: Demand, rules: Sequence[Rule]) -> bool:
        chosen = frozenset(rules)
        if chosen not in self._without:
            self._without[chosen] = Reach(self.problem, self.problem.supply, chosen)
        return self._without[chosen].serves(row)

    def cause(self, key: tuple[object, ...], rows: Sequence[Demand]) -> Cause:
        """The one cause of all these."""
        sites, kits = {row.site for row in rows}, {row.kit for row in rows}
        why, words = self._told(key, rows)
        days = [row.day for row in rows]
        site = sites.pop() if len(sites) == 1 else None
        kit = kits.pop() if len(kits) == 1 else None
        return Cause(why, sum(row.kits for row in rows), words, site, kit, min(days), max(days))

    def _told(self, key: tuple[object, ...], rows: Sequence[Demand]) -> tuple[Why, str]:
        rules = key[0]
        if rules is Why.LOTS:
            return Why.LOTS, none_supplied(rows[0].kit)
        if not isinstance(rules, tuple):
            return Why.LANE, no_lane(rows[0].site, rows[0].kit)
        return WHY[rules[0]], " ".join(self._sentences(rules, rows))

    def _sentences(self, rules: tuple[Rule, ...], rows: Sequence[Demand]) -> Iterator[str]:
        for rule in rules[:RULES_TOGETHER_MAX]:
            yield sentence(self.problem, rule, rows, self.reach)
