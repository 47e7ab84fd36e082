"""The lean engine: equal to the reference engine to the last kit, by docs/reference/simulation-order.md."""

from irt.supply.planner import ResupplyPlanner
from simulation.engine import reference
from simulation.inputs.inputs import Inputs
from simulation.lean.almanac import Almanac
from simulation.lean.columns import MADE
from simulation.lean.memory import keep_memory
from simulation.lean.players import EXPERIENCE, Player, plainly
from simulation.lean.tables import tables_of
from simulation.lean.told import days_in, events_in, measures_in, require_balance
from simulation.lean.unsuited import unsuited
from simulation.record import Replication
from simulation.spec.scenario import Scenario


def play(
    scenario: Scenario,
    inputs: Inputs,
    planner: ResupplyPlanner,
    *,
    keep_days: bool = False,
    keep_events: bool = False,
    player: Player | None = None,
) -> Replication:
    """Plays one replication to its horizon; what is not lean is played by the reference engine.

    `player` is the one that pays where it is None. IntegrityFault where the ledger of kits does not balance.
    """
    if unsuited(scenario, planner):
        return reference.play(scenario, inputs, planner, keep_days=keep_days, keep_events=keep_events)
    keep_memory()
    tables = tables_of(scenario)
    player = player or EXPERIENCE.player()
    almanac = Almanac(tables, inputs, keep_days=keep_days, keep_events=keep_events, player=player)
    almanac.run()
    w = almanac.world
    if player is plainly:
        EXPERIENCE.events += int(w.clock[MADE])
    require_balance(w)
    days = days_in(w, almanac.stock_by_day) if keep_days else None
    events = tuple(events_in(tables, w)) if keep_events else None
    measures = measures_in(tables, w)
    almanac.give_back()
    return Replication(inputs.index, measures, days, events)
