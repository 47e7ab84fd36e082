"""A small blinded trial with stock at two sites, and what its people do with a subject, one short verb each."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import URL
from sqlmodel import SQLModel

from irt.blinding.actor import Actor
from irt.blinding.roles import Role
from irt.errors import Refusal
from irt.services.assign_kits import AssignKits, assign_kits
from irt.services.change_treatment import ChangeDose, ChangeStatus, change_dose, change_status
from irt.services.dispensings import DispensingReceipt
from irt.services.hand_over_kits import HandOver, hand_over_kits
from irt.services.load_kit_list import ListedLot
from irt.services.quarantine_kits import QuarantineKits, quarantine_kits
from irt.services.randomize_subject import RandomizationReceipt, RandomizeSubject, randomize_subject
from irt.services.screen_subject import FailScreening, ScreenSubject, fail_screening, screen_subject
from irt.services.seal import Seal
from irt.services.store import Store
from irt.study.definition import StudyDefinition
from irt.study.resupply import MinMax
from irt.tables.kit import DispensedKit, Dispensing, Kit, KitReturn, Movement, Scan
from irt.tables.record import AuditEntry
from irt.tables.secret import AllocationState, KitContent, SecretAuditEntry, TreatmentAssignment
from irt.tables.subject import Deviation, Randomization, Screening, Subject, SubjectEvent, Visit
from tests.builders import SEAL_KEY, a_store, migrated
from tests.builders_supply import DAY, SupplyHouse, a_lot, the_lipid_study

EARLY, LATE = date(2026, 12, 31), date(2027, 12, 31)
LOTS = (
    a_lot(lot="A1", blinded_lot="L1", kits=20, expiry=EARLY),
    a_lot(lot="P1", blinded_lot="L1", kits=20, expiry=EARLY, kit_type="PEN-P"),
    a_lot(lot="A2", blinded_lot="L2", kits=80, expiry=LATE),
    a_lot(lot="P2", blinded_lot="L2", kits=80, expiry=LATE, kit_type="PEN-P"),
)
FIRST_SITE, SECOND_SITE = "1001", "1002"
DND_DAYS = 10
_BOOKS = (
    *(Subject, SubjectEvent, Screening, Visit, Randomization, TreatmentAssignment, AllocationState, Deviation),
    *(Kit, Movement, Dispensing, DispensedKit, Scan, KitReturn),
)
"""Whatever a refusal must leave as it was."""


@cache
def the_trial_study() -> StudyDefinition:
    """The lipid study with four sites, no orders to sign, windows of days instead of months, returns in units."""
    lipid = the_lipid_study()
    windows = lipid.kit_types[0].windows.model_copy(update={"dnd_days": DND_DAYS, "dnc_days": 20, "dns_days": 25})
    kit_types = tuple(kit.model_copy(update={"windows": windows, "country_windows": {}}) for kit in lipid.kit_types)
    conduct = lipid.conduct.model_copy(update={"order_required": False, "returns_counted_in": "units"})
    return lipid.model_copy(update={"kit_types": kit_types, "conduct": conduct})


SCARCE = (
    a_lot(lot="A1", blinded_lot="L1", kits=6, expiry=EARLY),
    a_lot(lot="P1", blinded_lot="L1", kits=6, expiry=EARLY, kit_type="PEN-P"),
    a_lot(lot="A2", blinded_lot="L2", kits=14, expiry=LATE),
    a_lot(lot="P2", blinded_lot="L2", kits=14, expiry=LATE, kit_type="PEN-P"),
)


def a_scarce_study() -> StudyDefinition:
    """The same trial with four to eight kits of each pen at a site."""
    study = the_trial_study()
    few = MinMax(minimum=4, maximum=8)
    resupply = study.resupply.model_copy(update={"study": {"PEN-A": few, "PEN-P": few}})
    return study.model_copy(update={"resupply": resupply})


def prepare_trial(
    url: str | URL, definition: StudyDefinition | None = None, lots: Iterable[ListedLot] = LOTS
) -> int:
    """Fills a migrated database with a trial under way, the same every time; the study's id."""
    store = Store(url, Seal(SEAL_KEY), random.Random(7).randbytes)
    try:
        return stocked_house(store, definition or the_trial_study(), lots).study_id
    finally:
        store.close()


def stocked_house(store: Store, definition: StudyDefinition, lots: Iterable[ListedLot] = LOTS) -> SupplyHouse:
    """A study under way in a migrated database: two sites, stocked by its rule from these lots."""
    house = SupplyHouse.of(store, definition)
    house.load(lots)
    house.sites(2)
    house.resupply()
    house.carry()
    house.later(9)
    house.carry()
    return house


FIRST_DAY = date.fromordinal(DAY.toordinal() + 9)
"""The day on which the stock is there."""


@dataclass
class Trial(SupplyHouse):
    """The prepared trial and its site staff."""

    @classmethod
    def opened(cls, store: Store, study_id: int = 1, definition: StudyDefinition | None = None) -> "Trial":
        """The trial in a copy of the prepared database."""
        return cls(store, study_id, definition or the_trial_study(), FIRST_DAY, count(1000))

    @property
    def staff(self) -> Actor:
        """A coordinator who acts at every site."""
        return self.actor(Role.COORDINATOR)

    def screen(self, site: str = FIRST_SITE) -> str:
        """A new subject's number."""
        ask = ScreenSubject(study_id=self.study_id, site=site, on_day=self.day)
        return self.do(self.staff, screen_subject, ask).subject

    def fail(self, subject: str) -> None:
        """The subject fails screening."""
        ask = FailScreening(study_id=self.study_id, subject=subject, on_day=self.day, reason="Other")
        self.do(self.staff, fail_screening, ask)

    def asking(self, subject: str, **changes: Any) -> RandomizeSubject:
        """A randomization as a coordinator enters it."""
        facts = {"levels": {"ldl": "LT85"}, "dose_level": "Q2W", "on_day": self.day, **changes}
        return RandomizeSubject.model_validate({"study_id": self.study_id, "subject": subject, **facts})

    def randomize(self, subject: str, **changes: Any) -> RandomizationReceipt:
        """Draws."""
        return self.do(self.staff, randomize_subject, self.asking(subject, **changes))

    def randomized(self, site: str = FIRST_SITE, **changes: Any) -> str:
        """A new subject, screened and randomized."""
        subject = self.screen(site)
        self.randomize(subject, **changes)
        return subject

    def assigning(self, subject: str, **changes: Any) -> AssignKits:
        """An assignment as a pharmacist asks for it."""
        facts = {"visit": "D1", "on_day": self.day, **changes}
        return AssignKits.model_validate({"study_id": self.study_id, "subject": subject, **facts})

    def assign(self, subject: str, **changes: Any) -> DispensingReceipt:
        """Has kits assigned for Day 1, or another visit."""
        return self.do(self.staff, assign_kits, self.assigning(subject, **changes))

    def hand_over(self, dispensing: DispensingReceipt) -> DispensingReceipt:
        """Scans every waiting kit and hands all over."""
        scans = [kit.number for kit in dispensing.kits if kit.status == "waiting"]
        ask = HandOver(study_id=self.study_id, dispensing_id=dispensing.dispensing_id, scanned=scans)
        return self.do(self.staff, hand_over_kits, ask)

    def treated(self, site: str = FIRST_SITE) -> tuple[str, list[str]]:
        """A new subject who has been handed the kits of Day 1, and these kits."""
        subject = self.randomized(site)
        return subject, [kit.number for kit in self.hand_over(self.assign(subject)).kits]

    def step(self, subject: str, step: str, **changes: Any) -> None:
        """Holds, resumes or ends."""
        facts = {"step": step, "on_day": self.day, "reason": "As it happened", **changes}
        ask = ChangeStatus.model_validate({"study_id": self.study_id, "subject": subject, **facts})
        self.do(self.staff, change_status, ask)

    def change_dose(self, subject: str, dose_level: str) -> None:
        """Moves the subject to another dose level."""
        ask = ChangeDose(
            study_id=self.study_id, subject=subject, dose_level=dose_level, on_day=self.day, reason="Wish"
        )
        self.do(self.staff, change_dose, ask)

    def set_apart(self, numbers: list[str]) -> None:
        """Puts kits into quarantine."""
        ask = QuarantineKits(study_id=self.study_id, kits=numbers, reason="As it happened")
        self.do(Role.QUALITY, quarantine_kits, ask)

    def subject(self, number: str) -> dict[str, Any]:
        """A subject's row."""
        return self.rows(Subject, number=number)[0]

    def kit(self, number: str) -> dict[str, Any]:
        """A kit's row."""
        return self.rows(Kit, number=number)[0]

    def site_id(self, number: str = FIRST_SITE) -> int:
        """A site's id."""
        return next(row["id"] for row in self.active_sites() if row["number"] == number)

    def shelf(self, site: str = FIRST_SITE) -> list[str]:
        """Numbers of the free kits at a site."""
        place = self.site_id(site)
        return [row["number"] for row in self.rows(Kit, custody="site", place_id=place, assignment="free")]

    def types(self) -> dict[str, str]:
        """Kit number -> kit type: for tests only."""
        numbers = {row["id"]: row["number"] for row in self.rows(Kit)}
        return {numbers[row["kit_id"]]: row["kit_type"] for row in self.rows(KitContent)}

    def arm(self, subject: str) -> str:
        """A subject's arm: for tests only."""
        drawn = self.rows(Randomization, subject_id=self.subject(subject)["id"])[0]
        return str(self.rows(TreatmentAssignment, randomization_id=drawn["id"])[0]["arm"])

    def audit(self) -> dict[str, Any]:
        """The last line of the audit trail."""
        return self.rows(AuditEntry)[-1]

    def books(self) -> list[Any]:
        """Everything that a refusal must leave as it was."""
        return [self.rows(model) for model in _BOOKS]

    def refuses(self, service: Any, ask: SQLModel, kind: type[Refusal], who: Actor | None = None) -> Refusal:
        """The refusal: nothing is booked, and it is in the audit trail in two voices."""
        before, actor = self.books(), who or self.staff
        with pytest.raises(kind) as refused:
            self.do(actor, service, ask)
        refusal, last, secret = refused.value, self.audit(), self.rows(SecretAuditEntry)[-1]
        assert self.books() == before
        assert last["act"].endswith("_refused")
        assert last["new"] == {"refusal": refusal.name, "sentence": refusal.sentence}
        assert (last["account_id"], last["person"]) == (actor.account_id, actor.name)
        assert secret["blinded_sequence"] == last["sequence"]
        assert secret["body"] == {"trace": refusal.trace, "candidates": refusal.candidates or {}}
        return refusal


def no_kit_twice(trial: SupplyHouse) -> None:
    """No kit stands on two dispensings unless it was given back in between."""
    statuses = ("waiting", "checked", "handed_over", "misallocated")
    lines = Counter(row["kit_id"] for row in trial.rows(DispensedKit) if row["status"] in statuses)
    assert all(times == 1 for times in lines.values()), lines


def blocks_are_balanced(trial: SupplyHouse) -> None:
    """Every full block of every stratum holds each arm equally often, and the open one is as remembered."""
    blocks: dict[str, list[str]] = {}
    for row in trial.rows(TreatmentAssignment):
        stratum = row["stratum"]
        seen = row["state_seen"]["rows"][stratum]
        if seen.get("size", 0) == seen.get("given:A", 0) + seen.get("given:P", 0):
            full = blocks.get(stratum, [])
            assert full.count("A") == full.count("P") == len(full) / 2
            blocks[stratum] = []
        blocks[stratum].append(row["arm"])
    remembered = {row["key"]: row["state"] for row in trial.rows(AllocationState) if row["key"] in blocks}
    for stratum, block in blocks.items():
        state = remembered[stratum]
        assert Counter(A=state["given:A"], P=state["given:P"]) == Counter({"A": 0, "P": 0, **Counter(block)})
        assert max(state["given:A"], state["given:P"]) <= state["size"] / 2


@cache
def _trial_file() -> tuple[bytes, int]:
    """The SQLite file of the prepared trial with scarce stock, made once."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "trial.sqlite"
        migrated(f"sqlite:///{file}")
        study_id = prepare_trial(f"sqlite:///{file}", a_scarce_study(), SCARCE)
        return file.read_bytes(), study_id


@contextmanager
def a_trial() -> Iterator[Trial]:
    """The prepared trial with scarce stock on SQLite, for tests that open many."""
    content, study_id = _trial_file()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "trial.sqlite"
        file.write_bytes(content)
        store = a_store(f"sqlite:///{file}")
        try:
            yield Trial.opened(store, study_id)
        finally:
            store.close()
