"""The people of a rehearsal at work: each act one use case of a service, at the minute of the scenario."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from sqlmodel import SQLModel

from irt.blinding.actor import Actor
from irt.enrolment.door import Carriers, carriers_of
from irt.enrolment.prepare import prepare_study, preparers_of, staff_of
from irt.enrolment.staff import Staff
from irt.errors import IntegrityFault
from irt.randomization.stream import commitment
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.services.work import Work
from irt.states.records import Mode
from irt.study.definition import StudyDefinition
from simulation.inputs.inputs import Inputs
from simulation.network import MINUTES_IN_DAY
from simulation.spec.scenario import Scenario
from web.rehearsal.agenda import Agenda

Ask = TypeVar("Ask", bound=SQLModel)
Answer = TypeVar("Answer", bound=SQLModel)


@dataclass(slots=True)
class Desk:
    """One replication's study in a store, its staff, carriers where kits go home, and what is still to happen."""

    store: Store
    scenario: Scenario
    inputs: Inputs
    staff: Staff
    study_id: int
    carriers: Carriers | None = None
    agenda: Agenda = field(default_factory=Agenda)
    shut: set[str] = field(default_factory=set)
    _keys: Any = field(default_factory=itertools.count)

    @property
    def definition(self) -> StudyDefinition:
        """The study that is played."""
        return self.scenario.definition

    @property
    def today(self) -> date:
        """The date it is."""
        return self.inputs.places.date_of(self.agenda.now // MINUTES_IN_DAY)

    @property
    def began_at(self) -> datetime:
        """The scenario's first midnight."""
        return _midnight(self.scenario.start)

    @property
    def at(self) -> datetime:
        """The moment it is."""
        return self.began_at + timedelta(minutes=self.agenda.now)

    @property
    def system_out(self) -> str:
        """What becomes of visits while the system is out; empty where it runs."""
        day = self.agenda.now // MINUTES_IN_DAY
        outages = (fault for fault in self.scenario.faults if fault.fault == "system_outage")
        return next((fault.visits for fault in outages if fault.from_day <= day < fault.until_day), "")

    def press(self, actor: Actor, service: Callable[[Work, Ask], Answer], **facts: Any) -> Answer:
        """One use case of a service; what it is asked is said in the words of its own ask."""
        ask: type[Ask] = service.__annotations__["ask"]
        made = ask(study_id=self.study_id, **facts)
        return perform(self.store, actor, self.at, service, made, f"rehearsal:{next(self._keys)}")


def desk_in(store: Store, scenario: Scenario, inputs: Inputs, definition: StudyDefinition) -> Desk:
    """The study loaded and approved, its kit list too; it draws arms with the replication's own key."""
    at = _midnight(scenario.start) - timedelta(hours=1)
    preparers = preparers_of(store, at)
    staff = staff_of(store, preparers, at)
    entropy, key = store.entropy, inputs.allocation_key
    # Whatever secret the study asks for is the replication's: it draws the same arms, and the same kits each time.
    store.entropy = lambda size: key if size == len(key) else entropy(size)
    try:
        loaded = prepare_study(
            store, preparers, definition, scenario.size, Mode.TEST, at, scenario.start - timedelta(days=1)
        )
    finally:
        store.entropy = entropy
    if loaded.commitments["allocation"] != commitment(key):
        raise IntegrityFault("the study does not draw with the replication's key")
    carriers = None if definition.delivery is None else carriers_of(store, preparers, at)
    return Desk(store, scenario, inputs, staff, loaded.study_id, carriers)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
