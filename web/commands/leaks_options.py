"""What the commands of `irt leaks` share: the study, how large its trial is, and what is shown of a verdict."""

from collections.abc import Callable, Mapping
from typing import Any

import click

from irt.blinding.leaks.judge import Judged
from irt.blinding.leaks.power import PASSED, subjects_for_limit
from web.leaks.trial import Course

SPARE_SUBJECTS = 1.06
"""Some of those who are expected are not randomized by the end."""
DEFAULT = round(subjects_for_limit(power=PASSED) * SPARE_SUBJECTS)


def course_options(command: Callable[..., None]) -> Callable[..., None]:
    """STUDY, --subjects, --days, --seed and --json."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="The report as JSON on standard output."),
        click.option("--seed", default=1, show_default=True, type=click.IntRange(min=0), help="Of all chance."),
        click.option(
            "--days", default=120, show_default=True, type=click.IntRange(10, 400), help="In which subjects come."
        ),
        click.option(
            "--subjects", default=DEFAULT, show_default=True, type=click.IntRange(min=10), help="To be randomized."
        ),
        click.argument("study"),
    ):
        command = option(command)
    return command


def course_of(subjects: int, days: int) -> Course:
    """The trial that is carried out."""
    return Course(subjects, days)


def show(name: str, judged: Judged) -> None:
    """A population's verdict in lines."""
    click.echo(f"{name}: {judged.verdict}. Area {judged.area:.3f}, upper limit {judged.upper:.3f}.")
    click.echo(f"  {judged.units:,} of them, {judged.needed:,} needed; power {judged.power:.0%}.")
    click.echo(f"  {judged.tests} tests of {judged.fields} fields.")
    for field in judged.named or judged.closest[:1]:
        words = "leaks" if judged.named else "closest"
        click.echo(f"  {words}: {field.field}, {field.aspect}: area {field.area:.3f}, p {field.p:.2g}")


def facts(study: str, subjects: int, days: int, seed: int) -> Mapping[str, Any]:
    """What was asked, for the report."""
    return {"study": study, "subjects_asked": subjects, "days": days, "seed": seed}
