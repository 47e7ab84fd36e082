"""`irt leaks run`: whether anything that blinded people see of a study tells an arm."""

import json
import sys
from collections.abc import Mapping
from contextlib import ExitStack, closing
from hashlib import sha256
from typing import Any

import click

from irt.blinding.leaks.judge import Verdict
from irt.commands import clock
from irt.commands.installed import installed_planner
from irt.commands.named import mode_option, study_of
from irt.commands.options import database_option, open_store
from irt.commands.running import progress_bar, running_store
from irt.commands.session import Person, new_key, signed_in
from irt.commands.study_files import read_study
from irt.services.keep_leak_report import KeepLeakReport, keep_leak_report
from irt.services.unit_of_work import perform
from irt.study.definition import StudyDefinition
from web.commands.leaks_options import course_of, course_options, facts, show
from web.leaks.lint import gather, record, verdicts


@click.command("run")
@course_options
@click.option(
    "--keep", "keeper", metavar="NAME", help="Who keeps the report with the loaded study's newest version."
)
@click.option("--code", metavar="DIGITS", help="With --keep: the six-digit code of a person with a device.")
@mode_option
@database_option
def run(
    study: str,
    subjects: int,
    days: int,
    seed: int,
    as_json: bool,
    keeper: str | None,
    code: str | None,
    mode: str | None,
    database_url: str,
) -> None:
    """Lint STUDY, a fixture's name or a study file: exits 1 unless the verdict is pass.

    The trial is carried out through the services in a scratch database. Every blinded role opens every page, list
    and file and asks every question of the API. An adversary is given all of it. The report names each field from
    which an arm could be told.

    Example: irt leaks run fourier --json
    """
    definition = read_study(study)
    with ExitStack() as stack:
        person = None
        if keeper is not None:
            store = stack.enter_context(closing(open_store(database_url)))
            person = stack.enter_context(signed_in(store, keeper, code))
        scratch = stack.enter_context(running_store(None))
        tell = stack.enter_context(progress_bar("Randomized", subjects))
        linted = gather(scratch, definition, course_of(subjects, days), installed_planner(), seed, tell)
        found = verdicts(linted, seed)
        told = {**facts(study, subjects, days, seed), **record(linted, found)}
        if person is not None:
            told["kept_with_version"] = keep(person, definition, mode, told)
    if as_json:
        click.echo(json.dumps(told, indent=2))
    else:
        click.echo(f"{told['answers']:,} answers of {len(told['pages'])} pages and questions.")
        for name, judged in found.items():
            show(name, judged)
    sys.exit(0 if told["verdict"] == Verdict.PASS else 1)


def keep(
    person: Person,
    definition: StudyDefinition,
    mode: str | None,
    told: Mapping[str, Any],
) -> int:
    """Keeps the report with the study of the definition's protocol number; gives the version's number."""
    report = json.dumps(told, sort_keys=True, indent=1)
    ask = KeepLeakReport(
        study_id=study_of(person, definition.study.protocol, mode).id,
        definition=definition.model_dump(mode="json"),
        report=report,
        report_hash=sha256(report.encode()).hexdigest(),
    )
    kept = perform(person.store, person.actor, clock.now(), keep_leak_report, ask, new_key(person.store))
    return kept.version
