"""What an amendment changes, as blinded people may read it: counts by site, kits by how they look, no arm."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import NotAllowed
from irt.reads.blinded_activation import sites_reached
from irt.states.records import SiteStatus
from irt.study.impact import SubjectChange
from irt.supply.orders_ahead import OrdersDiffer
from irt.tables.columns import table_of
from irt.tables.study import StudyVersion


class Outcome(StrEnum):
    """What the version means for a site."""

    MAY_GO_ON = "may_go_on"
    WAITS = "waits_for_approvals"
    DOES_NOT_FIT = "does_not_fit"
    PLANNED = "opens_on_it"
    ALREADY = "is_on_it"
    CLOSED = "stays_closed"


@dataclass(frozen=True)
class SiteImpact(BlindedView):
    """One site: where it stands, how many of its subjects see something change, and what keeps it from going on.

    `subjects`: those who have not ended. `stops`: approvals without which nobody would be screened or randomized
    there under the version.
    """

    site: str
    name: str
    country: str
    status: SiteStatus
    version: int
    outcome: Outcome
    why: tuple[str, ...]
    stops: tuple[str, ...]
    subjects: int
    changed: int
    changes: dict[SubjectChange, int]


@dataclass(frozen=True)
class LookImpact(BlindedView):
    """Kits that look alike: what changes for them in words, and how many are in stock at which place."""

    blinding_group: str
    name: str
    changes: tuple[str, ...]
    places: tuple[tuple[str, int], ...]

    @property
    def kits(self) -> int:
        """Kits in stock anywhere."""
        return sum(kits for _, kits in self.places)


@dataclass(frozen=True)
class AmendmentImpact(BlindedView):
    """The whole of it; of a file that was not loaded, `number` is the one that it would get.

    `orders`: those of so many `nights`, by the `rule`, told of blinding groups, that would differ were every site
    on the version; None: not foreseen, as kits depend on more than the look.
    """

    study_id: int
    number: int
    follows: int
    day: date
    obstacles: tuple[str, ...]
    sites: tuple[SiteImpact, ...]
    looks: tuple[LookImpact, ...]
    rule: str
    nights: int
    orders: tuple[OrdersDiffer, ...] | None

    @property
    def subjects(self) -> int:
        """Subjects who have not ended, at sites that can go on to it."""
        return sum(site.subjects for site in self.sites)

    @property
    def changed(self) -> int:
        """Those for whom something changes."""
        return sum(site.changed for site in self.sites)

    def sites_that(self, *outcomes: Outcome) -> int:
        """How many sites."""
        return sum(site.outcome in outcomes for site in self.sites)

    def plain(self) -> dict[str, Any]:
        """As it is kept."""
        kept: dict[str, Any] = _DOCUMENT.dump_python(self, mode="json")
        return kept

    @cached_property
    def hash(self) -> str:
        """SHA-256 of its canonical JSON, the day left out: the same facts have the same hash tomorrow."""
        facts = {name: value for name, value in self.plain().items() if name != "day"}
        text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


READERS = (
    Permission.CONFIGURE_STUDY,
    Permission.APPROVE_STUDY,
    Permission.ACTIVATE_SITE,
    Permission.VIEW_STUDY_LIFE,
    Permission.VIEW_IMPACT_BY_TYPE,
)
"""Who reads the impact of a whole amendment."""
_DOCUMENT = TypeAdapter(AmendmentImpact)
_VERSIONS = table_of(StudyVersion)
_KEPT = select(_VERSIONS.c.impact).where(
    _VERSIONS.c.study_id == bindparam("study_id"), _VERSIONS.c.number == bindparam("number")
)


def reads_whole_impact(actor: Actor, study_id: int) -> bool:
    """Whether the person prepares versions, or sees how the whole study stands: at every site, not at one's own."""
    return any(sites_reached(actor, permission, study_id) is None for permission in READERS)


def require_whole_impact(actor: Actor, study_id: int) -> None:
    """NotAllowed for whoever neither prepares versions nor sees how the whole study stands."""
    if not reads_whole_impact(actor, study_id):
        raise NotAllowed("Your role cannot do this. Ask the study coordinator.")


def kept_impact(connection: Connection, study_id: int, number: int) -> AmendmentImpact | None:
    """What was before the person who approved the version; None where nothing was kept."""
    found = connection.execute(_KEPT, {"study_id": study_id, "number": number}).scalar()
    return None if not found else _DOCUMENT.validate_python(found)
