"""The help desk's page: why somebody cannot get in, and what to tell them. It shows nothing of any trial."""

from collections.abc import Callable
from dataclasses import dataclass

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.sign_in_rules import TRIES_MAX
from irt.blinding.views import BlindedView
from irt.errors import NotAllowed
from irt.reads.sign_in_help import SignInHelp, sign_in_help
from web.blinded.desk import Desk, desk_of


@dataclass(frozen=True)
class HelpView(BlindedView):
    """What was asked for and, where there is such a person here, their account."""

    username: str
    found: SignInHelp | None

    @property
    def advice(self) -> str:
        """What to tell the person, by what stands in their way."""
        one = self.found
        return "" if one is None else next(words for holds, words in _ADVICE if holds(one))


_ADVICE: tuple[tuple[Callable[[SignInHelp], bool], str], ...] = (
    (lambda one: one.locked, "The account is locked. An administrator opens it again, if it should be."),
    (
        lambda one: one.standing.paused_until is not None,
        "Too many wrong tries: signing in is paused. Wait until the pause ends, then try again.",
    ),
    (
        lambda one: not one.roles_in_force,
        "The person holds no role. An administrator gives one, on the word of the study.",
    ),
    (
        lambda one: one.password_temporary,
        "The password is temporary: sign in with it, and choose an own one under Account.",
    ),
    (
        lambda one: one.standing.tries_left < TRIES_MAX,
        "The last tries were wrong. Check the user name and the keyboard; for codes, the device’s clock.",
    ),
    (lambda one: True, "Nothing stands in the way. A forgotten password is set anew by an administrator."),
)
"""What stands in the way, the first that holds, and what to tell the person."""


class HelpDeskPages(Controller):
    """One person at a time, by user name."""

    path = "/help-desk"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], username: FromQuery[str] = "") -> Response[str]:
        """The form, and the person asked for."""
        actor = desk.who.actor
        if not any(grant.covers(Permission.HELP_PEOPLE, grant.study_id, None) for grant in actor.grants):
            raise NotAllowed("Your role cannot do this. Ask the study coordinator.")
        with desk.store.reading() as connection:
            found = sign_in_help(connection, actor, username, desk.now) if username.strip() else None
        return desk.page("help_desk/help_desk.html", HelpView(username.strip(), found), "Help desk", "Help desk")
