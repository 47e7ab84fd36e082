"""`irt study`: check a study file and describe it; load it, amend it, approve it, lock it and archive it."""

import json
from pathlib import Path

import click

from irt.commands import (
    study_amend,
    study_archive,
    study_checklist,
    study_impact,
    study_load,
    study_lock,
    study_plan,
    study_uat,
)
from irt.commands.study_files import read_study, study_text
from irt.errors import Refusal
from irt.study.blinded import blinded_study
from irt.study.check import check
from irt.study.definition import StudyDefinition
from irt.study.describe import describe_blinded, describe_unblinded
from irt.study.problems import Problem
from irt.study.schema import study_schema
from irt.study.specification import Layout

output_option = click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead of the screen."
)


@click.group()
def study() -> None:
    """Check, describe and compare study files; load, amend, approve, lock and archive studies.

    FILE is a path, or the name of a study that comes with irt: ist, fourier, activ6, escalation.

    Example: irt study check fixtures/studies/ist.yaml
    """


study.add_command(study_load.load)
study.add_command(study_load.approve)
study.add_command(study_amend.amend)
study.add_command(study_amend.withdraw)
study.add_command(study_amend.compare)
study.add_command(study_impact.impact)
study.add_command(study_lock.lock)
study.add_command(study_lock.unlock)
study.add_command(study_lock.lock_decide)
study.add_command(study_uat.uat)
study.add_command(study_uat.uat_keep)
study.add_command(study_uat.uat_sign)
study.add_command(study_checklist.checklist)
study.add_command(study_checklist.checklist_sign)
study.add_command(study_plan.plan)
study.add_command(study_plan.dashboard)
study.add_command(study_archive.archive)
study.add_command(study_archive.retrieve)


@study.command("check")
@click.argument("file")
@click.pass_context
def check_file(context: click.Context, file: str) -> None:
    """Report every problem of a study file, each with its line; warnings alone pass.

    Example: irt study check fixtures/studies/fourier.yaml
    """
    report = check(_text(file), file)
    for problem in report.problems:
        click.echo(_line(file, problem))
    warnings = len(report.problems) - len(report.errors)
    click.echo(f"{file}: {_count(len(report.errors), 'error')}, {_count(warnings, 'warning')}", err=True)
    context.exit(1 if report.errors else 0)


@study.command("describe")
@click.argument("file")
@click.option("--format", "layout", type=click.Choice(["markdown", "html"]), default="markdown", show_default=True)
@click.option(
    "--blinded/--unblinded", default=True, show_default=True, help="For sites, or for those who know arms."
)
@output_option
def describe_file(file: str, layout: Layout, blinded: bool, output: Path | None) -> None:
    """Print the readable specification of a study.

    Example: irt study describe fixtures/studies/fourier.yaml --format html --unblinded --output fourier.html
    """
    definition = _definition(file)
    words = (
        describe_blinded(blinded_study(definition), layout) if blinded else describe_unblinded(definition, layout)
    )
    _write(words, output)


@study.command("schema")
@output_option
def print_schema(output: Path | None) -> None:
    """Print the JSON Schema of study files, for completion in an editor.

    Example: irt study schema --output study.schema.json
    """
    _write(json.dumps(study_schema(), indent=2, ensure_ascii=False) + "\n", output)


def _text(file: str) -> str:
    try:
        return study_text(file)
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence) from None


def _definition(file: str) -> StudyDefinition:
    try:
        return read_study(file)
    except Refusal as refusal:
        raise click.ClickException(f"{refusal.sentence}. See: irt study check {file}") from None


def _line(file: str, problem: Problem) -> str:
    return f"{file}:{problem.line}: {problem.severity} {problem.name} at {problem.path}: {problem.sentence}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _write(words: str, output: Path | None) -> None:
    if output is None:
        click.echo(words, nl=False)
        return
    try:
        output.write_text(words, encoding="utf-8")
    except OSError as fault:
        raise click.ClickException(f"{output}: {fault.strerror or fault}.") from None
