"""The decision table of a dose escalation, to be printed and kept at hand, and the dose at its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.views import UnblindedView
from irt.errors import Refusal
from irt.randomization.assessment.assess import DOSE_FINDING
from irt.randomization.dose_table import dose_table
from irt.randomization.observed_doses import read_observed
from irt.reads.unblinded_definition import definition_in_force
from web.blinded.desk import Desk, go
from web.forms import Fields
from web.unblinded.open_desk import open_desk_of
from web.unblinded.room import chosen_study, posted_study, room_page
from web.unblinded.typed_design import SETTING, design_in, label_of, settings_of, whole_between

FIRST_METHOD = "boin"
NAMES = {"boin": "BOIN", "three_plus_three": "3+3"}
HINTS = {"target": "The rate of toxicity looked for, as 0.3."}
SUBJECTS_MAX = 100


@dataclass(frozen=True)
class DoseFindingView(UnblindedView):
    """The form with what was typed, and the table that was asked for."""

    study_id: int
    study_doses: str
    method: str
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)
    refusal: str = ""

    @property
    def methods(self) -> list[tuple[str, str]]:
        """Every method that finds a dose."""
        return [(name, NAMES.get(name, label_of(name))) for name in sorted(DOSE_FINDING)]

    @property
    def settings(self) -> list[tuple[str, str, str]]:
        """The chosen method's settings: field, label and hint."""
        return [(SETTING + name, label_of(name), HINTS.get(name, hint)) for name, hint in settings_of(self.method)]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """Full cohorts: subjects at the dose, then the toxicities that raise, lower and close it."""
        columns = ("n", "escalate", "deescalate", "eliminate")
        full = [row for row in self.told.get("table", ()) if row["n"] % self.told["cohort"] == 0]
        return [tuple(_cell(row.get(column)) for column in columns) for row in full]

    @property
    def observed(self) -> list[tuple[str, ...]]:
        """Each dose with its subjects, toxicities and isotonic rate."""
        return [
            (row["dose"], str(row["subjects"]), str(row["toxicities"]), _rate(row["isotonic_rate"]))
            for row in self.told.get("observed", ())
        ]


class DoseFindingPages(Controller):
    """The table of one design; nothing is kept."""

    path = "/randomization/dose-finding"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], method: FromQuery[str] = FIRST_METHOD) -> Response[Any]:
        """The form, the settings being those of the chosen method."""
        study_id = chosen_study(desk)
        if study_id is None:
            return go("/switch")
        return _page(desk, study_id, method if method in DOSE_FINDING else FIRST_METHOD)

    @post("/", status_code=200, sync_to_thread=True)
    def tell(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """The table, and the recommended dose where something was observed."""
        study_id = posted_study(desk, data)
        method = data["method"] if data.get("method") in DOSE_FINDING else FIRST_METHOD
        try:
            return _page(desk, study_id, method, typed=data, told=_told(data | {"method": method}))
        except Refusal as refusal:
            return _page(desk, study_id, method, refusal.status_code, typed=data, refusal=refusal.sentence)


def _told(typed: Mapping[str, str]) -> dict[str, Any]:
    subjects = whole_between(typed, "n", "The number of subjects at a dose", 1, SUBJECTS_MAX)
    design = design_in(typed, "")
    observed = typed.get("observed", "").strip()
    return dose_table(design, subjects, read_observed(observed, design.arms) if observed else None)


def _page(desk: Desk, study_id: int, method: str, status_code: int = 200, **shown: Any) -> Response[Any]:
    with desk.store.reading() as connection:
        arms = definition_in_force(connection, study_id).arms
    view = DoseFindingView(
        study_id=study_id,
        study_doses=", ".join(arm.code for arm in arms),
        method=method,
        command_key=desk.key(),
        **shown,
    )
    return room_page(desk, "dose_finding.html", view, "Dose finding", study_id, status_code)


def _cell(count: int | None) -> str:
    return "–" if count is None else str(count)


def _rate(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.3f}"
