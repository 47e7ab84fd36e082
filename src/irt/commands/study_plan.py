"""`irt study plan` and `irt study dashboard`: the plan of enrolment, and how a study stands against it."""

import json
from datetime import date, datetime
from typing import Any

import click

from irt.blinding.roles import Permission
from irt.commands import clock
from irt.commands.named import mode_option, study_of
from irt.commands.session import Person, as_person
from irt.errors import BadInput
from irt.reads.blinded_dashboard import StudyDashboard, study_dashboard
from irt.reads.blinded_enrolment_plan import enrolment_plans
from irt.services.plan_enrolment import PlanEnrolment, plan_enrolment
from irt.study.milestones import MILESTONE_WORDS, Milestone, MilestoneLine

_study = click.argument("protocol", metavar="STUDY")


@click.command("plan")
@_study
@mode_option
@click.option("--subjects", type=click.IntRange(1, 1_000_000), help="Subjects to randomize.")
@click.option("--sites", type=click.IntRange(1, 1_000_000), help="Sites to open.")
@click.option(
    "--milestone",
    "days",
    multiple=True,
    metavar="NAME=DAY",
    help=f"Repeatable; NAME is one of {', '.join(Milestone)}, DAY as 2026-06-16.",
)
@click.option("--reason", default="", help="Why this is the plan now.")
@as_person
def plan(
    person: Person,
    protocol: str,
    mode: str | None,
    subjects: int | None,
    sites: int | None,
    days: tuple[str, ...],
    reason: str,
) -> None:
    """Tell the plans of a study's enrolment; with --subjects and --sites set another.

    Example: irt study plan NB-301 --subjects 300 --sites 20 --milestone first_site=2026-01-12
    --milestone first_subject=2026-02-02 --milestone last_subject=2027-01-29 --reason "first plan" --user tess
    """
    study = study_of(person, protocol, mode)
    if subjects is not None and sites is not None:
        ask = PlanEnrolment(study_id=study.id, subjects=subjects, sites=sites, days=_days(days), reason=reason)
        click.echo(f"{study.words}: plan {person.does(plan_enrolment, ask).number} is set.")
        return
    if subjects is not None or sites is not None or days:
        raise BadInput("A plan names its subjects and its sites. Nothing was planned. Give --subjects and --sites.")
    person.actor.require_whole(Permission.VIEW_STUDY_LIFE, study.id)
    with person.store.reading() as connection:
        plans = enrolment_plans(connection, study.id)
    for one in plans:
        click.echo(f"Plan {one.number}: {one.plan.subjects} subjects, {one.plan.sites} sites. {one.reason}")
        click.echo(f"  {one.person}, {one.at:%Y-%m-%d}")
        for name, day in one.plan.days.items():
            click.echo(f"  {MILESTONE_WORDS[name]:22} {day}")
    if not plans:
        click.echo(f"{study.words} has no plan of enrolment.")


@click.command("dashboard")
@_study
@mode_option
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@as_person
def dashboard(person: Person, protocol: str, mode: str | None, as_json: bool) -> None:
    """Tell how a study stands: milestones, sites, supply at risk, open matters, what to do next.

    Example: irt study dashboard NB-301 --user tess
    """
    study = study_of(person, protocol, mode)
    with person.store.reading() as connection:
        found = study_dashboard(connection, person.actor, study.id, clock.now())
    click.echo(json.dumps(_plain(found), indent=2, default=_said) if as_json else _told(found))


def _days(words: tuple[str, ...]) -> dict[Milestone, date]:
    days = {}
    for word in words:
        name, _, day = word.partition("=")
        try:
            days[Milestone(name)] = date.fromisoformat(day)
        except ValueError:
            raise BadInput(
                f"'{word}' is no milestone. Nothing was planned. Write it as first_subject=2026-06-16; "
                f"the milestones are {', '.join(Milestone)}."
            ) from None
    return days


def _told(found: StudyDashboard) -> str:
    enrolment = found.enrolment
    planned = "" if enrolment.plan is None else f", {enrolment.planned_by_today} planned by today"
    lines = [f"{found.protocol} on {enrolment.today}: {enrolment.randomized} randomized{planned}"]
    lines.append(f"sites open: {found.sites_open} of {found.sites}; code breaks: {found.code_breaks}")
    lines += map(_milestone, enrolment.milestones)
    lines += [f"{one.words}: {one.open}, {one.overdue} past their time" for one in found.risks if one.open]
    lines += [f"{one.words}: {one.open} open" for one in found.matters if one.open]
    return "\n".join([*lines, *(f"next: {one.words}" for one in found.next_steps)])


def _milestone(one: MilestoneLine) -> str:
    planned = one.planned or "not planned"
    told = f"reached {one.reached}" if one.reached else f"foreseen {one.middle}" if one.middle else ""
    return f"  {one.words:22} {planned!s:11} {one.state.replace('_', ' '):8} {told}".rstrip()


def _plain(found: StudyDashboard) -> dict[str, Any]:
    enrolment = found.enrolment
    names = ("goal", "planned", "reached", "early", "middle", "late", "state", "behind_days")
    return {
        "protocol": found.protocol,
        "randomized": enrolment.randomized,
        "planned_by_today": enrolment.planned_by_today,
        "forecast": enrolment.forecast,
        "milestones": {one.milestone: {name: getattr(one, name) for name in names} for one in enrolment.milestones},
        "sites": dict(found.funnel),
        "risks": {one.words: {"now": one.open, "past_their_time": one.overdue} for one in found.risks},
        "open": {one.words: one.open for one in found.matters},
        "code_breaks": found.code_breaks,
        "accidental_unblindings": found.accidents,
        "next": [one.words for one in found.next_steps],
    }


def _said(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
