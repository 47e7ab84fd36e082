"""What a protocol version changed, restricted parts and all."""

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.roles import Permission
from irt.reads.unblinded_versions import whole_comparison
from irt.services.foresee_by_type import foreseen_by_type
from web.blinded.desk import Desk
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import require_unblinded, secret_page


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
        require_unblinded(desk, Permission.VIEW_SUPPLY, study_id)
        view = foreseen_by_type(desk.store, desk.who.actor, desk.now, study_id, number)
        title = f"Impact of version {number}"
        return secret_page(desk, "supply/version_impact.html", view, title, "Supply", study_id)
