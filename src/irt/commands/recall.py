"""`irt recall`: kits blocked at once wherever they are, found and moved; practised; reported; ended."""

import csv
import io
import json
from dataclasses import asdict
from typing import Any

import click

from irt.blinding.roles import Permission
from irt.commands.named import mode_option, study_of, study_option
from irt.commands.session import Person, as_person
from irt.reads.blinded_holds import HoldLine, closing_report, hold_page, holds_of
from irt.services.lift_hold import LiftHold, lift_hold
from irt.services.open_hold import OpenHold, open_hold
from irt.states.hold import HoldKind

_OVER = (
    click.option("--lot", metavar="LOT", help="A blinded lot, or a manufacturing lot: its whole blinded lot."),
    click.option("--kits", "kit_range", nargs=2, metavar="FIRST LAST", help="A range of kit numbers."),
    click.option("--shipment", metavar="NUMBER", help="What a shipment holds or brought."),
    click.option("--site", metavar="NUMBER", help="A site: its shelf, its parcels, its subjects' kits."),
)


@click.group()
def recall() -> None:
    """Block kits at once and see to them: recall, quarantine, drill.

    Example: irt recall open --study NB-301 --lot L2509-N --reason "sterility failure" --user quinn
    """


def _over(act: Any) -> Any:
    """`--lot`, `--kits`, `--shipment`, `--site`, the study and the reason."""
    reason = click.option("--reason", required=True, help="Why. Quality reads it; sites and blinded people do not.")
    for option in (reason, mode_option, study_option(), *reversed(_OVER)):
        act = option(act)
    return act


@recall.command("open")
@_over
@click.option("--quarantine", is_flag=True, help="Set apart until quality decides kit by kit, instead of for ever.")
@as_person
def open_one(person: Person, quarantine: bool, **asked: Any) -> None:
    """Sign a recall: no kit under it is used from now on. A worker then finds and moves them all.

    Example: irt recall open --study NB-301 --lot L2509-N --reason "sterility failure" --user quinn
    """
    _open(person, HoldKind.QUARANTINE if quarantine else HoldKind.RECALL, asked)


@recall.command("drill")
@_over
@as_person
def drill(person: Person, **asked: Any) -> None:
    """Practise: the kits are found and the time is taken; none is blocked, none moves.

    Example: irt recall drill --study NB-301 --lot L2509-N --reason "yearly drill" --user quinn
    """
    _open(person, HoldKind.DRILL, asked)


def _open(person: Person, kind: HoldKind, asked: dict[str, Any]) -> None:
    study = study_of(person, asked["protocol"], asked["mode"])
    first, last = asked["kit_range"] or (None, None)
    ask = OpenHold(
        study_id=study.id,
        kind=kind,
        lot=asked["lot"],
        first_kit=first,
        last_kit=last,
        shipment=asked["shipment"],
        site=asked["site"],
        reason=asked["reason"],
        signing=person.signing(),
    )
    done = person.does(open_hold, ask)
    blocked = "are being found; none is blocked" if kind == HoldKind.DRILL else "may not be used from now on"
    click.echo(f"{done.number}, {kind}: {done.over}, {done.kits} kits {blocked}. See: irt recall status")


@recall.command("status")
@click.argument("number", required=False)
@study_option()
@mode_option
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@as_person
def status(person: Person, number: str | None, protocol: str, mode: str | None, as_json: bool) -> None:
    """Tell how far recalls, quarantines and drills are; of one, where its kits were found and how many still are.

    Example: irt recall status H-0001 --study NB-301 --user quinn
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.DECIDE_QUALITY, study.id)
    with person.store.reading() as connection:
        page = None if number is None else hold_page(connection, study.id, number)
        lines = holds_of(connection, study.id) if page is None else (page.hold,)
    places = [asdict(place) for place in page.places] if page else []
    if as_json:
        told = [{**asdict(line), "state": line.state} for line in lines]
        click.echo(json.dumps({"holds": told, "places": places}, indent=2, default=str))
        return
    for line in lines:
        click.echo(_words(line))
    for place in places:
        click.echo(f"  {place['place']}: {place['found']} found, {place['still_there']} still there")
    if not lines:
        click.echo("No recall, quarantine or drill was ever opened.")


def _words(line: HoldLine) -> str:
    took = "" if line.seconds is None else f", all found after {line.seconds} s"
    return f"{line.number} {line.kind} over {line.over}: {line.found} of {line.kits} kits found{took}, {line.state}"


@recall.command("report")
@click.argument("number")
@study_option()
@mode_option
@as_person
def report(person: Person, number: str, protocol: str, mode: str | None) -> None:
    """Print the closing report as CSV: each kit, where it was found, where it is and what it is now.

    Example: irt recall report H-0001 --study NB-301 --user quinn
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.DECIDE_QUALITY, study.id)
    page = io.StringIO()
    table = csv.writer(page, lineterminator="\n")
    table.writerow(["kit", "lot", "expiry", "found_at", "now_at", "status"])
    with person.store.reading() as connection:
        for kit in closing_report(connection, study.id, number):
            table.writerow([kit.number, kit.lot, kit.expiry.isoformat(), kit.found_at, kit.now_at, kit.status])
    click.echo(page.getvalue(), nl=False)


@recall.command("lift")
@click.argument("number")
@study_option()
@mode_option
@click.option("--reason", required=True, help="Why. Quality reads it; sites and blinded people do not.")
@as_person
def lift(person: Person, number: str, protocol: str, mode: str | None, reason: str) -> None:
    """Sign the end of a recall or quarantine. Recalled kits stay recalled; kits in quarantine are then decided.

    Example: irt recall lift H-0001 --study NB-301 --reason "all kits accounted for" --user quinn
    """
    study = study_of(person, protocol, mode)
    ask = LiftHold(study_id=study.id, number=number, reason=reason, signing=person.signing())
    done = person.does(lift_hold, ask)
    click.echo(f"{done.number} is lifted.")
