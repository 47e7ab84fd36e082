"""The log of issues: written down, noted on and closed by whoever sees to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from pydantic import ValidationError

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_activation import sites_reached
from irt.reads.blinded_issues import IssueLine, issues_of
from irt.services.issues import NoteIssue, OpenIssue, note_issue, open_issue
from irt.states.issue import IssueKind, IssueRank
from irt.states.table import words
from web.blinded.activation import NAVIGATION
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import may, study_in, study_of
from web.blinded.typed import day_in
from web.forms import Fields

_VIEW = Permission.VIEW_STUDY_LIFE


@dataclass(frozen=True)
class IssuesView(BlindedView):
    """Every issue that the reader reaches, and the form for another."""

    study_id: int
    issues: tuple[IssueLine, ...]
    may_record: bool
    whole: bool
    today: date
    kinds: tuple[tuple[str, str], ...]
    ranks: tuple[tuple[str, str], ...]
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""

    @property
    def open(self) -> int:
        """How many somebody still has to see to."""
        return sum(one.closed_at is None for one in self.issues)


class IssuePages(Controller):
    """Issues of one study."""

    path = "/issues"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """Open issues first."""
        study_id = study_of(desk, _VIEW)
        return go("/switch") if study_id is None else _page(desk, study_id)

    @post("/", sync_to_thread=True)
    def open(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Writes one down."""
        study_id = study_in(data)
        try:
            desk.press(open_issue, _opened(desk, study_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, data, refusal)
        return go("/issues")

    @post("/note", sync_to_thread=True)
    def note(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Adds what was done; closes the issue where that is said."""
        study_id = study_in(data)
        try:
            desk.press(note_issue, _note(study_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, data, refusal)
        return go("/issues")


def _opened(desk: Desk, study_id: int, data: Mapping[str, str]) -> OpenIssue:
    facts = {
        "study_id": study_id,
        "kind": data.get("kind"),
        "rank": data.get("rank"),
        "site": data.get("site", "").strip() or None,
        "sentence": data.get("sentence", "").strip(),
        "due_on": day_in(data.get("due_on", ""), desk.now.date()),
    }
    try:
        return OpenIssue.model_validate(facts)
    except ValidationError:
        raise BadInput("Say what it is, how much it matters and by when. Nothing was booked.") from None


def _note(study_id: int, data: Mapping[str, str]) -> NoteIssue:
    said = data.get("words", "").strip()
    if not said or len(said) > 1000:
        raise BadInput("Say what was done, in at most 1000 characters. Nothing was booked.")
    return NoteIssue(
        study_id=study_id, number=data.get("number", "")[:20], words=said, close=data.get("close") == "yes"
    )


def _page(
    desk: Desk, study_id: int, typed: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Response[str]:
    actor = desk.who.actor
    with desk.store.reading() as connection:
        found = issues_of(connection, actor, study_id)
    view = IssuesView(
        study_id=study_id,
        issues=found,
        may_record=may(desk, Permission.RECORD_ISSUE, study_id),
        whole=sites_reached(actor, _VIEW, study_id) is None,
        today=desk.now.date(),
        kinds=tuple((str(kind), words(kind)) for kind in IssueKind),
        ranks=tuple((str(rank), words(rank)) for rank in IssueRank),
        command_key=desk.key(),
        typed=dict(typed or {}),
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return desk.page("life/issues.html", view, "Issues", NAVIGATION, study_id=study_id, status_code=status)
