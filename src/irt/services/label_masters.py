"""Label masters: written by supply, drawn as a proof, and approved by another person who signs the very proof."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import BadInput, NotAllowed, Refusal
from irt.labels.label import LINES_MAX, svg_label
from irt.labels.particulars import Packaging
from irt.labels.proof import proof_of
from irt.labels.text import LabelText, problems_of
from irt.services.audit_draft import AuditDraft
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.site_kits import need_reason
from irt.services.supply_study import SupplyStudy, lock_study
from irt.services.work import Work
from irt.states.label_master import LABEL_MASTER, LabelMasterEvent, LabelMasterStatus
from irt.states.table import next_status
from irt.study.blinded import blinded_study
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.label import LabelMaster, LabelMasterStep
from irt.tables.secret import ManufacturingLot


class WriteLabelMaster(SQLModel):
    """The text of a label for a country, a language (ISO 639), a blinding group and a packaging.

    Particulars by code, with placeholders in braces; `omitted` says of each that is left off why it may be.
    """

    study_id: int
    country: str
    language: str
    blinding_group: str
    packaging: Packaging = Packaging.OUTER
    particulars: dict[str, str]
    omitted: dict[str, str] = {}


class LabelMasterWritten(SQLModel):
    """The version, a draft; `problems` keep it from its proof."""

    number: str
    version: int
    problems: list[str]


class ProofLabelMaster(SQLModel):
    """The version whose proof is to be drawn."""

    study_id: int
    number: str
    version: int


class LabelProofDrawn(SQLModel):
    """The hash of the proof as it was drawn (SHA-256 of the SVG)."""

    number: str
    version: int
    proof_hash: str


class DecideLabelMaster(SQLModel):
    """The decision on a proof; a refusal says why."""

    study_id: int
    number: str
    version: int
    granted: bool
    reason: str | None = None
    signing: Signing = Field(exclude=True)


class LabelMasterDecided(SQLModel):
    """Where the version stands now."""

    number: str
    version: int
    status: LabelMasterStatus


class LabelNotWhole(Refusal):
    """A particular that the country asks for is missing, or the text cannot be printed."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(f"There is no proof of this text: {' '.join(problems)} Write the next version.")


class LabelTellsTooMuch(BadInput):
    """The text holds a word that tells kits of one blinding group apart."""

    def __init__(self) -> None:
        super().__init__(
            "The text holds a code that blinded people must not read. Nothing was saved. A label is the same for "
            "every kit of its blinding group."
        )


class OwnLabelMaster(NotAllowed):
    """Who wrote a text or drew its proof does not approve it."""

    def __init__(self) -> None:
        super().__init__(
            "You wrote this label or drew its proof. Nothing was signed. Another person decides on it."
        )


class ProofOutOfDate(Refusal):
    """The study changed after the proof was drawn, and the label with it."""

    def __init__(self) -> None:
        super().__init__(
            "The study changed after this proof was drawn, so the label looks different now. Nothing was signed. "
            "Have the next version written."
        )


class _Version(NamedTuple):
    """A version with its latest step."""

    id: int
    text: LabelText
    blinding_group: str
    author_id: int
    status: LabelMasterStatus
    proof_hash: str | None
    proofed_by_id: int | None


_MASTERS, _STEPS, _BULK = table_of(LabelMaster), table_of(LabelMasterStep), table_of(ManufacturingLot)
_KEYS = ("country", "language", "blinding_group", "packaging")
_LATEST = (
    select(_MASTERS.c.number, _MASTERS.c.version)
    .where(
        _MASTERS.c.study_id == bindparam("study_id"),
        *(_MASTERS.c[key] == bindparam(key) for key in _KEYS),
    )
    .order_by(_MASTERS.c.version.desc())
    .limit(1)
)
_SO_FAR = select(func.count(_MASTERS.c.number.distinct())).where(_MASTERS.c.study_id == bindparam("study_id"))
_ONE = select(_MASTERS).where(
    _MASTERS.c.study_id == bindparam("study_id"),
    _MASTERS.c.number == bindparam("number"),
    _MASTERS.c.version == bindparam("version"),
)
_STEPS_OF = select(_STEPS).where(_STEPS.c.label_master_id == bindparam("id")).order_by(_STEPS.c.id)
_LAST_STEP = select(func.max(_STEPS.c.id)).group_by(_STEPS.c.label_master_id)
_STANDING = (
    select(_MASTERS.c.id, _STEPS.c.status)
    .join(_STEPS, _STEPS.c.label_master_id == _MASTERS.c.id)
    .where(
        _MASTERS.c.study_id == bindparam("study_id"),
        _MASTERS.c.number == bindparam("number"),
        _MASTERS.c.version < bindparam("version"),
        _STEPS.c.id.in_(_LAST_STEP),
        _STEPS.c.status.in_(bindparam("standing", expanding=True)),
    )
)
_LOTS = select(_BULK.c.number).where(_BULK.c.study_id == bindparam("study_id"))
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_UNDECIDED = (LabelMasterStatus.DRAFT, LabelMasterStatus.PROOF)


def write_label_master(work: Work, ask: WriteLabelMaster) -> LabelMasterWritten:
    """Saves the next version as a draft; drafts and proofs before it are put away."""
    work.actor.require(Permission.WRITE_LABELS, ask.study_id)
    study = lock_study(work, ask.study_id)
    text = _text(ask)
    _refuse_strange(study.definition, ask)
    _refuse_telling(work, study, ask.blinding_group, text)
    latest = work.row(_LATEST, study_id=study.id, **{key: getattr(ask, key) for key in _KEYS})
    number = str(latest["number"]) if latest else f"LM-{_count(work, study.id) + 1:03d}"
    version = int(latest["version"]) + 1 if latest else 1
    master_id = work.record(
        LabelMaster,
        **study.owner,
        number=number,
        version=version,
        **{key: getattr(ask, key) for key in _KEYS},
        particulars=dict(text.particulars),
        omitted=dict(text.omitted),
        at=work.at,
        account_id=work.actor.account_id,
    )
    _step(work, study, master_id, LabelMasterEvent.WRITE, LabelMasterStatus.DRAFT)
    _put_away(work, study, number, version, _UNDECIDED)
    facts = {key: str(getattr(ask, key)) for key in _KEYS}
    _audit(work, study.id, "label_master_written", number, {"version": version, **facts})
    return LabelMasterWritten(number=number, version=version, problems=list(_problems(study.definition, ask, text)))


def proof_label_master(work: Work, ask: ProofLabelMaster) -> LabelProofDrawn:
    """Draws the proof and keeps its hash; LabelNotWhole, with every problem, where the text may not be printed."""
    work.actor.require(Permission.WRITE_LABELS, ask.study_id)
    study = lock_study(work, ask.study_id)
    found = _version(work, ask.study_id, ask.number, ask.version)
    status = next_status(LABEL_MASTER, found.status, LabelMasterEvent.PROOF)
    if problems := _problems(study.definition, found, found.text):
        raise LabelNotWhole(problems)
    drawn = _proof_hash(study.definition, found)
    _step(work, study, found.id, LabelMasterEvent.PROOF, status, proof_hash=drawn)
    _audit(work, study.id, "label_proof_drawn", ask.number, {"version": ask.version, "proof": drawn})
    return LabelProofDrawn(number=ask.number, version=ask.version, proof_hash=drawn)


def decide_label_master(work: Work, ask: DecideLabelMaster) -> LabelMasterDecided:
    """Another person signs the text with its proof, or refuses it; approval supersedes the version before."""
    grant = work.actor.require(Permission.APPROVE_LABELS, ask.study_id)
    reason = None if ask.granted else need_reason(ask.reason or "")
    study = lock_study(work, ask.study_id)
    found = _version(work, ask.study_id, ask.number, ask.version)
    event = LabelMasterEvent.APPROVE if ask.granted else LabelMasterEvent.REJECT
    status = next_status(LABEL_MASTER, found.status, event)
    if work.actor.account_id in (found.author_id, found.proofed_by_id):
        raise OwnLabelMaster
    if ask.granted and _proof_hash(study.definition, found) != found.proof_hash:
        raise ProofOutOfDate
    meaning = Meaning.APPROVE if ask.granted else Meaning.REJECT
    record = f"{ask.number} version {ask.version}"
    signable = Signable(meaning, "label master", record, content_of(found.text, found.proof_hash), study.id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    _step(work, study, found.id, event, status, signature_id=signature_id, reason=reason)
    if ask.granted:
        _put_away(work, study, ask.number, ask.version, (*_UNDECIDED, LabelMasterStatus.APPROVED))
    act = "label_master_approved" if ask.granted else "label_master_rejected"
    _audit(work, study.id, act, ask.number, {"version": ask.version, "signature": signature_id}, reason)
    return LabelMasterDecided(number=ask.number, version=ask.version, status=status)


def content_of(text: LabelText, proof_hash: str | None) -> dict[str, Any]:
    """What is signed: the text with its justifications, and the proof's hash."""
    return {
        "country": text.country,
        "language": text.language,
        "packaging": text.packaging.value,
        "particulars": dict(text.particulars),
        "omitted": dict(text.omitted),
        "proof": proof_hash,
    }


def _text(ask: WriteLabelMaster) -> LabelText:
    particulars = {code: said.strip() for code, said in ask.particulars.items() if said.strip()}
    omitted = {code: why.strip() for code, why in ask.omitted.items() if why.strip()}
    return LabelText(ask.country, ask.language, ask.packaging, particulars, omitted)


def _refuse_strange(definition: StudyDefinition, ask: WriteLabelMaster) -> None:
    if ask.country not in {country.code for country in definition.countries}:
        raise BadInput(f"{ask.country} is not a country of this study. Nothing was saved. Choose another one.")
    if ask.blinding_group not in {group.code for group in definition.blinding_groups}:
        raise BadInput(f"{ask.blinding_group} is not a blinding group of this study. Nothing was saved.")
    if not _LANGUAGE.fullmatch(ask.language):
        raise BadInput(f"'{ask.language}' is not a language. Nothing was saved. Write its two letters, as en.")
    said = [*ask.particulars.values(), *ask.omitted.values()]
    if any(not sign.isprintable() for each in said for line in each.splitlines() for sign in line):
        raise BadInput(
            "The text holds signs that cannot be printed. Nothing was saved. Type it instead of pasting."
        )


def _refuse_telling(work: Work, study: SupplyStudy, group: str, text: LabelText) -> None:
    """A master is one for a whole blinding group: codes of kit types and bulk lots have no place in it."""
    alike = [kit_type.code for kit_type in study.definition.kit_types if kit_type.blinding_group == group]
    lots = [row["number"] for row in work.rows(_LOTS, study_id=study.id)]
    told = "\n".join([*text.particulars.values(), *text.omitted.values()]).lower()
    secrets = [*(alike if len(alike) > 1 else ()), *lots]
    if study.definition.blinded and any(re.search(rf"\b{re.escape(s.lower())}\b", told) for s in secrets):
        raise LabelTellsTooMuch


def _problems(definition: StudyDefinition, of: WriteLabelMaster | _Version, text: LabelText) -> tuple[str, ...]:
    if found := problems_of(text):
        return found
    lines = len(proof_of(text, blinded_study(definition), of.blinding_group).lines)
    if lines > LINES_MAX:
        return (f"The text has {lines} lines and a label holds {LINES_MAX}.",)
    return ()


def _proof_hash(definition: StudyDefinition, version: _Version) -> str:
    drawn = svg_label(proof_of(version.text, blinded_study(definition), version.blinding_group))
    return hashlib.sha256(drawn).hexdigest()


def _version(work: Work, study_id: int, number: str, version: int) -> _Version:
    row: RowMapping = work.one("label master", _ONE, study_id=study_id, number=number, version=version)
    steps = work.rows(_STEPS_OF, id=row["id"])
    proof = next((step for step in steps if step["event"] == LabelMasterEvent.PROOF), None)
    text = LabelText(
        row["country"], row["language"], Packaging(row["packaging"]), row["particulars"], row["omitted"]
    )
    return _Version(
        id=row["id"],
        text=text,
        blinding_group=row["blinding_group"],
        author_id=row["account_id"],
        status=LabelMasterStatus(steps[-1]["status"]),
        proof_hash=proof["proof_hash"] if proof else None,
        proofed_by_id=proof["account_id"] if proof else None,
    )


def _put_away(
    work: Work, study: SupplyStudy, number: str, version: int, standing: tuple[LabelMasterStatus, ...]
) -> None:
    """Versions before this one that stand so are superseded."""
    earlier = {"study_id": study.id, "number": number, "version": version, "standing": list(standing)}
    for row in work.rows(_STANDING, **earlier):
        status = next_status(LABEL_MASTER, LabelMasterStatus(row["status"]), LabelMasterEvent.SUPERSEDE)
        _step(work, study, row["id"], LabelMasterEvent.SUPERSEDE, status)


def _step(
    work: Work,
    study: SupplyStudy,
    master_id: int,
    event: LabelMasterEvent,
    status: LabelMasterStatus,
    **facts: Any,
) -> None:
    work.append(
        LabelMasterStep,
        **study.owner,
        label_master_id=master_id,
        event=event,
        status=status,
        at=work.at,
        account_id=work.actor.account_id,
        **facts,
    )


def _count(work: Work, study_id: int) -> int:
    return int(work.connection.execute(_SO_FAR, {"study_id": study_id}).scalar_one())


def _audit(
    work: Work, study_id: int, act: str, number: str, new: Mapping[str, Any], reason: str | None = None
) -> None:
    work.audit(
        AuditDraft(
            act=act, record_kind="label master", record=number, study_id=study_id, new=dict(new), reason=reason
        )
    )
