"""A rehearsal: one replication played by an engine, and carried out through the services to be held against it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from irt.services.store import Store
from irt.supply.planners import ByMethod
from simulation.engine.order import Phase
from simulation.inputs.inputs import draw_inputs
from simulation.network import MINUTES_IN_DAY
from simulation.replication import EngineName, replicate
from simulation.spec.scenario import Scenario
from web.rehearsal.books import Books, Stock, carried_out, simulated, stock_now
from web.rehearsal.desk import Desk, desk_in
from web.rehearsal.goods import Goods
from web.rehearsal.people import People
from web.rehearsal.unlike import require_alike, study_for

LOOKS = 8
"""Days on which all stock is compared, spread over the trial; the last day is one."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place at which a part of the books differs; None where one side has nothing more."""

    part: str
    simulated: Any
    carried_out: Any


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Both books of a replication, and where they differ."""

    simulated: Books
    carried_out: Books
    differences: tuple[Difference, ...]


def rehearse(
    store: Store,
    scenario: Scenario,
    seed: int,
    index: int,
    planner: ByMethod,
    engine: EngineName = "reference",
) -> Rehearsal:
    """Plays replication `index` and carries it out in an empty store. NotRehearsed where no service could."""
    inputs = draw_inputs(scenario, seed, index)
    require_alike(scenario, inputs.places)
    played = replicate(scenario, seed, index, engine, keep_events=True)
    days = days_to_look(scenario.horizon_days)
    desk = desk_in(store, scenario, inputs, study_for(scenario, inputs.places))
    people = People(desk)
    stock: dict[int, Stock] = {}
    Goods(desk, planner).begin()
    people.begin()
    for day in days:
        look = partial(_look, desk, stock, day)
        desk.agenda.at((day + 1) * MINUTES_IN_DAY - 1, Phase.DAY_END, 0, look)
    desk.agenda.play(inputs.places.end_minute)
    told = carried_out(desk, people)
    told.stock = stock
    expected = simulated(inputs, played.events or (), days)
    return Rehearsal(expected, told, tuple(differences(expected, told)))


def days_to_look(horizon_days: int) -> list[int]:
    """The last day of each of so many equal parts of a trial."""
    return sorted({max(horizon_days * part // LOOKS, 1) - 1 for part in range(1, LOOKS + 1)})


def _look(desk: Desk, stock: dict[int, Stock], day: int) -> None:
    stock[day] = stock_now(desk)


def differences(expected: Books, told: Books) -> Iterable[Difference]:
    """The first difference of each part."""
    yield from _first("people", sorted(expected.people), sorted(told.people))
    yield from _first("kits given", expected.given, told.given)
    yield from _first("consignments", expected.sent, told.sent)
    for day, kits in expected.stock.items():
        yield from _first(f"stock at the end of day {day}", [*kits.items()], [*told.stock[day].items()])


def _first(part: str, expected: Sequence[Any], told: Sequence[Any]) -> Iterable[Difference]:
    for place in range(max(len(expected), len(told))):
        pair = [side[place] if place < len(side) else None for side in (expected, told)]
        if pair[0] != pair[1]:
            yield Difference(part, *pair)
            return
