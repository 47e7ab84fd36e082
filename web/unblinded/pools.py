"""Pools: kits reserved for a study alone, and given back; to a study nothing is shown that it does not use."""

from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import BadInput, Refusal
from irt.reads.unblinded_pools import PoolsShown, pools_of_study
from irt.services.pools import GiveBackToPool, ReserveFromPool, give_back_to_pool, reserve_from_pool
from web.blinded.desk import Desk, go
from web.blinded.one_study import study_of
from web.blinded.typed import reason_in, whole_in
from web.forms import Fields
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import require_unblinded, secret_page

KITS = "kits-"
_SAID = {
    "reserve": ("The kits are reserved", "They are this study’s alone, and wait for the lot’s release."),
    "give-back": ("The kits are given back", "The pool may reserve them for another study."),
}


@dataclass(frozen=True)
class PoolsView(UnblindedView):
    """The pools of a study with the forms that reserve and give back."""

    study_id: int
    shown: PoolsShown
    kit_types: tuple[str, ...]
    depots: tuple[tuple[str, str], ...]
    command_key: str
    typed: dict[str, str] = field(default_factory=dict)
    said: tuple[str, str] = ("", "")
    refusal: str = ""


class PoolPages(Controller):
    """The pools of a study."""

    path = "/pools"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], done: FromQuery[str] = "") -> Response[Any]:
        """What may be reserved, and what went to and fro."""
        study_id = study_of(desk, Permission.LOAD_KITS)
        if study_id is None:
            return go("/switch")
        return _page(desk, study_id, {}, said=_SAID.get(done, ("", "")))

    @post("/{study_id:int}/reserve", sync_to_thread=True)
    def reserve(self, desk: NamedDependency[Desk], study_id: FromPath[int], data: Fields) -> Response[Any]:
        """Reserves so many kits of each type at one depot."""
        require_unblinded(desk, Permission.LOAD_KITS, study_id)
        try:
            desk.press(reserve_from_pool, _asked(study_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, data, refusal)
        return go("/pools?done=reserve")

    @post("/{study_id:int}/give-back", sync_to_thread=True)
    def give_back(self, desk: NamedDependency[Desk], study_id: FromPath[int], data: Fields) -> Response[Any]:
        """Gives the kits of the numbers typed back to their pool."""
        require_unblinded(desk, Permission.LOAD_KITS, study_id)
        try:
            numbers = data.get("numbers", "").replace(",", " ").split()
            if not numbers:
                raise BadInput("No kit is named. Nothing was given back. Scan the kits, or type their numbers.")
            ask = GiveBackToPool(study_id=study_id, kits=numbers, reason=reason_in(data))
            desk.press(give_back_to_pool, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, data, refusal)
        return go("/pools?done=give-back")


def _asked(study_id: int, data: dict[str, str]) -> ReserveFromPool:
    counts = {
        name.removeprefix(KITS): whole_in(value, name.removeprefix(KITS))
        for name, value in data.items()
        if name.startswith(KITS) and value.strip()
    }
    kits = {kit_type: count for kit_type, count in counts.items() if count}
    pool, _, depot = data.get("source", "").partition(" at ")
    if not kits:
        raise BadInput("No number of kits is typed. Nothing was reserved. Type how many of each type.")
    return ReserveFromPool(study_id=study_id, pool=pool, depot=depot, kits=kits)


def _page(
    desk: Desk,
    study_id: int,
    data: dict[str, str],
    refusal: Refusal | None = None,
    said: tuple[str, str] = ("", ""),
) -> Response[str]:
    require_unblinded(desk, Permission.LOAD_KITS, study_id)
    with desk.store.reading() as connection:
        shown = pools_of_study(connection, study_id, desk.now.date())
    sources = sorted({f"{line.pool} at {line.depot}" for line in shown.free})
    view = PoolsView(
        study_id=study_id,
        shown=shown,
        kit_types=tuple(sorted({line.kit_type for line in shown.free})),
        depots=tuple((source, source) for source in sources),
        command_key=desk.key(),
        typed=data,
        said=said,
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return secret_page(desk, "pools/pools.html", view, "Pools", "Kit lists", study_id, status)
