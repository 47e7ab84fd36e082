"""`irt audit`: prove that the trail is whole, look into the past, and take away what an inspector asks for."""

from contextlib import closing

import click
from sqlalchemy import Connection, select

from irt.audit.entry import INSTALLATION, study_chain
from irt.commands.anchors import anchors_verdict
from irt.commands.options import database_option, open_store
from irt.commands.subcommands import Subcommands
from irt.errors import NotFound
from irt.reads.audit_trail import ChainVerdict, verify_chains, whole_at_once
from irt.reads.signatures import verify_signatures
from irt.tables.columns import table_of
from irt.tables.study import Study

_STUDIES = table_of(Study)


SUBCOMMANDS = {
    "verify": "irt.commands.audit:verify_trail",
    "anchor": "irt.commands.anchors",
    "export": "irt.commands.audit_export",
    "at": "irt.commands.audit_at",
    "review": "irt.commands.audit_review",
    "incidents": "irt.commands.audit_review",
    "tmf": "irt.commands.audit_tmf",
    "copies": "irt.commands.audit_review",
    "copy": "web.commands.audit_pack",
    "pack": "web.commands.audit_pack",
}


@click.group(cls=Subcommands, rooms=SUBCOMMANDS)
def audit() -> None:
    """Examine the audit trail, look into the past, and take away what an inspector asks for."""


@click.command("verify")
@click.option(
    "--study", "protocol", metavar="PROTOCOL", help="One study only; all of them, and the installation, else."
)
@database_option
def verify_trail(protocol: str | None, database_url: str) -> None:
    """Hash every entry of every chain again, follow the links, and prove every signature and every anchor.

    Exits with 1, naming the first bad entry, signature or anchor, where one does not hold.

    Example: irt audit verify --study LIP-301
    """
    with closing(open_store(database_url)) as store, store.reading() as connection:
        whole_at_once(connection)
        names = names_of_chains(connection, protocol)
        verdicts = verify_chains(connection, None if protocol is None else names)
        signed = {chain: verify_signatures(connection, chain) for chain in names}
        anchored = anchors_verdict(store, connection)
    if not verdicts:
        click.echo("The audit trail has no entries yet.")
    for verdict in verdicts:
        click.echo(_line(verdict, names.get(verdict.chain, verdict.chain)))
    for chain, found in signed.items():
        if found.signatures or found.fault:
            click.echo(f"{names[chain]}, signatures: {found.signatures}, {found.fault or 'all hold'}")
    if anchored.anchors or anchored.fault:
        click.echo(f"anchors: {anchored.anchors}, the last of {anchored.last_at}, {anchored.fault or 'all hold'}")
    if broken := [verdict for verdict in verdicts if verdict.fault is not None]:
        raise click.ClickException(f"The audit trail is broken in {len(broken)} of {len(verdicts)} chains.")
    if any(found.fault for found in signed.values()):
        raise click.ClickException("A signature does not say what was signed.")
    if anchored.fault:
        raise click.ClickException("The audit trail is not what was anchored.")


def names_of_chains(connection: Connection, protocol: str | None) -> dict[str, str]:
    """What people call each chain; NotFound where no study has the protocol number."""
    studies = connection.execute(select(_STUDIES.c.id, _STUDIES.c.protocol, _STUDIES.c.mode)).all()
    names = {
        study_chain(number): f"{of_protocol} ({mode})"
        for number, of_protocol, mode in studies
        if protocol in (None, of_protocol)
    }
    if protocol is not None and not names:
        raise NotFound(f"No study has the protocol number {protocol}.")
    return names if protocol else {INSTALLATION: INSTALLATION, **names}


def _line(verdict: ChainVerdict, name: str) -> str:
    found = f"{verdict.entries} entries, intact"
    if verdict.fault is not None:
        found = f"BROKEN at entry {verdict.fault.sequence}: {verdict.fault.sentence}"
    return f"{name}, {'secret' if verdict.secret else 'blinded'}: {found}"
