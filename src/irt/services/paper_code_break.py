"""Booking a code break that was done with a seal: told and flagged as every other, at its true time."""

from sqlalchemy import RowMapping

from irt.blinding.code_break import ReasonCategory
from irt.blinding.roles import Permission
from irt.services.break_code import arm_names, flag_broken, tell_of_break
from irt.services.outage_packs import LockedPack
from irt.services.paper_deviations import Outcome, departures_of_pack, open_deviations
from irt.services.subjects import audit_subject, lock_subject
from irt.services.supply_study import lock_row
from irt.services.work import Work
from irt.tables.subject import CodeBreak


def book_code_break(work: Work, pack: LockedPack, entry: RowMapping) -> Outcome:
    """Books that a code was broken when its seal was opened; it is told and flagged as every other break."""
    subject = lock_subject(work, pack.study_id, entry["record"], Permission.DISPENSE)
    lock_row(work, pack.study_id)
    content, at = entry["content"], entry["happened_at"]
    reason = ReasonCategory(content["reason_category"])
    code_break_id = work.record(
        CodeBreak,
        **subject.owner,
        subject_id=subject.id,
        account_id=entry["account_id"],
        reason_category=reason,
        second_factor=False,
        at=at,
    )
    flag_broken(work, subject, at)
    numbers = open_deviations(work, pack, entry, departures_of_pack(pack, entry), subject_id=subject.id)
    new = {"code_break": code_break_id, "reason_category": reason, "seal": content["seal"], "pack": pack.number}
    times = {
        "happened_at": at.isoformat(),
        "entered_at": entry["at"].isoformat(),
        "opened_by": content["opened_by"],
    }
    secret: dict[str, object] = {"arms": list(arm_names(work, subject))}
    audit_subject(work, subject, "outage_code_broken", new={**new, **times}, reason="outage", secret=secret)
    tell_of_break(work, subject, reason, at)
    return {"booked": {}, "deviations": numbers}
