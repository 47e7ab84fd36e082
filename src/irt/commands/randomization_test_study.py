"""`irt randomization test-study`: the p-value of a study under the randomization it was run by."""

import json
from pathlib import Path
from typing import Any

import click

from irt.blinding.roles import Permission
from irt.commands.named import mode_option, study_of
from irt.commands.randomization_options import json_option, telling, trials_option
from irt.commands.session import Person, as_person
from irt.randomization.bench_work import BenchKind, work_out
from irt.randomization.outcomes_file import UnreadableOutcomes, read_outcomes
from irt.randomization.scores import STATISTICS
from irt.reads.unblinded_trial import trial_record
from irt.services.log_reading import LogReading, log_reading


@click.command("test-study")
@click.argument("protocol", metavar="STUDY")
@click.option(
    "--outcomes",
    "outcomes_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    required=True,
    help="CSV with the columns subject and outcome; subjects that are left out are not compared.",
)
@click.option(
    "--statistic", type=click.Choice(STATISTICS), default="means", show_default=True, help="What to compare."
)
@trials_option
@json_option
@mode_option
@as_person
def test_study(
    person: Person,
    protocol: str,
    outcomes_file: Path,
    statistic: str,
    trials: int | None,
    as_json: bool,
    mode: str | None,
) -> None:
    """Test whether the arms of a study differ: outcomes stay, its own draws are made again with other chance.

    Where the study follows one design, that is weighed or simulated. Where it learns, is factorial, a platform, or
    was amended, each draw is made again as it was asked for, by its own version; responses stay with subjects.

    Example: irt randomization test-study NB-301 --outcomes outcomes.csv --json --user uma
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.VIEW_RANDOMIZATION, study.id)
    with person.store.reading() as connection:
        record = trial_record(connection, study.id)
    outcomes = read_outcomes(_text(outcomes_file), {each["subject"] for each in record["subjects"]})
    for each in record["subjects"]:
        each["outcome"] = outcomes.get(each["subject"])
    person.does(
        log_reading,
        LogReading(
            study_id=study.id,
            what="re-randomization test",
            permission=Permission.VIEW_RANDOMIZATION,
            rows=len(record["subjects"]),
        ),
    )
    asked = record | {"statistic": statistic, "trials": trials}
    _show(work_out(BenchKind.TEST, asked, telling("Trials drawn")), as_json)


def _show(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(told))
        return
    for name, value in told.items():
        click.echo(f"{name.replace('_', ' ')}: {value if value != [] else '-'}")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UnreadableOutcomes(f"{file} is not readable as UTF-8.") from None
    except OSError as fault:
        raise UnreadableOutcomes(f"{file}: {fault.strerror or fault}.") from None
