"""The four ways out of a dispensing: a kit replaced, another one given, fewer given, none given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_dispensing import DispenseView, KitToGive, dispensing_page
from irt.reads.blinded_signing import code_will_be_needed
from irt.services.hand_over_kits import GiveUpDispensing, HandOverFewer, give_up_dispensing, hand_over_fewer
from irt.services.record_misallocation import RecordMisallocation, record_misallocation
from irt.services.replace_kit import ReplaceKit, replace_kit
from irt.services.sign_misallocation import SignMisallocation, sign_misallocation
from irt.supply.barcode import kit_number_in
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import reason_in, signing_in
from web.forms import Fields

_GIVEN = "given-"


@dataclass(frozen=True)
class ExitPage(BlindedView):
    """One way out, with what was typed."""

    dispensing: DispenseView
    command_key: str
    typed: Mapping[str, str]
    problem: str = ""
    code_needed: bool = False

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


class ExitPages(Controller):
    """Each way out has an address of its own."""

    path = "/studies/{study_id:int}/subjects/{number:str}/dispense/{dispensing_id:int}"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/replace", sync_to_thread=True)
    def replace_form(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        dispensing_id: FromPath[int],
    ) -> Response[str]:
        """Which kit cannot be given, and why."""
        return _page(desk, "dispense/replace.html", _read(desk, study_id, number, dispensing_id), {})

    @post("/replace", sync_to_thread=True)
    def replace(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        dispensing_id: FromPath[int],
        data: Fields,
    ) -> Response[Any]:
        """Takes the kit out of stock and assigns another."""
        found = _read(desk, study_id, number, dispensing_id)
        try:
            if data.get("problem") not in ("damaged", "missing"):
                raise BadInput("Choose what is wrong with the kit. Nothing was booked.")
            ask = ReplaceKit(
                study_id=study_id,
                dispensing_id=dispensing_id,
                number=_kit_in(data.get("kit", "")),
                problem="damaged" if data["problem"] == "damaged" else "missing",
                reason=reason_in(data),
                on_day=found.today,
            )
            desk.press(replace_kit, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, "dispense/replace.html", found, data, refusal)
        return go(found.address)

    @get("/misallocation", sync_to_thread=True)
    def misallocation_form(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        dispensing_id: FromPath[int],
        given: FromQuery[str] = "",
    ) -> Response[str]:
        """Which kit was given instead of which."""
        found = _read(desk, study_id, number, dispensing_id)
        return _page(desk, "dispense/misallocation.html", found, {"given": kit_number_in(given) or ""})

    @post("/misallocation", sync_to_thread=True)
    def misallocation(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        dispensing_id: FromPath[int],
        data: Fields,
    ) -> Response[Any]:
        """Books both kits as they really are and opens a deviation."""
        found = _read(desk, study_id, number, dispensing_id)
        try:
            if data.get("taken") not in ("yes", "no", "unknown"):
                raise BadInput("Say whether the subject took the kit. Nothing was booked.")
            facts: dict[str, Any] = {
                "study_id": study_id,
                "dispensing_id": dispensing_id,
                "assigned": _kit_in(data.get("assigned", "")),
                "given": _kit_in(data.get("given", "")),
                "taken": data["taken"],
                "reason": reason_in(data),
            }
            key = data.get("command_key", "")
            if found.misallocation_signed:
                desk.press(sign_misallocation, SignMisallocation(**facts, signing=signing_in(data)), key)
            else:
                desk.press(record_misallocation, RecordMisallocation.model_validate(facts), key)
        except Refusal as refusal:
            return _page(desk, "dispense/misallocation.html", found, data, refusal)
        return go(found.address)

    @get("/fewer", sync_to_thread=True)
    def fewer_form(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        dispensing_id: FromPath[int],
    ) -> Response[str]:
        """Which kits are given after all."""
        return _page(desk, "dispense/fewer.html", _read(desk, study_id, number, dispensing_id), {})

    @post("/fewer", sync_to_thread=True)
    def fewer(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        dispensing_id: FromPath[int],
        data: Fields,
    ) -> Response[Any]:
        """Books the ticked kits as handed over and the rest as not dispensed."""
        found = _read(desk, study_id, number, dispensing_id)
        try:
            given = sorted(name.removeprefix(_GIVEN) for name in data if name.startswith(_GIVEN))
            if not given:
                raise BadInput(
                    "No kit is ticked. Nothing was booked. Where none is given, record ‘Visit not done’."
                )
            ask = HandOverFewer(study_id=study_id, dispensing_id=dispensing_id, given=given, reason=reason_in(data))
            desk.press(hand_over_fewer, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, "dispense/fewer.html", found, data, refusal)
        return go(found.address)

    @get("/not-done", sync_to_thread=True)
    def not_done_form(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        dispensing_id: FromPath[int],
    ) -> Response[str]:
        """Why nothing is given."""
        return _page(desk, "dispense/not_done.html", _read(desk, study_id, number, dispensing_id), {})

    @post("/not-done", sync_to_thread=True)
    def not_done(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        dispensing_id: FromPath[int],
        data: Fields,
    ) -> Response[Any]:
        """Gives the kits back to quarantine."""
        found = _read(desk, study_id, number, dispensing_id)
        try:
            ask = GiveUpDispensing(study_id=study_id, dispensing_id=dispensing_id, reason=reason_in(data))
            desk.press(give_up_dispensing, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, "dispense/not_done.html", found, data, refusal)
        return go(found.address)


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
    desk: Desk, template: str, found: DispenseView, typed: Mapping[str, str], refusal: Refusal | None = None
) -> Response[Any]:
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
