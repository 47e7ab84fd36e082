"""Kit lists: asked for by one person, read and signed by another, then loaded. What they hold tells treatments."""

from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.two_persons import ApprovalKind
from irt.blinding.views import UnblindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_approvals import ApprovalLine, approvals_of_kind, may_decide
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_kit_lists import KitListRecord, kit_list
from irt.services.approvals import decide_approval
from irt.services.kit_list import ListedLot, kit_list_hash
from irt.services.kit_list_approval import AskKitList, ask_kit_list
from irt.services.kit_list_file import lots_in_csv, mode_in_csv
from irt.services.load_kit_list import LoadKitList, load_kit_list
from irt.states.records import Mode
from irt.states.table import words
from web.blinded.desk import Desk, go
from web.blinded.one_study import study_of
from web.blinded.typed import whole_in
from web.forms import Fields, Uploads, text_in, words_in
from web.unblinded.list_decision import list_decision
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import require_unblinded, secret_page

DONE = {
    "ask": ("Approval is asked for", "Another person reads the list and signs."),
    "sign": ("The list is approved", "Whoever may load kits can load it now."),
    "refuse": ("The list is refused", "The reason stands in the record."),
    "load": ("The kits are loaded", "They lie at their depots and wait for the lot’s release."),
}


@dataclass(frozen=True)
class KitListsView(UnblindedView):
    """The kit lists of a study, newest first, and the sizes of the study file that bring lots."""

    study_id: int
    lists: tuple[ApprovalLine, ...]
    sizes: tuple[tuple[str, str], ...]
    command_key: str
    refusal: str = ""

    @property
    def modes(self) -> list[tuple[str, str]]:
        """What a file can be for."""
        return [(mode, mode.capitalize()) for mode in Mode]


@dataclass(frozen=True)
class KitListView(UnblindedView):
    """One kit list with what this person may do about it; passwords are never given back."""

    study_id: int
    record: KitListRecord
    hash: str
    may_decide: bool
    role: str
    code_needed: bool
    meaning: str
    command_key: str
    typed: dict[str, str] = field(default_factory=dict)
    said: tuple[str, str] = ("", "")
    refusal: str = ""


class KitListPages(Controller):
    """The kit lists of a study."""

    path = "/kit-lists"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """Every list that was asked for, and the form that asks for one."""
        study_id = study_of(desk, Permission.LOAD_KITS)
        return go("/switch") if study_id is None else _lists_page(desk, study_id)

    @post("/", sync_to_thread=True)
    def ask(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Puts the lots of the study file before a second person."""
        study_id = whole_in(data.get("study", ""), "the study")
        require_unblinded(desk, Permission.LOAD_KITS, study_id)
        try:
            wish = AskKitList.model_validate({"study_id": study_id, "size": _size(data)})
            asked = desk.press(ask_kit_list, wish, data.get("command_key", ""))
        except Refusal as refusal:
            return _lists_page(desk, study_id, refusal)
        return go(f"/kit-lists/{study_id}/{asked.approval_id}?done=ask")

    @post("/file", sync_to_thread=True)
    def ask_file(self, desk: NamedDependency[Desk], data: Uploads) -> Response[Any]:
        """Puts a packager's list before a second person."""
        typed = words_in(data)
        study_id = whole_in(typed.get("study", ""), "the study")
        require_unblinded(desk, Permission.LOAD_KITS, study_id)
        try:
            text = text_in(data, "file")
            wish = AskKitList(study_id=study_id, lots=lots_in_csv(text), mode=mode_in_csv(text, _mode(typed)))
            asked = desk.press(ask_kit_list, wish, typed.get("command_key", ""))
        except Refusal as refusal:
            return _lists_page(desk, study_id, refusal)
        return go(f"/kit-lists/{study_id}/{asked.approval_id}?done=ask")

    @get("/{study_id:int}/{approval_id:int}", sync_to_thread=True)
    def show_one(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        approval_id: FromPath[int],
        done: FromQuery[str] = "",
    ) -> Response[str]:
        """One list, lot by lot."""
        return _page(desk, study_id, approval_id, said=DONE.get(done, ("", "")))

    @post("/{study_id:int}/{approval_id:int}", sync_to_thread=True)
    def decide(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], approval_id: FromPath[int], data: Fields
    ) -> Response[Any]:
        """Signs or refuses the list as it was shown, or loads the approved one."""
        step, key = data.get("decision", ""), data.get("command_key", "")
        require_unblinded(desk, Permission.LOAD_KITS, study_id)
        try:
            if step in ("sign", "refuse"):
                desk.press(decide_approval, list_decision(approval_id, step, data), key)
            elif step == "load":
                desk.press(load_kit_list, _loading(desk, study_id, approval_id), key)
                desk.store.freshen_statistics()
            else:
                raise BadInput("The decision is missing. Nothing was decided. Press a button of the page.")
        except Refusal as refusal:
            return _page(
                desk, study_id, approval_id, status_code=refusal.status_code, refusal=refusal.sentence, typed=data
            )
        return go(f"/kit-lists/{study_id}/{approval_id}?done={step}")


def _size(data: dict[str, str]) -> str:
    if (size := data.get("size", "")) not in ("full", "small"):
        raise BadInput("The size is missing. Nothing was asked for. Choose which lots.")
    return size


def _mode(data: dict[str, str]) -> Mode | None:
    """What the file is for, where the form says so; else the file's own column does."""
    return Mode(said) if (said := data.get("mode", "")) in list(Mode) else None


def _loading(desk: Desk, study_id: int, approval_id: int) -> LoadKitList:
    with desk.store.reading() as connection:
        record = kit_list(connection, study_id, approval_id)
    return LoadKitList(study_id=study_id, lots=_lots(record), approval_id=approval_id)


def _lots(record: KitListRecord) -> list[ListedLot]:
    return [ListedLot.model_validate(lot) for lot in record.content]


def _lists_page(desk: Desk, study_id: int, refusal: Refusal | None = None) -> Response[str]:
    require_unblinded(desk, Permission.LOAD_KITS, study_id)
    with desk.store.reading() as connection:
        lists = approvals_of_kind(connection, study_id, ApprovalKind.KIT_LIST)
        sizes = definition_in_force(connection, study_id).sizes
    view = KitListsView(
        study_id=study_id,
        lists=lists,
        sizes=tuple((name, f"{name} ({len(size.lots)} lots)") for name, size in sizes.items() if size.lots),
        command_key=desk.key(),
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return secret_page(desk, "kit_lists/lists.html", view, "Kit lists", "Kit lists", study_id, status)


def _page(desk: Desk, study_id: int, approval_id: int, *, status_code: int = 200, **shown: Any) -> Response[str]:
    require_unblinded(desk, Permission.LOAD_KITS, study_id)
    grant = desk.who.actor.require(Permission.LOAD_KITS, study_id)
    with desk.store.reading() as connection:
        record = kit_list(connection, study_id, approval_id)
        code_needed = code_will_be_needed(connection, desk.who.actor, study_id)
    view = KitListView(
        study_id=study_id,
        record=record,
        hash=kit_list_hash(_lots(record)),
        may_decide=record.approval.granted is None and may_decide(desk.who.actor, record.approval),
        role=words(grant.role),
        code_needed=code_needed,
        meaning=Meaning.APPROVE,
        command_key=desk.key(),
        **shown,
    )
    return secret_page(desk, "kit_lists/list.html", view, "Kit list", "Kit lists", study_id, status_code)
