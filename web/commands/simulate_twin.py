"""`irt simulate twin`: a running study goes on twice under the same chance, as it is and with a change."""

from contextlib import closing
from pathlib import Path
from typing import Any

import click

from irt.blinding.roles import Permission
from irt.commands import clock
from irt.commands.named import mode_of, mode_option
from irt.commands.options import database_option, open_store
from irt.commands.randomization_options import json_option, show
from irt.commands.running import progress_bar
from irt.commands.session import code_option, signed_in
from irt.errors import NotAllowed
from irt.reads.named import study_named
from irt.reads.unblinded_definition import definition_in_force
from irt.services.store import Store
from simulation.live.change import TwinChange, read_change, with_change
from simulation.live.scenario import TwinAsked
from simulation.live.twin import Twins, play_twins
from simulation.replication import EngineName
from simulation.spec.scenario import Scenario
from web.commands.optimize_study import who_option
from web.commands.simulate_compare import in_short_differences
from web.commands.simulate_options import engine_option, replications_option, seed_option
from web.twin.base import scenario_now


@click.command()
@click.argument("protocol", metavar="STUDY")
@click.option("--change", "change_file", required=True,
              type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="YAML: levels, expiry_days, open_sites, close_sites, enrolment_factor, scenario.")  # fmt: skip
@click.option("--days", type=click.IntRange(7, 1500), default=180, show_default=True, help="How far ahead.")
@click.option(
    "--target", type=click.IntRange(min=1), help="Subjects that complete enrolment, those of today included."
)
@click.option("--scenario-out", type=click.Path(dir_okay=False, path_type=Path),
              help="The base scenario as JSON; it names arms.")  # fmt: skip
@mode_option
@replications_option
@seed_option
@engine_option
@json_option
@who_option
@code_option
@database_option
def twin(
    protocol: str,
    change_file: Path,
    scenario_out: Path | None,
    mode: str | None,
    replications: int,
    seed: int,
    engine: EngineName,
    as_json: bool,
    acting: str | None,
    code: str | None,
    database_url: str,
    **asked: Any,
) -> None:
    """Fork a running study: the same subjects, kits and goods on the road, with and without a change.

    Arms of subjects are used by the machine; what is told is of all subjects together. In a blinded study a file of
    the scenario is written only for somebody who signed in and is unblinded there.

    Example: irt simulate twin NB-301 --change higher.yaml --replications 200 --json
    """
    change = read_change(change_file)
    with closing(open_store(database_url)) as store:
        study_id, blinded = _study(store, protocol, mode)
        unblinded = acting is not None and _unblinded(store, study_id, acting, code)
        if scenario_out is not None and blinded and not unblinded:
            raise NotAllowed(
                "The scenario names arms. Nothing was simulated. Sign in with --user, or leave it out."
            )
        with store.reading() as connection:
            base = scenario_now(connection, study_id, clock.now(), TwinAsked(asked["days"], asked["target"]), seed)
    if scenario_out is not None:
        scenario_out.write_text(base.canonical_json, encoding="utf-8")
    told = _played(base, change, replications, seed, engine)
    show(told if as_json else in_short_differences(told), as_json)


def _study(store: Store, protocol: str, mode: str | None) -> tuple[int, bool]:
    with store.reading() as connection:
        found = study_named(connection, protocol, mode_of(mode))
        return found.id, definition_in_force(connection, found.id).blinded


def _unblinded(store: Store, study_id: int, acting: str, code: str | None) -> bool:
    with signed_in(store, acting, code) as person:
        person.actor.require(Permission.VIEW_SUPPLY, study_id)
        return person.actor.unblinded_in(study_id)


def _played(base: Scenario, change: TwinChange, replications: int, seed: int, engine: EngineName) -> dict[str, Any]:
    twins = Twins(base, with_change(base, change), seed, replications, engine)
    with progress_bar("Playing", 2 * replications) as tell:
        return play_twins(twins, lambda done, _: tell(done, "replications"))
