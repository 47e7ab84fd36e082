"""What is to be planned, as values: network, kits and lots, what is known of the demand, what things cost.

Days are whole numbers from 0, day 0 a Monday; money is whole cents; volume is whole units. No file, clock or
database is read here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

FREE_NODE = "C0"
"""The one node whose stock costs nothing to hold, whatever its kind: the benchmark's checker goes by this id."""


class NodeKind(StrEnum):
    """What stands at a node; a patient is a node that uses kits at home.

    Homes are many patients told as one, each with a parcel of their own, so that none tells of another. What is
    kept is set aside at a depot, for more of them than are expected or for sites of its own: it goes nowhere.
    """

    CENTRAL = "central"
    REGIONAL = "regional"
    SITE = "site"
    PATIENT = "patient"
    HOMES = "homes"
    KEPT = "kept"

    @property
    def uses_kits(self) -> bool:
        """Whether kits are used there, and are wasted if left there at the end."""
        return self not in {NodeKind.CENTRAL, NodeKind.REGIONAL}

    @property
    def kept_blind(self) -> bool:
        """Whether a consignment there shows no arm by what it holds."""
        return self in {NodeKind.SITE, NodeKind.PATIENT}

    @property
    def only_ready(self) -> bool:
        """Whether a plan only has it ready: parcels are raised when dispensed, and what is kept goes nowhere."""
        return self in {NodeKind.HOMES, NodeKind.KEPT}


@dataclass(frozen=True, slots=True)
class KitType:
    """A kind of kit; kits of one temperature class travel together, those of two never."""

    id: str
    temp: str
    volume: int
    unit_cost: int


@dataclass(frozen=True, slots=True)
class Lot:
    """Kits of one type that expire together: `expiry_day` is the first day they can no longer be used."""

    id: str
    kit: str
    expiry_day: int
    countries: frozenset[str]


@dataclass(frozen=True, slots=True)
class Node:
    """A place: shipments neither leave nor arrive on its closed days; `capacity` is volume by temperature class."""

    id: str
    kind: NodeKind
    country: str
    closed_days: frozenset[int]
    capacity: Mapping[str, int]

    @property
    def free_holding(self) -> bool:
        """Whether stock lies here for nothing."""
        return self.id == FREE_NODE


@dataclass(frozen=True, slots=True)
class Lane:
    """A way from one node to another: at most one consignment of a temperature class leaves it on a day."""

    id: str
    origin: str
    destination: str
    transit_days: int
    weekdays: frozenset[int]
    fixed_cost: int
    kit_cost: int
    temps: frozenset[str]


@dataclass(frozen=True, slots=True)
class Shipper:
    """A box qualified for one temperature class for so many days in transit."""

    id: str
    temp: str
    capacity: int
    cost: int
    hold_days: int


@dataclass(frozen=True, slots=True)
class Supply:
    """Kits of a lot that become available at a node at the start of a day."""

    node: str
    lot: str
    day: int
    kits: int


class Opening(NamedTuple):
    """Days (both included) on which kits may enter, up to a number in all."""

    from_day: int
    to_day: int
    kits_max: int


@dataclass(frozen=True, slots=True)
class Licence:
    """Kits of one type may enter a country within these days (both included), up to a number in all.

    `later`: openings after it, each with days and a number of its own; in the gaps between nothing may enter.
    """

    country: str
    kit: str
    from_day: int
    to_day: int
    kits_max: int
    later: tuple[Opening, ...] = ()

    @property
    def openings(self) -> tuple[Opening, ...]:
        """All of them, in order of their days."""
        return (Opening(self.from_day, self.to_day, self.kits_max), *self.later)

    @property
    def last_day(self) -> int:
        """The last day of the last opening."""
        return self.openings[-1].to_day

    def opening_on(self, day: int) -> Opening | None:
        """The opening that a day lies in."""
        return next((one for one in self.openings if one.from_day <= day <= one.to_day), None)

    def in_gap(self, day: int) -> bool:
        """Whether a day lies between two openings."""
        return self.from_day <= day <= self.last_day and self.opening_on(day) is None

    def without(self, entered: Mapping[int, int]) -> "Licence":
        """What is left of it when so many kits have entered in the opening of each first day."""
        left = [one._replace(kits_max=max(0, one.kits_max - entered.get(one.from_day, 0))) for one in self.openings]
        return replace(self, kits_max=left[0].kits_max, later=tuple(left[1:]))


@dataclass(frozen=True, slots=True)
class Demand:
    """Kits wanted at a site on a day, from lots that expire `dnd_days` after it at the earliest."""

    site: str
    kit: str
    day: int
    kits: int
    dnd_days: int


@dataclass(frozen=True, slots=True)
class Costs:
    """Holding in cents per kit and day by temperature class; a kit that is wanted and not there."""

    site_holding: Mapping[str, int]
    depot_holding: Mapping[str, int]
    unmet_kit: int

    def holding(self, node: Node, temp: str) -> int:
        """Cents for a kit of a class that stays a night at a node."""
        if node.free_holding:
            return 0
        return (self.site_holding if node.kind.uses_kits else self.depot_holding)[temp]


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything a plan depends on. Made by `read_problem` or from a live study; both validate.

    A consignment to a site or a patient that carries a kit of a blind group carries `blind_minimum_each` of every
    type of it.
    Stock on hand at the beginning is `supply` of day 0.
    """

    name: str
    start: date
    horizon_days: int
    temps: tuple[str, ...]
    kit_types: Mapping[str, KitType]
    lots: Mapping[str, Lot]
    nodes: Mapping[str, Node]
    lanes: Mapping[str, Lane]
    shippers: Mapping[str, Shipper]
    supply: tuple[Supply, ...]
    licences: Mapping[tuple[str, str], Licence]
    demand: tuple[Demand, ...]
    costs: Costs
    blind_groups: tuple[tuple[str, ...], ...] = ()
    blind_minimum_each: int = 1
    stochastic: Mapping[str, object] | None = None

    @property
    def kits_wanted(self) -> int:
        """All kits the demand names."""
        return sum(row.kits for row in self.demand)
