"""Subjects: the list, a new screening, and the page of one subject."""

import csv
import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_sites import WorkSite, sites_reached
from irt.reads.blinded_subject import SubjectView, VisitLine, subject_page
from irt.reads.blinded_subjects import Asked, SubjectsView, every_row, subjects_page
from irt.reads.blinded_visits import VisitOnCalendar, VisitState
from irt.services.screen_subject import ScreeningReceipt, ScreenSubject, screen_subject
from irt.states.subject import SubjectStatus
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import day_in
from web.charts import VisitMark
from web.charts.visits import VisitState as MarkState
from web.downloads import prefix_of
from web.formats import day, day_range, short_day, stamp
from web.forms import Fields
from web.frame import mode_of
from web.press import answered

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_AHEAD = timedelta(days=200)
_MARKS: dict[VisitState, MarkState] = {
    VisitState.DONE: "done",
    VisitState.NOT_GIVEN: "done",
    VisitState.ASSIGNED: "due",
    VisitState.DUE: "due",
    VisitState.SKIPPED: "skipped",
}
_STATES = {
    VisitState.DONE: ("done", "Done"),
    VisitState.ASSIGNED: ("assigned", "Kits assigned"),
    VisitState.NOT_GIVEN: ("not_given", "Kits given back"),
    VisitState.SKIPPED: ("skipped", "Skipped, with reason"),
    VisitState.DUE: ("waiting", "Due now"),
    VisitState.MISSED: ("missing", "No record"),
    VisitState.PLANNED: ("planned", "Planned"),
    VisitState.UNRECORDED: ("closed", "Not recorded here"),
}


@dataclass(frozen=True)
class SubjectsPage(BlindedView):
    """The list with the addresses of its other orders and pages."""

    found: SubjectsView
    booked: str = ""

    def sorted_by(self, sort: str) -> str:
        """The address of the list in another order; the same order again turns it round."""
        asked = self.found.asked
        down = "yes" if asked.sort == sort and not asked.down else ""
        return self._address(sort=sort, down=down)

    def direction(self, sort: str) -> str:
        """How a column is sorted now, as `aria-sort` says it."""
        asked = self.found.asked
        return "" if asked.sort != sort else "descending" if asked.down else "ascending"

    @property
    def previous_href(self) -> str:
        """The page before, empty on the first."""
        return self._address(before=self.found.previous) if self.found.previous else ""

    @property
    def next_href(self) -> str:
        """The page after, empty on the last."""
        return self._address(after=self.found.next) if self.found.next else ""

    @property
    def export_href(self) -> str:
        """Exactly the filtered rows as a file."""
        return self._address().replace("/subjects", "/subjects/export", 1)

    @property
    def statuses(self) -> tuple[tuple[str, str], ...]:
        """The choices of the filter."""
        return (("", "Every state"), *((status.value, words(status)) for status in SubjectStatus))

    def _address(self, **more: str) -> str:
        asked = self.found.asked
        kept = {
            "status": asked.status,
            "study": str(asked.study_id or ""),
            "words": asked.words,
            "sort": asked.sort,
            "down": "yes" if asked.down else "",
        }
        return "/subjects?" + urlencode({name: value for name, value in {**kept, **more}.items() if value})


@dataclass(frozen=True)
class ScreenPage(BlindedView):
    """The form of a new screening."""

    sites: tuple[tuple[str, str], ...]
    command_key: str
    site: str
    on_day: str
    problem: str = ""


@dataclass(frozen=True)
class SubjectPage(BlindedView):
    """One subject's page."""

    subject: SubjectView
    booked: str = ""

    kinds = (
        ("", "Everything"),
        ("kits", "Kits"),
        ("visits", "Visits"),
        ("order", "Orders"),
        ("dose", "Dose"),
        ("subject", "Subject"),
    )

    @property
    def has_rare(self) -> bool:
        """Whether there are steps on a page of their own."""
        return any(action.rare for action in self.subject.actions)

    def facts(self) -> list[tuple[str, str]]:
        """What the head of the page says."""
        s = self.subject
        found = [
            ("Study", f"{s.study} · {s.protocol} version {s.version}"),
            ("Site", f"{s.site} · {s.site_name}"),
            ("Screening no.", s.screening_number),
            ("Screened", day(s.screened_on)),
        ]
        if s.run_in_on is not None and s.run_in_ends is not None:
            found.append(("Run-in", f"{day(s.run_in_on)} to {day(s.run_in_ends)}"))
        if s.randomized_at is not None:
            found += [
                ("Randomization no.", s.randomization_number),
                ("Randomized", stamp(s.randomized_at, s.zone)),
                *((f"{name} (stratum)", level) for name, level in s.levels),
                *(("Randomized again", f"{number} · {stamp(at, s.zone)}") for number, at in s.randomized_again),
            ]
        if s.dose:
            found.append(("Dose", s.dose))
        broken = s.code_broken_at
        return [*found, ("Code broken", "No" if broken is None else f"Yes, {stamp(broken, s.zone)}")]

    def marks(self) -> list[VisitMark]:
        """The visits of the picture: all that are near enough to be told apart."""
        near = [line.visit for line in self.subject.visits if line.visit.day <= self.subject.today + _AHEAD]
        return [
            VisitMark(visit.name, visit.day, _MARKS.get(visit.state, "planned"), visit.first, visit.last)
            for visit in near[-12:]
        ]

    def planned_words(self, visit: VisitOnCalendar) -> str:
        """19 May 2026 (16–22 May 2026)."""
        if visit.planned is None:
            return "–"
        if visit.first is None or visit.last is None or visit.first == visit.last:
            return day(visit.planned)
        return f"{short_day(visit.planned)} ({day_range(visit.first, visit.last)})"

    def returned_words(self, line: VisitLine) -> str:
        """3 of 3; 0 of 3, 3 outstanding."""
        if not line.handed_over:
            return "–"
        said = f"{line.returned} of {line.handed_over}"
        return f"{said} · {line.outstanding} outstanding" if line.outstanding else said

    def state_of(self, visit: VisitOnCalendar) -> tuple[str, str]:
        """The chip of a visit."""
        return _STATES[visit.state]


class SubjectsPages(Controller):
    """The list and its first button."""

    path = "/subjects"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get(sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        status: FromQuery[str] = "",
        study: FromQuery[str] = "",
        words: FromQuery[str] = "",
        sort: FromQuery[str] = "number",
        down: FromQuery[str] = "",
        after: FromQuery[str] = "",
        before: FromQuery[str] = "",
    ) -> Response[str]:
        """One page of the subjects of the person's sites."""
        asked = _asked(desk, status, study, words, sort, down, after, before)
        with desk.store.reading() as connection:
            found = subjects_page(connection, desk.who.actor, desk.now, asked)
        return desk.page("subjects/list.html", SubjectsPage(found), "Subjects", "Subjects")

    @get("/export", sync_to_thread=True)
    def export(
        self,
        desk: NamedDependency[Desk],
        status: FromQuery[str] = "",
        study: FromQuery[str] = "",
        words: FromQuery[str] = "",
        sort: FromQuery[str] = "number",
        down: FromQuery[str] = "",
    ) -> Response[str]:
        """The filtered rows as a file of values separated by commas."""
        asked = _asked(desk, status, study, words, sort, down)
        with desk.store.reading() as connection:
            rows = every_row(connection, desk.who.actor, desk.now, asked)
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(_COLUMNS)
        for row in rows:
            writer.writerow(
                [
                    _plain(value)
                    for value in (
                        row.study,
                        row.site,
                        row.number,
                        row.status,
                        row.screened_on,
                        row.randomized_on,
                        row.last_visit,
                        row.last_on,
                        row.next_visit,
                        row.next_on,
                        row.outstanding,
                    )
                ]
            )
        name = f"{_prefix(desk)}subjects_{desk.now:%Y%m%dT%H%M%SZ}.csv"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)

    @get("/screen", sync_to_thread=True)
    def screen_form(self, desk: NamedDependency[Desk], site: FromQuery[str] = "") -> Response[str]:
        """The form for a new subject."""
        return _screen_page(desk, {"site": site})

    @post("/screen", sync_to_thread=True)
    def screen(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Gives the subject its number and opens its page."""
        site = next((each for each in _screening_sites(desk) if _site_code(each) == data.get("site")), None)
        if site is None:
            return _screen_page(desk, data, "Choose the site. Nothing was booked.", 400)
        return answered(
            lambda: _press_screen(desk, site, data),
            lambda done: go(f"/studies/{done.study_id}/subjects/{done.subject}"),
            lambda refusal: _screen_page(desk, data, refusal.sentence, refusal.status_code),
        )


class OneSubjectPages(Controller):
    """The page of one subject."""

    path = "/studies/{study_id:int}/subjects/{number:str}"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get(sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        history: FromQuery[str] = "",
    ) -> Response[str]:
        """Facts, next step, visits, history."""
        view = SubjectPage(_read(desk, study_id, number, history))
        return _subject_page(desk, "subjects/subject.html", view)

    @get("/change", sync_to_thread=True)
    def change(self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str]) -> Response[str]:
        """The steps that are rare, each with what it means."""
        return _subject_page(desk, "subjects/change.html", SubjectPage(_read(desk, study_id, number)))


_COLUMNS = (
    "study",
    "site",
    "subject",
    "state",
    "screened_on",
    "randomized_on",
    "last_visit",
    "last_visit_on",
    "next_visit",
    "next_visit_on",
    "kits_outstanding",
)


def _plain(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _prefix(desk: Desk) -> str:
    """The environment in a file's name: that of the study chosen, or of all of them together."""
    return prefix_of(mode_of(desk.who, desk.who.place, desk.request.app.state.installation.settings.mode))


def _asked(
    desk: Desk,
    status: str,
    study: str,
    typed: str,
    sort: str,
    down: str,
    after: str = "",
    before: str = "",
) -> Asked:
    """The part of the list that is asked for; a chosen study and site narrow it."""
    study_id = int(study) if study.isdecimal() and len(study) < 10 else desk.who.study_id
    site_id = desk.who.site_id if study_id == desk.who.study_id else None
    return Asked(status, study_id, site_id, typed[:40], sort, bool(down), after[:80], before[:80])


def _screening_sites(desk: Desk) -> list[WorkSite]:
    with desk.store.reading() as connection:
        return list(sites_reached(connection, desk.who.actor, Permission.SCREEN))


def _site_code(site: WorkSite) -> str:
    return f"{site.study_id}.{site.site}"


def _press_screen(desk: Desk, site: WorkSite, data: dict[str, str]) -> ScreeningReceipt:
    on_day = day_in(data.get("on_day", ""), site.today(desk.now))
    ask = ScreenSubject(study_id=site.study_id, site=site.site, on_day=on_day)
    return desk.press(screen_subject, ask, data.get("command_key", ""))


def _screen_page(desk: Desk, typed: dict[str, str], problem: str = "", status_code: int = 200) -> Response[str]:
    sites = _screening_sites(desk)
    if not sites:
        desk.who.actor.require(Permission.SCREEN, desk.who.study_id, desk.who.site_id)
    chosen = next((site for site in sites if site.site_id == desk.who.site_id), sites[0])
    view = ScreenPage(
        sites=tuple((_site_code(site), f"{site.study} · {site.site} · {site.name}") for site in sites),
        command_key=desk.key(),
        site=typed.get("site") or (_site_code(chosen) if len(sites) == 1 or desk.who.site_id else ""),
        on_day=typed.get("on_day") or chosen.today(desk.now).isoformat(),
        problem=problem,
    )
    return desk.page("subjects/screen.html", view, "Screen a subject", "Subjects", status_code=status_code)


def _read(desk: Desk, study_id: int, number: str, history: str = "") -> SubjectView:
    with desk.store.reading() as connection:
        return subject_page(connection, desk.who.actor, study_id, number, desk.now, history=history)


def _subject_page(desk: Desk, template: str, view: SubjectPage) -> Response[str]:
    subject = view.subject
    title = f"Subject {subject.number}"
    return desk.page(template, view, title, "Subjects", study_id=subject.study_id, site_id=subject.site_id)
