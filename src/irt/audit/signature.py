"""An electronic signature: who, when, with what meaning, on exactly which content (P11-13, P11-15)."""

import hashlib
import hmac
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Protocol

from irt.audit.chain import canonical


class Meaning(StrEnum):
    """What a signature says; the closed list shown beside every signed record."""

    ORDER_DISPENSING = "I order dispensing for this visit"
    RECEIVE_SHIPMENT = "I received this shipment"
    APPROVE = "I approve"
    REJECT = "I reject"
    RELEASE_LOT = "I release this lot"
    CERTIFY_LOT = "I certify this lot"
    WITHDRAW = "I withdraw this step"
    DECIDE_QUALITY = "I decide the quality of these kits"
    BREAK_CODE = "I break the code of one subject"
    REVIEW_CODE_BREAK = "I reviewed this code break"
    RECORD_MISALLOCATION = "I record that another kit was given"
    VERIFY_RETURNS = "I verified these returns"
    CONFIRM_COUNT = "I confirm this count"
    FREEZE_RANDOMIZATION = "I freeze the randomization"
    CHECK_RELABELLING = "I checked these new labels, kit by kit"
    RELEASE_DELIVERY = "I release these kits to the subject's home"
    ISSUE_PACK = "I issue this pack for an outage"
    RECALL_PACK = "I recall this pack: nobody may use its paper any more"
    END_PACK = "I have accounted for this pack, seal by seal"
    CHECK_OUTAGE_ENTRY = "I compared this entry with the paper"
    TELL_OPENING_WORDS = "I print one half of these seals, to be sealed and kept apart"
    WITNESS = "I was there and saw it"
    CONFIRM_INTERFACE = "I confirm this test of the interface"
    REPORT_DISCREPANCY = "I report this discrepancy"
    OVERRIDE_GATE = "I let this version go live without its gate, for urgent safety"
    REVIEW_ACCESS = "I reviewed who has access, and why"
    DELEGATE = "I delegate these tasks at my site"
    CHECK_ALLOCATIONS = "I checked the first allocations"
    REVIEW_TRAIL = "I reviewed this part of the audit trail"
    CLOSE_INCIDENT = "I close this incident"
    PRACTISE_CODE_BREAK = "I practise a code break; nobody's treatment is told"
    ASSESS_CASE = "I assessed this safety case"
    PLAN_UNBLINDING = "I ask that these treatments be told"
    DECIDE_UNBLINDING = "I decide on this unblinding"
    DECIDE_ACCIDENT = "I decide what follows from this accident"
    MONITOR = "I verified this site's records on this visit"


class Component(StrEnum):
    """What was typed to sign, beside the identity of the session."""

    PASSWORD = "password"  # noqa: S105 - the name of a component, not a password
    PASSWORD_AND_CODE = "password+code"  # noqa: S105 - likewise
    PASSWORD_AND_PASSKEY = "password+passkey"  # noqa: S105 - likewise


class SignedRow(Protocol):
    """The columns of a stored signature that bind it to its record."""

    @property
    def record_kind(self) -> str:
        """As 'dispensing order'."""

    @property
    def record(self) -> str:
        """The record's number."""

    @property
    def record_hash(self) -> str:
        """The hash at the time of signing."""


def record_hash(record_kind: str, record: str, content: Mapping[str, Any]) -> str:
    """SHA-256 of a record's identity and content: the same content under another number hashes differently."""
    named = {"record_kind": record_kind, "record": record, "content": dict(content)}
    return hashlib.sha256(canonical(named).encode()).hexdigest()


def verify_signature(signature: SignedRow, content: Mapping[str, Any]) -> bool:
    """Whether the content is what was signed."""
    expected = record_hash(signature.record_kind, signature.record, content)
    return hmac.compare_digest(expected, signature.record_hash)


def code_is_needed(study_asks: bool, enrolled: bool, signed_before_in_session: bool) -> bool:
    """Whether the six-digit code is needed beside the password (P11-20).

    All components at the first signing of a session, the password alone at later ones.
    """
    return not signed_before_in_session and (study_asks or enrolled)
