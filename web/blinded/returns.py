"""Taking kits back: who has some, and what came back in each, counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_returns import KitBack, ReturnsView, SubjectReturnsView, returns_page, subject_returns
from irt.services.take_back_kits import ReturnedKit, TakeBackKits, take_back_kits
from irt.states.records import KitFate
from irt.supply.barcode import kit_number_in
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import day_in, whole_in
from web.formats import count_words
from web.forms import Fields
from web.press import answered

_FATES = {
    KitFate.UNUSED: "Came back unused",
    KitFate.USED: "Came back used or empty",
    KitFate.DAMAGED: "Came back damaged",
    KitFate.LOST: "Lost by the subject",
}


@dataclass(frozen=True)
class ReturnsPage(BlindedView):
    """The list, with a field to scan any kit that comes back."""

    found: ReturnsView
    command_key: str


@dataclass(frozen=True)
class SubjectReturnsPage(BlindedView):
    """One subject's kits, with what was typed. `kit` is the one scanned."""

    found: SubjectReturnsView
    command_key: str
    typed: Mapping[str, str]
    kit: str = ""
    problem: str = ""
    booked: bool = False

    fates = tuple((fate.value, said) for fate, said in _FATES.items())

    def fate_of(self, kit: KitBack) -> str:
        """How a kit came back, in words."""
        return _FATES[kit.fate] if kit.fate else "Counted in units"

    @property
    def account_words(self) -> str:
        """Given 6 kits: 2 unused, 3 used, 0 damaged, 1 lost, 0 still with the subject."""
        account = self.found.account
        shares = ", ".join(f"{count} {word}" for word, count in account.shares)
        still = f"{account.out} still with the subject"
        if self.found.counted_in == "kits":
            return f"Given {count_words(account.given, 'kit')}: {shares}, {still}."
        return f"Given {count_words(account.given, 'kit')}: {account.back} came back ({shares} units), {still}."

    @property
    def missing_words(self) -> str:
        """What the sum lacks, where it fails."""
        left = self.found.account.unexplained
        return f"Not counted: {count_words(left, 'kit')}. Look in the stock." if left > 0 else ""

    def value(self, kind: str, number: str) -> str:
        """What was typed for a kit."""
        return self.typed.get(f"{kind}-{number}", "")

    @property
    def strange(self) -> str:
        """The scanned kit, where this subject does not have it."""
        return "" if not self.kit or any(kit.number == self.kit for kit in self.found.out) else self.kit


class ReturnsPages(Controller):
    """Everybody who has kits."""

    path = "/returns"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get(sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[str]:
        """The subjects with kits, longest waiting first."""
        who = desk.who
        with desk.store.reading() as connection:
            found = returns_page(connection, who.actor, study_id=who.study_id, site_id=who.site_id)
        return desk.page("returns/list.html", ReturnsPage(found, desk.key()), "Returns", "Returns")


class SubjectReturnsPages(Controller):
    """One subject's kits."""

    path = "/studies/{study_id:int}/subjects/{number:str}/returns"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get(sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        kit: FromQuery[str] = "",
        booked: FromQuery[str] = "",
    ) -> Response[str]:
        """The kits to count; a scanned one has the focus."""
        found = _read(desk, study_id, number)
        scanned = (kit_number_in(kit) or kit[:40]) if kit else ""
        view = SubjectReturnsPage(found, desk.key(), {}, scanned, booked=bool(booked) and bool(found.back))
        return _page(desk, view)

    @post(sync_to_thread=True)
    def take_back(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Books every kit for which something was entered."""
        found = _read(desk, study_id, number)

        def refused(refusal: Refusal) -> Response[str]:
            view = SubjectReturnsPage(found, desk.key(), data, problem=refusal.sentence)
            return _page(desk, view, refusal.status_code)

        return answered(
            lambda: desk.press(take_back_kits, _ask(found, data), data.get("command_key", "")),
            lambda _: go(f"{found.address}/returns?booked=yes"),
            refused,
        )


def _ask(found: SubjectReturnsView, data: Mapping[str, str]) -> TakeBackKits:
    numbers = _entered(data)
    if not numbers:
        raise BadInput("Nothing was entered. Nothing was booked. Enter what came back of at least one kit.")
    return TakeBackKits(
        study_id=found.study_id,
        subject=found.subject,
        kits=[_kit(found, data, each) for each in numbers],
        on_day=day_in(data.get("on_day", ""), found.today),
    )


def _entered(data: Mapping[str, str]) -> list[str]:
    """Numbers of the kits for which anything was entered."""
    kinds = ("fate", "left", "used", "lost", "damaged", "gone")
    found = {name.partition("-")[2] for name, value in data.items() if name.partition("-")[0] in kinds and value}
    return sorted(found - {""})


def _kit(found: SubjectReturnsView, data: Mapping[str, str], number: str) -> ReturnedKit:
    if found.counted_in == "kits":
        fate = data.get(f"fate-{number}", "")
        if fate not in set(KitFate):
            raise BadInput(f"Kit {number}: say how it came back. Nothing was booked.")
        return ReturnedKit(number=number, fate=KitFate(fate))
    if data.get(f"gone-{number}"):
        return ReturnedKit(number=number, kit_lost=True)
    return ReturnedKit(
        number=number,
        units_returned=_units(data, "left", number, 0),
        units_used=_units(data, "used", number, None),
        units_lost=_units(data, "lost", number, 0),
        units_damaged=_units(data, "damaged", number, 0),
    )


def _units(data: Mapping[str, str], kind: str, number: str, otherwise: int | None) -> int | None:
    typed = data.get(f"{kind}-{number}", "").strip()
    return whole_in(typed, f"kit {number}") if typed else otherwise


def _read(desk: Desk, study_id: int, number: str) -> SubjectReturnsView:
    with desk.store.reading() as connection:
        return subject_returns(connection, desk.who.actor, study_id, number, desk.now)


def _page(desk: Desk, view: SubjectReturnsPage, status_code: int = 200) -> Response[str]:
    found = view.found
    return desk.page(
        "returns/subject.html",
        view,
        f"Returns {found.subject}",
        "Returns",
        study_id=found.study_id,
        site_id=found.site_id,
        status_code=status_code,
    )
