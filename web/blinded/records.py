"""The records of a study: reports to read and take away, and doors to what is reviewed and noted."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.audit.master_file import INDEX, Filed
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput
from irt.reads.blinded_people import place_in
from irt.reads.blinded_sheets import REPORTS, Sheet, sheet_of
from irt.reads.blinded_site_copies import COPY, SiteCopy, site_copies
from irt.reads.blinded_sites import not_found
from irt.services.log_reading import LogReading, log_reading
from irt.states.records import Mode
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import may, study_of
from web.downloads import MEDIA_TYPES, file_answer, file_name, table_answer, table_in
from web.forms import Fields
from web.record_files import sheet_paper, zip_of_site

SHOWN_MAX = 100


@dataclass(frozen=True)
class RecordsView(BlindedView):
    """What this reader may open: doors, reports, and copies of sites."""

    study_id: int
    doors: tuple[tuple[str, str, str], ...]
    reports: tuple[tuple[str, str], ...]
    copies: tuple[SiteCopy, ...]
    command_key: str


@dataclass(frozen=True)
class ReportView(BlindedView):
    """One report as a page; of a long one the newest rows."""

    study_id: int
    sheet: Sheet
    rows: tuple[tuple[object, ...], ...]
    command_key: str


@dataclass(frozen=True)
class MasterFileView(BlindedView):
    """Where each document belongs."""

    study_id: int
    documents: tuple[Filed, ...]


class RecordsDoor(Controller):
    """The door in the navigation: on to the study's records."""

    path = "/records"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def enter(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """The records of the study chosen."""
        study_id = study_of(desk, Permission.VIEW_AUDIT, Permission.VIEW_INCIDENTS)
        return go("/switch" if study_id is None else f"/studies/{study_id}/records")


class RecordsPages(Controller):
    """Records of one study."""

    path = "/studies/{study_id:int}/records"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int]) -> Response[Any]:
        """Doors, reports and copies."""
        if not may(desk, Permission.VIEW_AUDIT, study_id):
            desk.who.actor.require(Permission.VIEW_INCIDENTS, study_id)
        with desk.store.reading() as connection:
            copies = site_copies(connection, study_id, desk.now)
        view = RecordsView(
            study_id=study_id,
            doors=tuple(_doors(desk, study_id)),
            reports=tuple((name, REPORTS[name].title) for name in REPORTS if _whole(desk, name, study_id)),
            copies=tuple(one for one in copies if _reads_site(desk, study_id, one.site_id)),
            command_key=desk.key(),
        )
        return desk.page("records/records.html", view, "Records", "Records", study_id=study_id)

    @get("/tmf", sync_to_thread=True)
    def master_file(self, desk: NamedDependency[Desk], study_id: FromPath[int]) -> Response[Any]:
        """Which document belongs where in a trial master file."""
        if not may(desk, Permission.VIEW_INCIDENTS, study_id):
            desk.who.actor.require(Permission.VIEW_ACCESS, study_id)
        view = MasterFileView(study_id, INDEX)
        title = "Index of the trial master file"
        return desk.page("records/master_file.html", view, title, "Records", study_id=study_id)

    @get("/reports/{which:str}", sync_to_thread=True)
    def report(self, desk: NamedDependency[Desk], study_id: FromPath[int], which: FromPath[str]) -> Response[Any]:
        """One report, its newest rows; that it was read stands in the history."""
        sheet = _sheet(desk, study_id, which)
        view = ReportView(study_id, sheet, sheet.rows[-SHOWN_MAX:][::-1], desk.key())
        return desk.page("records/report.html", view, sheet.title, "Records", study_id=study_id)

    @post("/reports/export", status_code=200, sync_to_thread=True)
    def take(self, desk: NamedDependency[Desk], study_id: FromPath[int], data: Fields) -> Response[Any]:
        """One report as CSV, workbook or PDF."""
        sheet = _sheet(desk, study_id, data.get("which", ""))
        protocol, mode = _study(desk, study_id)
        name = f"{sheet.name}-{protocol}"
        if data.get("format") == "pdf":
            paper = sheet_paper(sheet, protocol, mode, desk.who.printed_name, desk.now)
            return file_answer(paper, file_name(name, mode, desk.now, "pdf"), MEDIA_TYPES["pdf"])
        return table_answer(name, mode, desk.now, sheet.heads, sheet.rows, table_in(data))

    @post("/copy/export", status_code=200, sync_to_thread=True)
    def take_copy(self, desk: NamedDependency[Desk], study_id: FromPath[int], data: Fields) -> Response[Any]:
        """A site's own copy: its records as pages, tables and papers in one file, at any time."""
        number = data.get("site", "")
        site_id = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
        with desk.store.reading() as connection:
            sites = {one.site_id: one.site for one in site_copies(connection, study_id, desk.now)}
            if site_id not in sites or not _reads_site(desk, study_id, site_id):
                raise not_found("site")
            names = [name for name, report in REPORTS.items() if report.of_site]
            sheets = [sheet_of(connection, name, study_id, desk.now, (site_id,)) for name in names]
        ask = LogReading(
            study_id=study_id,
            site_id=site_id,
            what=COPY,
            permission=Permission.VIEW_AUDIT,
            rows=sum(len(sheet.rows) for sheet in sheets),
        )
        desk.press(log_reading, ask, desk.key())
        protocol, mode = _study(desk, study_id)
        name = f"copy-{protocol}-site-{sites[site_id]}"
        pack = zip_of_site(sheets, f"{protocol}, site {sites[site_id]}", mode, desk.who.printed_name, desk.now)
        return file_answer(pack, file_name(name, mode, desk.now, "zip"), MEDIA_TYPES["zip"])


def _doors(desk: Desk, study_id: int) -> list[tuple[str, str, str]]:
    """Title, address and use of each further page that the reader may open."""
    here = f"/studies/{study_id}"
    inspects = may(desk, Permission.VIEW_AUDIT, study_id) and _everywhere(desk, Permission.VIEW_ACCESS, study_id)
    told = (
        (
            _everywhere(desk, Permission.VIEW_GATE, study_id),
            *("Leak reports", f"{here}/leak-reports", "What the leak linter said of each version"),
        ),
        (inspects, "Time machine", f"{here}/time-machine", "What one person could see at one instant"),
        (inspects, "Reviews of the history", f"{here}/trail-reviews", "Who read it, up to where, what they found"),
        (
            _everywhere(desk, Permission.VIEW_INCIDENTS, study_id),
            *("Incidents", f"{here}/incidents", "Incidents and serious breaches, with their seven days"),
        ),
        (
            inspects or _everywhere(desk, Permission.VIEW_INCIDENTS, study_id),
            *("Index of the trial master file", f"{here}/records/tmf", "Which of these documents belongs where"),
        ),
    )
    return [(title, href, use) for open_to, title, href, use in told if open_to]


def _everywhere(desk: Desk, permission: Permission, study_id: int) -> bool:
    """Whether a role that is bound to no site or depot allows it."""
    return desk.who.actor.whole_grant_for(permission, study_id) is not None


def _whole(desk: Desk, name: str, study_id: int) -> bool:
    """Whether the reader may have the report of the whole study."""
    return _everywhere(desk, REPORTS[name].permission, study_id)


def _reads_site(desk: Desk, study_id: int, site_id: int) -> bool:
    """Whether the reader works with this site's subjects and may read its history."""
    actor = desk.who.actor
    wanted = (Permission.VIEW_AUDIT, Permission.VIEW_SUBJECTS, Permission.VIEW_STOCK)
    return all(actor.grant_for(permission, study_id, site_id) is not None for permission in wanted)


def _sheet(desk: Desk, study_id: int, name: str) -> Sheet:
    if name not in REPORTS:
        raise BadInput("There is no such report. Nothing was taken. Choose one on the page Records.")
    if not _whole(desk, name, study_id):
        raise not_found("report")
    with desk.store.reading() as connection:
        sheet = sheet_of(connection, name, study_id, desk.now)
    ask = LogReading(
        study_id=study_id, what=sheet.title[:100], permission=REPORTS[name].permission, rows=len(sheet.rows)
    )
    # A key of its own each time: what is taken twice is read twice, and the history has grown in between.
    desk.press(log_reading, ask, desk.key())
    return sheet


def _study(desk: Desk, study_id: int) -> tuple[str, Mode]:
    with desk.store.reading() as connection:
        place = place_in(connection, desk.who.actor, study_id, None)
    if place is not None:
        return place.protocol, place.mode
    at_site = next(each for each in desk.who.places if each.study_id == study_id)
    return at_site.protocol, at_site.mode
