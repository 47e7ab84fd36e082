"""What the second person decides about a list, of kits or of randomizations, as it was shown."""

from irt.services.approvals import DecideApproval
from web.blinded.typed import reason_in, signing_in


def list_decision(approval_id: int, step: str, data: dict[str, str]) -> DecideApproval:
    """The list is signed, or refused with its reason; the hash is that of the list on the page."""
    return DecideApproval(
        approval_id=approval_id,
        granted=step == "sign",
        record_hash=data.get("list_hash", ""),
        reason=reason_in(data) if step == "refuse" else None,
        signing=signing_in(data),
    )
