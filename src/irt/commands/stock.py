"""`irt stock`: prove that nothing was lost, or name what does not add up."""

import json
from contextlib import closing
from typing import Any

import click
from sqlalchemy import Connection

from irt.commands.named import mode_of, mode_option, study_option
from irt.commands.options import database_option, open_store
from irt.reads.audit_trail import whole_at_once
from irt.reads.blinded_differences import differences_by_depot
from irt.reads.named import NamedStudy, every_study, study_named
from irt.reads.stock_books import reconcile_stock


@click.group()
def stock() -> None:
    """Examine the stock of studies."""


@stock.command("reconcile")
@study_option(required=False)
@mode_option
@click.option("--json", "as_json", is_flag=True, help="Lots, shelves, items and faults as JSON.")
@database_option
def reconcile(protocol: str | None, mode: str | None, as_json: bool, database_url: str) -> None:
    """Follow every movement from the loading of the kits: what was received of a lot must be somewhere, always.

    Each depot's and site's account of each lot is held against what is written on the kits; so are kits in two
    shipments, with two subjects or in two studies. Stock without numbers may never fall below nothing. Exits with 1
    where something does not add up. Differences that depots told of their own stock, and that nobody has ended, are
    named; they say nothing about the ledger.

    Example: irt stock reconcile --study LIP-301 --json
    """
    with closing(open_store(database_url)) as store, store.reading() as connection:
        whole_at_once(connection)
        told = [_told(connection, study) for study in _studies(connection, protocol, mode)]
    if as_json:
        click.echo(json.dumps(told, indent=2))
    else:
        for each in told:
            _show(each)
    if any(each["faults"] for each in told):
        raise click.ClickException("The stock does not add up.")


def _studies(connection: Connection, protocol: str | None, mode: str | None) -> list[NamedStudy]:
    if protocol is not None:
        return [study_named(connection, protocol, mode_of(mode))]
    return [study for study in every_study(connection) if mode in (None, study.mode)]


def _told(connection: Connection, study: NamedStudy) -> dict[str, Any]:
    found = reconcile_stock(connection, study.id)
    return {
        "study": study.protocol,
        "mode": str(study.mode),
        "adds_up": not found.faults,
        "kits": found.kits,
        "movements": found.movements,
        "lots": found.lots,
        "shelves": found.shelves,
        "items": found.items,
        "item_lots": found.item_lots,
        "pools": found.pools,
        "faults": found.faults,
        "differences": differences_by_depot(connection, study.id),
    }


def _show(told: dict[str, Any]) -> None:
    verdict = "adds up" if told["adds_up"] else f"{len(told['faults'])} faults"
    click.echo(f"{told['study']} ({told['mode']}): {told['kits']} kits, {told['movements']} movements, {verdict}")
    for lot in told["lots"]:
        where = ", ".join(f"{kits} {_WHERE[place]}" for place, kits in lot.items() if place in _WHERE and kits)
        click.echo(f"  lot {lot['lot']}: {lot['received']} received; {where}")
    for lot in told["pools"]:
        studies = ", ".join(f"{kits} for {study}" for study, kits in lot["reserved"].items())
        click.echo(f"  pooled lot {lot['lot']}: {lot['in_pool']} in the pool; reserved: {studies}")
    for fault in told["faults"]:
        click.echo(f"  {fault}")
    for depot, open_ones in told["differences"].items():
        click.echo(f"  depot {depot} tells of {open_ones} differences that are open")


_WHERE = {
    "depot": "at depots",
    "shipment": "under way",
    "site": "at sites",
    "subject": "with subjects",
    "vendor": "with vendors",
    "study": "in other books",
    "unknown": "missing",
}
