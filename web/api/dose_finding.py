"""The decision table of a dose escalation over the API, for whoever sees the allocations of a study."""

from dataclasses import dataclass
from typing import Annotated, Any

from litestar.params import QueryParameter

from irt.blinding.roles import DataClass, Permission
from irt.randomization.design import parse_design
from irt.randomization.dose_table import dose_table
from irt.randomization.observed_doses import read_observed
from web.api.operations import StudyId, unblinded_question

TEXT_MAX = 4_000

DesignText = Annotated[
    str,
    QueryParameter(min_length=2, max_length=TEXT_MAX, description="A design of boin or three_plus_three, as JSON."),
]
SubjectsMax = Annotated[int, QueryParameter(ge=1, le=100, description="Most subjects at one dose.")]
Observed = Annotated[
    str, QueryParameter(max_length=TEXT_MAX, description="CSV of dose, subjects, toxicities; empty for none.")
]


@dataclass(frozen=True)
class DoseTable:
    """The boundaries as the command prints them; with observations the recommended dose and its reason."""

    table: dict[str, Any]


@unblinded_question(
    "/studies/{study_id:int}/dose-table",
    Permission.VIEW_RANDOMIZATION,
    DataClass.LISTS,
    "The decision table of a dose escalation, and the dose at its end",
)
def show_dose_table(
    study_id: StudyId, design: DesignText, n: SubjectsMax = 30, observed: Observed = ""
) -> DoseTable:
    """Works on the design that is sent, not on the study's own; nothing is kept."""
    known = parse_design(design)
    return DoseTable(dose_table(known, n, read_observed(observed, known.arms) if observed.strip() else None))


OPERATIONS = (show_dose_table,)
