"""Recalls, quarantines and drills: opened and lifted under a signature, followed kit by kit, reported as a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_holds import HoldLine, HoldPage, closing_report, hold_page, holds_of
from irt.reads.blinded_signing import code_will_be_needed
from irt.services.lift_hold import LiftHold, lift_hold
from irt.services.open_hold import OpenHold, open_hold
from irt.states.hold import HoldKind
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import study_of
from web.blinded.typed import reason_in, signing_in, whole_in
from web.downloads import table_answer, table_in
from web.forms import Fields
from web.frame import mode_of

KINDS = (
    ("recall", "Recall: the kits are never used again"),
    ("quarantine", "Quarantine: set apart until quality decides kit by kit"),
    ("drill", "Drill: find them and take the time; nothing is blocked"),
)
SCOPES = (
    ("lot", "A lot"),
    ("kits", "A range of kit numbers"),
    ("shipment", "A shipment"),
    ("site", "A site: its shelf, its parcels, its subjects' kits"),
)
_HEADS = ("Kit", "Lot", "Use by", "Found at", "Now at", "State")
_TYPED = ("kind", "over", "number", "last", "reason")


@dataclass(frozen=True)
class Panel(BlindedView):
    """What a signature panel needs."""

    role: str
    code_needed: bool
    command_key: str
    meaning: str = Meaning.DECIDE_QUALITY


@dataclass(frozen=True)
class HoldsView(BlindedView):
    """Every hold of a study, and the form that opens one; passwords are never given back."""

    study_id: int
    holds: tuple[HoldLine, ...]
    panel: Panel
    kinds: tuple[tuple[str, str], ...] = KINDS
    scopes: tuple[tuple[str, str], ...] = SCOPES
    typed: dict[str, str] = field(default_factory=dict)
    refusal: str = ""
    said: str = ""


@dataclass(frozen=True)
class HoldView(BlindedView):
    """One hold, and the form that lifts it."""

    page: HoldPage
    panel: Panel
    typed: dict[str, str] = field(default_factory=dict)
    refusal: str = ""


class HoldPages(Controller):
    """What quality has blocked, and where it is."""

    path = "/holds"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], lifted: FromQuery[str] = "") -> Response[Any]:
        """Every hold, the newest first."""
        study_id = study_of(desk, Permission.DECIDE_QUALITY)
        return go("/switch") if study_id is None else _list(desk, study_id, {}, said=lifted)

    @post("/open", sync_to_thread=True)
    def open(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Signs and opens a hold; its job tells how the kits are found."""
        study_id = whole_in(data.get("study", ""), "the study")
        try:
            opened = desk.press(open_hold, _asked(study_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _list(desk, study_id, data, refusal)
        return go(f"/jobs/{opened.job_id}")

    @get("/{study_id:int}/{number:str}", sync_to_thread=True)
    def one(
        self, desk: NamedDependency[Desk], study_id: int, number: str, after: FromQuery[str] = ""
    ) -> Response[Any]:
        """Where its kits were found, how many are still there, and each of them."""
        return _one(desk, study_id, number, {}, after=after)

    @get("/{study_id:int}/{number:str}/report", sync_to_thread=True)
    def report(self, desk: NamedDependency[Desk], study_id: int, number: str) -> Response[Any]:
        """The closing report: every kit, where it was found and what became of it."""
        desk.who.actor.require(Permission.DECIDE_QUALITY, study_id)
        suffix = table_in(desk.request.query_params)
        with desk.store.reading() as connection:
            rows = [
                (kit.number, kit.lot, kit.expiry.isoformat(), kit.found_at, kit.now_at, kit.status)
                for kit in closing_report(connection, study_id, number)
            ]
        mode = mode_of(desk.who, desk.who.place, desk.request.app.state.installation.settings.mode)
        return table_answer(f"hold_{number}", mode, desk.now, _HEADS, rows, suffix)

    @post("/{study_id:int}/{number:str}/lift", sync_to_thread=True)
    def lift(self, desk: NamedDependency[Desk], study_id: int, number: str, data: Fields) -> Response[Any]:
        """Signs the end of a hold."""
        try:
            ask = LiftHold(study_id=study_id, number=number, reason=reason_in(data), signing=signing_in(data))
            desk.press(lift_hold, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _one(desk, study_id, number, data, refusal)
        return go(f"/holds?lifted={number}")


def _asked(study_id: int, data: Mapping[str, str]) -> OpenHold:
    kind, over, number = data.get("kind", ""), data.get("over", ""), data.get("number", "").strip()
    if kind not in {code for code, _ in KINDS} or over not in {code for code, _ in SCOPES} or not number:
        raise BadInput("Say what it is, what it is over, and the number of it. Nothing was opened.")
    return OpenHold(
        study_id=study_id,
        kind=HoldKind(kind),
        lot=number if over == "lot" else None,
        first_kit=number if over == "kits" else None,
        last_kit=data.get("last", "").strip() or number if over == "kits" else None,
        shipment=number if over == "shipment" else None,
        site=number if over == "site" else None,
        reason=reason_in(data),
        signing=signing_in(data),
    )


def _panel(desk: Desk, study_id: int) -> Panel:
    grant = desk.who.actor.require(Permission.DECIDE_QUALITY, study_id)
    with desk.store.reading() as connection:
        code_needed = code_will_be_needed(connection, desk.who.actor, study_id)
    return Panel(words(grant.role), code_needed, desk.key())


def _list(
    desk: Desk, study_id: int, data: Mapping[str, str], refusal: Refusal | None = None, said: str = ""
) -> Response[Any]:
    panel = _panel(desk, study_id)
    with desk.store.reading() as connection:
        holds = holds_of(connection, study_id)
    known = {hold.number for hold in holds if hold.lifted_at is not None}
    view = HoldsView(
        study_id,
        holds,
        panel,
        typed={name: data.get(name, "") for name in _TYPED},
        refusal=refusal.sentence if refusal else "",
        said=f"Hold {said} is lifted" if said in known else "",
    )
    status = refusal.status_code if refusal else 200
    return desk.page("holds/holds.html", view, "Holds", "Holds", study_id=study_id, status_code=status)


def _one(
    desk: Desk,
    study_id: int,
    number: str,
    data: Mapping[str, str],
    refusal: Refusal | None = None,
    after: str = "",
) -> Response[Any]:
    panel = _panel(desk, study_id)
    with desk.store.reading() as connection:
        page = hold_page(connection, study_id, number, after)
    view = HoldView(page, panel, {"reason": data.get("reason", "")}, refusal=refusal.sentence if refusal else "")
    status = refusal.status_code if refusal else 200
    return desk.page("holds/hold.html", view, f"Hold {number}", "Holds", study_id=study_id, status_code=status)
