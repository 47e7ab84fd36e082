"""The form about a kit of a controlled drug that was not where the record had it: what happened, who was told."""

from datetime import timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.actor import Grant
from irt.blinding.roles import Permission
from irt.errors import NotAllowed, Refusal
from irt.reads.discrepancies import where_found
from irt.services.audit_draft import AuditDraft
from irt.services.controlled_drugs import study_rules
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.work import Work
from irt.states.kit import Custody
from irt.supply.register import DISCREPANCIES
from irt.tables.columns import table_of
from irt.tables.controlled import DiscrepancyReport
from irt.tables.kit import Kit, Movement


class ReportDiscrepancy(SQLModel):
    """What happened to the kit, and who was told under which reference; signed."""

    study_id: int
    movement_id: int
    happened: str = Field(min_length=1, max_length=2000)
    told_to: str = Field(min_length=1, max_length=300)
    signing: Signing = Field(exclude=True)


class DiscrepancyReported(SQLModel):
    """The kit, and whether the report came in time."""

    kit: str
    in_time: bool


class NothingToReport(Refusal):
    """No such discrepancy waits for its report."""

    def __init__(self) -> None:
        super().__init__("No such discrepancy waits for a report. Nothing was booked. Look at the list again.")


_MOVES, _KITS, _REPORTS = table_of(Movement), table_of(Kit), table_of(DiscrepancyReport)
_MOVE = (
    select(_MOVES, _KITS.c.number, _KITS.c.blinding_group, _REPORTS.c.id.label("report_id"))
    .join(_KITS, _KITS.c.id == _MOVES.c.kit_id)
    .outerjoin(_REPORTS, _REPORTS.c.movement_id == _MOVES.c.id)
    .where(_MOVES.c.study_id == bindparam("study_id"), _MOVES.c.id == bindparam("movement_id"))
)


def report_discrepancy(work: Work, ask: ReportDiscrepancy) -> DiscrepancyReported:
    """Signs and keeps the form; the site's own people, or those of a depot, fill it in once."""
    move = work.row(_MOVE, study_id=ask.study_id, movement_id=ask.movement_id)
    definition = study_rules(work, ask.study_id)
    if move is None or definition is None or move["event"] not in DISCREPANCIES or move["report_id"] is not None:
        raise NothingToReport
    group = next(each for each in definition.blinding_groups if each.code == move["blinding_group"])
    if not group.schedules:
        raise NothingToReport
    grant, site_id = _may_report(work, ask)
    content = {"kit": move["number"], "event": move["event"], "happened": ask.happened, "told_to": ask.told_to}
    signable = Signable(
        Meaning.REPORT_DISCREPANCY, "discrepancy", move["number"], content, ask.study_id, site_id=site_id
    )
    signature_id = sign_record(work, ask.signing, signable, grant)
    due_at = move["recorded_at"] + timedelta(hours=definition.controlled.report_hours)
    work.append(
        DiscrepancyReport,
        sponsor_id=move["sponsor_id"],
        study_id=ask.study_id,
        movement_id=ask.movement_id,
        site_id=site_id,
        happened=ask.happened.strip(),
        told_to=ask.told_to.strip(),
        due_at=due_at,
        signature_id=signature_id,
        at=work.at,
    )
    work.audit(
        AuditDraft(
            act="discrepancy_reported",
            record_kind="kit",
            record=move["number"],
            study_id=ask.study_id,
            site_id=site_id,
            new={"event": move["event"], "told_to": ask.told_to, "in_time": work.at <= due_at},
            reason=ask.happened,
        )
    )
    return DiscrepancyReported(kit=move["number"], in_time=work.at <= due_at)


def _may_report(work: Work, ask: ReportDiscrepancy) -> tuple[Grant, int | None]:
    """Who counts at the site where it was found; who works at depots where it was no site's."""
    kind, place_id = where_found(work.connection, ask.movement_id)
    if kind == Custody.SITE:
        return work.actor.require(Permission.COUNT_STOCK, ask.study_id, place_id), place_id
    grant = work.actor.require(Permission.FULFIL_SHIPMENT, ask.study_id)
    if kind == Custody.DEPOT:
        at_depot = work.actor.grant_at_depot(Permission.FULFIL_SHIPMENT, ask.study_id, place_id)
        if at_depot is None:
            raise NotAllowed("It was found at another depot. Nothing was booked. That depot reports it.")
        return at_depot, None
    return grant, None
