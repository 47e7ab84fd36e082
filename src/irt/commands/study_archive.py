"""`irt study archive` and `retrieve`: a locked study in one file that opens without the program, and back."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from sqlalchemy import Connection, Table, func, insert, select, update

from irt import __version__
from irt.commands import clock
from irt.commands.audit_export import write_trail
from irt.commands.named import mode_option, study_of
from irt.commands.options import database_option, open_store
from irt.commands.session import Person, as_person
from irt.errors import BadInput
from irt.reads.archive import NULL, archived_rows, archived_tables, described, read_back, written
from irt.reads.audit_trail import whole_at_once
from irt.reads.named import NamedStudy
from irt.services.archive_study import ArchiveStudy, archive_study
from irt.services.migrate import migrate
from irt.tables import METADATA

FORMAT = "irt-study-archive/1"
HASHES = "SHA256SUMS"
_EPOCH = (1980, 1, 1, 0, 0, 0)
README = f"""Archive of a study. It opens without the program that made it.

schema.json   what each table and each column is
tables/*.csv  one file a table: UTF-8, comma, quotes doubled; the first line names the columns
              {NULL} means: no value. Moments are ISO 8601 in UTC, days YYYY-MM-DD, documents JSON, bytes base64.
trail/        the audit trail as lines of JSON, signatures and anchors, and a script that examines them
              with Python alone: python3 trail/examine_export.py trail
{HASHES}    SHA-256 of every file; check it with: sha256sum -c {HASHES}

Left out: passwords, mail addresses, addresses of subjects' homes, sealed seeds.
"""


@click.command("archive")
@click.argument("protocol", metavar="STUDY")
@click.option(
    "--out", "file", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A new ZIP file."
)
@click.option(
    "--secret", is_flag=True, help="With the tables that tell treatments, for readers of the randomization."
)
@mode_option
@as_person
def archive(person: Person, protocol: str, file: Path, secret: bool, mode: str | None) -> None:
    """Write a locked study into one file: tables, their schema, the trail, and a hash of each.

    Quality may, and with --secret who reads both the trail and the randomization.

    Example: irt study archive NB-301 --out nb-301.zip --user quinn
    """
    study = study_of(person, protocol, mode)
    if file.exists():
        raise BadInput(f"{file} is there already. Nothing was written. Name a new file.")
    contents = _trail(person, study, secret)
    with person.store.reading() as connection:
        whole_at_once(connection)
        tables, rows = _tables(connection, study.id, secret)
    contents |= tables
    contents["README.txt"] = README.encode()
    manifest = {"format": FORMAT, "study": study.protocol, "mode": study.mode, "secret": secret}
    manifest |= {"release": __version__, "made_at": clock.now().isoformat(), "rows": rows}
    contents["manifest.json"] = _json(manifest)
    sums = "".join(f"{_sha(body)}  {name}\n" for name, body in sorted(contents.items())).encode()
    root = _sha(sums)
    # Written down first: what is not in the trail does not leave.
    ask = ArchiveStudy(study_id=study.id, secret=secret, rows=sum(rows.values()), root=root)
    person.does(archive_study, ask)
    with zipfile.ZipFile(file, "x", zipfile.ZIP_DEFLATED) as out:
        for name, body in sorted([*contents.items(), (HASHES, sums)]):
            out.writestr(zipfile.ZipInfo(name, _EPOCH), body, zipfile.ZIP_DEFLATED)
    click.echo(f"{study.words}: {len(rows)} tables, {sum(rows.values())} rows in {file}")
    click.echo(f"root {root}")


@click.command("retrieve")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--load", is_flag=True, help="Load it, read only, into the empty --database; else it is only examined."
)
@click.option("--root", help="The root that the trail told; another one is refused.")
@database_option
def retrieve(file: Path, load: bool, root: str | None, database_url: str) -> None:
    """Examine an archive, every file against its hash, and load it read only into an empty database.

    Example: irt study retrieve nb-301.zip --load --database sqlite:///retrieved.sqlite
    """
    contents = _examined(file, root)
    manifest = json.loads(contents["manifest.json"])
    click.echo(f"{manifest['study']} ({manifest['mode']}), made at {manifest['made_at']} by {manifest['release']}")
    click.echo(f"{len(contents)} files hold; root {_sha(contents[HASHES])}")
    for name, rows in manifest["rows"].items():
        if rows:
            click.echo(f"  {name:28} {rows}")
    if load:
        click.echo(f"{_load(contents, manifest, database_url)} rows are loaded; the study is locked there.")


def _trail(person: Person, study: NamedStudy, secret: bool) -> dict[str, bytes]:
    """The export of the audit trail, as `irt audit export` writes it."""
    with TemporaryDirectory(prefix="irt-") as folder:
        trail = Path(folder)
        write_trail(person, study, trail, secret=secret)
        return {
            f"trail/{each.relative_to(trail).as_posix()}": each.read_bytes()
            for each in sorted(trail.rglob("*"))
            if each.is_file()
        }


def _tables(connection: Connection, study_id: int, secret: bool) -> tuple[dict[str, bytes], dict[str, int]]:
    tables = archived_tables(secret)
    contents: dict[str, bytes] = {}
    rows: dict[str, int] = {}
    for table in tables:
        body, count = _csv(table, archived_rows(connection, table, study_id, secret=secret))
        contents[f"tables/{table.name}.csv"], rows[table.name] = body, count
    contents["schema.json"] = _json([described(table) for table in tables])
    return contents, rows


def _csv(table: Table, rows: Iterable[dict[str, Any]]) -> tuple[bytes, int]:
    out, count = io.StringIO(), 0
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.name for column in table.columns])
    for row in rows:
        writer.writerow([written(row[column.name]) for column in table.columns])
        count += 1
    return out.getvalue().encode(), count


def _json(content: Any) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def _sha(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _examined(file: Path, root: str | None) -> dict[str, bytes]:
    """Every file of an archive; BadInput where one is missing, added or changed."""
    try:
        with zipfile.ZipFile(file) as archived:
            contents = {name: archived.read(name) for name in archived.namelist()}
        sums = contents[HASHES].decode()
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError):
        raise BadInput(f"{file} is no archive of a study, or it is damaged. Nothing was loaded.") from None
    told = {name: digest for digest, _, name in (line.partition("  ") for line in sums.splitlines())}
    if root is not None and _sha(contents[HASHES]) != root:
        raise BadInput(
            "The root is another one: this is not the archive that the trail tells of. Nothing was loaded."
        )
    for name in sorted({*told, *contents} - {HASHES}):
        if name not in contents or told.get(name) != _sha(contents[name]):
            raise BadInput(f"{name} is not as it was archived. Nothing was loaded. Take another copy.")
    return contents


def _load(contents: dict[str, bytes], manifest: dict[str, Any], database_url: str) -> int:
    store = open_store(database_url, current=False)
    try:
        migrate(store)
        if manifest["release"] != __version__:
            raise BadInput(
                f"It was archived by release {manifest['release']}. Nothing was loaded. Load it with that."
            )
        with store.writing() as connection:
            for name in ("account", "study"):
                if connection.execute(select(func.count()).select_from(METADATA.tables[name])).scalar():
                    raise BadInput("The database is not empty. Nothing was loaded. Name a new one.")
            loaded = sum(_load_table(connection, table, contents) for table in archived_tables(manifest["secret"]))
            connection.execute(update(METADATA.tables["audit_head"]).values(closed=True))
        return loaded
    finally:
        store.close()


def _load_table(connection: Connection, table: Table, contents: dict[str, bytes]) -> int:
    rows = [*_read(table, contents[f"tables/{table.name}.csv"])]
    if rows:
        connection.execute(insert(table), rows)
    return len(rows)


def _read(table: Table, body: bytes) -> Iterator[dict[str, Any]]:
    for row in csv.DictReader(io.StringIO(body.decode(), newline="")):
        yield {name: read_back(table.c[name], cell) for name, cell in row.items()}
