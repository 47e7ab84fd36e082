"""What depots call sites, depots and products in their own systems: the list, and the form that proposes a code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from pydantic import ValidationError

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_network import depots_of
from irt.reads.blinded_vendor_codes import CodeLine, vendor_codes
from irt.services.propose_codes import ProposeCode, propose_code
from irt.study.operations import CodeOf
from web.blinded.desk import Desk, desk_of, go
from web.blinded.network import NAVIGATION
from web.blinded.typed import day_in, reason_in
from web.forms import Fields

KIND_WORDS = {CodeOf.SITE: "Site", CodeOf.DEPOT: "Depot", CodeOf.PRODUCT: "Product"}


@dataclass(frozen=True)
class CodesView(BlindedView):
    """The codes, and the form as typed."""

    study_id: int
    codes: tuple[CodeLine, ...]
    depots: tuple[tuple[str, str], ...]
    today: date
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""

    def words(self, line: CodeLine) -> str:
        """What the code is of, as a heading."""
        return f"{KIND_WORDS[line.code_of]} {line.record}"

    @property
    def kinds(self) -> tuple[tuple[str, str], ...]:
        """What may have a code."""
        return tuple((kind.value, words) for kind, words in KIND_WORDS.items())


class VendorCodePages(Controller):
    """The codes of one study's depots."""

    path = "/network/{study_id:int}/codes"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int]) -> Response[str]:
        """The codes that hold and those to come."""
        return _page(desk, study_id, {})

    @post("/", sync_to_thread=True)
    def propose(self, desk: NamedDependency[Desk], study_id: FromPath[int], data: Fields) -> Response[Any]:
        """Proposes a code; another person decides."""
        try:
            done = desk.press(propose_code, _asked(desk, study_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, data, refusal)
        return go(f"/network/{study_id}/changes/{done.change_id}")


def _asked(desk: Desk, study_id: int, data: Mapping[str, str]) -> ProposeCode:
    typed = {name: data.get(name, "").strip() for name in ("depot", "code_of", "record", "code")}
    day, reason = day_in(data.get("effective_from", ""), desk.now.date()), reason_in(data)
    try:
        facts = {**typed, "study_id": study_id, "effective_from": day, "reason": reason}
        return ProposeCode.model_validate(facts)
    except ValidationError:
        raise BadInput(
            "Say which depot, what the code is of, and the code: letters, digits and . _ : / + - alone. "
            "Nothing was proposed."
        ) from None


def _page(desk: Desk, study_id: int, typed: Mapping[str, str], refusal: Refusal | None = None) -> Response[str]:
    desk.who.actor.require(Permission.ACTIVATE_SITE, study_id)
    with desk.store.reading() as connection:
        codes = vendor_codes(connection, study_id, desk.now.date())
        depots = depots_of(connection, study_id)
    view = CodesView(
        study_id=study_id,
        codes=codes,
        depots=depots,
        today=desk.now.date(),
        command_key=desk.key(),
        typed=dict(typed),
        refusal=refusal.sentence if refusal else "",
    )
    status_code = refusal.status_code if refusal else 200
    page, title = "network/codes.html", "Vendors' codes"
    return desk.page(page, view, title, NAVIGATION, study_id=study_id, status_code=status_code)
