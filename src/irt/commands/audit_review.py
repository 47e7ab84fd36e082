"""`irt audit review`, `incidents` and `copies`: what is due at regular times, what went wrong, who took a copy."""

import json
from dataclasses import asdict

import click

from irt.blinding.roles import Permission
from irt.commands import clock
from irt.commands.named import mode_option, study_of
from irt.commands.session import Person, as_person
from irt.errors import BadInput
from irt.reads.blinded_incidents import IncidentLine, incidents_of
from irt.reads.blinded_site_copies import site_copies
from irt.reads.blinded_trail_reviews import TrailToReview, trail_to_review
from irt.services.log_reading import LogReading, log_reading
from irt.services.review_trail import ReviewTrail, review_trail

json_option = click.option("--json", "as_json", is_flag=True, help="As JSON.")


@click.command("review")
@click.argument("protocol", metavar="STUDY")
@click.option("--looked-at", metavar="WORDS", help="What you looked at; with --findings, the review is signed.")
@click.option("--findings", metavar="WORDS", help="What you found.")
@mode_option
@json_option
@as_person
def review(
    person: Person, protocol: str, looked_at: str | None, findings: str | None, mode: str | None, as_json: bool
) -> None:
    """What waits for the periodic review of a study's audit trail, by act; signed where words are given.

    Example: irt audit review NB-301 --looked-at "All refusals" --findings "None" --user quentin
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.VIEW_ACCESS, study.id)
    person.actor.require(Permission.VIEW_AUDIT, study.id)
    if (looked_at is None) != (findings is None):
        raise BadInput("A review says what was looked at and what was found. Nothing was signed. Give both.")
    with person.store.reading() as connection:
        found = trail_to_review(connection, study.id, clock.now())
    if looked_at is not None and findings is not None:
        ask = ReviewTrail(
            study_id=study.id,
            up_to=max(found.to_entry, 1),
            hash=found.hash,
            looked_at=looked_at,
            findings=findings,
            signing=person.signing(),
        )
        done = person.does(review_trail, ask)
        click.echo(f"Review {done.number}: entries {done.from_entry} to {done.to_entry} are signed.")
        return
    click.echo(json.dumps(asdict(found), indent=2, default=str) if as_json else _waiting(found))


@click.command("incidents")
@click.argument("protocol", metavar="STUDY")
@mode_option
@json_option
@as_person
def incidents(person: Person, protocol: str, mode: str | None, as_json: bool) -> None:
    """The log of incidents and serious breaches, with until when each has to be reported.

    Example: irt audit incidents NB-301 --user ines --json
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.VIEW_INCIDENTS, study.id)
    with person.store.reading() as connection:
        found = incidents_of(connection, study.id, clock.now())
    _note(person, study.id, "incident log", Permission.VIEW_INCIDENTS, len(found))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2, default=str))
        return
    for one in found:
        click.echo(_incident(one))
    click.echo(f"{len(found)} incidents, {sum(one.overdue for one in found)} overdue.")


@click.command("copies")
@click.argument("protocol", metavar="STUDY")
@mode_option
@as_person
def copies(person: Person, protocol: str, mode: str | None) -> None:
    """When each site last took its own copy of its records, and where another one is due.

    Example: irt audit copies NB-301 --user ines
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.VIEW_AUDIT, study.id)
    with person.store.reading() as connection:
        found = [
            one
            for one in site_copies(connection, study.id, clock.now())
            if person.actor.grant_for(Permission.VIEW_AUDIT, study.id, one.site_id)
        ]
    _note(person, study.id, "copies of sites", Permission.VIEW_AUDIT, len(found))
    for one in found:
        last = "never" if one.last_at is None else f"{one.last_at:%d %b %Y %H:%M} UTC"
        click.echo(f"site {one.site}: last taken {last}{', due' if one.due else ''}")
    click.echo(f"{len(found)} sites, {sum(one.due for one in found)} due.")


def _note(person: Person, study_id: int, what: str, permission: Permission, rows: int) -> None:
    person.does(log_reading, LogReading(study_id=study_id, what=what, permission=permission, rows=rows))


def _waiting(found: TrailToReview) -> str:
    lines = [f"{one.entries:6} {one.name}{', worth a look' if one.look else ''}" for one in found.acts]
    last = found.reviews[0] if found.reviews else None
    seen = f"last reviewed {last.at:%d %b %Y} by {last.person}" if last else "never reviewed"
    due = ", a review is due" if found.due else ""
    return "\n".join([*lines, f"Entries {found.from_entry} to {found.to_entry} wait; {seen}{due}."])


def _incident(one: IncidentLine) -> str:
    until = f", report until {one.report_due:%d %b %Y %H:%M} UTC" if one.report_due else ""
    return f"{one.number}: {one.words}{until}{' (overdue)' if one.overdue else ''}: {one.what}"
