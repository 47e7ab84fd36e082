"""`irt study lock`, `unlock` and `lock-decide`: a study is closed, or opened for one named correction, by two.

Before that the clinical database is declared locked: `irt randomization end`.
"""

import json

import click

from irt.blinding.roles import Permission
from irt.commands.named import mode_option, study_of
from irt.commands.session import Person, as_person
from irt.errors import BadInput
from irt.reads.blinded_lock import StudyLock, lock_of
from irt.reads.named import NamedStudy
from irt.services.lock_study import (
    AskStudyLock,
    AskStudyUnlock,
    DecideStudyLock,
    StudyLockDone,
    ask_study_lock,
    ask_study_unlock,
    decide_study_lock,
)

_study = click.argument("protocol", metavar="STUDY")


@click.command("lock")
@_study
@mode_option
@click.option("--ask", is_flag=True, help="Ask for the lock; a second person then decides.")
@click.option("--reason", help="Why now; it stands in the audit trail.")
@click.option(
    "--agreed", multiple=True, metavar="CONDITION=WHY", help="A condition that may stay open, and why; repeatable."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@as_person
def lock(
    person: Person,
    protocol: str,
    mode: str | None,
    ask: bool,
    reason: str | None,
    agreed: tuple[str, ...],
    as_json: bool,
) -> None:
    """Tell what keeps a study from being locked, and with --ask ask for its lock.

    The lock closes the study for good. That randomization has ended, and the clinical database is locked, is
    declared before: irt randomization end STUDY locked.

    Example: irt study lock NB-301 --ask --reason "last subject out" --agreed "site_stock=burnt there" --user tess
    """
    study = study_of(person, protocol, mode)
    if ask:
        wanted = AskStudyLock(study_id=study.id, reason=reason or "", agreed=_agreed(agreed))
        _tell_waiting(study, person.does(ask_study_lock, wanted))
        return
    person.actor.require_whole(Permission.VIEW_STUDY_LIFE, study.id)
    with person.store.reading() as connection:
        found = lock_of(connection, study.id)
    if as_json:
        click.echo(json.dumps(_plain(found), indent=2))
        return
    click.echo(f"{study.words}: {found.status.replace('_', ' ')}")
    if database := found.database:
        click.echo(f"  database declared locked by {database.person}, {database.at:%Y-%m-%d %H:%M} UTC")
    for one in found.conditions:
        open_ones = "" if one.holds else f"{one.open} open: {', '.join(one.examples)}"
        click.echo(f"  {one.name:15} {'yes' if one.holds else 'no ':3} {one.words}. {open_ones}".rstrip())


@click.command("unlock")
@_study
@mode_option
@click.option("--correction", required=True, help="What is to be corrected, and why.")
@as_person
def unlock(person: Person, protocol: str, mode: str | None, correction: str) -> None:
    """Ask to lift a study's lock for one named correction; a second person decides.

    Example: irt study unlock NB-301 --correction "return of kit 48213377 was not booked" --user tess
    """
    study = study_of(person, protocol, mode)
    done = person.does(ask_study_unlock, AskStudyUnlock(study_id=study.id, correction=correction))
    _tell_waiting(study, done)


@click.command("lock-decide")
@_study
@mode_option
@click.option("--refuse", is_flag=True, help="Set the request aside.")
@click.option("--reason", help="Why it is set aside.")
@as_person
def lock_decide(person: Person, protocol: str, mode: str | None, refuse: bool, reason: str | None) -> None:
    """Sign, as a second person, what was asked for last: the lock, or its lifting.

    Example: irt study lock-decide NB-301 --user theo
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.LOCK_STUDY, study.id)
    with person.store.reading() as connection:
        asked = lock_of(connection, study.id).waiting
    if asked is None:
        raise BadInput("Nothing waits for a decision. Nothing was signed. Ask first: irt study lock.")
    click.echo(f"{asked.person} asked: {asked.step.replace('_', ' ')}. {asked.reason}")
    for name, why in asked.agreed.items():
        click.echo(f"  {name}: {asked.conditions.get(name, 0)} open; {why}")
    ask = DecideStudyLock(
        study_id=study.id,
        number=asked.number,
        granted=not refuse,
        seen=asked.content_hash,
        reason=reason,
        signing=person.signing(),
    )
    done = person.does(decide_study_lock, ask)
    click.echo(f"{study.words} is {done.status.replace('_', ' ')}.")


def _agreed(words: tuple[str, ...]) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    if any(not equals for _, equals, _ in pairs):
        raise BadInput("Write --agreed as CONDITION=WHY, as site_stock='destroyed on site'. Nothing was asked for.")
    return {name: why for name, _, why in pairs}


def _tell_waiting(study: NamedStudy, done: StudyLockDone) -> None:
    click.echo(f"{study.words}: {done.status.replace('_', ' ')}. Next, another person: irt study lock-decide")


def _plain(found: StudyLock) -> dict[str, object]:
    return {
        "status": found.status,
        "database_locked_at": found.database.at.isoformat() if found.database else None,
        "conditions": {
            one.name: {"holds": one.holds, "open": one.open, "examples": list(one.examples)}
            for one in found.conditions
        },
        "steps": [{"step": one.step, "by": one.person, "reason": one.reason} for one in found.steps],
    }
