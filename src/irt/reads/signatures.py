"""Whether signatures still say what was signed: each is held against the content kept in the second chain."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, and_, bindparam, select

from irt.audit.entry import study_of_chain
from irt.audit.signature import verify_signature
from irt.states.table import words
from irt.tables.columns import table_of
from irt.tables.record import AuditEntry, Signature
from irt.tables.secret import SecretAuditEntry


@dataclass(frozen=True, slots=True)
class SignaturesVerdict:
    """How many signatures were examined; `fault` is the first bad one, empty where all hold."""

    signatures: int
    fault: str | None


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """One signature: on what, whose, with what meaning, when; `fault` is empty where it says what was signed.

    `stands` is false where only the audit trail still tells of it.
    """

    number: int
    record_kind: str
    record: str
    signed_by: str
    meaning: str
    at: datetime
    fault: str
    stands: bool


_ENTRIES, _SECRETS, _SIGNATURES = table_of(AuditEntry), table_of(SecretAuditEntry), table_of(Signature)
_SIGNED = (
    select(
        _ENTRIES.c.sequence,
        _ENTRIES.c.new,
        _ENTRIES.c.record_kind,
        _ENTRIES.c.record,
        _ENTRIES.c.account_id,
        _ENTRIES.c.at,
        _SECRETS.c.body,
    )
    .join(
        _SECRETS,
        and_(_SECRETS.c.chain == _ENTRIES.c.chain, _SECRETS.c.blinded_sequence == _ENTRIES.c.sequence),
    )
    .where(_ENTRIES.c.chain == bindparam("chain"), _ENTRIES.c.act.in_(("record_signed", "record_witnessed")))
    .order_by(_ENTRIES.c.sequence)
)
_OF_STUDY = select(_SIGNATURES).where(_SIGNATURES.c.study_id == bindparam("study_id"))
_OF_INSTALLATION = select(_SIGNATURES).where(_SIGNATURES.c.study_id.is_(None))


def verify_signatures(connection: Connection, chain: str) -> SignaturesVerdict:
    """Every signature of a chain's study, or of the installation, beside its line in the audit trail."""
    verdicts = list(each_signature(connection, chain))
    faults = (f"signature {verdict.number} {verdict.fault}" for verdict in verdicts if verdict.fault)
    return SignaturesVerdict(sum(verdict.stands for verdict in verdicts), next(faults, None))


def each_signature(connection: Connection, chain: str) -> Iterator[SignatureVerdict]:
    """One after the other in the order of the trail; at the end those that stand in no entry."""
    study_id = study_of_chain(chain)
    asked = (_OF_INSTALLATION, {}) if study_id is None else (_OF_STUDY, {"study_id": study_id})
    left = {row["id"]: row for row in connection.execute(*asked).mappings()}
    for entry in connection.execute(_SIGNED, {"chain": chain}).mappings():
        number = entry["new"]["signature"]
        row = left.pop(number, None)
        if row is None:
            yield _verdict(number, entry, f"of entry {entry['sequence']} is missing", stands=False)
        else:
            same = _says_the_same(row, entry)
            yield _verdict(number, row, "" if same else f"does not match entry {entry['sequence']}")
    for number in sorted(left):
        yield _verdict(number, left[number], "stands in no entry")


def _verdict(number: int, told: RowMapping, fault: str, *, stands: bool = True) -> SignatureVerdict:
    who = f"{told['printed_name']}, {words(told['role'])}" if stands else ""
    meaning = told["meaning"] if stands else ""
    return SignatureVerdict(number, told["record_kind"], told["record"], who, meaning, told["at"], fault, stands)


def _says_the_same(row: RowMapping, entry: RowMapping) -> bool:
    same = all(row[name] == entry[name] for name in ("record_kind", "record", "at"))
    # A witness signs in the act of somebody else.
    same = same and row["account_id"] == entry["new"].get("witness_account", entry["account_id"])
    bound = row["record_hash"] == entry["body"]["record_hash"] and row["meaning"] == entry["new"]["meaning"]
    return same and bound and verify_signature(Signature(**row), entry["body"]["content"])
