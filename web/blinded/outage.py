"""Packs for an outage: issued and printed before it, typed and compared after it, closed seal by seal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotAllowed, Refusal
from irt.messages.outage_pack import pack_paper
from irt.reads.blinded_outage import EntryLine, PackLine, PackView, pack_named, packs_at, paper_of
from irt.reads.blinded_register import names_controlled
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_sites import WorkSite, not_found, sites_reached
from irt.services.check_outage_entry import CheckOutageEntry, check_outage_entry
from irt.services.end_pack import ClosePack, CountedSeal, RecallPack, close_pack, recall_pack
from irt.services.enter_outage import (
    EnterCodeBreak,
    EnterDispensing,
    EnterReceipt,
    enter_code_break,
    enter_dispensing,
    enter_receipt,
)
from irt.services.issue_pack import VALID_DAYS_MAX, IssuePack, issue_pack
from irt.services.receive_shipment import Temperature
from irt.states.outage import EntryKind, PackStatus, SealFate
from irt.states.table import words
from web.blinded.code_break import REASONS
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import signing_in, whole_in, witness_in
from web.downloads import file_answer
from web.forms import Fields
from web.my_sites import SITES_AT_ONCE

FATES = tuple((str(fate), words(fate)) for fate in SealFate)
TEMPERATURES = tuple((str(one), words(one)) for one in Temperature)
_TITLES = {
    EntryKind.DISPENSING: "Enter kits given on paper",
    EntryKind.CODE_BREAK: "Enter a code broken with a seal",
    EntryKind.RECEIPT: "Enter a shipment received on paper",
}
_FIELDS = (
    *("outage_from", "happened_at", "note", "subject", "visit", "kits", "seal", "reason", "opened_by"),
    *("shipment", "received", "damaged", "missing", "temperature"),
)
_SAID = {
    "entered": ("The entry is kept", "It is booked once a second person has compared it with the paper."),
    "checked": ("The entry is compared with the paper", "What was booked stands beside it."),
    "recalled": ("The pack is recalled", "Its kits stay set apart until its seals are counted and it is closed."),
    "closed": ("The pack is closed", "Kits that were not given are free again."),
}


@dataclass(frozen=True)
class PacksView(BlindedView):
    """The packs of the person's sites, and the sites that may get one."""

    packs: tuple[PackLine, ...]
    sites: tuple[tuple[str, str], ...]
    role: str
    code_needed: bool
    command_key: str
    meaning: str = Meaning.ISSUE_PACK
    days_max: int = VALID_DAYS_MAX
    refusal: str = ""
    typed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OnePackView(BlindedView):
    """A pack, and what this person may do with it."""

    pack: PackView
    account_id: int
    may_work: bool
    may_break: bool
    may_open: bool
    said: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class EnterView(BlindedView):
    """The form for one line of paper; what was typed is kept."""

    pack: PackView
    kind: EntryKind
    title: str
    command_key: str
    reasons: tuple[tuple[str, str], ...] = REASONS
    temperatures: tuple[tuple[str, str], ...] = TEMPERATURES
    refusal: str = ""
    typed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SignView(BlindedView):
    """An entry to compare with the paper, or a pack to recall or close, and the panel that signs it."""

    pack: PackView
    role: str
    code_needed: bool
    command_key: str
    meaning: str
    entry: EntryLine | None = None
    fates: tuple[tuple[str, str], ...] = FATES
    refusal: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    may_need_witness: bool = False


class OutagePages(Controller):
    """Packs at the sites of one person."""

    path = "/outage"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """Every pack, and the form that issues one."""
        return _packs(desk, {})

    @post("/", sync_to_thread=True)
    def issue(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Issues a pack; the password is checked in this very request."""
        try:
            site = _site(desk, data.get("site", ""))
            days = whole_in(data.get("days", ""), "the days")
            if not 1 <= days <= VALID_DAYS_MAX:
                raise BadInput(f"A pack holds for 1 to {VALID_DAYS_MAX} days. Nothing was booked.")
            ask = IssuePack(study_id=site.study_id, site=site.site, days=days, signing=signing_in(data))
            issued = desk.press(issue_pack, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _packs(desk, data, refusal)
        return go(f"/outage/{site.study_id}/{issued.number}")

    @get("/{study_id:int}/{number:str}", sync_to_thread=True)
    def open(
        self, desk: NamedDependency[Desk], study_id: int, number: str, done: FromQuery[str] = ""
    ) -> Response[Any]:
        """The pack, what was done with it, and whether it adds up."""
        return _pack(desk, study_id, number, done)

    @get("/{study_id:int}/{number:str}/paper.pdf", sync_to_thread=True)
    def paper(self, desk: NamedDependency[Desk], study_id: int, number: str) -> Response[bytes]:
        """The paper to print."""
        with desk.store.reading() as connection:
            of = paper_of(connection, desk.who.actor, study_id, number)
        return file_answer(pack_paper(of), f"{of.prefix}pack-{number}.pdf", "application/pdf")

    @get("/{study_id:int}/{number:str}/enter/{kind:str}", sync_to_thread=True)
    def type_in(self, desk: NamedDependency[Desk], study_id: int, number: str, kind: str) -> Response[Any]:
        """The form for one line of paper."""
        return _form(desk, study_id, number, kind, {})

    @post("/{study_id:int}/{number:str}/enter/{kind:str}", sync_to_thread=True)
    def enter(
        self, desk: NamedDependency[Desk], study_id: int, number: str, kind: str, data: Fields
    ) -> Response[Any]:
        """Keeps the line; nothing is booked yet."""
        try:
            _enter(desk, study_id, number, kind, data)
        except Refusal as refusal:
            return _form(desk, study_id, number, kind, data, refusal)
        return go(f"/outage/{study_id}/{number}?done=entered")

    @get("/{study_id:int}/{number:str}/entries/{entry:int}", sync_to_thread=True)
    def compare(self, desk: NamedDependency[Desk], study_id: int, number: str, entry: int) -> Response[Any]:
        """One entry, to be compared with the paper."""
        return _compare(desk, study_id, number, entry, {})

    @post("/{study_id:int}/{number:str}/entries/{entry:int}", sync_to_thread=True)
    def check(
        self, desk: NamedDependency[Desk], study_id: int, number: str, entry: int, data: Fields
    ) -> Response[Any]:
        """The second person signs; what is as on paper is booked."""
        try:
            ask = CheckOutageEntry(
                study_id=study_id,
                pack=number,
                entry=entry,
                as_on_paper=data.get("verdict", "") == "same",
                reason=data.get("reason"),
                signing=signing_in(data),
                witness=witness_in(data),
            )
            if data.get("verdict") not in ("same", "other"):
                raise BadInput("Say whether the entry is what the paper says. Nothing was booked.")
            desk.press(check_outage_entry, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _compare(desk, study_id, number, entry, data, refusal)
        return go(f"/outage/{study_id}/{number}?done=checked")

    @get("/{study_id:int}/{number:str}/{end:str}", sync_to_thread=True)
    def ask_end(self, desk: NamedDependency[Desk], study_id: int, number: str, end: str) -> Response[Any]:
        """The reason, every seal where the pack is closed, and the signature panel."""
        return _end(desk, study_id, number, end, {})

    @post("/{study_id:int}/{number:str}/{end:str}", sync_to_thread=True)
    def finish(
        self, desk: NamedDependency[Desk], study_id: int, number: str, end: str, data: Fields
    ) -> Response[Any]:
        """Recalls or closes the pack."""
        reason, key = data.get("reason", ""), data.get("command_key", "")
        try:
            if end == "recall":
                recall = RecallPack(study_id=study_id, number=number, reason=reason, signing=signing_in(data))
                desk.press(recall_pack, recall, key)
            else:
                seals = _counted(data)
                close = ClosePack(
                    study_id=study_id, number=number, seals=seals, reason=reason, signing=signing_in(data)
                )
                desk.press(close_pack, close, key)
        except Refusal as refusal:
            return _end(desk, study_id, number, end, data, refusal)
        return go(f"/outage/{study_id}/{number}?done={'recalled' if end == 'recall' else 'closed'}")


def _sites(desk: Desk, permission: Permission) -> list[WorkSite]:
    """The person's sites within the place chosen."""
    who = desk.who
    with desk.store.reading() as connection:
        reached = sites_reached(connection, who.actor, permission)
    return [
        site for site in reached if who.study_id in (None, site.study_id) and who.site_id in (None, site.site_id)
    ]


def _site(desk: Desk, typed: str) -> WorkSite:
    site = next((one for one in _sites(desk, Permission.DISPENSE) if str(one.site_id) == typed), None)
    if site is None:
        raise BadInput("Choose the site. Nothing was booked.")
    return site


def _packs(desk: Desk, data: Mapping[str, str], refusal: Refusal | None = None) -> Response[Any]:
    actor = desk.who.actor
    seen, own = _sites(desk, Permission.VIEW_SUBJECTS), _sites(desk, Permission.DISPENSE)
    if not seen:
        raise NotAllowed("Your role cannot do this. Ask the study coordinator.")
    with desk.store.reading() as connection:
        packs = packs_at(connection, seen, desk.now)
        needed = bool(own) and code_will_be_needed(connection, actor, own[0].study_id)
    role = words(actor.require(Permission.DISPENSE, own[0].study_id, own[0].site_id).role) if own else ""
    view = PacksView(
        packs=packs,
        sites=tuple((str(site.site_id), f"{site.study}, site {site.site}") for site in own[:SITES_AT_ONCE]),
        role=role,
        code_needed=needed,
        command_key=desk.key(),
        refusal=refusal.sentence if refusal else "",
        typed={name: data.get(name, "") for name in ("site", "days")},
    )
    status = refusal.status_code if refusal else 200
    return desk.page("outage/packs.html", view, "Outage", "Outage", status_code=status)


def _named(desk: Desk, study_id: int, number: str) -> PackView:
    with desk.store.reading() as connection:
        return pack_named(connection, desk.who.actor, study_id, number)


def _may(desk: Desk, permission: Permission, pack: PackView) -> bool:
    return desk.who.actor.grant_for(permission, pack.study_id, pack.site_id) is not None


def _pack(desk: Desk, study_id: int, number: str, done: str) -> Response[Any]:
    pack, actor = _named(desk, study_id, number), desk.who.actor
    breaks = actor.grant_for(Permission.BREAK_CODE, study_id, pack.site_id)
    view = OnePackView(
        pack=pack,
        account_id=actor.account_id,
        may_work=_may(desk, Permission.DISPENSE, pack) and pack.status != PackStatus.CLOSED,
        may_break=breaks is not None and pack.status != PackStatus.CLOSED,
        may_open=breaks is not None and breaks.site_id is None,
        said=_SAID.get(done, ("", "")),
    )
    return _page(desk, "outage/pack.html", view, pack, f"Pack {number}")


def _page(
    desk: Desk, template: str, view: BlindedView, pack: PackView, title: str, refusal: Refusal | None = None
) -> Response[Any]:
    status = refusal.status_code if refusal else 200
    return desk.page(
        template, view, title, "Outage", study_id=pack.study_id, site_id=pack.site_id, status_code=status
    )


def _form(
    desk: Desk,
    study_id: int,
    number: str,
    kind: str,
    data: Mapping[str, str],
    refusal: Refusal | None = None,
) -> Response[Any]:
    if kind not in list(EntryKind):
        raise not_found("page")
    pack = _named(desk, study_id, number)
    view = EnterView(
        pack=pack,
        kind=EntryKind(kind),
        title=_TITLES[EntryKind(kind)],
        command_key=desk.key(),
        refusal=refusal.sentence if refusal else "",
        typed={name: data.get(name, "") for name in _FIELDS},
    )
    return _page(desk, "outage/enter.html", view, pack, view.title, refusal)


def _enter(desk: Desk, study_id: int, number: str, kind: str, data: Mapping[str, str]) -> None:
    pack, key = _named(desk, study_id, number), data.get("command_key", "")
    facts: dict[str, Any] = {
        "study_id": study_id,
        "pack": number,
        "outage_from": _moment(data, "outage_from", pack.zone),
        "happened_at": _moment(data, "happened_at", pack.zone),
        "note": data.get("note", ""),
    }
    if kind == EntryKind.DISPENSING:
        visit, _, times = data.get("visit", "").partition(".")
        occurrence = whole_in(times, "the visit") - 1 if times else 0
        kits = _many(data, "kits")
        if not kits or occurrence < 0:
            raise BadInput("Name the visit and the kits. Nothing was booked.")
        subject = data.get("subject", "").strip()
        given = EnterDispensing(**facts, subject=subject, visit=visit, occurrence=occurrence, kits=kits)
        desk.press(enter_dispensing, given, key)
    elif kind == EntryKind.CODE_BREAK:
        reason, opened_by = data.get("reason", ""), data.get("opened_by", "").strip()
        if reason not in dict(REASONS) or not opened_by:
            raise BadInput("Say why the code was broken, and who opened the seal. Nothing was booked.")
        seal = whole_in(data.get("seal", ""), "the seal")
        broken = EnterCodeBreak.model_validate({**facts, "seal": seal, "reason": reason, "opened_by": opened_by})
        desk.press(enter_code_break, broken, key)
    else:
        parts = {part: _many(data, part) for part in ("received", "damaged", "missing")}
        if not any(parts.values()) or data.get("temperature", "") not in dict(TEMPERATURES):
            raise BadInput("Name the kits, and what the temperature monitor showed. Nothing was booked.")
        shipment = data.get("shipment", "").strip()
        took = {**facts, **parts, "shipment": shipment, "temperature": data["temperature"]}
        desk.press(enter_receipt, EnterReceipt.model_validate(took), key)


def _many(data: Mapping[str, str], name: str) -> list[str]:
    return data.get(name, "").replace(",", " ").split()


def _moment(data: Mapping[str, str], name: str, zone: str) -> datetime:
    """A time typed at the site, on its own clock."""
    try:
        return datetime.fromisoformat(data.get(name, "")).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise BadInput(
            "The time cannot be read. Nothing was booked. Write it on the site's clock, as 2026-06-16 09:41."
        ) from None


def _compare(
    desk: Desk,
    study_id: int,
    number: str,
    entry: int,
    data: Mapping[str, str],
    refusal: Refusal | None = None,
) -> Response[Any]:
    pack = _named(desk, study_id, number)
    line = next((one for one in pack.entries if one.number == entry), None)
    if line is None:
        raise not_found("entry")
    view = _signing(desk, pack, Meaning.CHECK_OUTAGE_ENTRY, data, refusal, line)
    return _page(desk, "outage/check.html", view, pack, f"Compare entry {entry}", refusal)


def _signing(
    desk: Desk,
    pack: PackView,
    meaning: Meaning,
    data: Mapping[str, str],
    refusal: Refusal | None,
    entry: EntryLine | None = None,
) -> SignView:
    grant = desk.who.actor.require(Permission.DISPENSE, pack.study_id, pack.site_id)
    with desk.store.reading() as connection:
        needed = code_will_be_needed(connection, desk.who.actor, pack.study_id)
        controlled = entry is not None and names_controlled(connection, pack.study_id, entry.kits)
    kept = ("verdict", "reason", *(name for name in data if name.startswith(("fate-", "why-"))))
    return SignView(
        pack=pack,
        role=words(grant.role),
        code_needed=needed,
        command_key=desk.key(),
        meaning=meaning,
        entry=entry,
        refusal=refusal.sentence if refusal else "",
        typed={name: data.get(name, "") for name in kept},
        may_need_witness=controlled,
    )


def _end(
    desk: Desk, study_id: int, number: str, end: str, data: Mapping[str, str], refusal: Refusal | None = None
) -> Response[Any]:
    if end not in ("recall", "close"):
        raise not_found("page")
    pack = _named(desk, study_id, number)
    view = _signing(desk, pack, Meaning.RECALL_PACK if end == "recall" else Meaning.END_PACK, data, refusal)
    return _page(desk, f"outage/{end}.html", view, pack, f"{words(end)} pack {number}", refusal)


def _counted(data: Mapping[str, str]) -> list[CountedSeal]:
    seals = []
    for name, fate in sorted(data.items()):
        if name.startswith("fate-"):
            number = whole_in(name.removeprefix("fate-"), "the seal")
            if fate not in list(SealFate):
                raise BadInput(f"Say how seal {number} was found. Nothing was booked.")
            seals.append(CountedSeal(number=number, fate=SealFate(fate), reason=data.get(f"why-{number}")))
    return seals
