"""What is known of every site when stock is reviewed at the beginning of a week, and what follows for its demand.

Policies see this alone: who came until yesterday, never what a path holds later. Priors are those the paths are
drawn from; rates are learned.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimization.demand.enrolment import batch_new_subjects
from optimization.demand.mass import Mass, add, lumped
from optimization.policies.paths import ARMS, Floats, Ints, Paths, Trial

NEVER = 10**6
MOST_IN_A_WEEK = 16
"""Kits of one arm a site takes in a week at most, when chances are told (the chance of more lies on it)."""


@dataclass(frozen=True, eq=False)
class Facts:
    """The beginning of `week` at every site, a row each.

    `next_day`: the planned day of each subject's next visit, were the trial to go on; NEVER for those who have
    stopped or not enrolled, whose arms are not told.
    """

    trial: Trial
    week: int
    opens_day: Ints
    fixed_cents: Ints
    arm: Ints
    next_day: Ints
    enrolled: Ints

    @property
    def weeks_left(self) -> int:
        """This week and those after it."""
        return self.trial.weeks - self.week

    @property
    def may_order(self) -> NDArray[np.bool_]:
        """Sites where something sent now could be used: open when it arrives, and not after the end."""
        return (self.opens_day // 7 <= self.week + 1) & (self.week + 1 < self.trial.weeks)

    @cached_property
    def rate(self) -> tuple[Floats, Floats]:
        """What is known of each site's rate of enrolment: a gamma law's shape, and its weeks."""
        exposure = np.maximum(7 * self.week - self.opens_day, 0) / 7
        trial = self.trial
        return trial.shape + self.enrolled, trial.shape / trial.rate_per_week + exposure

    @cached_property
    def scheduled(self) -> Mass:
        """Chances of kits [row, arm, weeks ahead, kits] for subjects on treatment."""
        mass = np.zeros((len(self.enrolled), ARMS, self.weeks_left, MOST_IN_A_WEEK))
        mass[..., 0] = 1.0
        for subject in range(self.arm.shape[1]):
            rows = np.flatnonzero(self.next_day[:, subject] + min(self.trial.window) < 7 * self.trial.weeks)
            if len(rows):
                self._add_visits(mass, rows, subject)
        return mass

    @cached_property
    def law(self) -> Mass:
        """Chances of kits [row, arm, weeks ahead, kits] for all subjects, also those still to come."""
        return lumped(add(self.scheduled, self.newcomers), MOST_IN_A_WEEK)

    @cached_property
    def newcomers(self) -> Mass:
        """Chances of kits for subjects still to come, their later visits included."""
        a, b = self.rate
        odds = self.visit_weeks / ARMS / b[:, None]
        mass = batch_new_subjects(a[:, None], odds, MOST_IN_A_WEEK)
        return np.broadcast_to(mass[:, None], (len(a), ARMS, self.weeks_left, MOST_IN_A_WEEK))

    @cached_property
    def visit_weeks(self) -> Floats:
        """Weeks of enrolment whose subjects have a visit in each week ahead, fewer by those who stop."""
        starts = self.opens_day[:, None] / 7 - self.week
        ahead = np.arange(self.weeks_left)
        open_share = np.clip(ahead + 1 - starts, 0.0, 1.0)
        total = open_share.copy()
        step, stays = self.trial.visit_days // 7, self.trial.stays
        for week in range(step, self.weeks_left):
            total[:, week] += stays * total[:, week - step]
        return total

    def _add_visits(self, mass: Mass, rows: Ints, subject: int) -> None:
        """One subject's coming visits at these rows, each in one week or the one beside it."""
        arms, planned, today = self.arm[rows, subject], self.next_day[rows, subject], 7 * self.week
        came = np.ones(len(rows))
        for visit in range(self.trial.visits_max):
            offsets = planned[:, None] + np.array(self.trial.window)
            ahead = offsets >= today if visit == 0 else np.ones_like(offsets, dtype=bool)
            share, stays = ahead.mean(axis=1), self.trial.stays
            came = came * stays * share / (stays * share + 1 - stays)
            weeks = offsets // 7 - self.week
            for week in range(int(weeks.min()), int(weeks.max()) + 1):
                if 0 <= week < self.weeks_left:
                    within = ((weeks == week) & ahead).sum(axis=1) / np.maximum(ahead.sum(axis=1), 1)
                    self._add_event(mass, rows, arms, week, came * within)
            planned = planned + self.trial.visit_days
            keep = planned + min(self.trial.window) < 7 * self.trial.weeks
            rows, arms, planned, came = rows[keep], arms[keep], planned[keep], came[keep]
            if not len(rows):
                return

    @staticmethod
    def _add_event(mass: Mass, rows: Ints, arms: Ints, week: int, chance: Floats) -> None:
        likely = chance > 0
        rows, arms, chance = rows[likely], arms[likely], chance[likely, None]
        before = mass[rows, arms, week]
        after = before * (1 - chance)
        after[:, 1:] += before[:, :-1] * chance
        after[:, -1:] += before[:, -1:] * chance
        mass[rows, arms, week] = after


def known_at(paths: Paths, week: int) -> Facts:
    """What is known when that week begins."""
    trial, today = paths.trial, 7 * week
    made = (paths.visit_day < today).sum(axis=2)
    planned = paths.first_day + made * trial.visit_days
    # A subject whose window has passed without a visit has stopped; one not enrolled yet is not known.
    goes_on = (paths.first_day < today) & (planned + max(trial.window) >= today)
    return Facts(
        trial,
        week,
        paths.opens_day,
        paths.fixed_cents,
        np.where(paths.first_day < today, paths.arm, 0),
        np.where(goes_on, planned, NEVER),
        (paths.first_day < today).sum(axis=1),
    )
