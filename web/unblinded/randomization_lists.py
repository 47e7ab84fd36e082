"""Randomization lists: asked for by one statistician, signed by another, then loaded; how long they last."""

from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import BadInput, Refusal
from irt.randomization.lists.depletion import Depletion
from irt.reads.blinded_approvals import may_decide
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_list_approvals import ListRecord, list_record, list_records
from irt.reads.unblinded_lists import depletion
from irt.services.approvals import decide_approval
from irt.services.load_randomization_list import LoadRandomizationList, load_randomization_list
from irt.services.randomization_lists import AskRandomizationList, ask_randomization_list
from irt.states.records import Mode
from irt.states.table import words
from irt.study.randomization_plan import Listed
from web.blinded.desk import Desk, go
from web.forms import Fields, Uploads, text_in, words_in
from web.unblinded.document_files import list_file
from web.unblinded.list_decision import list_decision
from web.unblinded.open_desk import open_desk_of
from web.unblinded.room import chosen_study, posted_study, room_page, take_away, write_down
from web.unblinded.typed_design import whole_between

ADDRESS = "/randomization/lists"
POSITIONS_MAX = 10_000
ORIGINS = (("drawn", "The study’s own seed and design"), ("imported", "A CSV file made elsewhere"))
DONE = {
    "ask": ("Approval is asked for", "Another statistician reads the list and signs."),
    "sign": ("The list is approved", "It can be loaded now."),
    "refuse": ("The list is refused", "The reason stands in the record."),
    "load": ("The list is loaded", "Subjects take its positions from now on, and nobody changes it."),
}


@dataclass(frozen=True)
class ListsView(UnblindedView):
    """The lists of a study, newest first, and how long each stratum's lasts; `listed` False: it draws live."""

    study_id: int
    listed: bool
    lists: tuple[ListRecord, ...]
    strata: tuple[Depletion, ...]
    command_key: str
    typed: dict[str, str] = field(default_factory=dict)
    refusal: str = ""

    @property
    def loaded(self) -> list[ListRecord]:
        """Those whose positions subjects take, the first one first."""
        return [each for each in reversed(self.lists) if each.loaded]

    @property
    def short(self) -> list[Depletion]:
        """Strata whose list is to be extended."""
        return [each for each in self.strata if each.short]

    @property
    def modes(self) -> list[tuple[str, str]]:
        """What a list may be for."""
        return [(mode, mode.capitalize()) for mode in Mode]

    @property
    def origins(self) -> tuple[tuple[str, str], ...]:
        """Where a list may come from."""
        return ORIGINS


@dataclass(frozen=True)
class ListView(UnblindedView):
    """One list with what this person may do about it; passwords are never given back."""

    study_id: int
    record: ListRecord
    may_decide: bool
    role: str
    code_needed: bool
    meaning: str
    command_key: str
    typed: dict[str, str] = field(default_factory=dict)
    said: tuple[str, str] = ("", "")
    refusal: str = ""


class RandomizationListPages(Controller):
    """The randomization lists of a study."""

    path = ADDRESS
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """Every list, how long it lasts, and the form that asks for a further one."""
        study_id = chosen_study(desk)
        return go("/switch") if study_id is None else _lists_page(desk, study_id)

    @post("/", sync_to_thread=True)
    def ask(self, desk: NamedDependency[Desk], data: Uploads) -> Response[Any]:
        """Draws or reads a list and puts it before a second person."""
        typed = words_in(data)
        study_id = posted_study(desk, typed)
        try:
            wish = _wish(study_id, typed, text_in(data, "file"))
            asked = desk.press(ask_randomization_list, wish, typed.get("command_key", ""))
        except Refusal as refusal:
            shown = {"refusal": refusal.sentence, "typed": typed}
            return _lists_page(desk, study_id, refusal.status_code, **shown)
        return go(_address(study_id, asked.approval_id, "ask"))

    @get("/{approval_id:int}", sync_to_thread=True)
    def show_one(
        self, desk: NamedDependency[Desk], approval_id: FromPath[int], done: FromQuery[str] = ""
    ) -> Response[Any]:
        """One list, stratum by stratum."""
        study_id = chosen_study(desk)
        if study_id is None:
            return go("/switch")
        return _page(desk, study_id, approval_id, said=DONE.get(done, ("", "")))

    @post("/{approval_id:int}", sync_to_thread=True)
    def decide(self, desk: NamedDependency[Desk], approval_id: FromPath[int], data: Fields) -> Response[Any]:
        """Signs or refuses the list as it was shown, or loads the approved one."""
        step, key = data.get("decision", ""), data.get("command_key", "")
        study_id = posted_study(desk, data)
        _record(desk, study_id, approval_id)
        try:
            if step in ("sign", "refuse"):
                desk.press(decide_approval, list_decision(approval_id, step, data), key)
            elif step == "load":
                wish = LoadRandomizationList(study_id=study_id, approval_id=approval_id)
                desk.press(load_randomization_list, wish, key)
            else:
                raise BadInput("The decision is missing. Nothing was decided. Press a button of the page.")
        except Refusal as refusal:
            shown = {"refusal": refusal.sentence, "typed": data}
            return _page(desk, study_id, approval_id, refusal.status_code, **shown)
        return go(_address(study_id, approval_id, step))

    @post("/{approval_id:int}/csv", status_code=200, sync_to_thread=True)
    def take(self, desk: NamedDependency[Desk], approval_id: FromPath[int], data: Fields) -> Response[Any]:
        """The canonical text, byte for byte what the SHA-256 is of."""
        study_id = posted_study(desk, data)
        return take_away(desk, study_id, list_file(_record(desk, study_id, approval_id)))


def _wish(study_id: int, typed: dict[str, str], text: str) -> AskRandomizationList:
    origin, mode = typed.get("origin", ""), typed.get("mode", "")
    if origin not in dict(ORIGINS):
        raise BadInput("The origin is missing. Nothing was asked for. Choose where the list comes from.")
    if mode not in list(Mode):
        raise BadInput("The mode is missing. Nothing was asked for. Choose what the list is for.")
    if origin == "imported" and not text.strip():
        raise BadInput("The list is missing. Nothing was asked for. Choose its CSV file.")
    if origin == "drawn" and text.strip():
        raise BadInput("A file came along, but the list is to be drawn. Nothing was asked for. Choose one of both.")
    positions = None
    if typed.get("positions", "").strip():
        positions = whole_between(typed, "positions", "The number of positions", 1, POSITIONS_MAX)
    return AskRandomizationList(study_id=study_id, mode=Mode(mode), text=text or None, positions=positions)


def _address(study_id: int, approval_id: int, done: str) -> str:
    """The list's page in its own study, whichever one the person has chosen."""
    return f"{ADDRESS}/{approval_id}?study={study_id}&done={done}"


def _record(desk: Desk, study_id: int, approval_id: int) -> ListRecord:
    with desk.store.reading() as connection:
        return list_record(connection, study_id, approval_id)


def _lists_page(desk: Desk, study_id: int, status_code: int = 200, **shown: Any) -> Response[Any]:
    with desk.store.reading() as connection:
        listed = isinstance(definition_in_force(connection, study_id).randomization, Listed)
        lists = list_records(connection, study_id)
        strata = depletion(connection, study_id, desk.now.date())
    write_down(desk, study_id, "randomization lists", len(lists))
    view = ListsView(study_id, listed, lists, strata, desk.key(), **shown)
    return room_page(desk, "lists.html", view, "Lists", study_id, status_code)


def _page(desk: Desk, study_id: int, approval_id: int, status_code: int = 200, **shown: Any) -> Response[Any]:
    actor = desk.who.actor
    grant = actor.require(Permission.FREEZE_RANDOMIZATION, study_id)
    with desk.store.reading() as connection:
        record = list_record(connection, study_id, approval_id)
        code_needed = code_will_be_needed(connection, actor, study_id)
    write_down(desk, study_id, "randomization list", record.positions)
    view = ListView(
        study_id=study_id,
        record=record,
        may_decide=record.approval.granted is None and may_decide(actor, record.approval),
        role=words(grant.role),
        code_needed=code_needed,
        meaning=Meaning.APPROVE,
        command_key=desk.key(),
        **shown,
    )
    return room_page(desk, "list.html", view, "List", study_id, status_code)
