"""`irt exchange`: messages with depots by files, and what a vendor needs to try the interface."""

import json
import os
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import click

from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Permission, Role
from irt.commands import clock
from irt.commands.drop_folders import DropFolder, checked_sidecar
from irt.commands.named import mode_of, mode_option, study_of, study_option
from irt.commands.options import database_option, open_store
from irt.commands.session import Person, as_person, installation, new_key, note_reading
from irt.commands.vendor_address import VendorAddress
from irt.errors import BadInput
from irt.messages.catalogue import MESSAGES
from irt.messages.epcis import epcis_document
from irt.messages.formats import Format, read, written
from irt.messages.json_text import json_schema
from irt.messages.samples import sample
from irt.messages.signing import secrets_in
from irt.messages.xml_text import xml_schema
from irt.reads.blinded_events import chronicle_of_kit, chronicle_of_period
from irt.reads.blinded_interface_tests import interface_protocol, shown_lines
from irt.reads.blinded_interfaces import waybills_under_way
from irt.reads.named import depot_named, depots_of, study_named
from irt.services.log_reading import LogReading
from irt.services.push_messages import ChangeMessage, push_messages, replay_message
from irt.services.store import Store
from irt.services.track_parcels import TOLD_MAX, CarrierWord, TrackParcels, track_parcels
from irt.services.unit_of_work import perform
from irt.services.vendor_interfaces import (
    ExpectInterface,
    MakeWebhookKey,
    expect_interface,
    make_webhook_key,
    webhook_keys,
)
from irt.supply.carrier import CarrierFile

_FORMATS = click.Choice([spelling.value for spelling in Format])


@click.group()
def exchange() -> None:
    """Exchange messages with depots by files; check a file, print a schema or a sample.

    Example: irt exchange check dispatch.csv
    """


@exchange.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "spelling", type=_FORMATS, help="By the file's ending where not given.")
@click.option("--json", "as_json", is_flag=True, help="The message as JSON.")
def check(file: Path, spelling: str | None, as_json: bool) -> None:
    """Read a message as it would be read here, and a sidecar FILE.sha256 beside it; book nothing, need no database.

    Example: irt exchange check dispatch.csv
    """
    ending = spelling or file.suffix.removeprefix(".").lower()
    if ending not in list(Format):
        raise BadInput(f"{file.name} ends on no format. Say which with --format.")
    data = file.read_bytes()
    checked_sidecar(file, data)
    message = read(data, Format(ending))
    if as_json:
        click.echo(written(message, Format.JSON), nl=False)
        return
    kits = getattr(message, "kits", None)
    holds = "" if kits is None else f", {len(kits)} {'kit' if len(kits) == 1 else 'kits'}"
    study = f"{message.study} ({message.environment})"
    click.echo(f"{message.kind} {message.message_id}, number {message.sequence} of {study}{holds}: it can be read.")


@exchange.command("schema")
@click.option("--format", "spelling", type=click.Choice(["json", "xml"]), default="json", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; standard output else.")
def schema(spelling: str, output: Path | None) -> None:
    """Print the schema of every message, JSON Schema or XML Schema.

    Example: irt exchange schema --format xml --output messages-1.xsd
    """
    text = xml_schema() if spelling == "xml" else (json.dumps(json_schema(), indent=2) + "\n").encode()
    _give(text, output)


@exchange.command("sample")
@click.argument("kind", type=click.Choice(list(MESSAGES)))
@click.option("--format", "spelling", type=_FORMATS, default="json", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; standard output else.")
def print_sample(kind: str, spelling: str, output: Path | None) -> None:
    """Print an invented message with every field filled.

    Example: irt exchange sample dispatch --format xml
    """
    _give(written(sample(kind), Format(spelling)), output)


@exchange.command("run")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@study_option()
@mode_option
@click.option("--depot", "only", metavar="CODE", help="This depot alone; every depot of the study else.")
@click.option("--format", "spelling", type=_FORMATS, default="json", show_default=True, help="Of what is written.")
@click.option("--json", "as_json", is_flag=True, help="What was done as JSON.")
@database_option
def run(
    folder: Path, protocol: str, mode: str | None, only: str | None, spelling: str, as_json: bool, database_url: str
) -> None:
    """Take the files that depots left under FOLDER, and write those for them, once.

    Under FOLDER each study and depot has in, out, archive and error; they are made where they are missing. A file
    in `in` is taken once its sidecar, FILE.sha256, is there. The installation itself does it: nobody signs in, so a
    timer can.

    Example: irt exchange run /srv/exchange --study NB-301
    """
    chosen = Format(spelling)
    with closing(open_store(database_url)) as store:
        system = installation(store, Role.DEPOT)
        with store.reading() as connection:
            study = study_named(connection, protocol, mode_of(mode))
            depots = [depot for depot in depots_of(connection, study) if only in (None, depot[1])]
        if not depots:
            raise BadInput(f"{study.words} has no depot {only}. Nothing was done.")
        folders = [DropFolder.under(folder, store, system, study, depot) for depot in depots]
        done = [each.exchange(clock.now(), chosen) for each in folders]
    if as_json:
        click.echo(json.dumps([asdict(each) for each in done], indent=2))
        return
    for each in done:
        click.echo(f"{each.depot}: {each.taken} taken, {each.refused} refused, {each.written} written.")


@exchange.command("push")
@click.argument("address")
@study_option()
@mode_option
@click.option("--depot", metavar="CODE", required=True, help="The depot whose address it is.")
@database_option
def push(address: str, protocol: str, mode: str | None, depot: str, database_url: str) -> None:
    """Push what waits for a depot to its address, signed as Standard Webhooks says, oldest first.

    It is signed with the depot's keys (`irt exchange key`), else with the secret in IRT_WEBHOOK_SECRET, as
    whsec_...; two with a space between while one replaces the other. What is not taken waits and is tried again by
    a later run, after 1, 2, 4 ... minutes; after 10 tries it is given up.
    The installation itself does it: nobody signs in, so a timer can.

    Example: irt exchange push https://wms.example.com/irt --study NB-301 --depot NLD
    """
    target = VendorAddress.of(address)
    with closing(open_store(database_url)) as store:
        actor, study_id, depot_id = _depot_actor(store, protocol, mode, depot)
        kept = webhook_keys(store, depot_id, clock.now())
        secrets = kept or secrets_in(os.environ.get("IRT_WEBHOOK_SECRET", ""))
        done = push_messages(store, actor, clock.now(), study_id, depot_id, secrets, target.send)
    click.echo(f"{depot}: {done.taken} taken, {done.given_up} given up.")


@exchange.command("events")
@study_option()
@mode_option
@click.option("--kit", metavar="NUMBER", help="The whole life of one kit.")
@click.option("--since", type=click.DateTime(), help="What happened from then on, UTC.")
@click.option("--until", type=click.DateTime(), help="What happened before then, UTC; now where left out.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; standard output else.")
@database_option
def events(
    protocol: str,
    mode: str | None,
    kit: str | None,
    since: datetime | None,
    until: datetime | None,
    output: Path | None,
    database_url: str,
) -> None:
    """Write what happened to one kit, or to all kits of a study in a period, as an EPCIS 2.0 document.

    For one shipment there is irt manifest SHIPMENT --format epcis. An event has the same name in every document.
    That the document was taken is written into the audit trail.

    Example: irt exchange events --study NB-301 --since 2026-03-01 --until 2026-04-01
    """
    if (kit is None) == (since is None):
        raise BadInput("Name a kit, or since when. Nothing was written.")
    now = clock.now()
    start, end = (None if each is None else each.replace(tzinfo=UTC) for each in (since, until))
    with closing(open_store(database_url)) as store:
        with store.reading() as connection:
            study = study_named(connection, protocol, mode_of(mode))
            if kit is not None:
                found, what = chronicle_of_kit(connection, study.id, kit), f"events of kit {kit}"
            else:
                found, what = chronicle_of_period(connection, study.id, start or now, end or now), "events of kits"
        rows = 1 if start is None else len(found.kits)
        ask = LogReading(study_id=study.id, what=what, permission=Permission.VIEW_SUPPLY, rows=rows)
        note_reading(store, Role.SUPPLY_PLANNER, ask)
    _give(epcis_document(found, now, start, end if start is None else end or now), output)


@exchange.command("replay")
@click.argument("message_id")
@study_option()
@mode_option
@click.option("--depot", metavar="CODE", required=True, help="The depot it was written to.")
@database_option
def replay(message_id: str, protocol: str, mode: str | None, depot: str, database_url: str) -> None:
    """Let a message to a depot wait again, whether it was fetched or given up.

    Example: irt exchange replay out-1-17 --study NB-301 --depot NLD
    """
    with closing(open_store(database_url)) as store:
        actor, study_id, _ = _depot_actor(store, protocol, mode, depot)
        ask = ChangeMessage(study_id=study_id, message_id=message_id)
        done = perform(store, actor, clock.now(), replay_message, ask, new_key(store))
    click.echo(f"Message {done.message_id} is {done.status}.")


@exchange.command("expect")
@click.argument("depot")
@study_option()
@mode_option
@click.option("--silence-hours", type=click.IntRange(1, 720), default=24, show_default=True)
@click.option("--gap-minutes", type=click.IntRange(1, 10_080), default=60, show_default=True)
@as_person
def expect(
    person: Person, depot: str, protocol: str, mode: str | None, silence_hours: int, gap_minutes: int
) -> None:
    """Expect to hear of a depot's system: silence, missing numbers and messages not taken come into the inbox.

    Example: irt exchange expect NLD --study NB-301 --silence-hours 12 --user sam
    """
    study = study_of(person, protocol, mode)
    limits = {"silence_hours": silence_hours, "gap_minutes": gap_minutes}
    person.does(expect_interface, ExpectInterface(study_id=study.id, depot=depot, **limits))
    click.echo(f"{depot} is expected every {silence_hours} hours.")


@exchange.command("test")
@click.argument("depot")
@study_option()
@mode_option
@click.option("--json", "as_json", is_flag=True, help="Every case as JSON.")
@database_option
def test(depot: str, protocol: str, mode: str | None, as_json: bool, database_url: str) -> None:
    """Tell what a depot's messages have shown in the test study, case by case; exits with 1 where something lacks.

    Example: irt exchange test NLD --study NB-301 --mode test
    """
    with closing(open_store(database_url)) as store, store.reading() as connection:
        study = study_named(connection, protocol, mode_of(mode))
        shown = shown_lines(interface_protocol(connection, study.id, depot_named(connection, study, depot)))
    if as_json:
        click.echo(json.dumps([asdict(line) for line in shown], indent=2))
    else:
        for line in shown:
            click.echo(f"{'shown' if line.digest else 'to do'}  {line.words} {line.message_id}".rstrip())
    if lacking := sum(not line.digest for line in shown):
        raise click.ClickException(f"{lacking} of {len(shown)} cases are still to be shown.")


@exchange.command("key")
@click.argument("depot")
@study_option()
@mode_option
@click.option("--overlap-hours", type=click.IntRange(0, 2160), default=72, show_default=True)
@as_person
def key(person: Person, depot: str, protocol: str, mode: str | None, overlap_hours: int) -> None:
    """Make a new key for messages pushed to a depot, told once; the one before signs beside it for a while.

    Example: irt exchange key NLD --study NB-301 --overlap-hours 48 --user sam
    """
    study = study_of(person, protocol, mode)
    made = person.does(
        make_webhook_key, MakeWebhookKey(study_id=study.id, depot=depot, overlap_hours=overlap_hours)
    )
    if made.key is not None:
        click.echo(made.key.get_secret_value())
    if made.ends_at is not None:
        click.echo(f"The key before it ends {made.ends_at:%d %b %Y, %H:%M} UTC.", err=True)


@exchange.command("track")
@click.argument("carrier")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@study_option()
@mode_option
@database_option
def track(carrier: str, file: Path, protocol: str, mode: str | None, database_url: str) -> None:
    """Take what a carrier tells of parcels under way, from a CSV file: waybill, status, at, place, detail.

    A status is picked_up, in_transit, customs, out_for_delivery, delivered or exception. The installation itself
    does it: nobody signs in, so a timer can.

    Example: irt exchange track "Example Couriers" tracking.csv --study NB-301
    """
    adapter = CarrierFile(carrier, file.read_text(encoding="utf-8-sig"))
    with closing(open_store(database_url)) as store:
        with store.reading() as connection:
            study = study_named(connection, protocol, mode_of(mode))
            waybills = waybills_under_way(connection, study.id)
        told = [CarrierWord(**asdict(word)) for word in adapter.track(waybills)][:TOLD_MAX]
        if not told:
            click.echo(f"{carrier}: nothing about a parcel under way.")
            return
        ask = TrackParcels(study_id=study.id, carrier=adapter.name, told=told)
        done = perform(store, installation(store, Role.DEPOT), clock.now(), track_parcels, ask, new_key(store))
    click.echo(f"{carrier}: {done.new} new, {done.booked} steps booked.")


def _depot_actor(store: Store, protocol: str, mode: str | None, depot: str) -> tuple[Actor, int, int]:
    """The installation acting for one depot of a study; the study's id and the depot's."""
    with store.reading() as connection:
        study = study_named(connection, protocol, mode_of(mode))
        depot_id = depot_named(connection, study, depot)
    grant = Grant(Role.DEPOT, study_id=study.id, depot_id=depot_id)
    return replace(installation(store, Role.DEPOT), grants=(grant,)), study.id, depot_id


def _give(content: bytes, output: Path | None) -> None:
    if output is None:
        click.echo(content, nl=False)
    else:
        output.write_bytes(content)
