"""Kept leak reports over the API: figures for everybody who sees gates, fields for unblinded people alone."""

from dataclasses import dataclass
from typing import Annotated

from litestar.params import PathParameter

from irt.blinding.roles import DataClass, Permission
from irt.reads.blinded_leak_reports import KeptLeakReport, leak_report, leak_reports
from irt.reads.unblinded_leak_reports import LeakFieldLine, whole_leak_report
from web.api.limits import NUMBER_MAX
from web.api.operations import Caller, Now, Records, StudyId, question, unblinded_question
from web.api.readings import write_down

_READS = Permission.VIEW_GATE
_SHOWN = frozenset({DataClass.SUPPLY_BY_TYPE, DataClass.LISTS})
"""A field that tells, tells kit types or arms."""
_HERE = "/studies/{study_id:int}/leak-reports"
_Number = Annotated[int, PathParameter(ge=1, le=NUMBER_MAX, description="The report's number in its study.")]


@dataclass(frozen=True)
class LeakReportsShown:
    """Every kept report of the study, the newest first."""

    items: tuple[KeptLeakReport, ...]


@dataclass(frozen=True)
class LeakFieldsShown:
    """The fields that tell (`tells`) and those that come closest; `report`: the JSON that gives `report_hash`."""

    number: int
    version: int
    report_hash: str
    items: tuple[LeakFieldLine, ...]
    report: str


@question(_HERE, _READS, "Kept leak reports of a study")
def list_leak_reports(study_id: StudyId, caller: Caller, store: Records) -> LeakReportsShown:
    """Verdict, figures, version and day of each; no field."""
    caller.require(_READS, study_id)
    with store.reading() as connection:
        return LeakReportsShown(leak_reports(connection, study_id))


@question(f"{_HERE}/{{number:int}}", _READS, "One kept leak report")
def show_leak_report(study_id: StudyId, number: _Number, caller: Caller, store: Records) -> KeptLeakReport:
    """Areas with their limits, power, tests and fields, of subjects and of kits; no field."""
    caller.require(_READS, study_id)
    with store.reading() as connection:
        return leak_report(connection, study_id, number)


@unblinded_question(f"{_HERE}/{{number:int}}/fields", _READS, _SHOWN, "The fields that a leak report names")
def show_leak_fields(
    study_id: StudyId, number: _Number, caller: Caller, store: Records, now: Now
) -> LeakFieldsShown:
    """Each with its area, limits and p; blinded people would know from them what to look at."""
    caller.require(_READS, study_id)
    with store.reading() as connection:
        found = whole_leak_report(connection, study_id, number)
    write_down(store, caller, now, study_id, f"fields of leak report {number}", 1, permission=_READS)
    kept = found.kept
    return LeakFieldsShown(number, kept.version, kept.report_hash, found.fields, found.text)


OPERATIONS = (list_leak_reports, show_leak_report, show_leak_fields)
