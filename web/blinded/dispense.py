"""Dispensing: kits are assigned, scanned one by one, and handed over with one press."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from markupsafe import Markup
from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import Refusal
from irt.reads.blinded_dispensing import (
    AssignView,
    DispenseView,
    KitToGive,
    assign_page,
    dispensing_page,
)
from irt.reads.blinded_home import goes_home
from irt.reads.blinded_subject import subject_here
from irt.reads.blinded_visits import VisitState
from irt.services.assign_kits import AssignKits, assign_kits
from irt.services.check_kit import CheckKit, check_kit
from irt.services.hand_over_kits import HandOver, hand_over_kits
from irt.states.records import DispensingStatus, KitCheck
from irt.study.dispensing_schedule import WeightMissing, WeightOutOfBounds
from web.blinded.desk import Desk, desk_of, go
from web.blinded.kit_codes import kit_code
from web.blinded.typed import day_in, weight_in, whole_in, witness_in
from web.formats import clock, count_words
from web.forms import Fields
from web.press import answered

_TEMPLATE = "dispense/dispense.html"
_STATES = {
    KitCheck.WAITING: ("waiting", "Waiting for scan"),
    KitCheck.CHECKED: ("checked", "Checked"),
    KitCheck.HANDED_OVER: ("handed_over", "Handed over"),
    KitCheck.REPLACED: ("replaced", "Replaced"),
    KitCheck.NOT_GIVEN: ("not_given", "Not given"),
    KitCheck.MISALLOCATED: ("misallocated", "Given instead"),
}
CONFIRM_CARD, CANCEL_CARD = "CONFIRM", "CANCEL"


@dataclass(frozen=True)
class DispensePage(BlindedView):
    """The dispensing page; `problem` is a refusal that needs another look."""

    dispensing: DispenseView
    command_key: str
    problem: str = ""
    part: bool = False

    @property
    def checked(self) -> int:
        """Kits scanned so far."""
        return len(self.dispensing.open_kits) - len(self.dispensing.waiting)

    @property
    def left_words(self) -> str:
        """What the button says beside its name while kits are missing."""
        left = len(self.dispensing.waiting)
        return f" · {left} left" if left else ""

    @property
    def why_not(self) -> str:
        """Why the button cannot work yet."""
        numbers = ", ".join(kit.number for kit in self.dispensing.waiting)
        return f"not checked yet: {numbers}."

    @property
    def day_words(self) -> str:
        """Where today stands beside the planned day."""
        planned = self.dispensing.visit.planned
        if planned is None:
            return ""
        days = (self.dispensing.today - planned).days
        return f" · today is day {days:+d}" if days else " · today is day 0"

    def pieces(self, words: str) -> list[tuple[str, bool]]:
        """The words cut at the kit numbers of the visit; the number's pieces are marked."""
        numbers = {kit.number for kit in self.dispensing.kits}
        cut = re.split("(" + "|".join(map(re.escape, sorted(numbers))) + ")", words) if numbers else [words]
        return [(piece, piece in numbers) for piece in cut if piece]

    def state_of(self, kit: KitToGive) -> tuple[str, str]:
        """The state of one kit as chip and words, with the time of its scan."""
        if kit.status == KitCheck.CHECKED and kit.checked_at:
            return "checked", f"Checked {clock(kit.checked_at, self.dispensing.zone, seconds=True)}"
        return _STATES[kit.status]

    def ended_words(self) -> tuple[str, str, str]:
        """How the dispensing ended: kind of message, title, words."""
        ended = self.dispensing.ended_at
        at = f" at {clock(ended, self.dispensing.zone, seconds=True)}" if ended else ""
        given = count_words(len(self.dispensing.given), "kit")
        by = f"By {self.dispensing.ended_by}." if self.dispensing.ended_by else ""
        reason = f"Reason: {self.dispensing.reason}. " if self.dispensing.reason else ""
        if self.dispensing.status == DispensingStatus.HANDED_OVER:
            return "ok", f"{given} handed over{at}", f"{by} Nothing was done twice."
        if self.dispensing.status == DispensingStatus.HANDED_OVER_PARTLY:
            return "warn", f"Only {given} handed over{at}", f"{reason}The rest was not dispensed. {by}"
        return "warn", f"Visit not done, kits given back{at}", f"{reason}The kits wait in quarantine. {by}"


@dataclass(frozen=True)
class AssignPage(BlindedView):
    """The page before kits are assigned, with what was typed."""

    page: AssignView
    command_key: str
    on_day: str
    weight: str = ""
    weight_needed: bool = False
    problem: str = ""

    @property
    def weight_waits(self) -> bool:
        """Whether two people have to type the weight first, and did not yet."""
        weighing = self.page.weighing
        return weighing is not None and weighing.confirmed_at is None

    @property
    def late(self) -> bool:
        """Whether the visit's window has passed."""
        return self.page.state == VisitState.MISSED


@dataclass(frozen=True)
class SheetPage(BlindedView):
    """The dispensing on paper."""

    dispensing: DispenseView

    def code(self, number: str) -> Markup:
        """The square code of a kit."""
        return kit_code(number)


class DispensePages(Controller):
    """One visit's kits of one subject."""

    path = "/studies/{study_id:int}/subjects/{number:str}/dispense"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get(sync_to_thread=True)
    def prepare(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        visit: FromQuery[str],
        occurrence: FromQuery[int] = 0,
    ) -> Response[Any]:
        """What stands before the assignment; where kits are assigned already, they are shown."""
        return _assign_page(desk, study_id, number, visit, occurrence)

    @post(sync_to_thread=True)
    def assign(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Assigns the kits and opens the page to scan them; from the worklist this is one press."""
        visit, occurrence = data.get("visit", ""), whole_in(data.get("occurrence", "0"), "the visit")
        with desk.store.reading() as connection:
            subject = subject_here(connection, desk.who.actor, study_id, number, Permission.DISPENSE)

        def press() -> int:
            ask = AssignKits(
                study_id=study_id,
                subject=number,
                visit=visit,
                occurrence=occurrence,
                weight_kg=weight_in(data.get("weight", "")),
                on_day=day_in(data.get("on_day", ""), subject.site.today(desk.now)),
            )
            return desk.press(assign_kits, ask, data.get("command_key", "")).dispensing_id

        return answered(
            press,
            lambda dispensing_id: go(f"{subject.address}/dispense/{dispensing_id}"),
            lambda refusal: _assign_page(desk, study_id, number, visit, occurrence, data, refusal),
        )

    @get("/{dispensing_id:int}", sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        dispensing_id: FromPath[int],
    ) -> Response[Any]:
        """The kits of the visit and the field to scan them; kits that go home have a page of their own."""
        with desk.store.reading() as connection:
            if goes_home(connection, dispensing_id):
                return go(f"/studies/{study_id}/subjects/{number}/home/{dispensing_id}")
        return _dispense_page(desk, _read(desk, study_id, number, dispensing_id))

    @post("/{dispensing_id:int}/scan", sync_to_thread=True)
    def scan(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        dispensing_id: FromPath[int],
        data: Fields,
    ) -> Response[Any]:
        """Checks one kit; the CONFIRM and CANCEL cards are scans too."""
        before = _read(desk, study_id, number, dispensing_id)
        code, key = data.get("code", "").strip(), data.get("command_key", "")
        if code.upper() == CANCEL_CARD:
            return _to(desk, "/worklist")
        if code.upper() == CONFIRM_CARD:
            return _hand_over(desk, before, dispensing_id, f"{key}:hand-over", {})
        ask = CheckKit(study_id=study_id, dispensing_id=dispensing_id, read=code[:200])

        def onward(_: SQLModel) -> Response[Any]:
            if not desk.wants_part:
                return go(before.address)
            return _dispense_page(desk, _read(desk, study_id, number, dispensing_id))

        return answered(
            # A second scan may leave before the answer to the first is there: each code has a key of its own.
            lambda: desk.press(check_kit, ask, f"{key}:{code[:100]}"),
            onward,
            lambda refusal: _dispense_page(desk, before, refusal),
        )

    @post("/{dispensing_id:int}/hand-over", sync_to_thread=True)
    def hand_over(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        dispensing_id: FromPath[int],
        data: Fields,
    ) -> Response[Any]:
        """Books every kit as handed over."""
        before = _read(desk, study_id, number, dispensing_id)
        return _hand_over(desk, before, dispensing_id, data.get("command_key", ""), data)

    @get("/{dispensing_id:int}/sheet", sync_to_thread=True)
    def sheet(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        dispensing_id: FromPath[int],
    ) -> Response[str]:
        """The dispensing on paper, with a code for each kit."""
        found = _read(desk, study_id, number, dispensing_id)
        title = f"Dispensing sheet {found.subject}"
        return desk.page(
            "dispense/sheet.html", SheetPage(found), title, "Worklist", study_id=study_id, site_id=found.site_id
        )


def _read(desk: Desk, study_id: int, number: str, dispensing_id: int) -> DispenseView:
    with desk.store.reading() as connection:
        return dispensing_page(connection, desk.who.actor, study_id, number, dispensing_id, desk.now)


def _hand_over(
    desk: Desk, before: DispenseView, dispensing_id: int, key: str, typed: Mapping[str, str]
) -> Response[Any]:
    ask = HandOver(study_id=before.study_id, dispensing_id=dispensing_id, witness=witness_in(typed))
    return answered(
        lambda: desk.press(hand_over_kits, ask, key),
        lambda _: _to(desk, before.address),
        lambda refusal: _dispense_page(desk, before, refusal),
    )


def _to(desk: Desk, address: str) -> Response[Any]:
    """On to another page; a page that asked for a part of itself is told to go there as a whole."""
    return Response("", headers={"HX-Redirect": address}) if desk.wants_part else go(address)


def _dispense_page(desk: Desk, found: DispenseView, refusal: Refusal | None = None) -> Response[str]:
    view = DispensePage(found, desk.key(), refusal.sentence if refusal else "", desk.wants_part)
    if desk.wants_part:
        return desk.part(_TEMPLATE, "dispensing", view)
    status_code = refusal.status_code if refusal else 200
    return desk.page(
        _TEMPLATE,
        view,
        f"Dispense {found.subject}",
        "Worklist",
        study_id=found.study_id,
        site_id=found.site_id,
        status_code=status_code,
    )


def _assign_page(
    desk: Desk,
    study_id: int,
    number: str,
    visit: str,
    occurrence: int,
    data: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Response[Any]:
    with desk.store.reading() as connection:
        found = assign_page(connection, desk.who.actor, study_id, number, visit, occurrence, desk.now)
    if found.state == VisitState.ASSIGNED and found.dispensing_id is not None:
        # Somebody was faster, or the button was pressed twice: what they see is the current state.
        return go(f"{found.address}/dispense/{found.dispensing_id}")
    typed = data or {}
    asks_weight = isinstance(refusal, WeightMissing | WeightOutOfBounds) or bool(typed.get("weight"))
    view = AssignPage(
        found,
        desk.key(),
        typed.get("on_day") or found.today.isoformat(),
        typed.get("weight", ""),
        found.weight_needed or (asks_weight and not found.order_required),
        refusal.sentence if refusal else "",
    )
    return desk.page(
        "dispense/assign.html",
        view,
        f"Dispense {found.subject}",
        "Worklist",
        study_id=study_id,
        site_id=found.site_id,
        status_code=refusal.status_code if refusal else 200,
    )
