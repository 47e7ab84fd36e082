"""Kits that are too few for all who could be served: of a kit type as a whole, or by what a licence lets in."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ortools.graph.python import max_flow

from optimization.causes.cause import Cause, Why
from optimization.causes.reach import Reach
from optimization.problem import Demand, Problem, Supply

Source = tuple[str, str]
"""A lot, and the country or the node it stays at."""
Wanted = tuple[str, frozenset[Source]]
"""A country, and the sources its demand can be served from."""


@dataclass(frozen=True, slots=True)
class Pool:
    """The kits of one type: how many each source has, and how many are wanted by whom it can serve."""

    sources: Mapping[Source, int]
    wanted: Mapping[Wanted, int]

    def served(self, limits: Mapping[str, int]) -> int:
        """The most kits that can be served, with no more in a country than its limit."""
        flow, numbers = max_flow.SimpleMaxFlow(), _Numbers()
        begin, end = numbers["begin"], numbers["end"]
        for source, kits in self.sources.items():
            flow.add_arc_with_capacity(begin, numbers[source], kits)
        for country in {country for country, _ in self.wanted}:
            most = limits.get(country, self.kits_wanted)
            flow.add_arc_with_capacity(numbers["country", country, "all"], end, most)
        for (country, sources), kits in self.wanted.items():
            group = numbers["group", country, sources]
            flow.add_arc_with_capacity(group, numbers["country", country, "all"], kits)
            for source in sorted(sources):
                flow.add_arc_with_capacity(numbers[source], group, kits)
        flow.solve(begin, end)
        return int(flow.optimal_flow())

    @property
    def kits_wanted(self) -> int:
        """All that could be served if there were enough."""
        return sum(self.wanted.values())


class _Numbers(dict[object, int]):
    """Numbers the names it is asked for."""

    def __missing__(self, name: object) -> int:
        self[name] = len(self)
        return self[name]


def shortages(problem: Problem, servable: Sequence[Demand]) -> Iterator[Cause]:
    """What is missing of each kit type when everything goes where it is needed most."""
    origins = {lane.origin for lane in problem.lanes.values()}
    reach = Reach(problem, [row for row in problem.supply if row.node in origins])
    for kit in problem.kit_types:
        rows = [row for row in servable if row.kit == kit]
        if rows:
            supply = [row for row in problem.supply if problem.lots[row.lot].kit == kit]
            pool = _pool(problem, rows, supply, origins, reach)
            yield from _too_few(pool, rows)
            yield from _too_small(problem, pool, rows, supply)


def _too_few(pool: Pool, rows: Sequence[Demand]) -> Iterator[Cause]:
    """Kits supplied are fewer than those wanted from lots that can be there and last."""
    served = pool.served({})
    short = pool.kits_wanted - served
    if short:
        words = (
            f"{pool.kits_wanted} kits of {rows[0].kit} are wanted, and of those supplied at most {served} can be"
            f" there in time and last long enough. Supply {short} more."
        )
        yield _cause(Why.LOTS, short, words, rows)


def _too_small(problem: Problem, pool: Pool, rows: Sequence[Demand], supply: Sequence[Supply]) -> Iterator[Cause]:
    """Kits wanted in a country are more than its licence lets in and are there, beyond any other shortage."""
    kit, limits, served = rows[0].kit, dict[str, int](), pool.served({})
    by_country: dict[str, list[Demand]] = defaultdict(list)
    for row in rows:
        by_country[problem.nodes[row.site].country].append(row)
    for country, there in sorted(by_country.items()):
        licence = problem.licences.get((country, kit))
        inside = sum(row.kits for row in supply if problem.nodes[row.node].country == country)
        limits[country] = (sum(one.kits_max for one in licence.openings) if licence else 0) + inside
        if limits[country] < sum(row.kits for row in there):
            before, served = served, pool.served(limits)
            if licence and served < before:
                kits = before - served
                words = (
                    f"The licence for {kit} into {country} is for {limits[country] - inside} kits, and {kits} more"
                )
                yield _cause(Why.LICENCE_NUMBER, kits, f"{words} are wanted there. Ask for a larger one.", there)


def _cause(why: Why, kits: int, words: str, rows: Sequence[Demand]) -> Cause:
    days = [row.day for row in rows]
    return Cause(why, kits, words, None, rows[0].kit, min(days), max(days))


def _pool(
    problem: Problem, rows: Sequence[Demand], supply: Sequence[Supply], origins: set[str], reach: Reach
) -> Pool:
    """Stock where no lane begins stays there; all else of a lot in a country can go wherever the lot can."""
    sources: Counter[Source] = Counter()
    staying: dict[str, list[Supply]] = defaultdict(list)
    homes: dict[str, set[Source]] = defaultdict(set)
    for row in supply:
        stays = row.node not in origins
        source = (row.lot, row.node if stays else "in " + problem.nodes[row.node].country)
        sources[source] += row.kits
        if stays:
            staying[row.node].append(row)
        else:
            homes[row.lot].add(source)
    wanted: Counter[Wanted] = Counter()
    for demand in rows:
        here = [row for row in staying[demand.site] if row.day <= demand.day]
        near = {(row.lot, row.node) for row in here if reach.suits(problem.lots[row.lot], demand)}
        far = {home for lot in reach.lots_of[demand.kit] if reach.brings(lot, demand) for home in homes[lot.id]}
        wanted[problem.nodes[demand.site].country, frozenset(near | far)] += demand.kits
    return Pool(sources, wanted)
