"""What a protocol version changed, restricted parts and all; and what it changes by kit type."""

from collections.abc import Iterator
from dataclasses import dataclass

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.reads.unblinded_impact import ImpactByType
from irt.reads.unblinded_versions import whole_comparison
from irt.services.foresee_by_type import foreseen_by_type
from irt.services.log_reading import LogReading, log_reading
from web.blinded.desk import Desk
from web.blinded.unblinding import mode_of_study
from web.blinded.version_impact import order_rows
from web.downloads import table_answer, table_in
from web.forms import Fields
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import require_unblinded, secret_page

HEADS = ("part", "place", "kit_type", "blinding_group", "window", "no_longer", "again", "before", "after")


@dataclass(frozen=True)
class ImpactPage(UnblindedView):
    """An impact by kit type, and the key of its buttons."""

    impact: ImpactByType
    command_key: str


class VersionComparisonPages(Controller):
    """One version against the one it follows."""

    path = "/supply/versions"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/{study_id:int}/{number:int}", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[int]) -> Response[str]:
        """Every change, for people who are unblinded in the study."""
        require_unblinded(desk, Permission.VIEW_SUPPLY, study_id)
        with desk.store.reading() as connection:
            view = whole_comparison(connection, study_id, number)
        return secret_page(desk, "supply/version.html", view, f"Version {number}", "Supply", study_id)

    @get("/{study_id:int}/{number:int}/impact", sync_to_thread=True)
    def show_impact(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[int]
    ) -> Response[str]:
        """Kits and orders that would change, by type."""
        view = ImpactPage(_impact(desk, study_id, number), desk.key())
        title = f"Impact of version {number}"
        return secret_page(desk, "supply/version_impact.html", view, title, "Supply", study_id)

    @post("/{study_id:int}/{number:int}/impact/export", status_code=200, sync_to_thread=True)
    def export_impact(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[int], data: Fields
    ) -> Response[str | bytes]:
        """The same as a table; that it was taken is written down."""
        suffix, rows = table_in(data), [*_rows(_impact(desk, study_id, number))]
        what = f"impact of version {number} by kit type, export"
        ask = LogReading(study_id=study_id, what=what, permission=Permission.VIEW_IMPACT_BY_TYPE, rows=len(rows))
        desk.press(log_reading, ask, desk.key())
        name = f"UNBLINDED-impact_of_version_{number}"
        return table_answer(name, mode_of_study(desk, study_id), desk.now, HEADS, rows, suffix)


def _impact(desk: Desk, study_id: int, number: int) -> ImpactByType:
    require_unblinded(desk, Permission.VIEW_IMPACT_BY_TYPE, study_id)
    return foreseen_by_type(desk.store, desk.who.actor, desk.now, study_id, number)


def _rows(impact: ImpactByType) -> Iterator[tuple[object, ...]]:
    for one in impact.windows:
        window = f"{one.window} for {one.to}"
        yield "kits", one.place, one.kit_type, one.blinding_group, window, one.lost, one.gained, "", ""
    for part, place, kit_type, before, after in order_rows(impact.orders):
        yield part, place, kit_type, "", "", "", "", before, after
