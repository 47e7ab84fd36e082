"""`irt optimize study`: a plan for a study on a live database, kept with its run as on the pages."""

import resource
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import click

from irt.blinding.actor import Actor
from irt.blinding.roles import Role
from irt.commands import clock
from irt.commands.named import mode_of, mode_option, study_option
from irt.commands.options import database_option, open_store
from irt.commands.randomization_options import json_option, show
from irt.commands.running import progress_bar
from irt.commands.session import code_option, installation, new_key, signed_in
from irt.errors import BadInput, NotAllowed
from irt.reads.named import NamedStudy, study_named
from irt.reads.unblinded_definition import definition_in_force
from irt.services.optimization_runs import StartOptimization, open_optimization, run_asked
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.study.definition import StudyDefinition
from optimization.door import best_plan
from optimization.plan import Consignment, plan_json
from optimization.problem import NodeKind
from optimization.replan.proved import replan_and_prove
from optimization.result import Progress
from web.planning.run import Bench, Worked, work_out

BYTES_A_BLOCK = 1024
STEPS_A_SECOND = 10

who_option = click.option(
    "--user", "acting", metavar="NAME", envvar="IRT_USER", help="Who acts, or IRT_USER; the installation else."
)


@click.command()
@study_option()
@mode_option
@click.option("--days", type=click.IntRange(1, 731), help="Days ahead; as the study file says where not given.")
@click.option(
    "--gap", type=click.FloatRange(0, 1), default=0.01, show_default=True, help="A plan so close will do."
)
@click.option("--time-limit", "seconds", type=click.FloatRange(0.1, 3600), default=60.0, show_default=True,
              help="Seconds; the best plan so far is kept.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Decides ties.")
@click.option("--on", "parent", metavar="PLAN", type=int, help="Keep to the wishes noted on this plan.")
@click.option("--title", default="", help="A name for the list of runs.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The plan as a file; names lots.")
@json_option
@who_option
@code_option
@database_option
def study(
    protocol: str,
    mode: str | None,
    out: Path | None,
    as_json: bool,
    acting: str | None,
    code: str | None,
    database_url: str,
    **asked: Any,
) -> None:
    """Plan a study's shipments from its live stock and subjects; the run and its plan are kept.

    Nothing leaves before somebody approves the plan. Ctrl-C stops softly: the best plan so far is kept. Kits are
    told by blinding group; a file with lots is written for people who signed in and may know kit types.

    Example: irt optimize --study NB-301 --days 84 --json
    """
    with closing(open_store(database_url)) as store:
        with store.reading() as connection:
            found = study_named(connection, protocol, mode_of(mode))
            definition = definition_in_force(connection, found.id)
        who = nullcontext() if acting is None else signed_in(store, acting, code)
        with who as person:
            actor = installation(store, Role.SUPPLY_MANAGER) if person is None else person.actor
            if out is not None and definition.blinded and person is None:
                raise NotAllowed(
                    "A plan names kit types. Nothing was calculated. Sign in with --user, or leave --out."
                )
            worked = _worked(store, actor, found, definition, asked)
    if out is not None:
        out.write_text(plan_json(worked.result.plan))
    show(_told(worked, definition), as_json)


def _worked(
    store: Store, actor: Actor, found: NamedStudy, definition: StudyDefinition, asked: Mapping[str, Any]
) -> Worked:
    """Opens the run and works it out here, with a bar on standard error."""
    now, key = clock.now(), new_key(store)
    days = asked["days"] or definition.resupply.planning.horizon_days
    goal = {name: asked[name] for name in ("title", "gap", "seconds", "seed", "parent")}
    ask = StartOptimization(study_id=found.id, day=now.date(), horizon_days=days, **goal)
    started = perform(store, actor, now, open_optimization, ask, key)
    with store.reading() as connection:
        run = run_asked(connection, found.id, started.run)
    if run is None:
        raise BadInput(f"Optimization {started.run} has ended already. Nothing was calculated.")
    with _bar(float(asked["seconds"])) as tell, _softly_stopped() as stopped:

        def go_on(progress: Progress) -> bool:
            tell(progress)
            return not stopped()

        return work_out(Bench(store, actor, clock.now, best_plan, key, go_on, replan_and_prove), run)


@contextmanager
def _bar(seconds: float) -> Iterator[Callable[[Progress], None]]:
    """Time used of the time allowed, with bound and best plan."""
    total = int(seconds * STEPS_A_SECOND)
    with progress_bar("Optimizing", total) as tell:

        def told(progress: Progress) -> None:
            best = "no plan yet" if progress.cost is None else f"best plan {progress.cost:,}"
            tell(min(int(progress.seconds * STEPS_A_SECOND), total), f"bound {progress.bound:,}, {best}")

        yield told


@contextmanager
def _softly_stopped() -> Iterator[Callable[[], bool]]:
    """The first Ctrl-C is kept in mind; a second one ends the program as ever."""
    asked = False
    before = signal.getsignal(signal.SIGINT)

    def remember(number: int, frame: object) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, remember)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, before)


def _told(worked: Worked, definition: StudyDefinition) -> dict[str, Any]:
    result = worked.result
    cost = result.cost
    return {
        "run": worked.kept.run,
        "plan": worked.kept.plan,
        "status": str(result.status),
        "cost": cost.total,
        "bound": result.bound,
        "gap": result.gap,
        "seconds": round(result.seconds, 3),
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_A_BLOCK,
        "cost_by_component": {
            name: getattr(cost, name) for name in ("fixed", "shippers", "kits", "holding", "waste", "unmet")
        },
        "plan_hash": result.plan.hash,
        "consignments": len(_raised(worked)),
        "kits_to_homes": _kits_to_homes(worked),
        "leaving_today": _today(worked, definition),
    }


def _raised(worked: Worked) -> list[Consignment]:
    """The consignments that the plan raises; what goes to homes is raised when it is dispensed."""
    return [one for one in worked.result.plan.consignments if not _end(worked, one).only_ready]


def _kits_to_homes(worked: Worked) -> int:
    """Kits that the plan has ready for parcels."""
    sent = worked.result.plan.consignments
    parcels = (one for one in sent if _end(worked, one) is NodeKind.HOMES)
    return sum(kits for one in parcels for _, kits in one.lines)


def _end(worked: Worked, one: Consignment) -> NodeKind:
    problem = worked.live.problem
    return problem.nodes[problem.lanes[one.lane].destination].kind


def _today(worked: Worked, definition: StudyDefinition) -> list[dict[str, Any]]:
    """What leaves on the first day, by blinding group."""
    live, rows = worked.live, []
    for one in _raised(worked):
        if one.dispatch_day == live.days.first:
            kits: Counter[str] = Counter()
            for lot, number in one.lines:
                kits[definition.kit_type(live.lots[lot].kit_type).blinding_group] += number
            rows.append({"lane": one.lane, "storage": one.temp, **dict(sorted(kits.items()))})
    return rows
