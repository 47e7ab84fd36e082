"""`irt account grant`, `revoke` and `list`: who holds which role, where."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import click

from irt.blinding.roles import Permission, Role
from irt.commands import clock
from irt.commands.named import mode_of, mode_option, study_option
from irt.commands.session import Person, as_person
from irt.errors import BadInput, NotFound
from irt.reads.named import NamedStudy, account_named, depot_named, site_named, study_named
from irt.reads.roll import HeldNow, OnRoll, roles_in_force, roll
from irt.services.bootstrap import SYSTEM_USERNAME
from irt.services.credentials import plain_username
from irt.services.grant_role import GrantRole, WantedRole, grant_role
from irt.services.revoke_grant import RevokeGrant, revoke_grant


@dataclass(frozen=True, slots=True)
class Wanted:
    """A role of a person as typed, with its place."""

    username: str
    role: Role
    protocol: str | None
    mode: str | None
    country: str | None
    site: str | None
    depot: str | None
    reason: str
    until: datetime | None = None
    trained: bool = False

    @property
    def words(self) -> str:
        """As in 'pharmacist in NB-301 at site 1001'."""
        parts = [self.role.replace("_", " ")]
        parts += [f"in {self.protocol}"] if self.protocol else []
        parts += [f"at the sites in {self.country}"] if self.country else []
        parts += [f"at site {self.site}"] if self.site else []
        parts += [f"at depot {self.depot}"] if self.depot else []
        return " ".join(parts)

    def is_held(self, held: HeldNow) -> bool:
        """Whether this is that role in force."""
        return (
            (held.username, held.role, held.study) == (plain_username(self.username), self.role, self.protocol)
            and (held.country, held.site, held.depot) == (self.country, self.site, self.depot)
            and self.mode in (None, held.mode)
        )


username_option = click.option("--username", metavar="NAME", required=True, help="Whose role it is.")
until_option = click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="The role ends when this day begins, in UTC."
)
_OPTIONS = (
    click.option("--role", required=True, metavar="ROLE", type=click.Choice([str(role) for role in Role])),
    study_option(required=False),
    mode_option,
    click.option("--country", metavar="CODE", help="For a role held at sites: at all of this country, as DE."),
    click.option("--site", metavar="NUMBER", help="For a role that is held at a site."),
    click.option("--depot", metavar="CODE", help="For a role that is held at a depot."),
    click.option("--reason", required=True, help="Why; it stands in the audit trail."),
)


def with_role(act: Callable[[Person, Wanted], None]) -> Callable[..., None]:
    """The options that name a role and its place, given as one."""

    def run(person: Person, role: str, **asked: Any) -> None:
        act(person, Wanted(role=Role(role), **asked))

    run.__doc__, run.__name__ = act.__doc__, act.__name__
    command = as_person(run)
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command("grant")
@until_option
@username_option
@with_role
def grant(person: Person, wanted: Wanted) -> None:
    """Grant a role: in one study, at a site, a country's sites or a depot where it works at one, or everywhere.

    Roles: investigator, coordinator, pharmacist, unblinded_pharmacist, monitor, unblinded_monitor, study_team,
    safety, supply_manager, supply_planner, depot, courier, qualified_person, quality, statistician,
    unblinded_statistician, configurator, help_desk, administrator, inspector, patient.

    Example: irt account grant --user ada --username ivo --role pharmacist --study NB-301 --site 1001
    --reason "delegation log of 3 March"
    """
    person.does(grant_role, _asked(person, wanted))
    click.echo(f"{plain_username(wanted.username)} is {wanted.words}.")


@click.command("revoke")
@username_option
@with_role
def revoke(person: Person, wanted: Wanted) -> None:
    """Take a role back at once. It stays in the person's history.

    Example: irt account revoke --user ada --username ivo --role pharmacist --study NB-301 --site 1001
    --reason "left the site"
    """
    person.actor.require(Permission.MANAGE_ACCOUNTS, None)
    with person.store.reading() as connection:
        held = [role for role in roles_in_force(connection, clock.now()) if wanted.is_held(role)]
    if not held:
        raise NotFound(f"{wanted.username} is not {wanted.words}. Nothing was changed. See: irt account list.")
    if len({role.mode for role in held}) > 1:
        raise BadInput(f"{wanted.username} is {wanted.words} in several modes. Say which with --mode.")
    for role in held:
        person.does(revoke_grant, RevokeGrant(grant_id=role.grant_id, reason=wanted.reason))
    click.echo(f"{plain_username(wanted.username)} is not {wanted.words} any more.")


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="The list as JSON.")
@as_person
def list_people(person: Person, as_json: bool) -> None:
    """Everybody: the roles in force, and the last sign-in.

    Example: irt account list --user ada --json
    """
    person.actor.require(Permission.MANAGE_ACCOUNTS, None)
    with person.store.reading() as connection:
        people = [one for one in roll(connection, clock.now()) if one.username != SYSTEM_USERNAME]
    if as_json:
        click.echo(json.dumps([asdict(one) for one in people], indent=2, default=_text))
        return
    for one in people:
        click.echo(_line(one))
        for role in one.roles:
            click.echo(f"  {_place(role)}")


def _asked(person: Person, wanted: Wanted) -> GrantRole:
    with person.store.reading() as connection:
        account_id = account_named(connection, plain_username(wanted.username))
    return GrantRole(account_id=account_id, **dict(wanted_role(person, wanted)))


def wanted_role(person: Person, wanted: Wanted) -> WantedRole:
    """The role with the numbers of its study and place; BadInput or NotFound where a name leads nowhere."""
    ends_at = None if wanted.until is None else wanted.until.replace(tzinfo=UTC)
    ask = WantedRole(role=wanted.role, ends_at=ends_at, reason=wanted.reason, country=wanted.country)
    if wanted.protocol is None:
        if wanted.country or wanted.site or wanted.depot:
            raise BadInput("A site or depot is one of a study. Nothing was granted. Name it with --study.")
        return ask
    with person.store.reading() as connection:
        study: NamedStudy = study_named(connection, wanted.protocol, mode_of(wanted.mode))
        ask.study_id = study.id
        ask.site_id = site_named(connection, study, wanted.site) if wanted.site else None
        ask.depot_id = depot_named(connection, study, wanted.depot) if wanted.depot else None
    return ask


def _line(one: OnRoll) -> str:
    seen = f"last signed in {one.last_sign_in:%d %b %Y, %H:%M} UTC" if one.last_sign_in else "never signed in"
    notes = ["closed"] if one.closed else [] if one.trained else ["no training on file"]
    return ", ".join([f"{one.username} ({one.printed_name})", seen, *notes])


def _place(role: HeldNow) -> str:
    where = f"{role.study} ({role.mode})" if role.study else role.sponsor or "everywhere"
    places = (("sites in", role.country), ("site", role.site), ("depot", role.depot))
    place = "".join(f", {kind} {name}" for kind, name in places if name)
    until = f", until {role.ends_at:%d %b %Y, %H:%M} UTC" if role.ends_at else ""
    return f"{role.role}: {where}{place}{until}"


def _text(value: Any) -> str:
    return str(value.isoformat())
