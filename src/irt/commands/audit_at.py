"""`irt audit at`: what a person could see at an instant."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click

from irt.blinding.roles import Permission
from irt.commands import clock
from irt.commands.named import mode_option, study_of, study_option
from irt.commands.session import Person, as_person
from irt.errors import BadInput
from irt.reads.blinded_past import Past, past_of
from irt.reads.unblinded_past import PastTreatments, past_treatments
from irt.services.log_reading import LogReading, log_reading


@click.command("at")
@click.argument("instant", metavar="INSTANT")
@click.option("--person", "whose", metavar="NAME", required=True, help="Whose eyes to look through: a user name.")
@study_option()
@mode_option
@click.option("--treatments", is_flag=True, help="What they could see of treatments, for who sees all of them.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with every record and entry.")
@as_person
def at(
    person: Person, instant: str, whose: str, protocol: str, mode: str | None, treatments: bool, as_json: bool
) -> None:
    """What somebody could see in a study at an instant: roles, records as they stood, the history up to then.

    INSTANT is as 2026-06-16T14:30, in UTC where it names no zone. That you looked stands in the trail.

    Example: irt audit at 2026-06-16T14:30 --person paul --study NB-301 --user ines
    """
    study, moment = study_of(person, protocol, mode), _moment(instant)
    found: Past | PastTreatments
    with person.store.reading() as connection:
        look = past_treatments if treatments else past_of
        found = look(connection, person.actor, study.id, whose, moment)
    asked = LogReading(
        study_id=study.id,
        what="treatments at an instant" if treatments else "time machine",
        permission=Permission.VIEW_AUDIT,
        rows=sum(kind.total for kind in found.kinds) if isinstance(found, PastTreatments) else 1,
        details={"person": whose, "at": moment.isoformat()},
    )
    person.does(log_reading, asked)
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2, default=str))
    else:
        click.echo(_treatments(found) if isinstance(found, PastTreatments) else _words(found))


def _treatments(found: PastTreatments) -> str:
    then = f"{found.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    lines = [f"{found.printed_name} ({found.username}) at {then} in {found.protocol}"]
    for kind in found.kinds:
        sums = ", ".join(f"{what} {count}" for what, count in kind.sums)
        lines.append(f"{kind.kind}: {kind.total}, rebuilt from {kind.rebuilt_from}{': ' if sums else ''}{sums}")
        lines += [f"  {one.record}, {one.where}: {one.what}" for one in kind.records]
    return "\n".join(lines if found.kinds else [*lines, "nothing that tells a treatment"])


def _words(found: Past) -> str:
    at_work = "signed in" if found.signed_in else "not signed in"
    then = f"{found.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    lines = [
        f"{found.printed_name} ({found.username}) at {then} in {found.protocol}",
        f"account {found.account}, {at_work}; software {found.release or '-'}",
        *(f"role: {one.role}, {one.where}, since {one.since:%d %b %Y %H:%M} UTC" for one in found.roles),
        *(found.treatment or ("No role of this person showed a treatment, and they had broken no code.",)),
        f"could see: {'; '.join(found.shown) or 'nothing'}",
    ]
    for kind in found.kinds:
        lines.append(f"{kind.kind}: {kind.total}, rebuilt from {kind.rebuilt_from}")
        lines += [f"  {one.number}, site {one.site}: {one.state}" for one in kind.records]
    lines.append(f"entries they could read: {found.entries_total} of {found.head_sequence}")
    lines += [f"  {one.sequence} {one.at:%Y-%m-%d %H:%M:%S} {one.sentence}" for one in found.entries]
    return "\n".join(lines)


def _moment(typed: str) -> datetime:
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        raise BadInput(
            f"'{typed}' is not an instant. Nothing was looked up. Write it as 2026-06-16T14:30."
        ) from None
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    if found > clock.now():
        raise BadInput("That instant is still to come. Nothing was looked up. Choose an earlier one.")
    return found
