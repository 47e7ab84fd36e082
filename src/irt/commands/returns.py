"""`irt returns`: kits at the end of their life are verified by the site, by the monitor, and destroyed."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Permission, Role
from irt.commands.named import mode_of, mode_option, study_of, study_option
from irt.commands.options import database_option, open_store
from irt.commands.session import Person, as_person
from irt.errors import BadInput, NotFound
from irt.reads.blinded_accountability import SiteAccountability, accountability_of
from irt.reads.blinded_sites import sites_reached
from irt.reads.named import study_named
from irt.services.destroy_kits import PAPER_MAX_BYTES, DestroyKits, destroy_kits
from irt.services.return_shipments import (
    PackedBox,
    PackReturn,
    ReceiveReturn,
    SendReturn,
    pack_return,
    receive_return,
    send_return,
)
from irt.services.verify_depot_kits import VerifyDepotKits, confirm_depot_kits, verify_depot_kits
from irt.services.verify_kits import VerifyKits, monitor_returns, verify_returns


@click.group()
def returns() -> None:
    """Verify kits that came back or may not be used, send them back in sealed boxes, and book their destruction.

    Example: irt returns verify 48213 30915 --study NB-301 --site 1001 --user pat
    """


def _verifying(name: str, words: str, service: Callable[..., Any], at_depot: Callable[..., Any]) -> click.Command:
    def act(
        person: Person, kits: tuple[str, ...], protocol: str, mode: str | None, site: str | None, depot: str | None
    ) -> None:
        study = study_of(person, protocol, mode)
        signed: dict[str, Any] = {"study_id": study.id, "kits": list(kits), "signing": person.signing()}
        if (site is None) == (depot is None):
            raise BadInput("Name the site or the depot where the kits lie.")
        if depot is not None:
            done = person.does(at_depot, VerifyDepotKits(depot=depot, **signed))
        else:
            done = person.does(service, VerifyKits(site=site or "", **signed))
        click.echo(f"{len(done.kits)} kits are verified.")

    command: Callable[..., None] = as_person(act)
    for option in (
        click.option("--depot", metavar="CODE", help="Where the kits lie at a depot, never to be used."),
        click.option("--site", metavar="NUMBER"),
        mode_option,
        study_option(),
        click.argument("kits", nargs=-1, required=True),
    ):
        command = option(command)
    return click.command(name, help=f"{words}\n\nExample: irt returns {name} 48213 --study NB-301 --site 1001")(
        command
    )


_VERIFY = "Sign for the site, or for the depot, that these kits are there as booked."
_MONITOR = "Sign as the monitor, or as the depot's second person: somebody else than the first."
returns.add_command(_verifying("verify", _VERIFY, verify_returns, verify_depot_kits))
returns.add_command(_verifying("monitor", _MONITOR, monitor_returns, confirm_depot_kits))


@returns.command("reconcile")
@study_option()
@mode_option
@click.option("--site", "numbers", metavar="NUMBER", multiple=True, help="Every site where none is named.")
@click.option("--json", "as_json", is_flag=True)
@database_option
def reconcile(protocol: str, mode: str | None, numbers: tuple[str, ...], as_json: bool, database_url: str) -> None:
    """Account for the kits of sites, lot by lot: what came, what was dispensed, where all of it is.

    Exits with 1 where a lot does not add up, and names what disagrees. Lots are blinded lots.

    Example: irt returns reconcile --study NB-301 --site 1001 --json
    """
    with closing(open_store(database_url)) as store, store.reading() as connection:
        study = study_named(connection, protocol, mode_of(mode))
        reader = Actor(0, "terminal", (Grant(Role.INSPECTOR, study_id=study.id),))
        every = sites_reached(connection, reader, Permission.VIEW_STOCK)
        sites = [site for site in every if not numbers or site.site in numbers]
        if unknown := set(numbers) - {site.site for site in sites}:
            raise NotFound(f"{min(unknown)} is not a site of this study.")
        told = [told_account(accountability_of(connection, site)) for site in sites]
    click.echo(json.dumps(told, indent=2) if as_json else "\n".join(_lines(told)))
    if not all(site["adds_up"] for site in told):
        raise click.ClickException("The kits of a site do not add up.")


def told_account(found: SiteAccountability) -> dict[str, Any]:
    """The account of a site as plain values."""
    lots = [
        {
            "lot": lot.lot,
            "came": {str(way): kits for way, kits in lot.came.items()},
            "dispensed": lot.dispensed,
            "now": {str(fate): kits for fate, kits in lot.fates.items() if kits},
            "adds_up": lot.adds_up,
            "faults": list(lot.faults),
        }
        for lot in found.lots
    ]
    return {"site": found.site, "adds_up": found.adds_up, "lots": lots}


def _lines(told: list[dict[str, Any]]) -> Iterator[str]:
    for site in told:
        for lot in site["lots"]:
            now = ", ".join(f"{kits} {fate.replace('_', ' ')}" for fate, kits in lot["now"].items())
            yield f"site {site['site']}, lot {lot['lot']}: {sum(lot['came'].values())} came; {now}"
            yield from (f"  {fault}" for fault in lot["faults"])


@returns.command("pack")
@study_option()
@mode_option
@click.option("--site", metavar="NUMBER", required=True)
@click.option("--depot", metavar="CODE", required=True)
@click.option("--box", "boxes", metavar="SEAL:KIT,KIT", multiple=True, required=True, help="Once for each box.")
@as_person
def pack(person: Person, protocol: str, mode: str | None, site: str, depot: str, boxes: tuple[str, ...]) -> None:
    """Pack verified kits into sealed boxes, under a return number of their own.

    Example: irt returns pack --study NB-301 --site 1001 --depot NLD --box SEAL-1:48213,30915 --user pat
    """
    study = study_of(person, protocol, mode)
    ask = PackReturn(study_id=study.id, site=site, depot=depot, boxes=[_box(box) for box in boxes])
    done = person.does(pack_return, ask)
    click.echo(f"{done.number}: {done.kits} kits in {done.boxes} boxes.")


def _box(typed: str) -> PackedBox:
    """A box as typed: its seal, a colon, its kits between commas."""
    seal, _, kits = typed.partition(":")
    numbers = [number.strip() for number in kits.split(",") if number.strip()]
    if not seal.strip() or not numbers:
        raise BadInput(f"'{typed}' is not a seal and its kits, as SEAL-1:48213,30915. Nothing was booked.")
    return PackedBox(seal=seal.strip(), kits=numbers)


@returns.command("send")
@click.argument("number")
@study_option()
@mode_option
@click.option("--waybill", metavar="NUMBER")
@as_person
def send(person: Person, number: str, protocol: str, mode: str | None, waybill: str | None) -> None:
    """Give a packed return to the carrier.

    Example: irt returns send R-1001 --study NB-301 --waybill W-5 --user pat
    """
    ask = SendReturn(study_id=study_of(person, protocol, mode).id, number=number, waybill=waybill)
    done = person.does(send_return, ask)
    click.echo(f"{done.number}: {done.kits} kits are on their way.")


@returns.command("receive")
@click.argument("number")
@click.argument("kits", nargs=-1)
@study_option()
@mode_option
@click.option("--missing", metavar="KIT", multiple=True, help="On the packing list and not in the boxes.")
@click.option("--damaged", metavar="KIT", multiple=True)
@click.option("--broken-seal", is_flag=True)
@click.option("--reason", metavar="TEXT", help="Needed where something is wrong.")
@as_person
def receive(
    person: Person,
    number: str,
    kits: tuple[str, ...],
    protocol: str,
    mode: str | None,
    missing: tuple[str, ...],
    damaged: tuple[str, ...],
    broken_seal: bool,
    reason: str | None,
) -> None:
    """Book what the depot found in the boxes; a kit named nowhere is still to come.

    Example: irt returns receive R-1001 48213 --missing 30915 --reason "Box 1 open" --study NB-301 --user dora
    """
    ask = ReceiveReturn(
        study_id=study_of(person, protocol, mode).id,
        number=number,
        received=list(kits),
        damaged=list(damaged),
        missing=list(missing),
        seals_whole=not broken_seal,
        reason=reason,
    )
    done = person.does(receive_return, ask)
    lacks = f"; missing: {', '.join(done.missing)}" if done.missing else ""
    click.echo(f"{done.number}: {len(done.received)} kits received{lacks}; {done.still_to_come} still to come.")


@returns.command("destroy")
@click.argument("kits", nargs=-1, required=True)
@study_option()
@mode_option
@click.option("--certificate", metavar="NUMBER", required=True, help="As the destroyer numbered it.")
@click.option("--destroyer", metavar="NAME", required=True)
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", required=True)
@click.option("--paper", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@as_person
def destroy(
    person: Person,
    kits: tuple[str, ...],
    protocol: str,
    mode: str | None,
    certificate: str,
    destroyer: str,
    day: datetime,
    paper: Path,
) -> None:
    """Sign the destruction of kits that site and monitor verified; the certificate is kept with its SHA-256.

    Example: irt returns destroy 482 --study NB-301 --certificate C7 --destroyer Rex --day 2026-06-30 --paper c.pdf
    """
    if paper.stat().st_size > PAPER_MAX_BYTES:
        raise BadInput(f"{paper.name} is larger than {PAPER_MAX_BYTES} bytes. Nothing was booked.")
    study = study_of(person, protocol, mode)
    done = person.does(
        destroy_kits,
        DestroyKits(
            study_id=study.id,
            certificate=certificate,
            destroyer=destroyer,
            on_day=day.date(),
            file_name=paper.name,
            paper=paper.read_bytes(),
            kits=list(kits),
            signing=person.signing(),
        ),
    )
    click.echo(f"{done.certificate}: {len(done.kits)} kits are destroyed; paper {done.sha256}.")
