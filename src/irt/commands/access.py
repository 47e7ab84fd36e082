"""`irt access`: who may do what in a study, to review; and everybody who ever could."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from irt.blinding.access import WORDS
from irt.blinding.conflicts import matrix, side_of
from irt.blinding.roles import SEES, Permission
from irt.commands import clock
from irt.commands.named import about_a_study, study_of
from irt.commands.session import Person, as_person
from irt.reads.access import Access, access_to, history_of_access
from irt.reads.blinded_duties import own_duties
from irt.services.log_reading import LogReading, log_reading


@click.group()
def access() -> None:
    """Review who has access to a study."""


@access.command("review")
@about_a_study
@as_person
def review(person: Person, protocol: str, mode: str | None, as_json: bool) -> None:
    """Every role in force in a study, and what to look at; the review itself is signed on the page Access.

    Example: irt access review NB-301 --user ada
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.VIEW_ACCESS, study.id)
    with person.store.reading() as connection:
        found = access_to(connection, study.id, clock.now())
    _note(person, study.id, "access", len(found.lines))
    last = found.reviews[0] if found.reviews else None
    if as_json:
        told = {"study": study.words, "due": found.due, "hash": found.hash, "to_look_at": found.to_look_at}
        reviewed = None if last is None else {"number": last.record, "at": last.at.isoformat(), "by": last.by}
        click.echo(json.dumps({**told, "last_review": reviewed, "roles": list(map(_plain, found.lines))}, indent=2))
        return
    for line in found.lines:
        click.echo(_in_words(line))
    seen = f"last reviewed {last.at:%d %b %Y} by {last.by}" if last else "never reviewed"
    due = ", a review is due" if found.due else ""
    click.echo(f"{len(found.lines)} roles in force, {found.to_look_at} to look at; {seen}{due}.")


@access.command("due")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@as_person
def due(person: Person, as_json: bool) -> None:
    """What you do at regular times: reviews, approvals that end, a site's own copy and practised code break.

    Example: irt access due --user quentin
    """
    with person.store.reading() as connection:
        found = own_duties(connection, person.actor, clock.now())
    if as_json:
        click.echo(json.dumps([asdict(duty) for duty in found], indent=2, default=str))
        return
    for duty in found:
        where = f"{duty.study}, site {duty.site}" if duty.site else duty.study
        click.echo(f"{duty.due:%d %b %Y}  {duty.title}, {where}: {duty.said}")
    late = sum(duty.due < clock.now().date() for duty in found)
    click.echo(f"{len(found)} due within two weeks, {late} of them late.")


@access.command("history")
@about_a_study
@as_person
def history(person: Person, protocol: str, mode: str | None, as_json: bool) -> None:
    """Every role that anybody ever held in a study: from when, until when, given by whom and why.

    Example: irt access history NB-301 --user ada --json
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.VIEW_ACCESS, study.id)
    with person.store.reading() as connection:
        lines = history_of_access(connection, study.id, clock.now())
    _note(person, study.id, "history of access", len(lines))
    if as_json:
        click.echo(json.dumps({"study": study.words, "roles": list(map(_plain, lines))}, indent=2))
        return
    for line in lines:
        click.echo(_in_words(line))


@access.command("conflicts")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def conflicts(as_json: bool) -> None:
    """Which roles exclude which in one study, for ever. Nobody signs in: these are rules, not people.

    Example: irt access conflicts
    """
    if as_json:
        told = {
            role: {"side": side_of(role), "sees": sorted(SEES[role]), "excludes": sorted(excluded)}
            for role, excluded in matrix().items()
        }
        click.echo(json.dumps(told, indent=2))
        return
    for role, excluded in matrix().items():
        click.echo(f"{role} ({side_of(role)}) excludes: {', '.join(sorted(excluded)) or 'nothing'}")


def _note(person: Person, study_id: int, what: str, rows: int) -> None:
    """That it was read stands in the trail."""
    person.does(log_reading, LogReading(study_id=study_id, what=what, permission=Permission.VIEW_ACCESS, rows=rows))


def _plain(line: Access) -> dict[str, Any]:
    moments = {
        "since": line.since,
        "ends_at": line.ends_at,
        "revoked_at": line.revoked_at,
        "last_sign_in": line.last_sign_in,
    }
    return {
        "username": line.username,
        "name": line.printed_name,
        "role": line.role,
        "where": line.where,
        "granted_by": line.granted_by,
        "reason": line.reason,
        **{name: None if moment is None else moment.isoformat() for name, moment in moments.items()},
        "findings": list(line.findings),
    }


def _in_words(line: Access) -> str:
    parts = [f"{line.username} ({line.printed_name}): {line.role}, {line.where}", f"since {_day(line.since)}"]
    parts += [f"until {_day(line.ends_at)}"] if line.ends_at else []
    parts += [f"taken back {_day(line.revoked_at)}"] if line.revoked_at else []
    parts += [WORDS[finding].rstrip(".").lower() for finding in line.findings]
    return ", ".join(parts)


def _day(moment: datetime) -> str:
    return f"{moment:%d %b %Y}"
