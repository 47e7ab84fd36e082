"""A busy morning: everybody works at the same time, for seconds; nobody waits for ever and the books agree."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from irt.enrolment.checks import check_run
from irt.errors import Refusal
from irt.reads.ledger import ledger_discrepancies
from irt.services.count_stock import CountStock, count_stock
from irt.services.record_misallocation import RecordMisallocation, record_misallocation
from irt.services.replace_kit import ReplaceKit, replace_kit
from irt.tables.kit import Kit
from irt.tables.subject import Randomization
from tests.builders_trial import FIRST_SITE, SECOND_SITE, Trial, no_kit_twice

SECONDS = 3.0


class Busy:
    """One person's morning: random acts until the time is over; a refusal is no trouble."""

    def __init__(self, trial: Trial, number: int, until: float) -> None:
        self.trial, self.chance, self.until = trial, random.Random(number), until
        self.acts = 0

    def works(self) -> int:
        """How many acts went through."""
        while time.monotonic() < self.until:
            try:
                self.chance.choice((self.treats, self.treats, self.replaces, self.mixes_up))()
                self.acts += 1
            except Refusal:
                continue
        return self.acts

    def plans(self) -> int:
        """Nightly resupply and its shipments, over and over."""
        while time.monotonic() < self.until:
            self.trial.resupply()
            self.trial.carry()
            self.acts += 1
        return self.acts

    def counts(self) -> int:
        """Counts a shelf; what was given meanwhile shows as a difference that is explained."""
        while time.monotonic() < self.until:
            site = self.chance.choice((FIRST_SITE, SECOND_SITE))
            place = self.trial.site_id(site)
            here = [r["number"] for r in self.trial.rows(Kit, custody="site", place_id=place)]
            why = {row["number"]: "Counted during work" for row in self.trial.rows(Kit)}
            try:
                self.trial.do(
                    self.trial.staff, count_stock, CountStock(study_id=1, site=site, scanned=here, reasons=why)
                )
                self.acts += 1
            except Refusal:
                continue
        return self.acts

    def _assigned(self) -> Any:
        subject = self.trial.randomized(
            self.chance.choice((FIRST_SITE, SECOND_SITE)), levels={"ldl": self.chance.choice(("LT85", "GE85"))}
        )
        return self.trial.assign(subject)

    def treats(self) -> None:
        """Screens, randomizes, assigns, hands over."""
        self.trial.hand_over(self._assigned())

    def replaces(self) -> None:
        """A damaged kit is replaced before the hand-over."""
        dispensing = self._assigned()
        facts = {"dispensing_id": dispensing.dispensing_id, "number": dispensing.kits[-1].number}
        asked = {"study_id": 1, **facts, "problem": "damaged", "reason": "Broken", "on_day": self.trial.day}
        self.trial.do(self.trial.staff, replace_kit, ReplaceKit.model_validate(asked))

    def mixes_up(self) -> None:
        """Some other kit of the site is handed over, perhaps one meant for somebody else."""
        dispensing = self._assigned()
        others = [row["number"] for row in self.trial.rows(Kit, custody="site")]
        ask = RecordMisallocation(
            study_id=1,
            dispensing_id=dispensing.dispensing_id,
            assigned=dispensing.kits[0].number,
            given=self.chance.choice(others),
            taken="unknown",
            reason="Mixed up",
        )
        self.trial.do(self.trial.staff, record_misallocation, ask)


def test_a_busy_morning(trial: Trial) -> None:
    """Screening, randomizing, assigning, replacing, mixing up, counting and resupply in parallel: no deadlock."""
    until = time.monotonic() + SECONDS
    people = [Busy(trial, number, until) for number in range(6)]
    with ThreadPoolExecutor(len(people)) as pool:
        working = [pool.submit(one.works) for one in people[:4]]
        working += [pool.submit(people[4].plans), pool.submit(people[5].counts)]
        done = [one.result(timeout=SECONDS + 20) for one in working]
    assert sum(done[:4]) > 0
    assert done[4] > 0
    checks, derivation = check_run(trial.store, 1, {})
    assert checks == dict.fromkeys(checks, True)
    assert derivation.allocations == len(trial.rows(Randomization)) > 0
    with trial.store.reading() as connection:
        assert ledger_discrepancies(connection, 1) == []
    no_kit_twice(trial)
