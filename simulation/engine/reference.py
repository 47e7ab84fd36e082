"""The reference engine: one process for each entity, in the order that docs/reference/simulation-order.md fixes."""

from irt.supply.planner import ResupplyPlanner
from simulation.engine import upkeep
from simulation.engine.books import Books
from simulation.engine.people import Trial
from simulation.engine.shipping import Shipping
from simulation.engine.totals import measures_of
from simulation.engine.world import World
from simulation.inputs.inputs import Inputs
from simulation.network import NEVER
from simulation.record import Replication
from simulation.spec.scenario import Scenario


def play(
    scenario: Scenario,
    inputs: Inputs,
    planner: ResupplyPlanner,
    *,
    keep_days: bool = False,
    keep_events: bool = False,
) -> Replication:
    """Plays one replication to its horizon; IntegrityFault where the ledger of kits does not balance."""
    books = Books(len(inputs.places.sites), inputs.places.days, keep_days=keep_days, keep_events=keep_events)
    world = World(scenario, inputs, planner, books)
    _begin(world)
    world.env.run(until=inputs.places.end_minute)
    books.require_balance(world.left())
    events = None if books.events is None else tuple(books.events)
    return Replication(inputs.index, measures_of(world), books.days, events)


def _begin(world: World) -> None:
    """Every entity that is there from the start; shipments, people and replacements begin when they do."""
    shipping = Shipping(world)
    trial = Trial(world, shipping)
    world.begin(upkeep.warm_up(world))
    _begin_lots(world)
    for site in world.sites:
        world.begin(upkeep.opening(world, shipping, site))
        world.begin(trial.recruitment(site))
        if int(world.inputs.recruits.shut_day[site.place]) < NEVER:
            world.begin(upkeep.shutting(world, site))
    shipping.on_the_road()
    world.begin(shipping.nights())
    world.begin(trial.requests())
    if world.books.days is not None:
        world.begin(upkeep.day_ends(world))


def _begin_lots(world: World) -> None:
    for place, row in enumerate(world.inputs.places.lots):
        if row.depot is not None:
            world.begin(upkeep.lot(world, place, row))
    days = {row.expiry_day for row in world.inputs.places.lots}
    days |= {goods.expiry_day for one in world.inputs.on_the_road for goods in one.goods}
    for day in sorted(days):
        world.begin(upkeep.expiry(world, day))
    for fault in world.scenario.faults:
        if fault.fault == "recall":
            world.begin(upkeep.recall(world, fault.lot, fault.day))
