"""A run: one study, what is still to happen in order of time, and who helps; each step one use case."""

import heapq
import itertools
import random
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from irt.blinding.actor import Actor
from irt.enrolment.arrival import Arrival
from irt.enrolment.staff import Staff
from irt.enrolment.tally import Tally
from irt.services.dispensings import DispensingReceipt
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.study.definition import StudyDefinition
from irt.study.schedule import PlannedVisit
from irt.supply.planner import ResupplyPlanner


@dataclass(frozen=True, slots=True)
class VisitToOrder:
    """What an investigator signs in a run."""

    subject: str
    visit: str
    occurrence: int
    dose_level: str | None
    weight_kg: Decimal | None


class Order(Protocol):
    """Signs the investigator's order for a visit, where the study asks for one."""

    def __call__(self, due: VisitToOrder, at: datetime) -> None: ...


class ToTheDoor(Protocol):
    """Sends assigned kits to a subject's home and sees them arrive, where the study has kits go there."""

    def send(self, run: "Run", site: str, assigned: DispensingReceipt, moment: datetime, key: str) -> None: ...


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A visit that is due at the end of a run and was left for somebody to try."""

    arrival: Arrival
    subject: str
    visit: PlannedVisit


class Hands(Protocol):
    """People who work beside the run: what touches stock in its order, what ends a hand-over after that."""

    def take(self, errand: "Errand") -> Future[Tally]: ...


@dataclass(slots=True)
class Run:
    """One study being run: what is still to happen, in order of time, and what has been counted.

    Other `hands` supply sites and give out first kits while the next subjects are screened and randomized, as
    pharmacists and depots do. Whatever touches stock stays in order of time and nobody is more than a day ahead, so
    that the outcome is that of one hand.
    """

    store: Store
    staff: Staff
    study_id: int
    definition: StudyDefinition
    planner: ResupplyPlanner
    chance: random.Random
    until: datetime
    zones: dict[str, ZoneInfo]
    returns: bool = False
    showcase: str | None = None
    order: Order | None = None
    door: ToTheDoor | None = None
    hands: Hands | None = None
    tell: Callable[[int, str], None] = lambda done, words: None
    tell_night: Callable[[int, str], None] = lambda done, words: None
    tally: Tally = field(default_factory=Tally)
    held: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    left_open: list[LeftOpen] = field(default_factory=list)
    opened: dict[str, datetime] = field(default_factory=dict)
    _due: list[tuple[datetime, int, Callable[[datetime], None], bool]] = field(default_factory=list)
    _count: Any = field(default_factory=itertools.count)
    _today: list[Future[Tally]] = field(default_factory=list)
    _yesterday: list[Future[Tally]] = field(default_factory=list)

    def at(self, moment: datetime, step: Callable[[datetime], None], *, waits: bool = True) -> None:
        """Plans a step; steps of one moment happen in the order in which they were planned.

        A step that does not wait may begin while others are at work.
        """
        if moment <= self.until:
            heapq.heappush(self._due, (moment, next(self._count), step, waits))

    def go(self) -> Tally:
        """Carries out every step up to the end."""
        while self._due:
            moment, _, step, waits = heapq.heappop(self._due)
            if waits:
                self.wait()
            step(moment)
        self.wait()
        return self.tally

    def leave(self, errand: "Errand") -> None:
        """Leaves an errand to the others, where there are any."""
        if self.hands is None:
            follow: Errand | None = errand
            while follow is not None:
                follow = follow(self)
        else:
            self._today.append(self.hands.take(errand))

    def wait(self) -> None:
        """Until the others have done all they were left; what went wrong there is raised here."""
        self.end_day()
        self.end_day()

    def press(self, actor: Actor, moment: datetime, service: Any, ask: Any, key: str) -> Any:
        """One use case of a service; a second time under its key it gives the first answer."""
        return perform(self.store, actor, moment, service, ask, f"run:{self.study_id}:{key}")

    def end_day(self) -> None:
        """Until the others have done what they were left before the last end of a day."""
        waiting, self._yesterday, self._today = self._yesterday, self._today, []
        for done in waiting:
            self.tally.add(done.result())


Errand = Callable[[Run], "Errand | None"]
"""Something to do in a run, and what is then left to follow it."""
