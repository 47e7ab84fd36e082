"""Labels with a later date: put on kit by kit, each label counted, then checked by a second person who signs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotAllowed, Refusal
from irt.labels.sheet import sheet_of
from irt.reads.blinded_count import as_scanned
from irt.reads.blinded_labels import labels_of_task
from irt.reads.blinded_relabel_work import LabelTask, LabelWork, kits_labelled, label_work, task_in
from irt.reads.blinded_relabelling import RelabellingToCheck
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_sites import not_found
from irt.services.relabel_kits import CheckRelabelling, RelabelKits, check_relabelling, relabel_kits
from irt.states.table import words
from irt.supply.barcode import kit_number_in
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import signing_in, whole_in
from web.blinded.unblinding import mode_of_study
from web.downloads import file_answer, file_name, mark_of
from web.forms import Fields

_SCAN = "relabel/labels.html"
_SAID = {
    "labels": ("The labels are booked", "The old date holds until a second person has checked and signed."),
    "check": ("The labels are checked", "The kits have the later date from now on."),
}
COUNTS = (("labels_issued", "Labels issued"), ("labels_spoiled", "Spoiled"), ("labels_destroyed", "Destroyed"))


@dataclass(frozen=True)
class CampaignView(BlindedView):
    """What waits for a label and what for a second person, study by study."""

    studies: tuple[tuple[str, LabelWork], ...]
    account_id: int
    said: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class LabelsView(BlindedView):
    """Labels put on so far at one place for one change, latest first."""

    study_id: int
    task: LabelTask
    scanned: tuple[str, ...]
    command_key: str
    accepted: bool = True
    title: str = ""
    sentence: str = ""
    refusal: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    counts: tuple[tuple[str, str], ...] = COUNTS

    @property
    def address(self) -> str:
        """The page."""
        return f"/relabel/{self.study_id}/{self.task.path}"

    @property
    def draft(self) -> str:
        """The numbers as they travel with the form."""
        return ",".join(self.scanned)

    @property
    def left(self) -> tuple[str, ...]:
        """Kits without a label, by number."""
        return tuple(number for number in self.task.kits if number not in self.scanned)


@dataclass(frozen=True)
class CheckView(BlindedView):
    """A relabelling with its kits, and the panel that signs it; passwords are never given back."""

    study_id: int
    line: RelabellingToCheck
    kits: tuple[str, ...]
    role: str
    code_needed: bool
    command_key: str
    meaning: str = Meaning.CHECK_RELABELLING
    refusal: str = ""


class RelabelPages(Controller):
    """Labels at the sites and depots of one person."""

    path = "/relabel"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], done: FromQuery[str] = "") -> Response[Any]:
        """Every place with kits to label, and labels to check."""
        who, studies = desk.who, []
        known = {place.study_id: place.study_name for place in who.places if who.study_id in (None, place.study_id)}
        with desk.store.reading() as connection:
            for study_id, name in sorted(known.items()):
                work = label_work(connection, who.actor, study_id)
                studies += [(name, work)] if work else []
        if not studies:
            raise NotAllowed("Your role cannot do this. Ask the study coordinator.")
        view = CampaignView(tuple(studies), who.actor.account_id, _SAID.get(done, ("", "")))
        return desk.page("relabel/campaign.html", view, "New labels", "Stock")

    @get("/{study_id:int}/checks/{number:str}", sync_to_thread=True)
    def look(self, desk: NamedDependency[Desk], study_id: int, number: str) -> Response[Any]:
        """The kits whose labels are to be checked, and the signature panel."""
        return _check_page(desk, study_id, number)

    @post("/{study_id:int}/checks/{number:str}", sync_to_thread=True)
    def check(self, desk: NamedDependency[Desk], study_id: int, number: str, data: Fields) -> Response[Any]:
        """The second person signs; the password is checked in this very request."""
        try:
            ask = CheckRelabelling(study_id=study_id, number=number, signing=signing_in(data))
            desk.press(check_relabelling, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _check_page(desk, study_id, number, refusal)
        return go("/relabel?done=check")

    @get("/{study_id:int}/{change:str}/{kind:str}/{code:str}", sync_to_thread=True)
    def open(self, desk: NamedDependency[Desk], study_id: int, change: str, kind: str, code: str) -> Response[Any]:
        """The kits of one place that wait for the label of one change."""
        return _page(desk, _view(desk, study_id, f"{change}/{kind}/{code}", {}))

    @get("/{study_id:int}/{change:str}/{kind:str}/{code:str}/sheet", sync_to_thread=True)
    def print_sheet(
        self, desk: NamedDependency[Desk], study_id: int, change: str, kind: str, code: str
    ) -> Response[bytes]:
        """The labels with the later date, for each kit that waits for one, as PDF."""
        with desk.store.reading() as connection:
            task = task_in(label_work(connection, desk.who.actor, study_id), f"{change}/{kind}/{code}")
            labels = labels_of_task(connection, study_id, task)
        mode = mode_of_study(desk, study_id)
        paper = sheet_of(labels, f"Labels {task.path}", desk.now, mark_of(mode))
        name = file_name(f"{change}_{code}_labels", mode, desk.now, "pdf")
        return file_answer(paper, name, "application/pdf")

    @post("/{study_id:int}/{change:str}/{kind:str}/{code:str}/scan", status_code=200, sync_to_thread=True)
    def scan(
        self, desk: NamedDependency[Desk], study_id: int, change: str, kind: str, code: str, data: Fields
    ) -> Response[Any]:
        """One kit that has its label; one that does not get it is refused here and now."""
        return _page(desk, _scanned(_view(desk, study_id, f"{change}/{kind}/{code}", data), data))

    @post("/{study_id:int}/{change:str}/{kind:str}/{code:str}", sync_to_thread=True)
    def book(
        self, desk: NamedDependency[Desk], study_id: int, change: str, kind: str, code: str, data: Fields
    ) -> Response[Any]:
        """Books the labels; each one is on a kit, spoiled or destroyed."""
        view = _view(desk, study_id, f"{change}/{kind}/{code}", data)
        try:
            ask = _asked(view, {kind: code}, data)
            desk.press(relabel_kits, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, replace(view, refusal=refusal.sentence), refusal.status_code)
        return go("/relabel?done=labels")


def _asked(view: LabelsView, where: Mapping[str, str], data: Mapping[str, str]) -> RelabelKits:
    if not view.scanned:
        raise BadInput("No kit was scanned. Nothing was booked. Scan each kit that has its label.")
    issued, spoiled, destroyed = (whole_in(data.get(name, "") or "0", said.lower()) for name, said in COUNTS)
    return RelabelKits(
        study_id=view.study_id,
        change=view.task.change,
        site=where.get("site"),
        depot=where.get("depot"),
        kits=list(view.scanned),
        labels_issued=issued,
        labels_spoiled=spoiled,
        labels_destroyed=destroyed,
    )


def _view(desk: Desk, study_id: int, path: str, data: Mapping[str, str]) -> LabelsView:
    with desk.store.reading() as connection:
        task = task_in(label_work(connection, desk.who.actor, study_id), path)
    scanned = as_scanned(data.get("scanned", "").split(","))
    typed = {name: data.get(name, "") for name, _ in COUNTS}
    return LabelsView(study_id, task, scanned, desk.key(), typed=typed)


def _scanned(view: LabelsView, data: Mapping[str, str]) -> LabelsView:
    """The view after one scan, or after one kit was taken out."""
    if (out := data.get("out", "")) in view.scanned:
        kept = tuple(number for number in view.scanned if number != out)
        return replace(view, scanned=kept, title=f"{out} is taken out")
    number = kit_number_in(data.get("code", ""))
    if number is None:
        return replace(
            view,
            accepted=False,
            title="This is not a kit number",
            sentence="Scan the code on the kit, or type its digits.",
        )
    if number not in view.task.kits:
        return replace(
            view,
            accepted=False,
            title=f"{number} does not get this label",
            sentence="Nothing was booked. Take the label off and count it as spoiled.",
        )
    said = f"{number} was scanned before" if number in view.scanned else f"{number} has its label"
    return replace(view, scanned=as_scanned((*view.scanned, number)), title=said)


def _check_page(desk: Desk, study_id: int, number: str, refusal: Refusal | None = None) -> Response[Any]:
    with desk.store.reading() as connection:
        work = label_work(connection, desk.who.actor, study_id)
        waiting = work.campaign.to_check if work else ()
        line = next((one for one in waiting if one.number == number), None)
        if line is None:
            raise refusal or not_found("relabelling that waits for a check")
        kits = kits_labelled(connection, study_id, number)
        code_needed = code_will_be_needed(connection, desk.who.actor, study_id)
    at_site = line.place.startswith("Site ")
    permission = Permission.COUNT_STOCK if at_site else Permission.FULFIL_SHIPMENT
    grant = desk.who.actor.require(permission, study_id)
    view = CheckView(
        study_id=study_id,
        line=line,
        kits=kits,
        role=words(grant.role),
        code_needed=code_needed,
        command_key=desk.key(),
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return desk.page("relabel/check.html", view, f"Check {number}", "Stock", study_id=study_id, status_code=status)


def _page(desk: Desk, view: LabelsView, status_code: int = 200) -> Response[Any]:
    if desk.wants_part:
        return desk.part(_SCAN, "work", view, status_code)
    return desk.page(_SCAN, view, "New labels", "Stock", study_id=view.study_id, status_code=status_code)
