"""Planners that think long: the facts are read and let go, thought about, and booked if they are still the same.

The study's row is locked only while facts are read and while what was thought is booked. A run that meets facts
nobody has thought about is rolled back; after that it begins anew.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from irt.blinding.actor import Actor
from irt.services.run_resupply import ResupplyDone, RunResupply, run_resupply_with
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.supply.planner import NetworkView, ProposedShipment, ResupplyPlanner
from irt.supply.planners import ByMethod, StandIn

THOUGHTS_MAX = 2
"""Facts that changed meanwhile are thought about once more; sites and regional depots each by themselves."""
RESTLESS = "stock or subjects changed each time while the plan was calculated"
_LOG = logging.getLogger("irt.services")


class NotYetThought(Exception):
    """Facts for which no shipments are known yet."""

    def __init__(self, thought: "Asked") -> None:
        super().__init__("think first")
        self.thought = thought


@dataclass(frozen=True, slots=True)
class Asked:
    """What a planner was asked: by it, for which network, day and settings."""

    planner: ResupplyPlanner = field(compare=False)
    network: NetworkView
    day: date
    settings: Mapping[str, Any]

    @property
    def places(self) -> frozenset[str]:
        """The places to be supplied: sites, or regional depots."""
        return frozenset(site.number for site in self.network.sites)


@dataclass(frozen=True)
class Thoughts:
    """What is known so far: for facts, the shipments that follow."""

    known: list[tuple[Asked, list[ProposedShipment]]] = field(default_factory=list)

    def of(self, asked: Asked) -> list[ProposedShipment]:
        """The shipments for exactly these facts; NotYetThought where there are none."""
        for other, shipments in self.known:
            if other == asked:
                return shipments
        raise NotYetThought(asked)

    def think(self, asked: Asked) -> None:
        """Asks the planner, for as long as it takes."""
        self.known.append((asked, asked.planner.plan(asked.network, asked.day, asked.settings)))

    def so_far(self, asked: Asked) -> int:
        """How often the same places were thought about."""
        return sum(other.places == asked.places for other, _ in self.known)


@dataclass(frozen=True, slots=True)
class Remembering:
    """A planner that answers what was thought before."""

    planner: ResupplyPlanner
    thoughts: Thoughts

    @property
    def name(self) -> str:
        """That of the one who thought."""
        return self.planner.name

    def plan(self, network: NetworkView, day: date, settings: Mapping[str, Any]) -> list[ProposedShipment]:
        """What was thought about the same facts; NotYetThought where there is nothing."""
        # Depots are counted while the facts are locked.
        counted = replace(network, depots=dict(network.depots))
        return self.thoughts.of(Asked(self.planner, counted, day, settings))


def run_unlocked(
    store: Store, actor: Actor, at: datetime, planner: ResupplyPlanner, ask: RunResupply, key: str
) -> ResupplyDone:
    """Runs the planner that the study names; nobody waits for one that thinks long.

    Facts that changed while it thought are thought about once more; if they change again, the plain planner
    supplies that run, and says so.
    """
    if not isinstance(planner, ByMethod):
        return perform(store, actor, at, run_resupply_with(planner), ask, key)
    thoughts = Thoughts()
    remembering = replace(planner, found=lambda method: _remembering(planner, method, thoughts))
    while True:
        try:
            return perform(store, actor, at, run_resupply_with(remembering), ask, key)
        except NotYetThought as first:
            if thoughts.so_far(first.thought) == THOUGHTS_MAX:
                break
            thoughts.think(first.thought)
    _LOG.warning("%s: the plain planner supplies study %s", RESTLESS, ask.study_id)
    plain = replace(planner, found=lambda method: StandIn(planner.plain, method, RESTLESS))
    return perform(store, actor, at, run_resupply_with(plain), ask, key)


def _remembering(planner: ByMethod, method: str, thoughts: Thoughts) -> ResupplyPlanner | None:
    found = planner.found(method)
    return None if found is None else Remembering(found, thoughts)
