"""Approvals of countries and sites: recorded with their document, confirmed by a second person, withdrawn."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import RowMapping, bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.two_persons import refuse_same_person
from irt.errors import BadInput, Refusal
from irt.reads.site_approvals import CONFIRMED, WITHDRAWN
from irt.services.audit_draft import AuditDraft
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.site_kits import need_reason
from irt.services.supply_study import lock_study, site_numbered
from irt.services.work import Work
from irt.states.records import VersionStatus
from irt.study.activation import TWO_PERSONS, ApprovalOf, words_of
from irt.tables.activation import SiteApproval, SiteApprovalStep
from irt.tables.columns import table_of
from irt.tables.study import StudyVersion

OWN_APPROVAL = "You recorded this approval. Nothing was signed. Another person holds it against the document."
RECORD_KIND = "site approval"
HASH = "^[0-9a-f]{64}$"


class RecordSiteApproval(SQLModel):
    """An approval of a site, or of a country, and the document that says so."""

    study_id: int
    kind: ApprovalOf
    country: str | None = Field(default=None, max_length=8)
    site: str | None = Field(default=None, max_length=40)
    granted_on: date
    valid_until: date | None = None
    version: int | None = Field(
        default=None, ge=1, description="the protocol version agreed to; none: the study as it opens"
    )
    reference: str = Field(min_length=1, max_length=200)
    document_hash: str = Field(regex=HASH, description="SHA-256 of the document")


class ConfirmSiteApproval(SQLModel):
    """A second person has held the record against the document."""

    study_id: int
    number: int = Field(ge=1)
    document_hash: str = Field(regex=HASH, description="of the document that the person has before them")
    signing: Signing = Field(exclude=True)


class WithdrawSiteApproval(SQLModel):
    """An approval that holds no more, or was recorded in error."""

    study_id: int
    number: int = Field(ge=1)
    reason: str = Field(max_length=500)


class SiteApprovalNoted(SQLModel):
    """The approval by its number, and whether it waits for a second person."""

    number: int
    kind: ApprovalOf
    place: str
    waits: bool


class ApprovalDecided(Refusal):
    """Confirmed or withdrawn before, or never to be confirmed."""


class AnotherDocument(Refusal):
    """What the second person has is not what was recorded."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"This is not the document of approval {number}. Nothing was signed. Compare both documents, "
            "and have the approval withdrawn where the wrong one was recorded."
        )


_APPROVALS, _STEPS, _VERSIONS = table_of(SiteApproval), table_of(SiteApprovalStep), table_of(StudyVersion)
_COUNT = select(func.count().label("n")).where(_APPROVALS.c.study_id == bindparam("study_id"))
_ONE = select(_APPROVALS).where(
    _APPROVALS.c.study_id == bindparam("study_id"), _APPROVALS.c.number == bindparam("number")
)
_VERSION = select(_VERSIONS.c.id).where(
    _VERSIONS.c.study_id == bindparam("study_id"),
    _VERSIONS.c.number == bindparam("version"),
    _VERSIONS.c.status != VersionStatus.RETIRED,
)
_DONE = select(_STEPS.c.step).where(_STEPS.c.approval_id == bindparam("approval_id"))


def record_site_approval(work: Work, ask: RecordSiteApproval) -> SiteApprovalNoted:
    """Writes down what was granted; papers of authorities count once somebody else has confirmed them."""
    work.actor.require(Permission.RECORD_SITE_APPROVAL, ask.study_id)
    study = lock_study(work, ask.study_id)
    if (ask.site is None) == (ask.country is None):
        raise BadInput("Name the site or the country that the approval is of. Nothing was recorded.")
    if ask.valid_until is not None and ask.valid_until < ask.granted_on:
        raise BadInput("The last day is before the first. Nothing was recorded. Correct the days.")
    site = None if ask.site is None else site_numbered(work, study.id, ask.site)
    country = site.country if site else str(ask.country)
    if country not in {one.code for one in study.definition.countries}:
        raise BadInput(f"{country} is not a country of this study. Nothing was recorded.")
    if ask.version is not None and work.row(_VERSION, study_id=study.id, version=ask.version) is None:
        raise BadInput(f"The study has no version {ask.version}. Nothing was recorded. Check the number.")
    number = int(work.one("study", _COUNT, study_id=study.id)["n"]) + 1
    dates = {"granted_on": ask.granted_on, "valid_until": ask.valid_until}
    paper = {"reference": ask.reference.strip(), "document_hash": ask.document_hash}
    site_id = site.id if site else None
    where = {"country": country, "site_id": site_id, "version_number": ask.version}
    who = {"account_id": work.actor.account_id, "at": work.at}
    work.append(SiteApproval, **study.owner, number=number, kind=ask.kind, **where, **dates, **paper, **who)
    place = f"site {ask.site}" if site else country
    new = {"what": _what(ask.kind, ask.version), "place": place, **paper}
    new |= {name: day.isoformat() for name, day in dates.items() if day}
    _audit(work, "site_approval_recorded", study.id, number, site_id, new)
    return SiteApprovalNoted(number=number, kind=ask.kind, place=place, waits=ask.kind in TWO_PERSONS)


def confirm_site_approval(work: Work, ask: ConfirmSiteApproval) -> SiteApprovalNoted:
    """Signs, by somebody else than who recorded it, that the record says what the document says."""
    grant = work.actor.require(Permission.RECORD_SITE_APPROVAL, ask.study_id)
    study = lock_study(work, ask.study_id)
    row = work.one("approval", _ONE, study_id=study.id, number=ask.number)
    _require_open(work, row)
    if row["kind"] not in TWO_PERSONS:
        raise ApprovalDecided(f"Approval {ask.number} needs no second person. Nothing was signed.")
    refuse_same_person(row["account_id"], work.actor.account_id, OWN_APPROVAL)
    if row["document_hash"] != ask.document_hash:
        raise AnotherDocument(ask.number)
    content = {name: str(row[name]) for name in ("kind", "country", "granted_on", "valid_until", "document_hash")}
    content["site_id"] = str(row["site_id"])
    if row["version_number"] is not None:
        content["version_number"] = str(row["version_number"])
    signable = Signable(Meaning.APPROVE, RECORD_KIND, str(ask.number), content, study.id, row["site_id"])
    signature_id = sign_record(work, ask.signing, signable, grant)
    _step(work, study.owner, row["id"], CONFIRMED, signature_id=signature_id)
    new = {"what": _what(row["kind"], row["version_number"]), "signature": str(signature_id)}
    _audit(work, "site_approval_confirmed", study.id, ask.number, row["site_id"], new)
    return _noted(row)


def withdraw_site_approval(work: Work, ask: WithdrawSiteApproval) -> SiteApprovalNoted:
    """Takes an approval out of force; the site screens and randomizes nobody more until there is another."""
    work.actor.require(Permission.RECORD_SITE_APPROVAL, ask.study_id)
    study = lock_study(work, ask.study_id)
    reason = need_reason(ask.reason)
    row = work.one("approval", _ONE, study_id=study.id, number=ask.number)
    if WITHDRAWN in _steps(work, row):
        raise ApprovalDecided(f"Approval {ask.number} is withdrawn already. Nothing was changed.")
    _step(work, study.owner, row["id"], WITHDRAWN, reason=reason)
    new = {"what": _what(row["kind"], row["version_number"])}
    _audit(work, "site_approval_withdrawn", study.id, ask.number, row["site_id"], new, reason)
    return _noted(row)


def _noted(row: RowMapping) -> SiteApprovalNoted:
    place = row["country"] if row["site_id"] is None else "one site"
    return SiteApprovalNoted(number=row["number"], kind=ApprovalOf(row["kind"]), place=place, waits=False)


def _what(kind: str, version: int | None) -> str:
    return words_of(ApprovalOf(kind)) + (f" for version {version}" if version else "")


def _steps(work: Work, row: RowMapping) -> set[str]:
    return {step["step"] for step in work.rows(_DONE, approval_id=row["id"])}


def _require_open(work: Work, row: RowMapping) -> None:
    done = _steps(work, row)
    if done:
        raise ApprovalDecided(f"Approval {row['number']} is {sorted(done)[-1]} already. Nothing was signed.")


def _step(
    work: Work,
    owner: dict[str, int],
    approval_id: int,
    step: str,
    reason: str | None = None,
    signature_id: int | None = None,
) -> None:
    work.append(
        SiteApprovalStep,
        **owner,
        approval_id=approval_id,
        step=step,
        reason=reason,
        signature_id=signature_id,
        account_id=work.actor.account_id,
        at=work.at,
    )


def _audit(
    work: Work,
    act: str,
    study_id: int,
    number: int,
    site_id: int | None,
    new: Mapping[str, str],
    reason: str | None = None,
) -> None:
    work.audit(
        AuditDraft(act, RECORD_KIND, str(number), study_id=study_id, site_id=site_id, new=dict(new), reason=reason)
    )
