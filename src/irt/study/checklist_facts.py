"""What is known of a version before it goes live, as the checklist asks for it: nothing depends on a treatment."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from irt.study.blinded import BlindedStudy


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows it: in words, by the hash of a record where there is one, by whom and when."""

    words: str
    hash: str = ""
    person: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GateSeen:
    """The newest gate of the version; `why` says what it lacks where it is not signed or void."""

    signed: bool
    why: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class LeaksSeen:
    """The newest leak report of the version, and the release that made it."""

    passed: bool
    verdict: str
    release: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class AcceptanceSeen:
    """The newest run of the acceptance scripts: whether it is of this very version, and what became of each."""

    same_version: bool
    release: str
    unsigned: tuple[str, ...]
    failed: tuple[str, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class RestoreSeen:
    """The newest test of restoring a back-up."""

    passed: bool
    on_day: date
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class SiteSeen:
    """A site that is not closed: roles in force there, its practised code break, and approvals it lacks."""

    number: str
    roles: frozenset[str]
    practised: Evidence | None = None
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChecklistSigned:
    """A signature under the checklist, by the hash of the lines as they were then."""

    hash: str
    account_id: int
    person: str
    role: str
    at: datetime
    lines: Mapping[str, str]
    """Each line's state and what it told, to say afterwards which one changed."""


@dataclass(frozen=True, slots=True)
class GoLiveFacts:
    """Everything about one version that a line looks at. `waiting`: approvals by kind that nobody has decided."""

    version: int
    mode: str
    today: date
    study: BlindedStudy
    release: str
    approved: Evidence | None = None
    listed: bool = False
    seed: Evidence | None = None
    lists: tuple[Evidence, ...] = ()
    kit_lists: tuple[Evidence, ...] = ()
    waiting: Mapping[str, int] = field(default_factory=dict)
    supplied: tuple[Evidence, ...] = ()
    unserved: tuple[str, ...] = ()
    labels: tuple[Evidence, ...] = ()
    unlabelled: tuple[str, ...] = ()
    gate: GateSeen | None = None
    leaks: LeaksSeen | None = None
    acceptance: AcceptanceSeen | None = None
    sites: tuple[SiteSeen, ...] = ()
    roles: frozenset[str] = frozenset()
    people: int = 0
    both_sides: tuple[str, ...] = ()
    approvals: tuple[Evidence, ...] = ()
    restored: RestoreSeen | None = None
    anchored: Evidence | None = None
    signed: tuple[ChecklistSigned, ...] = ()

    def at_site(self, number: str) -> "GoLiveFacts":
        """The same with this site alone: what one site waits for is not another's matter."""
        return replace(self, sites=tuple(site for site in self.sites if site.number == number))
