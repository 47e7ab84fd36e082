"""Where a depot's own stock differs from the ledger: supply settles each, the depot explains its own."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_differences import DifferenceLine, open_differences
from irt.services.settle_difference import (
    SettleDifference,
    Settling,
    TakeDifference,
    settle_difference,
    take_difference,
)
from irt.states.stock_difference import DifferenceKind, DifferenceStatus
from web.blinded.at_depot import depots_worked_at
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import may, study_of
from web.forms import Fields

PAGE = "/differences"
_SHOWN = 500
_NOTE_MAX = 500
KIND_WORDS = {
    DifferenceKind.MISSING_HERE: "The depot has it, the record has not",
    DifferenceKind.MISSING_THERE: "The record has it, the depot has not",
    DifferenceKind.OTHER_STATUS: "Another status",
    DifferenceKind.OTHER_LABEL: "Another lot or date on the label",
    DifferenceKind.OTHER_COUNT: "Another number of kits",
}
_HOW = {
    Settling.EXPLAIN: "Explained: why the books differ",
    Settling.CORRECT: "Correct the record: book what the depot says",
    Settling.ACCEPT: "Accept that they differ",
}


@dataclass(frozen=True)
class DifferencesView(BlindedView):
    """Differences that somebody still has to end; `settles` for supply, the others explain."""

    differences: tuple[DifferenceLine, ...]
    settles: bool
    account_id: int
    command_key: str
    refusal: str = ""

    def words(self, line: DifferenceLine) -> str:
        """How the books differ, as a sentence."""
        return KIND_WORDS[line.kind]

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """The ways of settling that are open to the person."""
        return tuple((how.value, said) for how, said in _HOW.items() if self.settles or how == Settling.EXPLAIN)

    def to_answer(self, line: DifferenceLine) -> bool:
        """Whether the person has something to say to it."""
        return self.settles or line.status == DifferenceStatus.OPEN


class StockDifferencePages(Controller):
    """The list, and the forms on it."""

    path = PAGE
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """Everything that differs and is not ended, by depot and number."""
        study_id = _study(desk)
        return go("/switch") if study_id is None else _page(desk, study_id)

    @post("/take", sync_to_thread=True)
    def take(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """The person looks after one from now on."""
        return _booked(desk, data, settling=False)

    @post("/settle", sync_to_thread=True)
    def settle(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Explained, corrected by an act, or accepted."""
        return _booked(desk, data, settling=True)


def _study(desk: Desk) -> int | None:
    return study_of(desk, Permission.VIEW_SUPPLY, Permission.FULFIL_SHIPMENT)


def _booked(desk: Desk, data: dict[str, str], *, settling: bool) -> Response[Any]:
    study_id = _study(desk)
    if study_id is None:
        return go("/switch")
    key = data.get("command_key", "")
    try:
        if settling:
            desk.press(settle_difference, _asked(study_id, data), key)
        else:
            desk.press(take_difference, TakeDifference(study_id=study_id, difference_id=_number(data)), key)
    except Refusal as refusal:
        return _page(desk, study_id, refusal=refusal.sentence, status_code=refusal.status_code)
    return go(PAGE)


def _asked(study_id: int, data: dict[str, str]) -> SettleDifference:
    how, note = data.get("how", ""), data.get("note", "").strip()
    if how not in list(Settling) or not note:
        raise BadInput("Choose how it is settled and say why. Nothing was booked.")
    if len(note) > _NOTE_MAX:
        raise BadInput(f"A note has at most {_NOTE_MAX} characters. Nothing was booked.")
    return SettleDifference(study_id=study_id, difference_id=_number(data), how=Settling(how), note=note)


def _number(data: dict[str, str]) -> int:
    written = data.get("difference", "")
    if not written.isascii() or not written.isdecimal() or len(written) > 9:
        raise BadInput("Choose one of the differences. Nothing was booked.")
    return int(written)


def _page(desk: Desk, study_id: int, *, refusal: str = "", status_code: int = 200) -> Response[str]:
    supply = may(desk, Permission.VIEW_SUPPLY, study_id)
    depot_ids = None if supply else depots_worked_at(desk, study_id)
    with desk.store.reading() as connection:
        found = open_differences(connection, study_id, depot_ids, _SHOWN)
    view = DifferencesView(
        differences=found,
        settles=may(desk, Permission.APPROVE_SHIPMENT, study_id),
        account_id=desk.who.account_id,
        command_key=desk.key(),
        refusal=refusal,
    )
    current = "Supply" if supply else "Inbox"
    page, title = "depot/differences.html", "Stock differences"
    return desk.page(page, view, title, current, study_id=study_id, status_code=status_code)
