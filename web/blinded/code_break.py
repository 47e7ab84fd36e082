"""Before and after a code break, without its result: the form, what others may know, narrative and review."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency, Provide
from pydantic import ValidationError

from irt.audit.signature import Meaning
from irt.blinding.code_break import ReasonCategory
from irt.blinding.eyes import blinded_eyes
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_code_break import BreakableSubject, BreakRecord, break_record, breakable_subject
from irt.reads.blinded_signing import code_will_be_needed
from irt.services.after_code_break import (
    NarrateCodeBreak,
    ReviewCodeBreak,
    narrate_code_break,
    review_code_break,
)
from irt.services.sign_record import Signing
from irt.services.store import Store
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import signing_in
from web.forms import Fields
from web.session import Who

REASONS = tuple((str(reason), words(reason)) for reason in ReasonCategory)


@dataclass(frozen=True)
class CodeBreakForm(BlindedView):
    """What a code break does, and what is asked for it."""

    about: BreakableSubject
    reasons: tuple[tuple[str, str], ...]
    has_device: bool
    command_key: str
    reason: str = ""
    refusal: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RecordView(BlindedView):
    """A code break that happened; `may_review`: it is another person's and waits for a second look."""

    record: BreakRecord
    may_review: bool
    code_needed: bool
    meaning: str
    role: str
    command_key: str
    narrative: str = ""
    refusal: str = ""
    errors: dict[str, str] = field(default_factory=dict)


def emergency_desk(
    request: Request[Any, Any, Any],
    emergency_who: NamedDependency[Who],
    store: NamedDependency[Store],
    now: NamedDependency[datetime],
) -> Desk:
    """The desk of a person who may break a code, also while their six-digit code is missing."""
    return Desk(request, emergency_who, store.seen_with(blinded_eyes(emergency_who.actor)), now)


class CodeBreakPages(Controller):
    """The form of one subject's code break; its answer is an unblinded page."""

    path = "/studies/{study_id:int}/subjects/{number:str}/code-break"
    dependencies = {"desk": Provide(emergency_desk, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: int, number: str) -> Response[str]:
        """The consequences, the reason, the password."""
        return form_page(desk, study_id, number, {})


class CodeBreakRecordPages(Controller):
    """A code break afterwards."""

    path = "/code-breaks/{code_break_id:int}"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], code_break_id: int) -> Response[str]:
        """Who, when and why; the narrative where it is given."""
        return _record_page(desk, code_break_id, {})

    @post("/narrative", sync_to_thread=True)
    def narrate(self, desk: NamedDependency[Desk], code_break_id: int, data: Fields) -> Response[Any]:
        """What happened, in words, once."""
        try:
            ask = _narrative(code_break_id, data)
            desk.press(narrate_code_break, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _record_page(desk, code_break_id, data, refusal.sentence, refusal.status_code)
        return go(f"/code-breaks/{code_break_id}")

    @post("/review", sync_to_thread=True)
    def review(self, desk: NamedDependency[Desk], code_break_id: int, data: Fields) -> Response[Any]:
        """A second person's signed look."""
        ask = ReviewCodeBreak(code_break_id=code_break_id, signing=typed_signing(data))
        try:
            desk.press(review_code_break, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _record_page(desk, code_break_id, data, refusal.sentence, refusal.status_code)
        return go(f"/code-breaks/{code_break_id}")


def typed_signing(data: dict[str, str]) -> Signing:
    """Password and, where given, the six-digit code or the passkey's answer."""
    return signing_in(data)


def form_page(
    desk: Desk,
    study_id: int,
    number: str,
    data: dict[str, str],
    *,
    refusal: str = "",
    errors: dict[str, str] | None = None,
    status_code: int = 200,
) -> Response[str]:
    """The form, with what was typed; the password apart."""
    with desk.store.reading() as connection:
        about = breakable_subject(connection, desk.who.actor, study_id, number)
    view = CodeBreakForm(
        about,
        REASONS,
        desk.who.person.second_factor,
        desk.key(),
        data.get("reason", ""),
        refusal,
        errors or {},
    )
    return desk.page(
        "code_break/form.html",
        view,
        f"Code break {about.subject}",
        "Subjects",
        study_id=study_id,
        site_id=about.site_id,
        status_code=status_code,
    )


def _narrative(code_break_id: int, data: dict[str, str]) -> NarrateCodeBreak:
    typed = data.get("narrative", "").strip()
    try:
        return NarrateCodeBreak.model_validate({"code_break_id": code_break_id, "narrative": typed})
    except ValidationError:
        raise BadInput("Write at least ten letters, at most 4,000. Nothing was booked.") from None


def _record_page(
    desk: Desk, code_break_id: int, data: dict[str, str], refusal: str = "", status_code: int = 200
) -> Response[str]:
    with desk.store.reading() as connection:
        record = break_record(connection, desk.who.actor, code_break_id)
        code_needed = code_will_be_needed(connection, desk.who.actor, record.study_id)
    roles = {grant.role for grant in desk.who.actor.grants if grant.study_id in (None, record.study_id)}
    view = RecordView(
        record=record,
        may_review=not record.own and record.reviewed_at is None and record.review_due_at is not None,
        code_needed=code_needed,
        meaning=Meaning.REVIEW_CODE_BREAK,
        role=", ".join(sorted(words(role) for role in roles)),
        command_key=desk.key(),
        narrative=data.get("narrative", ""),
        refusal=refusal,
    )
    return desk.page(
        "code_break/record.html",
        view,
        f"Code break {record.subject}",
        "Subjects",
        study_id=record.study_id,
        site_id=record.site_id,
        status_code=status_code,
    )
