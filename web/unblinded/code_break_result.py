"""The result of a code break: on a page of its own, kept by no browser, gone after five minutes, printed once.

A practice takes the same way to the same page, which then tells nobody's treatment.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from litestar import Controller, MediaType, Response, post
from litestar.di import NamedDependency, Provide

from irt.blinding.code_break import NARRATIVE_WITHIN, BrokenCode, ReasonCategory, practice_site
from irt.blinding.views import UnblindedView
from irt.errors import Refusal
from irt.reads.blinded_code_break import break_record, breakable_subject
from irt.reads.blinded_people import Place, place_in
from irt.services.after_code_break import ShowBrokenCode, show_broken_code
from irt.services.break_code import BreakCode, CodeBroken, break_code
from irt.services.practise_code_break import CodeBreakPractised, PractiseCodeBreak, practise_code_break
from irt.services.sign_record import SigningRefused
from web.blinded.code_break import emergency_desk, form_page, typed_signing
from web.blinded.desk import Desk, go
from web.forms import Fields
from web.frame import frame_for
from web.render import unblinded_page
from web.unblinded.secret_page import NOT_KEPT

SHOWN_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class ResultView(UnblindedView):
    """The treatment of one subject, for the eyes of the person who asked."""

    broken: BrokenCode
    onward: str
    study: str
    site: str
    person: str
    zone: str
    narrative_due_at: datetime
    seconds: int
    printable: bool
    practice: bool = False


class CodeBreakResultPages(Controller):
    """Revealing a treatment, and showing it again."""

    dependencies = {"desk": Provide(emergency_desk, sync_to_thread=False)}

    @post("/studies/{study_id:int}/subjects/{number:str}/code-break/reveal", status_code=200, sync_to_thread=True)
    def reveal(self, desk: NamedDependency[Desk], study_id: int, number: str, data: Fields) -> Response[Any]:
        """Breaks the code; a second press finds it broken and shows nothing by itself."""
        errors = _missing(data)
        if errors:
            return form_page(desk, study_id, number, data, errors=errors, status_code=400)
        try:
            return _pressed(desk, study_id, number, data)
        except SigningRefused as refusal:
            said = {"password": refusal.sentence}
            return form_page(desk, study_id, number, data, errors=said, status_code=refusal.status_code)
        except Refusal as refusal:
            return form_page(
                desk, study_id, number, data, refusal=refusal.sentence, status_code=refusal.status_code
            )

    @post("/code-breaks/{code_break_id:int}/show", status_code=200, sync_to_thread=True)
    def show_again(self, desk: NamedDependency[Desk], code_break_id: int, data: Fields) -> Response[Any]:
        """Shows it again to the same person; each showing is written down."""
        ask = ShowBrokenCode(code_break_id=code_break_id)
        return _result(desk, desk.press(show_broken_code, ask, data.get("command_key", "")), printable=False)


def _pressed(desk: Desk, study_id: int, number: str, data: dict[str, str]) -> Response[Any]:
    """Breaks the code of a subject, or practises with the practice subject of a site."""
    reason, signing, key = ReasonCategory(data["reason"]), typed_signing(data), data.get("command_key", "")
    if (site := practice_site(number)) is not None:
        ask = PractiseCodeBreak(study_id=study_id, site=site, reason=reason, signing=signing)
        return _practised(desk, desk.press(practise_code_break, ask, key))
    asked = BreakCode(study_id=study_id, subject=number, reason=reason, signing=signing)
    return _result(desk, desk.press(break_code, asked, key), printable=True)


def _missing(data: dict[str, str]) -> dict[str, str]:
    errors = {}
    if data.get("reason", "") not in list(ReasonCategory):
        errors["reason"] = "Choose why the treatment must be known."
    if not data.get("password"):
        errors["password"] = "Enter your password."  # noqa: S105 - a sentence, not a password
    return errors


def _result(desk: Desk, answer: CodeBroken, *, printable: bool) -> Response[Any]:
    """The result page, where this press is the one that reveals; else the page of the record."""
    if answer.view is None:
        return go(f"/code-breaks/{answer.code_break_id}")
    with desk.store.reading() as connection:
        record = break_record(connection, desk.who.actor, answer.code_break_id)
        place = place_in(connection, desk.who.actor, record.study_id, record.site_id)
    view = ResultView(
        broken=answer.view,
        onward=f"/code-breaks/{answer.code_break_id}",
        study=record.study,
        site=record.site,
        person=record.person,
        zone=record.zone,
        narrative_due_at=answer.broken_at + NARRATIVE_WITHIN,
        seconds=int(SHOWN_FOR.total_seconds()),
        printable=printable,
    )
    return _shown(desk, view, place)


def _practised(desk: Desk, answer: CodeBreakPractised) -> Response[Any]:
    """The same page for a practice; a second press leads to the beginning of the way."""
    if answer.view is None:
        return go(f"/code-break?study={answer.study_id}")
    with desk.store.reading() as connection:
        about = breakable_subject(connection, desk.who.actor, answer.study_id, answer.view.subject)
        place = place_in(connection, desk.who.actor, answer.study_id, about.site_id)
    view = ResultView(
        broken=answer.view,
        onward=f"/code-break?study={answer.study_id}",
        study=about.study,
        site=about.site,
        person=desk.who.printed_name,
        zone=about.zone,
        narrative_due_at=answer.at + NARRATIVE_WITHIN,
        seconds=int(SHOWN_FOR.total_seconds()),
        printable=True,
        practice=True,
    )
    return _shown(desk, view, place)


def _shown(desk: Desk, view: ResultView, place: Place | None) -> Response[Any]:
    frame = frame_for(desk.who, desk.request, f"Code break {view.broken.subject}", place=place)
    page = unblinded_page("code_break/result.html", view, frame)
    leaving = {"refresh": f"{view.seconds}; url={view.onward}"}
    return Response(page, media_type=MediaType.HTML, headers={**NOT_KEPT, **leaving})
