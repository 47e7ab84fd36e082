"""The periodic review of the audit trail: what waits for it, what to look at first, and the signature."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import Refusal
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_trail_reviews import TrailToReview, trail_to_review
from irt.services.review_trail import SAID_MAX, ReviewTrail, review_trail
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import may
from web.blinded.typed import signing_in, whole_in
from web.forms import Fields


@dataclass(frozen=True)
class TrailReviewView(BlindedView):
    """What waits; `role`: in which the reader signs, empty where they only read."""

    found: TrailToReview
    role: str
    code_needed: bool
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""


class TrailReviewPages(Controller):
    """Reviews of one study's trail."""

    path = "/studies/{study_id:int}/trail-reviews"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int]) -> Response[Any]:
        """The entries that nobody reviewed yet, by act, and every review so far."""
        return _page(desk, study_id)

    @post("/", sync_to_thread=True)
    def review(self, desk: NamedDependency[Desk], study_id: FromPath[int], data: Fields) -> Response[Any]:
        """Signs that the entries were looked through."""
        try:
            ask = ReviewTrail(
                study_id=study_id,
                up_to=max(whole_in(data.get("up_to", ""), "the last entry"), 1),
                hash=data.get("digest", ""),
                looked_at=data.get("looked_at", "").strip()[:SAID_MAX] or " ",
                findings=data.get("findings", "").strip()[:SAID_MAX] or " ",
                signing=signing_in(data),
            )
            desk.press(review_trail, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, data, refusal)
        return go(f"/studies/{study_id}/trail-reviews")


def _page(
    desk: Desk, study_id: int, typed: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Response[str]:
    desk.who.actor.require(Permission.VIEW_AUDIT, study_id)
    desk.who.actor.require(Permission.VIEW_ACCESS, study_id)
    with desk.store.reading() as connection:
        found = trail_to_review(connection, study_id, desk.now)
        code_needed = code_will_be_needed(connection, desk.who.actor, study_id)
    signs = may(desk, Permission.REVIEW_TRAIL, study_id) and found.from_entry <= found.to_entry
    view = TrailReviewView(
        found=found,
        role=words(desk.who.actor.require(Permission.REVIEW_TRAIL, study_id).role) if signs else "",
        code_needed=code_needed,
        command_key=desk.key(),
        typed={name: value for name, value in (typed or {}).items() if name not in ("password", "code")},
        refusal=refusal.sentence if refusal else "",
    )
    status_code = refusal.status_code if refusal else 200
    title = "Reviews of the history"
    return desk.page(
        "records/trail_reviews.html", view, title, "Records", study_id=study_id, status_code=status_code
    )
