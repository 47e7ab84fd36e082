"""Kits made ready in a run before they are handed over, where the study has them prepared."""

from datetime import datetime, timedelta
from decimal import Decimal

from irt.enrolment.run import Run
from irt.enrolment.staff import present
from irt.services.dispensings import DispensingReceipt
from irt.services.prepare_kits import PreparedVial, PrepareKits, prepare_kits
from irt.study.kit_types import BlindingGroup
from irt.study.preparation import Preparation


def prepare(run: Run, assigned: DispensingReceipt, moment: datetime, key: str) -> datetime:
    """The pharmacist thaws, draws up and books it; the moment at which everything is ready."""
    ready = moment
    for group in run.definition.blinding_groups:
        numbers = [kit.number for kit in assigned.kits if kit.name == group.name]
        if group.preparation is not None and numbers:
            ready = max(ready, _prepare(run, assigned, group, group.preparation, numbers, moment, key))
    return ready


def _prepare(
    run: Run,
    assigned: DispensingReceipt,
    group: BlindingGroup,
    rule: Preparation,
    numbers: list[str],
    moment: datetime,
    key: str,
) -> datetime:
    ready = moment + timedelta(hours=float(rule.thaw_hours_min or 0))
    ask = PrepareKits(
        study_id=run.study_id,
        dispensing_id=assigned.dispensing_id,
        kits=[PreparedVial(number=number, used=rule.contents, wasted=Decimal(0)) for number in numbers],
        prepared_at=ready,
        thaw_started_at=moment if rule.thaws else None,
        thaw_ended_at=ready if rule.thaws else None,
    )
    pharmacist = present(run.staff.specialists.pharmacist)
    run.press(pharmacist, ready, prepare_kits, ask, f"prepare:{group.code}:{key}")
    return ready
