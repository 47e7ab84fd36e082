"""`irt signatures`: prove that each signature still says what was signed, by whom and when."""

import json
from contextlib import closing
from dataclasses import asdict

import click

from irt.commands.audit import names_of_chains
from irt.commands.options import database_option, open_store
from irt.reads.audit_trail import whole_at_once
from irt.reads.signatures import SignatureVerdict, each_signature


@click.group()
def signatures() -> None:
    """Examine electronic signatures."""


@signatures.command("verify")
@click.option(
    "--study", "protocol", metavar="PROTOCOL", help="One study only; all of them, and the installation, else."
)
@click.option("--json", "as_json", is_flag=True, help="Every signature with its verdict, as JSON.")
@database_option
def verify(protocol: str | None, as_json: bool, database_url: str) -> None:
    """Hold every signature against the content that was signed, and against its line in the audit trail.

    Exits with 1, naming each that does not hold.

    Example: irt signatures verify --study LIP-301
    """
    with closing(open_store(database_url)) as store, store.reading() as connection:
        whole_at_once(connection)
        names = names_of_chains(connection, protocol)
        found = {name: list(each_signature(connection, chain)) for chain, name in names.items()}
    bad = sum(bool(each.fault) for verdicts in found.values() for each in verdicts)
    if as_json:
        told = {name: [_plain(each) for each in verdicts] for name, verdicts in found.items()}
        click.echo(json.dumps({"bad": bad, "signatures": told}, indent=2))
    else:
        for name, verdicts in found.items():
            click.echo(f"{name}: {len(verdicts)} signatures, {_in_words(verdicts)}")
    if bad:
        raise click.ClickException(f"{bad} of {sum(map(len, found.values()))} signatures do not hold.")


def _plain(verdict: SignatureVerdict) -> dict[str, object]:
    told = asdict(verdict) | {"at": verdict.at.isoformat(), "holds": not verdict.fault}
    return {name: value for name, value in told.items() if name != "stands"}


def _in_words(verdicts: list[SignatureVerdict]) -> str:
    bad = [each for each in verdicts if each.fault]
    faults = [f"signature {each.number} ({each.record_kind} {each.record}) {each.fault}" for each in bad]
    return "; ".join(faults) or "all hold"
