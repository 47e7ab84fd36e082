"""The four ways out of a dispensing: a kit replaced, another one given, fewer given, none given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from sqlmodel import SQLModel

from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_dispensing import DispenseView, KitToGive, dispensing_page
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_sites import not_found
from irt.services.hand_over_kits import GiveUpDispensing, HandOverFewer, give_up_dispensing, hand_over_fewer
from irt.services.record_misallocation import RecordMisallocation, record_misallocation
from irt.services.replace_kit import ReplaceKit, replace_kit
from irt.services.sign_misallocation import SignMisallocation, sign_misallocation
from irt.supply.barcode import kit_number_in
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import reason_in, signing_in, witness_in
from web.forms import Fields
from web.press import answered

_GIVEN = "given-"


@dataclass(frozen=True)
class ExitPage(BlindedView):
    """One way out, with what was typed."""

    dispensing: DispenseView
    command_key: str
    typed: Mapping[str, str]
    problem: str = ""
    code_needed: bool = False

    visits_then = (
        ("open", "It may still take place: leave it open, kits can be assigned again"),
        ("skipped", "It did not take place: record it as skipped"),
    )

    @property
    def kit_choices(self) -> tuple[tuple[str, str], ...]:
        """The kits still to be handed over."""
        return tuple((kit.number, kit.number) for kit in self.dispensing.open_kits)

    def value(self, name: str) -> str:
        """What was typed in a field, else nothing."""
        return self.typed.get(name, "")

    @property
    def only_kit(self) -> str:
        """The kit, where there is only one to choose."""
        kits = self.dispensing.open_kits
        return kits[0].number if len(kits) == 1 else ""

    def is_given(self, kit: KitToGive) -> bool:
        """Whether the kit is ticked: checked ones are, until somebody says otherwise."""
        if any(name.startswith(_GIVEN) or name == "reason" for name in self.typed):
            return f"{_GIVEN}{kit.number}" in self.typed
        return kit.done


Typed = Mapping[str, str]


def _replace(desk: Desk, found: DispenseView, facts: dict[str, Any], typed: Typed) -> SQLModel:
    """Takes the kit out of stock and assigns another."""
    if typed.get("problem") not in ("damaged", "missing"):
        raise BadInput("Choose what is wrong with the kit. Nothing was booked.")
    ask = ReplaceKit(
        **facts,
        number=_kit_in(typed.get("kit", "")),
        problem="damaged" if typed["problem"] == "damaged" else "missing",
        reason=reason_in(typed),
        on_day=found.today,
    )
    return desk.press(replace_kit, ask, typed.get("command_key", ""))


def _misallocate(desk: Desk, found: DispenseView, facts: dict[str, Any], typed: Typed) -> SQLModel:
    """Books both kits as they really are and opens a deviation."""
    if typed.get("taken") not in ("yes", "no", "unknown"):
        raise BadInput("Say whether the subject took the kit. Nothing was booked.")
    told: dict[str, Any] = {
        **facts,
        "assigned": _kit_in(typed.get("assigned", "")),
        "given": _kit_in(typed.get("given", "")),
        "taken": typed["taken"],
        "reason": reason_in(typed),
    }
    key = typed.get("command_key", "")
    if found.misallocation_signed:
        signed = SignMisallocation(**told, signing=signing_in(typed), witness=witness_in(typed))
        return desk.press(sign_misallocation, signed, key)
    return desk.press(record_misallocation, RecordMisallocation(**told, witness=witness_in(typed)), key)


def _give_fewer(desk: Desk, _found: DispenseView, facts: dict[str, Any], typed: Typed) -> SQLModel:
    """Books the ticked kits as handed over and the rest as not dispensed."""
    given = sorted(name.removeprefix(_GIVEN) for name in typed if name.startswith(_GIVEN))
    if not given:
        raise BadInput("No kit is ticked. Nothing was booked. Where none is given, record ‘Visit not done’.")
    ask = HandOverFewer(**facts, given=given, reason=reason_in(typed), witness=witness_in(typed))
    return desk.press(hand_over_fewer, ask, typed.get("command_key", ""))


def _give_up(desk: Desk, found: DispenseView, facts: dict[str, Any], typed: Typed) -> SQLModel:
    """Gives the kits back to quarantine; the visit is open again or skipped."""
    then = typed.get("visit_then") if found.visit_can_wait else "open"
    if then not in ("open", "skipped"):
        raise BadInput("Say what becomes of the visit. Nothing was booked.")
    ask = GiveUpDispensing(**facts, reason=reason_in(typed), visit_then="open" if then == "open" else "skipped")
    return desk.press(give_up_dispensing, ask, typed.get("command_key", ""))


_WAYS: dict[str, tuple[str, Callable[[Desk, DispenseView, dict[str, Any], Typed], SQLModel]]] = {
    "replace": ("dispense/replace.html", _replace),
    "misallocation": ("dispense/misallocation.html", _misallocate),
    "fewer": ("dispense/fewer.html", _give_fewer),
    "not-done": ("dispense/not_done.html", _give_up),
}
"""Address -> the page that asks, and what its button does."""


class ExitPages(Controller):
    """Each way out has an address of its own."""

    path = "/studies/{study_id:int}/subjects/{number:str}/dispense/{dispensing_id:int}"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/{way:str}", sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        dispensing_id: FromPath[int],
        way: FromPath[str],
        given: FromQuery[str] = "",
    ) -> Response[str]:
        """What is asked before the kits go another way; `given` is a kit that was scanned instead."""
        typed = {"given": number_given} if (number_given := kit_number_in(given)) else {}
        return _page(desk, way, _read(desk, study_id, number, dispensing_id), typed)

    @post("/{way:str}", sync_to_thread=True)
    def take(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        dispensing_id: FromPath[int],
        way: FromPath[str],
        data: Fields,
    ) -> Response[Any]:
        """Books what really happened to the kits."""
        _, act = _way(way)
        found = _read(desk, study_id, number, dispensing_id)
        facts = {"study_id": study_id, "dispensing_id": dispensing_id}
        return answered(
            lambda: act(desk, found, facts, data),
            lambda _: go(found.address),
            lambda refusal: _page(desk, way, found, data, refusal),
        )


def _way(way: str) -> tuple[str, Callable[[Desk, DispenseView, dict[str, Any], Typed], SQLModel]]:
    if way not in _WAYS:
        raise not_found("page")
    return _WAYS[way]


def _kit_in(typed: str) -> str:
    number = kit_number_in(typed)
    if number is None:
        raise BadInput(
            "This is not a kit number. Nothing was booked. Scan the code on the kit, or type its digits."
        )
    return number


def _read(desk: Desk, study_id: int, number: str, dispensing_id: int) -> DispenseView:
    with desk.store.reading() as connection:
        return dispensing_page(connection, desk.who.actor, study_id, number, dispensing_id, desk.now)


def _page(
    desk: Desk, way: str, found: DispenseView, typed: Mapping[str, str], refusal: Refusal | None = None
) -> Response[Any]:
    template, _ = _way(way)
    if not found.is_open and refusal is None:
        return go(found.address)
    with desk.store.reading() as connection:
        code_needed = code_will_be_needed(connection, desk.who.actor, found.study_id)
    view = ExitPage(found, desk.key(), typed, refusal.sentence if refusal else "", code_needed)
    return desk.page(
        template,
        view,
        f"Dispense {found.subject}",
        "Worklist",
        study_id=found.study_id,
        site_id=found.site_id,
        status_code=refusal.status_code if refusal else 200,
    )
