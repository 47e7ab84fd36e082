"""Plans for the tests of the checker: any plans, most of them bad, and good ones made by changing a good one."""

from random import Random

from optimization.plan import Consignment, Dispensing, Plan, ordered_plan
from optimization.problem import Lane, Problem


def any_plan(problem: Problem, seed: int, consignments: int) -> Plan:
    """Consignments and uses drawn without regard for most rules."""
    random = Random(seed)
    lanes = list(problem.lanes.values())
    sent = [_consignment(problem, random, random.choice(lanes)) for _ in range(consignments)]
    used = [
        Dispensing(row.site, row.kit, row.day, random.choice(list(problem.lots)), random.choice((1, 1, 2)))
        for row in problem.demand
        if random.random() < 0.7
    ]
    return ordered_plan(sent, used)


def _consignment(problem: Problem, random: Random, lane: Lane) -> Consignment:
    temp = random.choice(problem.temps)
    fitting = {lot.id: problem.kit_types[lot.kit].temp == temp for lot in problem.lots.values()}
    lots = [lot for lot, fits in fitting.items() if fits or random.random() < 0.02] or list(fitting)
    lines = tuple((random.choice(lots), random.choice((1, 2, 5, 30))) for _ in range(random.randrange(3)))
    shippers = [s.id for s in problem.shippers.values() if s.temp == temp or random.random() < 0.02]
    day = random.randrange(problem.horizon_days)
    return Consignment(lane.id, temp, day, {shipper: random.choice((0, 1, 2)) for shipper in shippers}, lines)


def changed_plan(plan: Plan, seed: int) -> Plan:
    """The plan with one consignment moved a few days, made larger or smaller, or left out."""
    random = Random(seed)
    sent = list(plan.consignments)
    at = random.randrange(len(sent))
    one = sent.pop(at)
    if random.random() < 0.8:
        day = max(0, one.dispatch_day + random.choice((-7, -2, -1, 0, 1, 2, 7)))
        lines = tuple((lot, max(1, kits + random.choice((-1, 0, 1)))) for lot, kits in one.lines)
        sent.append(Consignment(one.lane, one.temp, day, one.shippers, lines))
    return ordered_plan(sent, plan.dispensings)
