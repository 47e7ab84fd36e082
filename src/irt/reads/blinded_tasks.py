"""What waits to be done at a site: the rows of a worklist, and the facts they are made from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.reads.blinded_draws import DrawsOwed
from irt.reads.blinded_label_tasks import LabelsOwed
from irt.reads.blinded_sites import WorkSite, allowed
from irt.reads.blinded_visits import Recorded
from irt.states.home_delivery import DeliveryStatus
from irt.states.shipment import ShipmentStatus
from irt.states.subject import SubjectStatus
from irt.study.blinded import BlindedStudy
from irt.study.schedule import visit_name

Kind = Literal[
    "confirm", "dispense", "home", "order", "randomize", "visit", "receive", "returns", "stock", "waiting", "duty"
]
Group = Literal["overdue", "today", "week", "waiting"]
GROUPS: tuple[Group, ...] = ("overdue", "today", "week", "waiting")
AHEAD_DAYS = 7
EXPIRY_AHEAD_DAYS = 30


@dataclass(frozen=True, slots=True)
class Task:
    """One row of the worklist. `due` is a day at the site, `at` a moment; `post` fields make its button a form."""

    kind: Kind
    group: Group
    icon: str
    title: str
    about: str
    study_id: int
    study: str
    details: str
    due: date | None
    button: str
    href: str
    primary: bool = False
    urgency: Literal["late", "soon", "ok"] = "ok"
    at: datetime | None = None
    zone: str = "UTC"
    owner: str = ""
    post: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """What tells this task from others; it says no more than the row itself."""
        return f"{self.title}|{self.study_id}|{self.about}"


@dataclass(frozen=True, slots=True)
class OpenDispensing:
    """Kits assigned and not yet handed over."""

    id: int
    subject: str
    visit: str
    occurrence: int
    kits: int
    checked: int
    assigned_at: datetime


@dataclass(frozen=True, slots=True)
class HomeBound:
    """Kits of a dispensing that go to the subject's home; `id` is the dispensing's."""

    id: int
    subject: str
    visit: str
    occurrence: int
    kits: int
    status: DeliveryStatus
    attempts: int
    assigned_at: datetime
    expected_on: date | None
    to_pack: bool = False


@dataclass(frozen=True, slots=True)
class KnownSubject:
    """A subject with something to do."""

    id: int
    number: str
    status: SubjectStatus
    dose_level: str | None
    screened_on: date
    run_in_on: date | None
    randomized_on: date | None


@dataclass(frozen=True, slots=True)
class Coming:
    """A shipment that has not been received."""

    number: str
    status: ShipmentStatus
    storage: str
    kits: int
    expected_on: date | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class OutageOwed:
    """A pack for an outage that is not closed: its last day, entries to compare, and those the reader typed."""

    number: str
    valid_until: date
    to_compare: int
    own: int


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """All that is known of one site on one day."""

    site: WorkSite
    study: BlindedStudy
    today: date
    subjects: Sequence[KnownSubject]
    recorded: Mapping[int, Recorded]
    dispensings: Sequence[OpenDispensing]
    orders: Mapping[tuple[int, str, int], datetime]
    outstanding: Mapping[int, int]
    draws: DrawsOwed
    shipments: Sequence[Coming]
    expiring: tuple[int, date] | None = None
    expired: int = 0
    quarantined: int = 0
    called_back: Mapping[str, int] = field(default_factory=dict)
    labels: Sequence[LabelsOwed] = ()
    homes: Sequence[HomeBound] = ()
    packs: Sequence[OutageOwed] = ()
    rights: frozenset[Permission] = field(default=frozenset())

    def may(self, permission: Permission) -> bool:
        """Whether the reader may do this here."""
        return permission in self.rights

    def at(self, *words: object) -> str:
        """An address below the study."""
        return "/".join(["/studies", str(self.site.study_id), *map(str, words)])


def rights_at(actor: Actor, site: WorkSite) -> frozenset[Permission]:
    """Everything the person may do at a site."""
    return frozenset(permission for permission in Permission if allowed(actor, permission, site))


def in_order(tasks: Iterable[Task]) -> list[Task]:
    """By group, then day, then study and subject."""
    return sorted(
        tasks, key=lambda task: (GROUPS.index(task.group), task.due or date.max, task.study, task.about, task.title)
    )


def about_visit(facts: SiteFacts, subject: str, visit: str, occurrence: int) -> str:
    """Subject 1014-0037 · Week 8."""
    return f"Subject {subject} · {visit_name(facts.study, visit, occurrence)}"


def kit_words(count: int) -> str:
    """1 kit, 3 kits."""
    return "1 kit" if count == 1 else f"{count} kits"
