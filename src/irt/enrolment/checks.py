"""What must hold at the end of a run, each proved from the stored records alone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from irt.blinding.actor import Actor
from irt.enrolment.rederive import Derivation, rederive
from irt.reads.audit_trail import verify_chains
from irt.reads.ledger import ledger_discrepancies
from irt.services.store import Store
from irt.services.work import Work
from irt.states.kit import KitEvent
from irt.states.records import KitCheck
from irt.tables.columns import table_of
from irt.tables.kit import DispensedKit, Kit, Movement
from irt.tables.study import Site
from irt.tables.subject import Randomization, Subject

_KITS, _MOVES, _LINES = table_of(Kit), table_of(Movement), table_of(DispensedKit)
_R, _SUBJECTS, _SITES = table_of(Randomization), table_of(Subject), table_of(Site)


def check_run(
    store: Store, study_id: int, entered: Mapping[str, dict[str, str]]
) -> tuple[dict[str, bool], Derivation]:
    """Names of the checks with their verdicts, and what came of deriving every allocation again."""
    with store.reading() as connection:
        work = Work(store, connection, Actor(0, "", ()), datetime.now(UTC))
        derivation = rederive(work, study_id)
        checks = {
            "audit_intact": all(verdict.fault is None for verdict in verify_chains(connection)),
            "no_kit_twice": _no_kit_twice(connection, study_id),
            "no_kit_past_its_dates": _no_kit_past_its_dates(connection, study_id),
            "strata_as_entered": _strata_as_entered(connection, study_id, entered),
            "allocations_rederived": derivation.same == derivation.allocations,
            "ledger_equals_columns": not ledger_discrepancies(connection, study_id),
        }
    return checks, derivation


def _no_kit_twice(connection: Connection, study_id: int) -> bool:
    """No kit was handed over in two movements or stands as handed over on two dispensings."""
    given = (KitEvent.HAND_OVER, KitEvent.HAND_OVER_WRONGLY, KitEvent.DELIVER)
    by_movement = (
        select(_MOVES.c.kit_id)
        .where(_MOVES.c.study_id == study_id, _MOVES.c.event.in_(given))
        .group_by(_MOVES.c.kit_id)
        .having(func.count() > 1)
    )
    by_line = (
        select(_LINES.c.kit_id)
        .where(_LINES.c.study_id == study_id, _LINES.c.status == KitCheck.HANDED_OVER)
        .group_by(_LINES.c.kit_id)
        .having(func.count() > 1)
    )
    return connection.execute(by_movement).first() is None and connection.execute(by_line).first() is None


def _no_kit_past_its_dates(connection: Connection, study_id: int) -> bool:
    """Every kit handed over outlived that day at the site; its window was judged at assignment."""
    handed_over = (
        select(_KITS.c.expiry, _MOVES.c.occurred_at, _SITES.c.zone)
        .join(_MOVES, _MOVES.c.kit_id == _KITS.c.id)
        .join(_SUBJECTS, _SUBJECTS.c.id == _MOVES.c.subject_id)
        .join(_SITES, _SITES.c.id == _SUBJECTS.c.site_id)
        .where(_MOVES.c.study_id == study_id, _MOVES.c.event.in_((KitEvent.HAND_OVER, KitEvent.DELIVER)))
    )
    return all(
        row.occurred_at.astimezone(ZoneInfo(row.zone)).date() <= row.expiry
        for row in connection.execute(handed_over)
    )


def _strata_as_entered(connection: Connection, study_id: int, entered: Mapping[str, dict[str, str]]) -> bool:
    """Every level stored is the level that was entered; the others come from the site."""
    rows = connection.execute(
        select(_SUBJECTS.c.number, _R.c.levels)
        .join(_R, _R.c.subject_id == _SUBJECTS.c.id)
        .where(_R.c.study_id == study_id)
    ).all()
    known: dict[str, dict[str, str]] = {row.number: row.levels for row in rows}
    return all(
        number in known and all(known[number].get(factor) == level for factor, level in levels.items())
        for number, levels in entered.items()
    )
