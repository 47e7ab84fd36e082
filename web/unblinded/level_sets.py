"""Stock levels of many places at once: chosen by filter or from a file, looked at first, decided by another."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import BadInput, Refusal
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_level_set import LevelSetPreview, ProposedSet, preview_level_set, proposed_set
from irt.reads.unblinded_network import supply_sites
from irt.services.propose_level_set import LevelRow, ProposeLevelSet, propose_level_set
from irt.supply.level_file import COLUMNS, read_level_file
from irt.supply.resupply import MinMax
from web.blinded.decision import DecisionPanel, decide, decision_panel
from web.blinded.desk import Desk, go
from web.blinded.typed import day_in, reason_in, whole_in
from web.forms import Fields, Uploads, text_in, words_in
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import require_unblinded, secret_page


@dataclass(frozen=True)
class LevelSetForm(UnblindedView):
    """The choice as typed, or its table with what tonight's run would do; `rows` is the table as a file."""

    study_id: int
    kit_types: tuple[tuple[str, str], ...]
    countries: tuple[tuple[str, str], ...]
    today: date
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    rows: str = ""
    preview: LevelSetPreview | None = None
    refusal: str = ""


@dataclass(frozen=True)
class LevelSetView(UnblindedView):
    """One proposed set with the panel to decide it."""

    study_id: int
    set: ProposedSet
    preview: LevelSetPreview
    panel: DecisionPanel


class LevelSetPages(Controller):
    """Levels of many places of one study."""

    path = "/supply/levels/{study_id:int}"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/many", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int]) -> Response[str]:
        """The form."""
        return _page(desk, study_id, {})

    @post("/many/look", status_code=200, sync_to_thread=True)
    def look(self, desk: NamedDependency[Desk], study_id: FromPath[int], data: Uploads) -> Response[str]:
        """The table before and after, and a dry run; nothing is booked."""
        require_unblinded(desk, Permission.RUN_RESUPPLY, study_id)
        typed = words_in(data)
        try:
            text = text_in(data, "file")
            rows = read_level_file(text) if text.strip() else _chosen(desk, study_id, typed)
            return _page(desk, study_id, typed, rows=rows)
        except Refusal as refusal:
            return _page(desk, study_id, typed, refusal=refusal)

    @post("/many", sync_to_thread=True)
    def propose(self, desk: NamedDependency[Desk], study_id: FromPath[int], data: Fields) -> Response[Any]:
        """Proposes the table that was looked at."""
        require_unblinded(desk, Permission.RUN_RESUPPLY, study_id)
        rows: Sequence[Mapping[str, Any]] = ()
        try:
            rows = read_level_file(data.get("rows", ""))
            ask = ProposeLevelSet(
                study_id=study_id,
                rows=[LevelRow.model_validate(row) for row in rows],
                effective_from=day_in(data.get("effective_from", ""), desk.now.date()),
                reason=reason_in(data),
            )
            change_id = desk.press(propose_level_set, ask, data.get("command_key", "")).change_id
        except Refusal as refusal:
            return _page(desk, study_id, data, rows=rows, refusal=refusal)
        return go(f"/supply/levels/{study_id}/sets/{change_id}")

    @get("/sets/{change_id:int}", sync_to_thread=True)
    def show_set(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], change_id: FromPath[int]
    ) -> Response[str]:
        """One proposed set before its second person."""
        return _set_page(desk, study_id, change_id, {})

    @post("/sets/{change_id:int}", sync_to_thread=True)
    def decide_set(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], change_id: FromPath[int], data: Fields
    ) -> Response[Any]:
        """Approves or refuses the whole set, signed."""
        require_unblinded(desk, Permission.RUN_RESUPPLY, study_id)
        try:
            decide(desk, study_id, change_id, data)
        except Refusal as refusal:
            return _set_page(desk, study_id, change_id, data, refusal)
        return go("/supply/levels?done=decided")


def _chosen(desk: Desk, study_id: int, typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """One row for each chosen site and kit type."""
    numbers = set(typed.get("sites", "").replace(",", " ").split())
    country = typed.get("country", "")
    kit_types = [name.removeprefix("type_") for name in typed if name.startswith("type_")]
    if not kit_types or not (numbers or country):
        raise BadInput("Choose kit types, and sites by country or by number. Nothing was changed.")
    with desk.store.reading() as connection:
        sites = [site for site in supply_sites(connection, study_id) if not country or site.country == country]
    found = [site.number for site in sites if not numbers or site.number in numbers]
    if unknown := sorted(numbers - set(found)):
        raise BadInput(f"Site {unknown[0]} is not among them. Nothing was changed. Check its number.")
    figures = {name: whole_in(typed.get(name, ""), name) for name in ("minimum", "maximum")}
    for name in ("trigger_days", "resupply_days"):
        if typed.get(name, "").strip():
            figures[name] = whole_in(typed[name], "days")
    rows = [{"site": number, "kit_type": code, **figures} for number in found for code in kit_types]
    return read_level_file(_as_file(rows))


def _as_file(rows: Sequence[Mapping[str, Any]]) -> str:
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def _page(
    desk: Desk,
    study_id: int,
    typed: Mapping[str, str],
    *,
    rows: Sequence[Mapping[str, Any]] = (),
    refusal: Refusal | None = None,
) -> Response[str]:
    require_unblinded(desk, Permission.RUN_RESUPPLY, study_id)
    with desk.store.reading() as connection:
        definition = definition_in_force(connection, study_id)
        looked_at = [dict(row) for row in rows]
        preview = preview_level_set(connection, study_id, looked_at, MinMax(), desk.now) if rows else None
    view = LevelSetForm(
        study_id=study_id,
        kit_types=tuple((kit_type.code, kit_type.name) for kit_type in definition.kit_types),
        countries=tuple((country.code, country.name) for country in definition.countries),
        today=desk.now.date(),
        command_key=desk.key(),
        typed=typed,
        rows=_as_file(rows) if rows else "",
        preview=preview,
        refusal=refusal.sentence if refusal else "",
    )
    status_code = refusal.status_code if refusal else 200
    return secret_page(desk, "supply/level_set_form.html", view, "Many levels", "Supply", study_id, status_code)


def _set_page(
    desk: Desk, study_id: int, change_id: int, typed: Mapping[str, str], refusal: Refusal | None = None
) -> Response[str]:
    require_unblinded(desk, Permission.RUN_RESUPPLY, study_id)
    with desk.store.reading() as connection:
        found = proposed_set(connection, study_id, change_id)
        preview = preview_level_set(connection, study_id, found.rows, MinMax(), desk.now)
    panel = decision_panel(desk, study_id, found.asked_by_id, typed, refusal)
    view = LevelSetView(study_id, found, preview, panel)
    status_code = refusal.status_code if refusal else 200
    return secret_page(desk, "supply/level_set.html", view, "Stock levels", "Supply", study_id, status_code)
