"""The emergency code break: the treatment of one subject, told once to the person who signs for it."""

from dataclasses import dataclass
from datetime import datetime

from irt.blinding.roles import Permission
from irt.services.after_code_break import narrate_code_break, review_code_break, show_broken_code
from irt.services.break_code import CodeBroken, break_code
from web.api.operations import command


@dataclass(frozen=True)
class TreatmentTold:
    """A code break. `arms` is told with the first answer only and kept nowhere: a retry gets null."""

    code_break_id: int
    study_id: int
    subject: str
    broken_at: datetime
    review_due_at: datetime | None
    arms: list[str] | None


def told(receipt: CodeBroken) -> TreatmentTold:
    """The answer to the person who asked."""
    return TreatmentTold(
        code_break_id=receipt.code_break_id,
        study_id=receipt.study_id,
        subject=receipt.subject,
        broken_at=receipt.broken_at,
        review_due_at=receipt.review_due_at,
        arms=None if receipt.view is None else list(receipt.view.arms),
    )


_SIGNING = {"password": "the owner's password", "code": "123456"}

OPERATIONS = (
    command(
        "/code-breaks",
        break_code,
        Permission.BREAK_CODE,
        "Break the code of one subject",
        {"study_id": 1, "subject": "1014-0037", "reason": "medical_emergency", "signing": _SIGNING},
        told,
    ),
    command(
        "/code-breaks/show",
        show_broken_code,
        Permission.BREAK_CODE,
        "Show a broken code again",
        {"code_break_id": 3},
        told,
    ),
    command(
        "/code-breaks/narrate",
        narrate_code_break,
        Permission.BREAK_CODE,
        "Add the narrative to a code break",
        {"code_break_id": 3, "narrative": "Admitted with severe bleeding; surgery was decided on."},
    ),
    command(
        "/code-breaks/review",
        review_code_break,
        Permission.BREAK_CODE,
        "Sign the review of a code break",
        {"code_break_id": 3, "signing": _SIGNING},
    ),
)
