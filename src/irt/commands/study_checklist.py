"""`irt study checklist` and `checklist-sign`: what stands before a version goes live, and the two who sign it."""

import json
from typing import Any

import click

from irt.blinding.roles import Permission
from irt.commands import clock
from irt.commands.named import mode_option, study_of
from irt.commands.session import Person, as_person
from irt.reads.go_live import go_live_checklist, version_going_live
from irt.reads.named import NamedStudy
from irt.services.sign_checklist import SignChecklist, sign_checklist
from irt.study.checklist import SIGNERS, Checklist, Line, LineState

_study = click.argument("protocol", metavar="STUDY")
_version = click.option("--version", type=click.IntRange(1), help="The newest approved one where left out.")
_MARKS = {LineState.MET: "met", LineState.OPEN: "OPEN", LineState.NOT_ASKED: "not asked"}


@click.command("checklist")
@_study
@_version
@mode_option
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@as_person
def checklist(person: Person, protocol: str, version: int | None, mode: str | None, as_json: bool) -> None:
    """Tell every line of the checklist of going live, with its evidence; exits with 1 while one blocks.

    Example: irt study checklist NB-301 --user theo
    """
    study = study_of(person, protocol, mode)
    found = _found(person, study, version)
    if as_json:
        click.echo(json.dumps(_plain(study, found), indent=2, default=str))
    else:
        click.echo(f"{study.words}, version {found.version}: checklist {found.hash}")
        for line in found.lines:
            _tell(line)
        _tell_signed(found)
    if found.blocking and not as_json:
        names = ", ".join(line.name for line in found.blocking)
        raise click.ClickException(f"The first site waits for: {names}.")
    if found.blocking:
        raise click.exceptions.Exit(1)


@click.command("checklist-sign")
@_study
@_version
@mode_option
@click.option("--hash", "digest", required=True, metavar="SHA256", help="Of the lines as you read them.")
@as_person
def checklist_sign(person: Person, protocol: str, version: int | None, mode: str | None, digest: str) -> None:
    """Sign the checklist as it was told, open lines and all: one of the study team, one of quality.

    Example: irt study checklist-sign NB-301 --hash SHA256 --user theo
    """
    study = study_of(person, protocol, mode)
    found = _found(person, study, version)
    ask = SignChecklist(study_id=study.id, version=found.version, hash=digest.lower(), signing=person.signing())
    done = person.does(sign_checklist, ask)
    click.echo(f"The checklist of version {done.version} is signed by {done.signers} of {SIGNERS}.")


def _found(person: Person, study: NamedStudy, version: int | None) -> Checklist:
    person.actor.require_whole(Permission.VIEW_STUDY_LIFE, study.id)
    with person.store.reading_past_wall() as connection:
        number = version or version_going_live(connection, study.id)
        return go_live_checklist(connection, study.id, number, clock.now())


def _tell(line: Line) -> None:
    bar = ", a site waits for it" if line.blocks and line.state == LineState.OPEN else ""
    click.echo(f"  {_MARKS[line.state]:9}  {line.name}: {line.asks}{bar}")
    for words in (line.why, *line.open) if line.why else line.open:
        click.echo(f"             {words}")
    for each in line.evidence:
        told = (each.words, each.hash[:16], each.person, f"{each.at:%Y-%m-%d %H:%M} UTC" if each.at else "")
        click.echo(f"             + {' · '.join(filter(None, told))}")
    if line.next_step:
        click.echo(f"             next: {line.next_step}")


def _tell_signed(found: Checklist) -> None:
    if found.changed:
        click.echo(f"Signed as of {found.signed[-1].at:%Y-%m-%d}; since changed: {', '.join(found.changed)}")
    counts = found.count_of
    click.echo(", ".join(f"{counts[state]} {words.lower()}" for state, words in _MARKS.items()))


def _plain(study: NamedStudy, found: Checklist) -> dict[str, Any]:
    return {
        "study": study.protocol,
        "mode": study.mode,
        "version": found.version,
        "hash": found.hash,
        "blocking": [line.name for line in found.blocking],
        "changed_since_signed": list(found.changed),
        "lines": [
            {
                "name": line.name,
                "state": line.state,
                "asks": line.asks,
                "why": line.why,
                "open": list(line.open),
                "next": line.next_step,
                "blocks": line.blocks,
                "evidence": [
                    {"words": each.words, "hash": each.hash, "person": each.person, "at": each.at}
                    for each in line.evidence
                ],
            }
            for line in found.lines
        ],
    }
