"""The trial that is looked at: the study at a scale, enrolled and supplied through the services up to its end."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction

from irt.enrolment.demo import Demo, run_demo
from irt.enrolment.nights import NIGHT
from irt.enrolment.synthetic import Pace
from irt.errors import BadInput
from irt.services import passwords
from irt.services.passwords import PasswordRule
from irt.services.store import Store
from irt.study.definition import StudyDefinition
from irt.study.scale import scaled
from irt.supply.planner import ResupplyPlanner

BEFORE_DAYS = 75
"""From the first lot to the first randomization: release, opening of sites, screening."""
QUICK = PasswordRule(time_cost=1, memory_kib=8, lanes=1)
"""Nobody outside the scratch database can try these passwords."""
INSTANTS = {"early": 0.3, "middle": 0.65}
"""How much of the subjects is randomized when everybody looks in passing; at the end they look at everything."""
SPARE = Fraction(3, 2)
"""So many times the kits of the scaled study: sites are few and each keeps stock."""


@dataclass(frozen=True, slots=True)
class Course:
    """How many subjects come within how many days, and how long they are then followed."""

    subjects: int
    days: int = 120
    after_days: int = 40
    per_site: int = 25


@dataclass(frozen=True, slots=True)
class Played:
    """A trial at its end."""

    study_id: int
    sites: list[str]
    now: datetime
    definition: StudyDefinition


@contextmanager
def seeded(store: Store, seed: int) -> Iterator[None]:
    """Every secret of the store from one seed, so that a linted trial can be repeated; passwords cost nothing."""
    chance, rule, entropy = random.Random(seed), passwords.RULE, store.entropy  # noqa: S311 - a trial nobody takes part in
    store.entropy, passwords.RULE = chance.randbytes, QUICK
    try:
        yield
    finally:
        store.entropy, passwords.RULE = entropy, rule


def play(
    store: Store,
    definition: StudyDefinition,
    course: Course,
    planner: ResupplyPlanner,
    tell: Callable[[int, str], None] = lambda done, words: None,
    pause: Callable[[str, datetime], None] = lambda instant, now: None,
) -> Played:
    """Carries the trial out; BadInput where the study lists no lots to be scaled.

    `pause` is called in the first night of each of INSTANTS, with its name and the moment.
    """
    if (full := definition.sizes.get("full")) is None or not full.lots:
        raise BadInput(
            "This study lists no full size with its lots, so no trial can be carried out. Nothing was done."
        )
    size = scaled(full, min(Fraction(course.subjects, full.planned_subjects) * SPARE, Fraction(1)))
    begin = datetime.combine(min(lot.released for lot in full.lots), time(12), UTC)
    end = begin + timedelta(days=BEFORE_DAYS + course.days + course.after_days)
    lots = tuple(lot for lot in size.lots if lot.released <= end.date())
    sites = min(max(course.subjects // course.per_site, 6), sum(full.sites.values()) or 1)
    demo = Demo(
        definition=definition.model_copy(update={"sizes": {"full": full.model_copy(update={"lots": lots})}}),
        subjects=course.subjects,
        now=end,
        planner=planner,
        sites=sites,
        size="full",
        pace=Pace(course.days, course.after_days, still_screening=0, first_site_share=None),
        left_open=False,
    )
    told = _Told(course.subjects, tell, pause)
    study_id, numbers, _ = run_demo(store, demo, told.subject, tell_night=told.night)
    return Played(study_id, numbers, end, definition)


@dataclass(slots=True)
class _Told:
    """Hears of subjects and nights, and pauses in the first night of each instant."""

    subjects: int
    tell: Callable[[int, str], None]
    pause: Callable[[str, datetime], None]
    randomized: int = 0
    waiting: list[str] = field(default_factory=lambda: [*INSTANTS])

    def subject(self, done: int, words: str) -> None:
        """One more is randomized."""
        self.randomized = done
        self.tell(done, words)

    def night(self, done: int, words: str) -> None:
        """One more night: shipments are planned, and nothing else happens for some minutes."""
        if self.waiting and self.randomized >= INSTANTS[self.waiting[0]] * self.subjects:
            day = datetime.strptime(words, "%d %b %Y").replace(tzinfo=UTC)
            self.pause(self.waiting.pop(0), day.replace(hour=NIGHT.hour, minute=1))
