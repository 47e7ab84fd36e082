"""Who someone is and where they may work: the person, and the studies and sites of their grants."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, bindparam, or_, select

from irt.blinding.actor import Actor, Grant
from irt.blinding.views import BlindedView
from irt.states.records import Mode
from irt.states.table import words
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.study import Site, Study

SITES_SHOWN_MAX = 50

_ACCOUNTS, _STUDIES, _SITES = table_of(Account), table_of(Study), table_of(Site)


@dataclass(frozen=True)
class Person(BlindedView):
    """The person signed in, as their own pages name them."""

    account_id: int
    username: str
    printed_name: str
    password_temporary: bool
    second_factor: bool
    passkeys: bool = False


@dataclass(frozen=True)
class Place(BlindedView):
    """A study, or one site of it, where a person works, and as what. `site_id` None: the whole study."""

    study_id: int
    protocol: str
    study_name: str
    mode: Mode
    zone: str
    roles: tuple[str, ...]
    site_id: int | None = None
    site_number: str = ""
    site_name: str = ""

    @property
    def site_words(self) -> str:
        """Site 1014 · Harbour University Hospital; Site 1015 where the name says no more; All sites."""
        if self.site_id is None:
            return "All sites"
        number = f"Site {self.site_number}"
        return number if self.site_name in ("", number) else f"{number} · {self.site_name}"


_PERSON = select(
    _ACCOUNTS.c.id,
    _ACCOUNTS.c.username,
    _ACCOUNTS.c.printed_name,
    _ACCOUNTS.c.password_temporary,
    _ACCOUNTS.c.second_factor_confirmed_at,
    _ACCOUNTS.c.passkeys_since,
).where(_ACCOUNTS.c.id == bindparam("account_id"))
_ALL_STUDIES = select(_STUDIES.c.id, _STUDIES.c.protocol, _STUDIES.c.name, _STUDIES.c.mode).order_by(
    _STUDIES.c.protocol, _STUDIES.c.id
)
_SOME_STUDIES = _ALL_STUDIES.where(_STUDIES.c.id.in_(bindparam("study_ids", expanding=True)))
_EVERY_SITE = select(_SITES.c.id, _SITES.c.study_id, _SITES.c.number, _SITES.c.name, _SITES.c.zone).order_by(
    _SITES.c.study_id, _SITES.c.number
)
_SOME_SITES = _EVERY_SITE.where(_SITES.c.id.in_(bindparam("site_ids", expanding=True)))
_SITES_LIKE = _EVERY_SITE.where(
    _SITES.c.study_id.in_(bindparam("study_ids", expanding=True)),
    or_(
        _SITES.c.number.icontains(bindparam("words"), escape="/"),
        _SITES.c.name.icontains(bindparam("words"), escape="/"),
    ),
).limit(SITES_SHOWN_MAX)


def person(connection: Connection, account_id: int) -> Person:
    """The account of a person who is signed in."""
    row = connection.execute(_PERSON, {"account_id": account_id}).mappings().one()
    return Person(
        account_id=row["id"],
        username=row["username"],
        printed_name=row["printed_name"],
        password_temporary=row["password_temporary"],
        second_factor=row["second_factor_confirmed_at"] is not None,
        passkeys=row["passkeys_since"] is not None,
    )


def places_of(connection: Connection, actor: Actor) -> tuple[Place, ...]:
    """The places a person's grants name, by protocol, whole studies before their sites."""
    studies = _studies(connection, actor)
    site_ids = sorted({grant.site_id for grant in actor.grants if grant.site_id is not None})
    sites = connection.execute(_SOME_SITES, {"site_ids": site_ids}).mappings().all() if site_ids else []
    found = []
    for study in studies:
        if roles := _roles(actor, study["id"], None):
            found.append(_whole(study, roles))
        found += _at_sites(actor, study, sites)
    return tuple(found)


def place_in(connection: Connection, actor: Actor, study_id: int, site_id: int | None) -> Place | None:
    """One place, where any grant of the person reaches it."""
    roles = _roles(actor, study_id, site_id)
    if not roles:
        return None
    study = next((row for row in _studies(connection, actor) if row["id"] == study_id), None)
    if study is None:
        return None
    if site_id is None:
        return _whole(study, roles)
    sites = connection.execute(_SOME_SITES, {"site_ids": [site_id]}).mappings().all()
    return next(iter(_at_sites(actor, study, sites)), None)


def places_like(connection: Connection, actor: Actor, typed: str) -> tuple[Place, ...]:
    """The places whose study or site has the typed words in its number or name; at most 50 sites a search."""
    wanted = typed.strip().casefold()
    named = [place for place in places_of(connection, actor) if wanted in _searched(place)]
    known = {(place.study_id, place.site_id) for place in named}
    wide = [study for study in _studies(connection, actor) if _roles(actor, study["id"], None)]
    if not wanted or not wide:
        return tuple(named)
    asked = {"study_ids": [study["id"] for study in wide], "words": _literally(wanted)}
    sites = connection.execute(_SITES_LIKE, asked).mappings().all()
    reached = [place for study in wide for place in _at_sites(actor, study, sites)]
    return tuple(named + [place for place in reached if (place.study_id, place.site_id) not in known])


def _literally(typed: str) -> str:
    """Signs that would stand for any letter stand for themselves."""
    return typed.replace("/", "//").replace("%", "/%").replace("_", "/_")


def _searched(place: Place) -> str:
    return f"{place.protocol} {place.study_name} {place.site_number} {place.site_name}".casefold()


def _studies(connection: Connection, actor: Actor) -> Sequence[RowMapping]:
    if any(grant.study_id is None for grant in actor.grants):
        return connection.execute(_ALL_STUDIES).mappings().all()
    study_ids = sorted({grant.study_id for grant in actor.grants if grant.study_id is not None})
    return connection.execute(_SOME_STUDIES, {"study_ids": study_ids}).mappings().all() if study_ids else []


def _at_sites(actor: Actor, study: RowMapping, sites: Sequence[RowMapping]) -> list[Place]:
    return [
        Place(
            study_id=study["id"],
            protocol=study["protocol"],
            study_name=study["name"],
            mode=Mode(study["mode"]),
            zone=site["zone"],
            roles=_roles(actor, study["id"], site["id"]),
            site_id=site["id"],
            site_number=site["number"],
            site_name=site["name"],
        )
        for site in sites
        if site["study_id"] == study["id"]
    ]


def _whole(study: RowMapping, roles: tuple[str, ...]) -> Place:
    return Place(study["id"], study["protocol"], study["name"], Mode(study["mode"]), "UTC", roles)


def _roles(actor: Actor, study_id: int, site_id: int | None) -> tuple[str, ...]:
    return tuple(sorted({words(grant.role) for grant in actor.grants if _reaches(grant, study_id, site_id)}))


def _reaches(grant: Grant, study_id: int, site_id: int | None) -> bool:
    return grant.study_id in (None, study_id) and grant.site_id in (None, site_id)
