"""`irt outage`: packs issued and printed before an outage, paper typed and compared after it, and reconciled."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from irt.blinding.code_break import ReasonCategory
from irt.commands.named import mode_option, study_of, study_option
from irt.commands.session import Person, as_person
from irt.errors import BadInput
from irt.messages.outage_pack import pack_paper
from irt.reads.blinded_outage import pack_named, paper_of
from irt.services.check_outage_entry import CheckOutageEntry, check_outage_entry
from irt.services.end_pack import ClosePack, CountedSeal, RecallPack, close_pack, recall_pack
from irt.services.enter_outage import EnterCodeBreak, EnterDispensing, enter_code_break, enter_dispensing
from irt.services.issue_pack import VALID_DAYS_MAX, IssuePack, issue_pack
from irt.states.outage import SealFate

_MOMENT = click.DateTime(["%Y-%m-%dT%H:%M%z"])


@click.group()
def outage() -> None:
    """Keep a site working on paper while the system cannot be reached, and book it afterwards.

    Example: irt outage pack 1001 --study NB-301 --paper pack.pdf --user pat
    """


def _times(command: Callable[..., None]) -> Callable[..., None]:
    """When the outage began and when it happened, each with its zone."""
    for option in (
        click.option("--happened", type=_MOMENT, metavar="TIME", required=True, help="As 2026-03-02T09:30+0000."),
        click.option("--outage-from", type=_MOMENT, metavar="TIME", required=True, help="When the outage began."),
        mode_option,
        study_option(),
        click.argument("pack"),
    ):
        command = option(command)
    return command


@outage.command("pack")
@click.argument("site")
@study_option()
@mode_option
@click.option("--days", type=click.IntRange(1, VALID_DAYS_MAX), default=14, show_default=True, metavar="DAYS")
@click.option("--paper", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Where to print it.")
@as_person
def pack(person: Person, site: str, protocol: str, mode: str | None, days: int, paper: Path | None) -> None:
    """Sign and issue a pack for a site; the next kits of every subject expected are set apart.

    Example: irt outage pack 1001 --study NB-301 --days 14 --paper pack.pdf --user pat
    """
    study = study_of(person, protocol, mode)
    done = person.does(issue_pack, IssuePack(study_id=study.id, site=site, days=days, signing=person.signing()))
    if paper is not None:
        _print(person, study.id, done.number, paper)
    held = f"{done.kits} kits for {done.subjects} subjects, {done.seals} seals"
    click.echo(f"{done.number}: {held}; valid until {done.valid_until}.")


@outage.command("print")
@click.argument("number", metavar="PACK")
@click.argument("paper", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@study_option()
@mode_option
@as_person
def print_pack(person: Person, number: str, paper: Path, protocol: str, mode: str | None) -> None:
    """Write the paper of a pack: procedures, kits, seals, and forms; the same bytes each time.

    Example: irt outage print K-0001 pack.pdf --study NB-301 --user pat
    """
    _print(person, study_of(person, protocol, mode).id, number, paper)
    click.echo(f"{paper}: pack {number}.")


def _print(person: Person, study_id: int, number: str, paper: Path) -> None:
    with person.store.reading() as connection:
        of = paper_of(connection, person.actor, study_id, number)
    paper.write_bytes(pack_paper(of))


@outage.command("enter")
@_times
@click.option("--subject", metavar="NUMBER", required=True)
@click.option("--visit", metavar="CODE", required=True, help="As on the paper: W4, or W36.2 for the second.")
@click.option("--kit", "kits", multiple=True, required=True, metavar="NUMBER", help="Once for each kit.")
@as_person
def enter(
    person: Person,
    pack: str,
    protocol: str,
    mode: str | None,
    outage_from: datetime,
    happened: datetime,
    subject: str,
    visit: str,
    kits: tuple[str, ...],
) -> None:
    """Type kits that were given on paper; they are booked once somebody else has compared the entry.

    Example: irt outage enter K-0001 --study NB-301 --outage-from 2026-03-02T08:00+0000
    --happened 2026-03-02T09:30+0000 --subject 1001-0001 --visit W4 --kit 48213 --user pat
    """
    code, _, times = visit.partition(".")
    if times and not (times.isdecimal() and int(times) > 0):
        raise BadInput(f"{visit} is not a visit. Nothing was booked. Write W4, or W36.2 for the second.")
    facts = _facts(person, pack, protocol, mode, outage_from, happened)
    given = {"subject": subject, "visit": code, "occurrence": int(times) - 1 if times else 0, "kits": list(kits)}
    done = person.does(enter_dispensing, EnterDispensing.model_validate({**facts, **given}))
    click.echo(f"Entry {done.entry} of pack {done.pack} waits for a second person.")


@outage.command("enter-code-break")
@_times
@click.option("--seal", type=int, metavar="NUMBER", required=True)
@click.option("--reason", type=click.Choice([str(one) for one in ReasonCategory]), required=True)
@click.option("--opened-by", metavar="NAME", required=True)
@as_person
def enter_break(
    person: Person,
    pack: str,
    protocol: str,
    mode: str | None,
    outage_from: datetime,
    happened: datetime,
    seal: int,
    reason: str,
    opened_by: str,
) -> None:
    """Type that a seal was opened; the treatment is written nowhere.

    Example: irt outage enter-code-break K-0001 --study NB-301 --outage-from 2026-03-02T08:00+0000
    --happened 2026-03-02T09:30+0000 --seal 1 --reason overdose --opened-by "Dr Ek" --user ivy
    """
    facts = _facts(person, pack, protocol, mode, outage_from, happened)
    ask = EnterCodeBreak.model_validate({**facts, "seal": seal, "reason": reason, "opened_by": opened_by})
    done = person.does(enter_code_break, ask)
    click.echo(f"Entry {done.entry} of pack {done.pack} waits for a second person.")


def _facts(
    person: Person, pack: str, protocol: str, mode: str | None, outage_from: datetime, happened: datetime
) -> dict[str, Any]:
    study_id = study_of(person, protocol, mode).id
    return {"study_id": study_id, "pack": pack, "outage_from": outage_from, "happened_at": happened}


@outage.command("check")
@click.argument("number", metavar="PACK")
@click.argument("entry", type=int)
@study_option()
@mode_option
@click.option("--differs", metavar="HOW", help="How the entry differs from the paper; without it, it is booked.")
@as_person
def check(person: Person, number: str, entry: int, protocol: str, mode: str | None, differs: str | None) -> None:
    """Sign that an entry is what the paper says, as another person than who typed it; then it is booked.

    Example: irt outage check K-0001 1 --study NB-301 --user cora
    """
    study = study_of(person, protocol, mode)
    ask = CheckOutageEntry(
        study_id=study.id,
        pack=number,
        entry=entry,
        as_on_paper=differs is None,
        reason=differs,
        signing=person.signing(),
    )
    done = person.does(check_outage_entry, ask)
    booked = ", ".join(f"{kit} {how}" for kit, how in sorted(done.booked.items())) or "nothing"
    click.echo(f"Booked: {booked}. Deviations: {', '.join(done.deviations) or 'none'}.")


@outage.command("close")
@click.argument("number", metavar="PACK")
@study_option()
@mode_option
@click.option("--opened", type=(int, str), multiple=True, metavar="SEAL WHY", help="Once for each opened seal.")
@click.option("--missing", type=(int, str), multiple=True, metavar="SEAL WHY", help="Once for each missing seal.")
@click.option("--reason", required=True)
@as_person
def close(
    person: Person,
    number: str,
    protocol: str,
    mode: str | None,
    opened: tuple[tuple[int, str], ...],
    missing: tuple[tuple[int, str], ...],
    reason: str,
) -> None:
    """Sign for every seal of a pack, those not named being unopened; kits that were not given are free again.

    Example: irt outage close K-0001 --study NB-301 --opened 1 "for the hospital" --reason "it is back" --user pat
    """
    study = study_of(person, protocol, mode)
    with person.store.reading() as connection:
        seals = [seal.number for seal in pack_named(connection, person.actor, study.id, number).seals]
    broken = [CountedSeal(number=n, fate=SealFate.OPENED, reason=why) for n, why in opened]
    broken += [CountedSeal(number=n, fate=SealFate.MISSING, reason=why) for n, why in missing]
    named = {seal.number for seal in broken}
    counted = [CountedSeal(number=n, fate=SealFate.UNOPENED) for n in seals if n not in named] + broken
    ask = ClosePack(study_id=study.id, number=number, seals=counted, reason=reason, signing=person.signing())
    done = person.does(close_pack, ask)
    click.echo(f"{done.number} is closed; {len(done.freed)} kits are free again.")


@outage.command("recall")
@click.argument("number", metavar="PACK")
@study_option()
@mode_option
@click.option("--reason", required=True)
@as_person
def recall(person: Person, number: str, protocol: str, mode: str | None, reason: str) -> None:
    """Sign that the paper of a pack may not be used any more.

    Example: irt outage recall K-0001 --study NB-301 --reason "a page was lost" --user pat
    """
    study = study_of(person, protocol, mode)
    person.does(recall_pack, RecallPack(study_id=study.id, number=number, reason=reason, signing=person.signing()))
    click.echo(f"{number} is recalled; its kits stay set apart until it is closed.")


@outage.command("reconcile")
@click.argument("number", metavar="PACK")
@study_option()
@mode_option
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON on standard output.")
@as_person
def reconcile(person: Person, number: str, protocol: str, mode: str | None, as_json: bool) -> None:
    """Pack against paper against stock: it adds up, or says where not, and then ends with code 1.

    Example: irt outage reconcile K-0001 --study NB-301 --json --user pat
    """
    study = study_of(person, protocol, mode)
    with person.store.reading() as connection:
        told = pack_named(connection, person.actor, study.id, number).reconciled
    if as_json:
        click.echo(json.dumps({"pack": number, "adds_up": told.adds_up, **asdict(told)}, indent=2))
    else:
        places = ", ".join(f"{kits} {place}" for place, kits in told.found.items()) or "none"
        click.echo(f"{told.set_apart} kits set apart: {places}.")
        for difference in told.differences:
            click.echo(difference)
        click.echo("It adds up." if told.adds_up else "It does not add up.")
    if not told.adds_up:
        raise click.exceptions.Exit(1)
