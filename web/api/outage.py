"""Packs for an outage over the API: issued, printed, typed from paper, compared, closed; seals told once."""

from dataclasses import dataclass

from litestar import Response

from irt.blinding.roles import Permission
from irt.messages.outage_pack import pack_paper
from irt.reads.blinded_outage import PackLine, PackView, pack_named, packs_at, paper_of
from irt.reads.blinded_sites import sites_reached
from irt.services.check_outage_entry import check_outage_entry
from irt.services.end_pack import close_pack, recall_pack
from irt.services.enter_outage import enter_code_break, enter_dispensing, enter_receipt
from irt.services.issue_pack import issue_pack
from irt.services.opening_words import OpeningWordsTold, tell_opening_words
from web.api.operations import Caller, Now, Number, Records, StudyId, command, file_question, question
from web.downloads import file_answer

_SIGNING = {"password": "the owner's password", "code": "123456"}
_PACK = {"study_id": 1, "number": "K-0001"}
_PAPER = {
    "study_id": 1,
    "pack": "K-0001",
    "outage_from": "2026-03-02T08:00:00Z",
    "happened_at": "2026-03-02T09:30:00Z",
}


@dataclass(frozen=True)
class PacksShown:
    """Packs at the token's sites, the newest first."""

    items: tuple[PackLine, ...]


@dataclass(frozen=True)
class SealedPageTold:
    """One seal's page: each line a word and a treatment."""

    number: int
    subject: str
    lines: list[list[str]]


@dataclass(frozen=True)
class OpeningSlipTold:
    """The word that opens one seal."""

    number: int
    subject: str
    word: str


@dataclass(frozen=True)
class SealsTold:
    """One half of a pack's seals, told with the first answer only and kept nowhere: a retry gets null."""

    pack: str
    half: str
    seals: int
    pages: list[SealedPageTold] | None
    slips: list[OpeningSlipTold] | None


def told_seals(receipt: OpeningWordsTold) -> SealsTold:
    """The answer to the safety desk."""
    pages = [SealedPageTold(one.number, one.subject, [list(line) for line in one.lines]) for one in receipt.pages]
    slips = [OpeningSlipTold(one.number, one.subject, one.word) for one in receipt.slips]
    return SealsTold(receipt.pack, receipt.half, receipt.seals, pages or None, slips or None)


@question("/studies/{study_id:int}/outage-packs", Permission.VIEW_SUBJECTS, "Packs for an outage")
def list_outage_packs(study_id: StudyId, caller: Caller, store: Records, now: Now) -> PacksShown:
    """The packs of the token's sites, with how many entries wait to be compared."""
    with store.reading() as connection:
        sites = sites_reached(connection, caller, Permission.VIEW_SUBJECTS)
        return PacksShown(packs_at(connection, [site for site in sites if site.study_id == study_id], now))


@question("/studies/{study_id:int}/outage-packs/{number:str}", Permission.VIEW_SUBJECTS, "One pack for an outage")
def show_outage_pack(study_id: StudyId, number: Number, caller: Caller, store: Records) -> PackView:
    """Its kits, seals and entries, and whether pack, paper and stock add up."""
    with store.reading() as connection:
        return pack_named(connection, caller, study_id, number)


@file_question(
    "/studies/{study_id:int}/outage-packs/{number:str}/paper.pdf", "A pack's paper", Permission.VIEW_SUBJECTS
)
def take_outage_pack(study_id: StudyId, number: Number, caller: Caller, store: Records) -> Response[bytes]:
    """What to do, who to call, kits, seals, and forms to write on; the same bytes each time."""
    with store.reading() as connection:
        of = paper_of(connection, caller, study_id, number)
    return file_answer(pack_paper(of), f"{of.prefix}pack-{number}.pdf", "application/pdf")


OPERATIONS = (
    list_outage_packs,
    show_outage_pack,
    take_outage_pack,
    command(
        "/outage/issue",
        issue_pack,
        Permission.DISPENSE,
        "Sign and issue a pack; its kits are set apart until it is closed",
        {"study_id": 1, "site": "1014", "days": 14, "signing": _SIGNING},
    ),
    command(
        "/outage/recall",
        recall_pack,
        Permission.DISPENSE,
        "Recall a pack: its paper may not be used any more",
        {**_PACK, "reason": "A page was lost", "signing": _SIGNING},
    ),
    command(
        "/outage/close",
        close_pack,
        Permission.DISPENSE,
        "Close a pack, every seal counted; kits not given are free again",
        {
            **_PACK,
            "seals": [{"number": 1, "fate": "unopened"}],
            "reason": "The system is back",
            "signing": _SIGNING,
        },
    ),
    command(
        "/outage/enter-dispensing",
        enter_dispensing,
        Permission.DISPENSE,
        "Type kits given on paper, with their true time",
        {**_PAPER, "subject": "1014-0037", "visit": "W4", "kits": ["48213377"]},
    ),
    command(
        "/outage/enter-code-break",
        enter_code_break,
        Permission.BREAK_CODE,
        "Type that a seal was opened; never the treatment",
        {**_PAPER, "seal": 1, "reason": "medical_emergency", "opened_by": "Dr Ek"},
    ),
    command(
        "/outage/enter-receipt",
        enter_receipt,
        Permission.RECEIVE_SHIPMENT,
        "Type a shipment received on paper",
        {**_PAPER, "shipment": "S-10001", "received": ["48213377"]},
    ),
    command(
        "/outage/check",
        check_outage_entry,
        Permission.DISPENSE,
        "Compare an entry with the paper, as another person than who typed it; it is booked",
        {"study_id": 1, "pack": "K-0001", "entry": 1, "as_on_paper": True, "signing": _SIGNING},
    ),
    command(
        "/outage/seals",
        tell_opening_words,
        Permission.BREAK_CODE,
        "Take out one half of a pack's seals, to be printed and kept apart",
        {**_PACK, "half": "pages", "signing": _SIGNING},
        told_seals,
    ),
)
