"""`irt leaks run`: whether anything that blinded people see of a study tells an arm."""

import json
import sys

import click

from irt.blinding.leaks.judge import Verdict
from irt.commands.installed import installed_planner
from irt.commands.running import progress_bar, running_store
from irt.commands.study_files import read_study
from web.commands.leaks_options import course_of, course_options, facts, show
from web.leaks.lint import gather, record, verdicts


@click.command("run")
@course_options
def run(study: str, subjects: int, days: int, seed: int, as_json: bool) -> None:
    """Lint STUDY, a fixture's name or a study file: exits 1 unless the verdict is pass.

    The trial is carried out through the services in a scratch database. Every blinded role opens every page, list
    and file and asks every question of the API. An adversary is given all of it. The report names each field from
    which an arm could be told.

    Example: irt leaks run fourier --json
    """
    definition = read_study(study)
    with running_store(None) as store, progress_bar("Randomized", subjects) as tell:
        linted = gather(store, definition, course_of(subjects, days), installed_planner(), seed, tell)
    found = verdicts(linted, seed)
    told = {**facts(study, subjects, days, seed), **record(linted, found)}
    if as_json:
        click.echo(json.dumps(told, indent=2))
    else:
        click.echo(f"{told['answers']:,} answers of {len(told['pages'])} pages and questions.")
        for name, judged in found.items():
            show(name, judged)
    sys.exit(0 if told["verdict"] == Verdict.PASS else 1)
