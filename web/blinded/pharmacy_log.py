"""The accountability log of a site, in the columns that the site has chosen: to read, to print, as a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_pharmacy_log import log_layout, log_lines
from irt.reads.blinded_sites import WorkSite, allowed, not_found
from irt.services.log_reading import LogReading, log_reading
from irt.services.save_log_layout import LogColumn, SaveLogLayout, save_log_layout
from irt.supply.pharmacy_log import FIELDS, HEADING_LENGTH_MAX, Column, laid_out
from web.blinded.desk import Desk, desk_of, go
from web.downloads import file_answer, file_name, table_answer, table_in
from web.formats import day
from web.forms import Fields
from web.frame import mode_of
from web.my_sites import sites_of
from web.pdf import Masthead, Sheets

_DAYS = frozenset(field for field in FIELDS if field == "use_by" or field.endswith("_on"))


@dataclass(frozen=True)
class LogView(BlindedView):
    """The log, and the form of its columns: field, own name, order, heading."""

    site: str
    site_name: str
    site_id: int
    study: str
    subject: str
    heads: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    choices: tuple[tuple[str, str, str, str], ...]
    sites: tuple[tuple[str, str], ...]
    may_choose: bool
    command_key: str
    heading_max: int = HEADING_LENGTH_MAX
    refusal: str = ""
    said: str = ""


class PharmacyLogPages(Controller):
    """The log of one site."""

    path = "/stock/log"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        site: FromQuery[int | None] = None,
        subject: FromQuery[str] = "",
        done: FromQuery[bool] = False,
    ) -> Response[str]:
        """Every kit that was ever here, or those of one subject."""
        return _page(desk, _here(desk, site), subject.strip(), said="The columns are saved" if done else "")

    @post("/columns", sync_to_thread=True)
    def choose(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Keeps columns, order and headings for the site."""
        here = _named(desk, data)
        try:
            ask = SaveLogLayout(study_id=here.study_id, site=here.site, columns=_columns(data))
            desk.press(save_log_layout, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, here, "", data, refusal)
        return go(f"/stock/log?site={here.site_id}&done=true")

    @post("/export", status_code=200, sync_to_thread=True)
    def export(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """The log as a table or as PDF; taking it is written down."""
        here, subject = _named(desk, data), data.get("subject", "").strip()
        with desk.store.reading() as connection:
            heads, rows = laid_out(log_layout(connection, here), log_lines(connection, here, subject))
        ask = LogReading(
            study_id=here.study_id,
            site_id=here.site_id,
            what="accountability log, as a file",
            permission=Permission.VIEW_STOCK,
            rows=len(rows),
        )
        desk.press(log_reading, ask, f"{data.get('command_key', '')}:{data.get('form', '')}")
        mode = mode_of(desk.who, desk.who.place, desk.request.app.state.installation.settings.mode)
        name = f"log {here.site} {subject}".strip()
        if data.get("form") != "pdf":
            return table_answer(name, mode, desk.now, heads, rows, table_in(data))
        title = f"Accountability log of site {here.site}" + (f", subject {subject}" if subject else "")
        masthead = Masthead(title, here.study, desk.who.printed_name, desk.now, mode, ("blinded", "confidential"))
        sheets = Sheets(masthead, wide=True)
        sheets.rows(heads, rows, [1] * len(heads))
        return file_answer(bytes(sheets.output()), file_name(name, mode, desk.now, "pdf"), "application/pdf")


def _columns(data: Mapping[str, str]) -> list[LogColumn]:
    """Fields that have a place, in the order of their places."""
    placed = []
    for field in FIELDS:
        place = data.get(f"place-{field}", "").strip()
        if place:
            if not (place.isascii() and place.isdecimal() and len(place) < 4):
                raise BadInput("The place of a column is a whole number. Nothing was saved. Look again.")
            placed.append((int(place), field))
    if not placed:
        raise BadInput("Give at least one column a place. Nothing was saved.")
    return [LogColumn(field=field, heading=data.get(f"heading-{field}", "")) for _, field in sorted(placed)]


def _named(desk: Desk, data: Mapping[str, str]) -> WorkSite:
    typed = data.get("site", "")
    return _here(desk, int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else None)


def _here(desk: Desk, site_id: int | None) -> WorkSite:
    with desk.store.reading() as connection:
        sites = sites_of(connection, desk.who, Permission.VIEW_STOCK)
    found = next((site for site in sites if site_id in (None, site.site_id)), None)
    if found is None:
        raise not_found("site")
    return found


def _choices(layout: tuple[Column, ...], typed: Mapping[str, str]) -> tuple[tuple[str, str, str, str], ...]:
    """Columns in use first, in their order; the rest as the list has them."""
    at = {column.field: (str(place), column.heading) for place, column in enumerate(layout, 1)}
    fields = [*at, *(field for field in FIELDS if field not in at)]
    return tuple(
        (
            field,
            FIELDS[field],
            typed.get(f"place-{field}", at.get(field, ("", ""))[0]),
            typed.get(f"heading-{field}", at.get(field, ("", FIELDS[field]))[1]),
        )
        for field in fields
    )


def _shown(layout: tuple[Column, ...], row: tuple[object, ...]) -> tuple[object, ...]:
    """The cells as a page shows them: days with the month in letters."""
    return tuple(
        day(date.fromisoformat(str(cell))) if cell and column.field in _DAYS else cell
        for column, cell in zip(layout, row, strict=True)
    )


def _page(
    desk: Desk,
    here: WorkSite,
    subject: str,
    typed: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
    said: str = "",
) -> Response[str]:
    with desk.store.reading() as connection:
        layout = log_layout(connection, here)
        heads, rows = laid_out(layout, log_lines(connection, here, subject))
        sites = sites_of(connection, desk.who, Permission.VIEW_STOCK)
    view = LogView(
        site=here.site,
        site_name=here.name,
        site_id=here.site_id,
        study=here.study,
        subject=subject,
        heads=heads,
        rows=tuple(_shown(layout, row) for row in rows),
        choices=_choices(layout, typed or {}),
        sites=tuple((str(site.site_id), f"{site.site} · {site.study}") for site in sites),
        may_choose=allowed(desk.who.actor, Permission.COUNT_STOCK, here),
        command_key=desk.key(),
        refusal=refusal.sentence if refusal else "",
        said=said,
    )
    status = refusal.status_code if refusal else 200
    return desk.page(
        "stock/log.html",
        view,
        "Accountability log",
        "Stock",
        study_id=here.study_id,
        site_id=here.site_id,
        status_code=status,
    )
