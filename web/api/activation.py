"""Approvals before sites open, over the API: the board, and each approval recorded, confirmed, withdrawn."""

from dataclasses import dataclass
from datetime import date, datetime

from irt.blinding.roles import Permission
from irt.reads.blinded_activation import activation_board
from irt.services.site_approvals import confirm_site_approval, record_site_approval, withdraw_site_approval
from irt.states.records import SiteStatus
from irt.study.activation import ApprovalOf, ApprovalState
from web.api.operations import Caller, Now, Records, StudyId, command, question

_VIEW, _RECORD = Permission.VIEW_STUDY_LIFE, Permission.RECORD_SITE_APPROVAL


@dataclass(frozen=True)
class ApprovalStanding:
    """One approval that a site needs; `number` 0: none was recorded, or it follows from an import licence."""

    kind: ApprovalOf
    state: ApprovalState
    number: int
    until: date | None


@dataclass(frozen=True)
class SiteStanding:
    """A site: what it needs, what is missing in words, and what comes next.

    `goes_on_to`: the newest version, where the site is open under an earlier one; 0 else. `awaited`: approvals that
    this version still lacks there.
    """

    site: str
    country: str
    status: SiteStatus
    version: int
    approvals: tuple[ApprovalStanding, ...]
    missing: tuple[str, ...]
    next: str
    goes_on_to: int
    awaited: tuple[str, ...]


@dataclass(frozen=True)
class ApprovalShown:
    """An approval as it was recorded; `site` empty: of its whole country."""

    number: int
    kind: ApprovalOf
    country: str
    site: str
    granted_on: date
    valid_until: date | None
    version: int | None
    reference: str
    document_hash: str
    recorded_by: str
    confirmed_by: str
    confirmed_at: datetime | None
    withdrawn_by: str
    withdrawn_because: str


@dataclass(frozen=True)
class ActivationShown:
    """Every site with what it needs, and every approval; `asked`: whether the newest version asks for any."""

    asked: bool
    sites: tuple[SiteStanding, ...]
    approvals: tuple[ApprovalShown, ...]


@question("/studies/{study_id:int}/activation", _VIEW, "What each site needs before it opens")
def show_activation(study_id: StudyId, caller: Caller, store: Records, now: Now) -> ActivationShown:
    """Approvals in force, ending, ended or missing, site by site; sites that the token reaches."""
    with store.reading() as connection:
        board = activation_board(connection, caller, study_id, now)
    return ActivationShown(
        board.asked is not None,
        tuple(
            SiteStanding(
                one.site,
                one.country,
                one.status,
                one.version,
                tuple(ApprovalStanding(*standing) for standing in one.standings),
                one.missing,
                one.next_step,
                one.goes_on_to,
                one.awaited,
            )
            for one in board.sites
        ),
        tuple(
            ApprovalShown(
                number=one.facts.number,
                kind=one.facts.kind,
                country=one.facts.country,
                site=one.facts.site,
                granted_on=one.facts.granted_on,
                valid_until=one.facts.until,
                version=one.facts.version or None,
                reference=one.facts.reference,
                document_hash=one.document_hash,
                recorded_by=one.recorded_by,
                confirmed_by=one.confirmed_by,
                confirmed_at=one.confirmed_at,
                withdrawn_by=one.withdrawn_by,
                withdrawn_because=one.withdrawn_because,
            )
            for one in board.records
        ),
    )


_HASH = "b9d0" * 16
_SIGNING = {"password": "the owner's password", "code": "123456"}
OPERATIONS = (
    show_activation,
    command(
        "/site-approvals/record",
        record_site_approval,
        _RECORD,
        "Record an approval of a site or a country",
        {
            "study_id": 1,
            "kind": "ethics_committee",
            "site": "1001",
            "granted_on": "2026-02-20",
            "valid_until": "2027-02-19",
            "reference": "EC 26/114",
            "document_hash": _HASH,
        },
    ),
    command(
        "/site-approvals/confirm",
        confirm_site_approval,
        _RECORD,
        "Confirm an approval as a second person",
        {"study_id": 1, "number": 1, "document_hash": _HASH, "signing": _SIGNING},
    ),
    command(
        "/site-approvals/withdraw",
        withdraw_site_approval,
        _RECORD,
        "Withdraw an approval",
        {"study_id": 1, "number": 1, "reason": "Suspended by the committee"},
    ),
)
