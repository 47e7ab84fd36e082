"""The state of one replication: sites, depots, consignments on their way, and the clock."""

from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import simpy

from irt.study.definition import StudyDefinition
from irt.supply.kit_selection import Candidate
from irt.supply.parcels import storage_classes
from irt.supply.planner import ResupplyPlanner
from irt.supply.planners import settings_of
from simulation.engine.books import Books
from simulation.engine.order import Moment, Phase
from simulation.engine.stock import Kits, Pile, Stock
from simulation.inputs.inputs import Inputs
from simulation.network import MINUTES_IN_DAY, SitePlace
from simulation.spec.scenario import Scenario

Process = Generator[Moment, None, None]


@dataclass(frozen=True, slots=True)
class Asked:
    """Kits that are due for somebody: by type, how long they must last, and the words of the visit.

    `depot` sends them to the subject's home; `days_on_the_way` are added to how long they must last.
    """

    kits: tuple[tuple[str, int], ...]
    days_to_last: int
    who: int
    words: str
    depot: str | None = None
    days_on_the_way: int = 0


@dataclass(eq=False, slots=True)
class Waiting:
    """A visit that waits for goods, since a minute."""

    asked: Asked
    since: int


@dataclass(eq=False, slots=True)
class Consignment:
    """Goods on their way to a place."""

    number: int
    kits: Kits
    due_day: int


@dataclass(eq=False, slots=True)
class Site:
    """A site as it stands; `expired` and `recalled` count kits that did so there since goods last came, by type."""

    place: int
    facts: SitePlace
    stock: Stock
    open: bool = False
    shut: bool = False
    supplied_once: bool = False
    randomized: int = 0
    in_screening: int = 0
    opened_day: int = 0
    coming: dict[int, Consignment] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)
    expired: Counter[str] = field(default_factory=Counter)
    recalled: Counter[str] = field(default_factory=Counter)
    treated: dict[int, "OnTreatment"] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Depot:
    """A depot as it stands."""

    code: str
    stock: Stock
    supplied_by: str | None
    coming: dict[int, Consignment] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class OnTreatment:
    """A subject on treatment: arm and dose level, the day it was randomized, visits that are over."""

    number: int
    person: int
    arm: str
    level: str | None
    first_day: int
    weight_kg: float
    over: set[tuple[str, int]] = field(default_factory=set)


class World:
    """Everything that the processes of a replication share."""

    def __init__(self, scenario: Scenario, inputs: Inputs, planner: ResupplyPlanner, books: Books) -> None:
        self.scenario, self.inputs, self.planner, self.books = scenario, inputs, planner, books
        self.env = simpy.Environment()
        self.definition: StudyDefinition = scenario.definition
        # A clock would make one replication two on two machines.
        self.settings: dict[str, Any] = settings_of(self.definition) | {"by_rounds": True}
        self.storage_of = storage_classes(self.definition)
        self.sites = [Site(n, facts, Stock(self.clock)) for n, facts in enumerate(inputs.places.sites)]
        self.site_numbered = {site.facts.number: site for site in self.sites}
        suppliers = {depot.code: depot.supplied_by for depot in self.definition.depots}
        self.depots = {code: Depot(code, Stock(self.clock), suppliers[code]) for code in inputs.places.depots}
        self.sent_on_lane: Counter[int] = Counter()
        self.shipments = 0
        self.subjects = 0
        self.last_randomized_day = -1
        self.completion_day = -1
        self.dates: dict[int, date] = {}
        self.windows: dict[tuple[str, tuple[str, ...], int], dict[str, int]] = {}
        self.candidates: dict[tuple[Pile, int], Candidate] = {}
        self.piles: list[Pile] = []
        self.approved = _approved_lots(self.definition, inputs)

    def clock(self) -> int:
        """Minutes since the start."""
        return int(self.env.now)

    @property
    def now(self) -> int:
        """The same."""
        return int(self.env.now)

    @property
    def day(self) -> int:
        """The day it is."""
        return int(self.env.now) // MINUTES_IN_DAY

    def date_of(self, day: int) -> date:
        """The date of a day, kept."""
        if day not in self.dates:
            self.dates[day] = self.inputs.places.date_of(day)
        return self.dates[day]

    def at(self, minute: int, phase: Phase, rank: int = 0) -> Moment:
        """A minute to wait for; one that is past is now."""
        return Moment(self.env, max(minute, self.now), phase, rank)

    def begin(self, process: Process) -> None:
        """Another entity begins."""
        self.env.process(process)

    def system_out(self) -> str:
        """What becomes of visits while the system is out; empty where it runs."""
        for fault in self.scenario.faults:
            if fault.fault == "system_outage" and fault.from_day <= self.day < fault.until_day:
                return fault.visits
        return ""

    @property
    def places(self) -> list["Site | Depot"]:
        """Sites by number, then depots by code."""
        return [*self.sites, *(self.depots[code] for code in sorted(self.depots))]

    def everywhere(self, act: Callable[["Site | Depot | Consignment"], None]) -> None:
        """Does something at each site, each depot and to each consignment, in order."""
        for place in self.places:
            act(place)
            for number in sorted(place.coming):
                act(place.coming[number])

    def left(self) -> list[Kits]:
        """Kits wherever they are now."""
        found: list[Kits] = []
        self.everywhere(
            lambda place: found.append(place.kits if isinstance(place, Consignment) else place.stock.piles)
        )
        return found


def _approved_lots(definition: StudyDefinition, inputs: Inputs) -> dict[str, frozenset[str]]:
    """Country -> the lots that may go there; empty where every lot may go everywhere."""
    lots = {(lot.lot, lot.countries) for lot in inputs.places.lots}
    lots |= {(goods.lot, goods.countries) for one in inputs.on_the_road for goods in one.goods}
    if not any(countries for _, countries in lots):
        return {}
    return {
        country.code: frozenset(lot for lot, countries in lots if not countries or country.code in countries)
        for country in definition.countries
    }
