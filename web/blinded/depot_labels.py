"""Labels put on just in time: printed for a picked shipment, put on and counted, checked by another person."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.labels.sheet import sheet_of
from irt.reads.blinded_count import as_scanned
from irt.reads.blinded_just_in_time import LabelsToCheck, ShipmentLabels, shipment_labels
from irt.reads.blinded_labels import labels_of_shipment
from irt.reads.blinded_shipments import depot_shipment
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_sites import not_found
from irt.services.label_kits import CheckLabels, LabelKits, check_labels, label_kits
from irt.states.table import words
from irt.supply.barcode import kit_number_in
from web.blinded.at_depot import depots_worked_at
from web.blinded.desk import Desk, desk_of, go
from web.blinded.relabel import COUNTS
from web.blinded.typed import signing_in, whole_in
from web.blinded.unblinding import mode_of_study
from web.downloads import file_answer, file_name, mark_of
from web.forms import Fields

_SCAN = "depot/labels.html"
_MEANINGS = (("pass", Meaning.CHECK_RELABELLING.value), ("refuse", "I found these labels wrong"))
_SAID = {
    "labels": ("The labels are booked", "The parcel waits until a second person has checked and signed."),
    "check": ("The labels are checked", "Once every kit has its label the parcel may be packed."),
    "refuse": ("The labels come off", "Destroy them, and label the kits anew."),
}


@dataclass(frozen=True)
class LabelWorkView(BlindedView):
    """What is left to label of one shipment, and the labels put on so far, latest first."""

    study_id: int
    shipment: str
    work: ShipmentLabels
    account_id: int
    scanned: tuple[str, ...]
    command_key: str
    said: tuple[str, str] = ("", "")
    accepted: bool = True
    title: str = ""
    sentence: str = ""
    refusal: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    counts: tuple[tuple[str, str], ...] = COUNTS

    @property
    def address(self) -> str:
        """The page."""
        return f"/depot/{self.study_id}/{self.shipment}/labels"

    @property
    def draft(self) -> str:
        """The numbers as they travel with the form."""
        return ",".join(self.scanned)


@dataclass(frozen=True)
class LabelCheckView(BlindedView):
    """A labelling with its kits, and the panel that signs it; passwords are never given back."""

    study_id: int
    shipment: str
    country: str
    line: LabelsToCheck
    own: bool
    role: str
    code_needed: bool
    command_key: str
    typed: Mapping[str, str]
    refusal: str = ""
    meanings: tuple[tuple[str, str], ...] = _MEANINGS


class DepotLabelPages(Controller):
    """The labels of one shipment."""

    path = "/depot/{study_id:int}/{number:str}/labels"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        done: FromQuery[str] = "",
    ) -> Response[Any]:
        """The kits that need the label of the country, and labels that wait for a check."""
        return _page(desk, replace(_view(desk, study_id, number, {}), said=_SAID.get(done, ("", ""))))

    @get("/sheet", sync_to_thread=True)
    def print_sheet(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str]
    ) -> Response[bytes]:
        """The labels of every kit of the shipment, from the approved texts of its country, as PDF."""
        depots = depots_worked_at(desk, study_id)
        with desk.store.reading() as connection:
            record = depot_shipment(connection, study_id, number, depots)
            labels = labels_of_shipment(connection, record)
        mode = mode_of_study(desk, study_id)
        paper = sheet_of(labels, f"Labels {number}", desk.now, mark_of(mode))
        return file_answer(paper, file_name(f"{number}_labels", mode, desk.now, "pdf"), "application/pdf")

    @post("/scan", status_code=200, sync_to_thread=True)
    def scan(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """One kit that has its label; one that does not get it is refused here and now."""
        return _page(desk, _scanned(_view(desk, study_id, number, data), data))

    @post("/", sync_to_thread=True)
    def book(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Books the labels; each one is on a kit, spoiled or destroyed."""
        view = _view(desk, study_id, number, data)
        try:
            desk.press(label_kits, _asked(view, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, replace(view, refusal=refusal.sentence), refusal.status_code)
        return go(f"{view.address}?done=labels")

    @get("/checks/{labelling:str}", sync_to_thread=True)
    def look(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        labelling: FromPath[str],
    ) -> Response[Any]:
        """The kits whose labels are to be checked, and the signature panel."""
        return _check_page(desk, study_id, number, labelling, {})

    @post("/checks/{labelling:str}", sync_to_thread=True)
    def check(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        labelling: FromPath[str],
        data: Fields,
    ) -> Response[Any]:
        """The second person signs; the password is checked in this very request."""
        meaning = data.get("meaning", "")
        try:
            if meaning not in dict(_MEANINGS):
                raise BadInput("Say whether the labels are right. Nothing was signed.")
            ask = CheckLabels(
                study_id=study_id,
                number=labelling,
                passed=meaning == "pass",
                reason=data.get("reason", "").strip() or None,
                signing=signing_in(data),
            )
            desk.press(check_labels, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _check_page(desk, study_id, number, labelling, data, refusal)
        done = "check" if meaning == "pass" else "refuse"
        return go(f"/depot/{study_id}/{number}/labels?done={done}")


def _asked(view: LabelWorkView, data: Mapping[str, str]) -> LabelKits:
    if not view.scanned:
        raise BadInput("No kit was scanned. Nothing was booked. Scan each kit that has its label.")
    issued, spoiled, destroyed = (whole_in(data.get(name, "") or "0", said.lower()) for name, said in COUNTS)
    return LabelKits(
        study_id=view.study_id,
        shipment=view.shipment,
        kits=list(view.scanned),
        labels_issued=issued,
        labels_spoiled=spoiled,
        labels_destroyed=destroyed,
    )


def _work(desk: Desk, study_id: int, number: str) -> ShipmentLabels:
    depots = depots_worked_at(desk, study_id)
    with desk.store.reading() as connection:
        depot_shipment(connection, study_id, number, depots)
        work = shipment_labels(connection, study_id, number)
    if not work.just_in_time:
        raise not_found("labelling at this depot")
    return work


def _view(desk: Desk, study_id: int, number: str, data: Mapping[str, str]) -> LabelWorkView:
    work = _work(desk, study_id, number)
    scanned = as_scanned(data.get("scanned", "").split(","))
    typed = {name: data.get(name, "") for name, _ in COUNTS}
    return LabelWorkView(study_id, number, work, desk.who.actor.account_id, scanned, desk.key(), typed=typed)


def _scanned(view: LabelWorkView, data: Mapping[str, str]) -> LabelWorkView:
    """The view after one scan, or after one kit was taken out."""
    if (out := data.get("out", "")) in view.scanned:
        kept = tuple(number for number in view.scanned if number != out)
        return replace(view, scanned=kept, title=f"{out} is taken out")
    number = kit_number_in(data.get("code", ""))
    if number is None or number not in view.work.left:
        title = "This is not a kit number" if number is None else f"{number} gets no label here"
        sentence = "Nothing was booked. Take the label off, count it as spoiled, and scan the code on the kit."
        return replace(view, accepted=False, title=title, sentence=sentence)
    said = f"{number} was scanned before" if number in view.scanned else f"{number} has its label"
    return replace(view, scanned=as_scanned((*view.scanned, number)), title=said)


def _check_page(
    desk: Desk,
    study_id: int,
    number: str,
    labelling: str,
    typed: Mapping[str, str],
    refusal: Refusal | None = None,
) -> Response[Any]:
    work = _work(desk, study_id, number)
    line = next((one for one in work.to_check if one.number == labelling), None)
    if line is None:
        raise refusal or not_found("labelling that waits for a check")
    actor = desk.who.actor
    with desk.store.reading() as connection:
        code_needed = code_will_be_needed(connection, actor, study_id)
    view = LabelCheckView(
        study_id=study_id,
        shipment=number,
        country=work.country,
        line=line,
        own=line.account_id == actor.account_id,
        role=words(actor.require(Permission.FULFIL_SHIPMENT, study_id).role),
        code_needed=code_needed,
        command_key=desk.key(),
        typed={name: typed.get(name, "") for name in ("meaning", "reason")},
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    title = f"Check {labelling}"
    return desk.page("depot/label_check.html", view, title, "Inbox", study_id=study_id, status_code=status)


def _page(desk: Desk, view: LabelWorkView, status_code: int = 200) -> Response[Any]:
    if desk.wants_part:
        return desk.part(_SCAN, "work", view, status_code)
    return desk.page(
        _SCAN, view, f"Labels {view.shipment}", "Inbox", study_id=view.study_id, status_code=status_code
    )
