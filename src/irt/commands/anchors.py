"""Where anchors of the audit trail are kept, as the environment says; `irt audit anchor` and what verifies them."""

import os
from base64 import b64encode
from contextlib import closing
from pathlib import Path

import click
from sqlalchemy import URL, Connection

from irt.commands import clock
from irt.commands.options import beside, database_option, open_store
from irt.commands.session import NobodyYet
from irt.reads.anchored import AnchorsVerdict, verify_anchors
from irt.services.anchor_heads import AnchorFolder, public_key_of
from irt.services.store import Store


def anchor_folder(url: URL) -> AnchorFolder:
    """IRT_ANCHOR_FOLDER, else beside a SQLite file, else in the home folder."""
    return AnchorFolder(Path(os.environ.get("IRT_ANCHOR_FOLDER") or beside(url, "anchors")))


def anchors_verdict(store: Store, connection: Connection) -> AnchorsVerdict:
    """What the anchors of this installation say of its chains."""
    return verify_anchors(connection, anchor_folder(store.url).all(), public_key_of(store.seal))


@click.command("anchor")
@click.option("--public-key", is_flag=True, help="Print the key that verifies anchors, in base64.")
@database_option
def anchor(public_key: bool, database_url: str) -> None:
    """Write the last hashes of all chains, signed, into a file outside the database; a worker does so each day.

    Files lie in IRT_ANCHOR_FOLDER, or beside the database. Let that folder be a place where nobody can change or
    remove files, and give the public key to whoever shall examine them.

    Example: irt audit anchor --database sqlite:///irt.sqlite
    """
    with closing(open_store(database_url)) as store:
        if public_key:
            click.echo(b64encode(public_key_of(store.seal)).decode())
            return
        folder = anchor_folder(store.url)
        signed = folder.drop(store, clock.now())
        if signed is None:
            raise NobodyYet("There is nothing to anchor, or another worker has just done so. Nothing was written.")
        click.echo(f"Anchor {signed.anchor.number}: {len(signed.anchor.heads)} heads in {folder.path}")
