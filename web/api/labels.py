"""Labels over the API: masters with proof and signature, labels of kits as they are printed, and their check."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from litestar.params import QueryParameter

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.errors import NotAllowed
from irt.labels.label import COPY, Label, svg_label
from irt.labels.proof import proof_of
from irt.labels.sheet import sheet_of
from irt.reads.blinded_just_in_time import ShipmentLabels, shipment_labels
from irt.reads.blinded_label_masters import MasterVersion, label_master, label_masters
from irt.reads.blinded_labels import Wanted, label_of_site_kit, labels_of_shipment, labels_of_task
from irt.reads.blinded_relabel_work import label_work, task_in
from irt.reads.blinded_shipments import ShipmentRecord, depot_shipment
from irt.reads.blinded_sites import sites_reached, study_at
from irt.reads.blinded_stock import kit_history
from irt.reads.blinded_supply import approved_version
from irt.services.label_kits import check_labels, label_kits
from irt.services.label_masters import decide_label_master, proof_label_master, write_label_master
from irt.services.store import Store
from web.api.operations import Caller, Now, Number, Records, StudyId, command, question

_DEPOT = Permission.FULFIL_SHIPMENT
_SIGNING = {"password": "the owner's password", "code": "123456"}
_VERSION = {"study_id": 1, "number": "LM-001", "version": 1}


@dataclass(frozen=True)
class PrintedLabel:
    """One label: the text of its code, its lines, and its picture as SVG."""

    code: str
    lines: tuple[str, ...]
    svg: str


@dataclass(frozen=True)
class KitLabelShown:
    """The label of one kit, in each language of its country."""

    items: tuple[PrintedLabel, ...]


@dataclass(frozen=True)
class LabelSheet:
    """Labels by kit number and language; `pdf` holds all of them, eight to a page, in base64."""

    items: tuple[PrintedLabel, ...]
    pdf: str


@dataclass(frozen=True)
class LabelMastersShown:
    """Versions of label masters."""

    items: tuple[MasterVersion, ...]


@question("/studies/{study_id:int}/label-masters", None, "The label masters of a study")
def list_label_masters(study_id: StudyId, caller: Caller, store: Records) -> LabelMastersShown:
    """The newest version of each, and the approved one where it is another, for who writes or approves them."""
    _require_reader(caller, study_id)
    with store.reading() as connection:
        return LabelMastersShown(label_masters(connection, study_id))


@question("/studies/{study_id:int}/label-masters/{number:str}", None, "Every version of one label master")
def show_label_master(study_id: StudyId, number: Number, caller: Caller, store: Records) -> LabelMastersShown:
    """With its text, what keeps it from a proof, and its steps; the newest first."""
    _require_reader(caller, study_id)
    with store.reading() as connection:
        return LabelMastersShown(label_master(connection, study_id, number))


@question("/studies/{study_id:int}/label-masters/{number:str}/proof", None, "The proof of the newest version")
def show_label_proof(study_id: StudyId, number: Number, caller: Caller, store: Records, now: Now) -> LabelSheet:
    """The label of a specimen, marked as one; the SHA-256 of its picture is the hash that is signed."""
    _require_reader(caller, study_id)
    with store.reading() as connection:
        newest = label_master(connection, study_id, number)[0]
        study = study_at(connection, study_id, approved_version(connection, study_id))
    return _sheet([proof_of(newest.text, study, newest.blinding_group)], number, now)


@question("/studies/{study_id:int}/kits/{number:str}/label", Permission.VIEW_STOCK, "A copy of a kit's label")
def show_kit_label(study_id: StudyId, number: Number, caller: Caller, store: Records, now: Now) -> KitLabelShown:
    """The label of a kit of the token's sites, marked as a copy, in the approved words of its country."""
    with store.reading() as connection:
        reached = sites_reached(connection, caller, Permission.VIEW_STOCK)
        sites = [site for site in reached if site.study_id == study_id]
        kit_history(connection, sites, study_id, number, now)
        labels = label_of_site_kit(connection, study_id, number, Wanted(mark=COPY))
    return KitLabelShown(_printed(labels))


@question("/studies/{study_id:int}/depot-shipments/{number:str}/labels", _DEPOT, "The labels of a shipment's kits")
def print_shipment_labels(
    study_id: StudyId, number: Number, caller: Caller, store: Records, now: Now
) -> LabelSheet:
    """For each kit of a shipment of the token's depots, in the approved words of the country it goes to."""
    with store.reading() as connection:
        labels = labels_of_shipment(connection, _shipment(store, caller, study_id, number))
    return _sheet(labels, number, now)


@question("/studies/{study_id:int}/depot-shipments/{number:str}/labelling", _DEPOT, "What is left to label")
def show_labelling(study_id: StudyId, number: Number, caller: Caller, store: Records) -> ShipmentLabels:
    """Kits of a shipment that get the label of its country at the depot, and labels that wait for a check."""
    _shipment(store, caller, study_id, number)
    with store.reading() as connection:
        return shipment_labels(connection, study_id, number)


@question(
    "/studies/{study_id:int}/relabelling/labels", Permission.VIEW_STOCK, "The labels with a later date, to print"
)
def print_relabelling(
    study_id: StudyId,
    caller: Caller,
    store: Records,
    now: Now,
    task: Annotated[str, QueryParameter(max_length=200, description="One task, as E-0001/site/1014.")] = "",
) -> LabelSheet:
    """For each kit that waits for one at the sites and depots where the token's owner labels, or of one task."""
    with store.reading() as connection:
        work = label_work(connection, caller, study_id)
        tasks = [task_in(work, task)] if task or work is None else work.tasks
        labels = [label for each in tasks for label in labels_of_task(connection, study_id, each)]
    return _sheet(labels, task or "relabelling", now)


def _sheet(labels: Sequence[Label], of: str, now: Now) -> LabelSheet:
    return LabelSheet(_printed(labels), b64encode(sheet_of(labels, f"Labels {of}", now)).decode())


def _printed(labels: Sequence[Label]) -> tuple[PrintedLabel, ...]:
    return tuple(PrintedLabel(label.code, label.lines, svg_label(label).decode()) for label in labels)


def _require_reader(caller: Actor, study_id: int) -> None:
    both = (Permission.WRITE_LABELS, Permission.APPROVE_LABELS)
    scopes = caller.scopes
    if not any(caller.grant_for(each, study_id, None) and (scopes is None or each in scopes) for each in both):
        raise NotAllowed("Your role cannot do this. Ask for a token with the scope write_labels or approve_labels.")


def _shipment(store: Store, caller: Actor, study_id: int, number: str) -> ShipmentRecord:
    caller.require(_DEPOT, study_id)
    depots = {grant.depot_id for grant in caller.grants if grant.covers(_DEPOT, study_id, None)}
    named = None if None in depots else sorted(each for each in depots if each is not None)
    with store.reading() as connection:
        return depot_shipment(connection, study_id, number, named)


OPERATIONS = (
    list_label_masters,
    show_label_master,
    show_label_proof,
    show_kit_label,
    print_shipment_labels,
    show_labelling,
    print_relabelling,
    command(
        "/labels/write",
        write_label_master,
        Permission.WRITE_LABELS,
        "Write the next version of a label for a country, a language and a blinding group",
        {
            "study_id": 1,
            "country": "DE",
            "language": "de",
            "blinding_group": "PEN",
            "packaging": "outer",
            "particulars": {"kit": "Packung {kit}", "use_by": "Verwendbar bis {use_by}"},
            "omitted": {"children": "Given in hospital alone, never taken home"},
        },
    ),
    command(
        "/labels/proof",
        proof_label_master,
        Permission.WRITE_LABELS,
        "Draw the proof of a version and put it before quality",
        _VERSION,
    ),
    command(
        "/labels/decide",
        decide_label_master,
        Permission.APPROVE_LABELS,
        "Sign, as another person, that a label is approved or rejected",
        {**_VERSION, "granted": True, "signing": _SIGNING},
    ),
    command(
        "/labels/put-on",
        label_kits,
        _DEPOT,
        "Book labels put on kits of a picked shipment; every label is accounted for",
        {"study_id": 1, "shipment": "S-10004", "kits": ["48213377"], "labels_issued": 2, "labels_spoiled": 1},
    ),
    command(
        "/labels/check",
        check_labels,
        _DEPOT,
        "Sign, as a second person, that the labels of a shipment's kits are right, or that they come off",
        {"study_id": 1, "number": "B-0001", "passed": True, "signing": _SIGNING},
    ),
)
