"""`irt forecast study`: the enrolment of a study on a live database, foreseen from its own records."""

from contextlib import closing
from pathlib import Path
from typing import Any

import click

from irt.blinding.roles import Permission
from irt.commands import clock
from irt.commands.named import mode_of, mode_option
from irt.commands.options import database_option, open_store
from irt.commands.randomization_options import json_option, show, svg_option
from irt.commands.running import progress_bar
from irt.commands.session import code_option, signed_in
from irt.errors import BadInput
from irt.reads.named import study_named
from irt.services.store import Store
from simulation.enrolment.fan_chart import fan_chart
from simulation.enrolment.study import ForecastAsked, StudyEnrolment, StudyForecast, forecast_study
from web.commands.forecast_enrolment import lines
from web.commands.forecast_options import draws_option, effort_of, seed_option
from web.commands.optimize_study import who_option
from web.forecasting.facts import enrolment_of_study
from web.forecasting.told import study_summary

SITES_TOLD = 5


@click.command()
@click.argument("protocol", metavar="STUDY")
@mode_option
@click.option("--months", type=click.IntRange(1, 60), default=12, show_default=True,
              help="Months to foresee, this one among them.")  # fmt: skip
@click.option("--target", type=click.IntRange(min=1),
              help="Subjects that complete enrolment; the study's limit where it has one.")  # fmt: skip
@click.option("--at-most", type=click.IntRange(0, 1000), default=0, show_default=True,
              help="So few subjects in these months make a site one at risk.")  # fmt: skip
@seed_option
@draws_option
@svg_option
@json_option
@who_option
@code_option
@database_option
def study(
    protocol: str,
    mode: str | None,
    svg_file: Path | None,
    as_json: bool,
    acting: str | None,
    code: str | None,
    database_url: str,
    **asked: Any,
) -> None:
    """Forecast a study's enrolment from its live records; nothing is kept.

    Counts of subjects by site and month are looked at, never what anybody is given. Sites that are closed or full
    enrol nobody; planned ones open as others did. This month's subjects so far count; the rest of it is foreseen.

    Example: irt forecast study NB-301 --months 12 --target 600 --json
    """
    with closing(open_store(database_url)) as store:
        study_id = _study(store, protocol, mode)
        if acting is not None:
            with signed_in(store, acting, code) as person:
                person.actor.require(Permission.VIEW_ENROLMENT, study_id)
        with store.reading() as connection:
            known, most = enrolment_of_study(connection, study_id, clock.now().date())
    settled = _settled(asked, most)
    found = _foreseen(known, settled, int(asked["draws"]))
    if svg_file is not None:
        svg_file.write_text(fan_chart(found.forecast, settled.months, settled.target), encoding="utf-8")
    told = study_summary(found, known, settled)
    show(told if as_json else _lines(told), as_json)


def _study(store: Store, protocol: str, mode: str | None) -> int:
    with store.reading() as connection:
        return study_named(connection, protocol, mode_of(mode)).id


def _settled(asked: dict[str, Any], most: int | None) -> ForecastAsked:
    target = asked["target"] or most
    if target is None:
        raise BadInput("The study has no limit of its own. Nothing was calculated. Say how many with --target.")
    return ForecastAsked(asked["months"], target, asked["at_most"], asked["seed"], most)


def _foreseen(known: StudyEnrolment, asked: ForecastAsked, draws: int) -> StudyForecast:
    effort = effort_of(draws)
    with progress_bar("Learning", effort.warm_up + effort.sweeps) as tell:
        return forecast_study(known, asked, effort, lambda done, _: tell(done, "sweeps of the chain"))


def _lines(told: dict[str, Any]) -> dict[str, Any]:
    """A line a month, and the sites most at risk."""
    risk = {
        f"site {each['site']}": f"{each['expected']:.1f} expected, {each['at_most']:.0%} at risk"
        for each in told["sites"][:SITES_TOLD]
    }
    return {"randomized": told["randomized"], **lines(told), **risk}
