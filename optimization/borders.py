"""What has entered countries, counted against their import licences, opening by opening."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from optimization.problem import Lane, Licence, Problem


class Entered:
    """Kits that have crossed a border, by country, kit type and opening of the licence."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._kits: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)

    def add(self, lane: Lane, kit: str, arrives: int, kits: int) -> None:
        """Counts kits that arrive over a lane on a day; nothing where it crosses no border, or none is open."""
        country = self._country(lane)
        licence = self._problem.licences.get((country, kit)) if country else None
        opening = licence.opening_on(arrives) if licence else None
        if opening:
            self._kits[country, kit][opening.from_day] += kits

    def left(self, lane: Lane, kit: str, arrives: int) -> int | None:
        """Kits that may still enter over a lane on a day; None where it crosses no border."""
        country = self._country(lane)
        if not country:
            return None
        licence = self._problem.licences.get((country, kit))
        opening = licence.opening_on(arrives) if licence else None
        return opening.kits_max - self._kits[country, kit][opening.from_day] if opening else 0

    def licences_left(self) -> Mapping[tuple[str, str], Licence]:
        """The licences with what is left of each opening."""
        return {at: one.without(self._kits[at]) for at, one in self._problem.licences.items()}

    def _country(self, lane: Lane) -> str:
        """The country a lane leads into from another one; empty within one country."""
        nodes = self._problem.nodes
        country = nodes[lane.destination].country
        return country if nodes[lane.origin].country != country else ""
