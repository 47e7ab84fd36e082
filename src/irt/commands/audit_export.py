"""`irt audit export`: a study's trail in a folder, with the script that examines it."""

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from irt.audit import examine_export
from irt.audit.entry import study_chain
from irt.commands import clock
from irt.commands.anchors import anchor_folder
from irt.commands.named import mode_option, study_of
from irt.commands.session import Person, as_person
from irt.errors import BadInput
from irt.reads.audit_trail import whole_at_once
from irt.reads.named import NamedStudy
from irt.reads.trail_export import EMPTY, TrailLine, blinded_lines, secret_lines, signature_lines
from irt.release import release
from irt.services.export_trail import ExportTrail, export_trail

FORMAT = "irt-audit-export/1"


class Written:
    """One file as it is written: its lines, its hash, and the last entry in it."""

    def __init__(self) -> None:
        self.lines, self.last = 0, EMPTY
        self._hash = hashlib.sha256()

    def write(self, file: Path, texts: Iterable[str]) -> None:
        """All lines of a file."""
        with file.open("w", encoding="utf-8", newline="\n") as out:
            for text in texts:
                out.write(text)
                self._hash.update(text.encode())
                self.lines += 1

    def texts(self, lines: Iterable[TrailLine]) -> Iterator[str]:
        """The lines of a chain; where it ends is kept."""
        for line in lines:
            self.last = line
            yield line.text

    @property
    def told(self) -> dict[str, Any]:
        """What the manifest says of the file."""
        return {"lines": self.lines, "sha256": self._hash.hexdigest()}

    @property
    def head(self) -> dict[str, Any]:
        """Where the chain ends."""
        return {"sequence": self.last.sequence, "hash": self.last.hash}


@click.command("export")
@click.argument("protocol", metavar="STUDY")
@click.option(
    "--out", "folder", type=click.Path(file_okay=False, path_type=Path), required=True, help="A new folder."
)
@click.option("--secret", is_flag=True, help="With the second chain, which tells treatments.")
@mode_option
@as_person
def export(person: Person, protocol: str, folder: Path, secret: bool, mode: str | None) -> None:
    """Write a study's audit trail, its signatures and the anchors into a folder, with a script that examines them.

    The script needs Python alone: python3 FOLDER/examine_export.py. The second chain is for readers of the
    randomization.

    Example: irt audit export NB-301 --out trail --user ines
    """
    study = study_of(person, protocol, mode)
    blinded, signed = write_trail(person, study, folder, secret=secret)
    click.echo(f"{blinded.lines} entries and {signed.lines} signatures in {folder}; last hash {blinded.last.hash}")


def write_trail(person: Person, study: NamedStudy, folder: Path, *, secret: bool) -> tuple[Written, Written]:
    """The folder with trail, signatures, anchors and script; BadInput where it holds something already."""
    if folder.exists() and any(folder.iterdir()):
        raise BadInput(f"{folder} is not empty. Nothing was written. Name a new folder.")
    # Written down first: what is not in the trail does not leave.
    person.does(export_trail, ExportTrail(study_id=study.id, secret=secret))
    folder.mkdir(parents=True, exist_ok=True)
    blinded, hidden, signed = Written(), Written(), Written()
    with person.store.reading() as connection:
        whole_at_once(connection)
        blinded.write(folder / "blinded.jsonl", blinded.texts(blinded_lines(connection, study.id)))
        signed.write(folder / "signatures.jsonl", signature_lines(connection, study.id, secret=secret))
        if secret:
            hidden.write(folder / "secret.jsonl", hidden.texts(secret_lines(connection, study.id)))
    chains = {"blinded": blinded} | ({"secret": hidden} if secret else {})
    manifest = {
        "format": FORMAT,
        "study": {"protocol": study.protocol, "mode": study.mode},
        "chain": study_chain(study.id),
        "made": {"at": clock.now().isoformat(), "by": person.actor.name, "release": release()},
        "files": {f"{name}.jsonl": each.told for name, each in {**chains, "signatures": signed}.items()},
        "heads": {name: each.head for name, each in chains.items()},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    _add_what_examines(person, folder)
    return blinded, signed


def _add_what_examines(person: Person, folder: Path) -> None:
    """The script, and copies of the anchors."""
    shutil.copyfile(str(examine_export.__file__), folder / "examine_export.py")
    (folder / "anchors").mkdir()
    for number, signed in enumerate(anchor_folder(person.store.url).all(), start=1):
        (folder / "anchors" / f"anchor-{number:06d}.json").write_text(signed.text, encoding="utf-8")
