"""`irt unblinding`: the log over all five paths, seals, practised code breaks, and accidents."""

import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from irt.blinding.code_break import ReasonCategory
from irt.blinding.roles import Permission
from irt.blinding.unblinding import How, Told
from irt.commands import clock
from irt.commands.named import about_a_study, mode_option, study_of
from irt.commands.session import Person, as_person
from irt.errors import NotAllowed
from irt.reads.blinded_code_break_tests import SiteTested, code_break_tests, due_sites
from irt.reads.blinded_unblinding_log import LogLine, blinded_log, known_subjects, pack_seals
from irt.reads.unblinded_unblinding_log import FullLine, full_log, reads_whole_log
from irt.services.log_reading import LogReading, log_reading
from irt.services.practise_code_break import PractiseCodeBreak, practise_code_break
from irt.services.record_accident import RecordAccident, record_accident

_MOMENT = click.DateTime(["%Y-%m-%dT%H:%M%z"])
_HOW, _TOLD = click.Choice([str(how) for how in How]), click.Choice([str(told) for told in Told])
HEADS = ("path", "record", "at", "zone", "site", "subject", "person", "category", "said", "open")


@click.group()
def unblinding() -> None:
    """Who may know a treatment, since when and why; never which."""


@unblinding.command("log")
@about_a_study
@click.option("--csv", "as_csv", is_flag=True, help="As CSV.")
@click.option("--all-paths", is_flag=True, help="Safety cases and the pharmacist's looks too, for who may know.")
@as_person
def log(person: Person, protocol: str, mode: str | None, as_json: bool, as_csv: bool, all_paths: bool) -> None:
    """Code breaks, planned unblindings and accidents, newest first; at a site those of the site.

    Example: irt unblinding log NB-301 --user theo --csv
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.VIEW_UNBLINDING, study.id)
    if all_paths and not reads_whole_log(person.actor, study.id):
        raise NotAllowed("Your role cannot see all paths. Nothing was told. Leave --all-paths out.")
    lines: Sequence[LogLine | FullLine]
    with person.store.reading() as connection:
        whole = full_log if all_paths else blinded_log
        lines = whole(connection, person.actor, study.id, clock.now())
    _note(person, study.id, "whole unblinding log" if all_paths else "unblinding log", len(lines))
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(HEADS)
        writer.writerows([plain[head] for head in HEADS] for plain in map(_plain, lines))
    elif as_json:
        click.echo(json.dumps({"study": study.words, "lines": list(map(_plain, lines))}, indent=2))
    else:
        for line in lines:
            click.echo(_in_words(line))
        click.echo(f"{len(lines)} lines, {sum(bool(line.open) for line in lines)} with something owed.")


@unblinding.command("known")
@about_a_study
@as_person
def known(person: Person, protocol: str, mode: str | None, as_json: bool) -> None:
    """Who is flagged for whose treatment, by code break or accident.

    Example: irt unblinding known NB-301 --user theo
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.VIEW_UNBLINDING, study.id)
    with person.store.reading() as connection:
        found = known_subjects(connection, person.actor, study.id)
    _note(person, study.id, "people who know a treatment", len(found))
    if as_json:
        told = [{**asdict(one), "since": one.since.isoformat()} for one in found]
        click.echo(json.dumps({"study": study.words, "known": told}, indent=2))
        return
    for one in found:
        click.echo(f"{one.person}: subject {one.subject}, by {one.path}, since {one.since:%d %b %Y}")
    click.echo(f"{len(found)} flags.")


@unblinding.command("seals")
@about_a_study
@as_person
def seals(person: Person, protocol: str, mode: str | None, as_json: bool) -> None:
    """Seals of packs: handed out, unopened, opened, missing, to count; whether each closed pack adds up.

    Example: irt unblinding seals NB-301 --user theo
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.VIEW_UNBLINDING, study.id)
    with person.store.reading() as connection:
        packs = pack_seals(connection, person.actor, study.id)
    _note(person, study.id, "seals of packs", len(packs))
    if as_json:
        told = [{**asdict(pack), "adds_up": pack.count.adds_up} for pack in packs]
        click.echo(json.dumps({"study": study.words, "packs": told}, indent=2))
        return
    for pack in packs:
        count = pack.count
        fates = f"{count.unopened} unopened, {count.opened} opened, {count.missing} missing, {count.left} to count"
        click.echo(f"{pack.pack}, site {pack.site}: {count.handed_out} handed out, {fates}")
    open_ones = sum(not pack.count.adds_up for pack in packs)
    click.echo(f"{len(packs)} packs, {open_ones} that do not add up yet.")


@unblinding.command("tests")
@about_a_study
@as_person
def tests(person: Person, protocol: str, mode: str | None, as_json: bool) -> None:
    """Where a code break was practised, and which sites have to: those that never did, or not for a year.

    Example: irt unblinding tests NB-301 --user theo
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.VIEW_UNBLINDING, study.id)
    with person.store.reading() as connection:
        sites = code_break_tests(connection, person.actor, study.id, clock.now())
    if as_json:
        click.echo(json.dumps({"study": study.words, "sites": list(map(_tested, sites))}, indent=2))
        return
    for site in sites:
        last = f"{site.last.way}, {site.last.at:%d %b %Y}, {site.last.person}" if site.last else "never"
        click.echo(f"{site.site}: {last}{', to practise' if site.due else ''}")
    click.echo(f"{len(sites)} sites, {len(due_sites(sites))} to practise.")


@unblinding.command("practise")
@click.argument("protocol", metavar="STUDY")
@click.option("--site", required=True, metavar="SITE", help="The site's number.")
@mode_option
@as_person
def practise(person: Person, protocol: str, site: str, mode: str | None) -> None:
    """Practise a code break for a site: nobody's treatment is told.

    Example: irt unblinding practise NB-301 --site 1001 --user ira
    """
    study = study_of(person, protocol, mode)
    ask = PractiseCodeBreak(
        study_id=study.id, site=site, reason=ReasonCategory.MEDICAL_EMERGENCY, signing=person.signing()
    )
    done = person.does(practise_code_break, ask)
    told = done.view.arms[0] if done.view else ""
    click.echo(f"Site {done.site}: practised. {told}")


@unblinding.command("accident")
@click.argument("protocol", metavar="STUDY")
@click.argument("subject")
@click.option("--learner", required=True, metavar="WHO", help="A user name, or a person in words.")
@click.option(
    "--how", type=click.Choice([str(how) for how in How]), required=True, metavar="HOW", help="As paper_or_label."
)
@click.option(
    "--told", type=click.Choice([str(told) for told in Told]), required=True, metavar="WHAT", help="As not_sure."
)
@click.option("--learned", type=_MOMENT, metavar="TIME", required=True, help="As 2026-03-02T09:30+0000.")
@click.option("--words", required=True, metavar="TEXT", help="What happened, without any treatment's name.")
@mode_option
@as_person
def accident(
    person: Person,
    protocol: str,
    subject: str,
    learner: str,
    how: str,
    told: str,
    learned: datetime,
    words: str,
    mode: str | None,
) -> None:
    """Record that somebody learned, or may have learned, a subject's treatment by accident.

    Example: irt unblinding accident NB-301 1001-0001 --learner pia --how paper_or_label --told not_sure
    --learned 2026-03-02T09:30+0000 --words "A delivery note lay open." --user cora
    """
    study = study_of(person, protocol, mode)
    ask = RecordAccident(
        study_id=study.id,
        subject=subject,
        learner=learner,
        how=How(how),
        told=Told(told),
        learned_at=learned,
        words=words,
    )
    done = person.does(record_accident, ask)
    click.echo(f"{done.number}: recorded, deviation {done.deviation}.")


def _note(person: Person, study_id: int, what: str, rows: int) -> None:
    """That it was read stands in the trail."""
    ask = LogReading(study_id=study_id, what=what, permission=Permission.VIEW_UNBLINDING, rows=rows)
    person.does(log_reading, ask)


def _plain(line: LogLine | FullLine) -> dict[str, Any]:
    return {**asdict(line), "path": str(line.path), "at": line.at.isoformat()}


def _tested(site: SiteTested) -> dict[str, Any]:
    practices = [{**asdict(one), "at": one.at.isoformat()} for one in site.practices]
    return {"site": site.site, "status": str(site.status), "due": site.due, "practices": practices}


def _in_words(line: LogLine | FullLine) -> str:
    who = ", ".join(part for part in (line.subject, line.person) if part)
    owed = f" [{line.open}]" if line.open else ""
    return f"{line.at:%d %b %Y %H:%M} UTC {line.path} {line.record}: {who}: {line.category}{owed}"
