"""What a version means for each site and its subjects, as blinded people may read it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import RowMapping

from irt.reads.amendment_facts import subjects_under_way
from irt.reads.blinded_impact import Outcome, SiteImpact
from irt.reads.site_approvals import approval_facts, today_in
from irt.services.holdings import holdings
from irt.services.studies import definition_of
from irt.services.work import Work
from irt.states.records import SiteStatus
from irt.study.activation import ApprovalFacts, amendment_standings, lacking, standings
from irt.study.amendment import misfits
from irt.study.blinded import blinded_study
from irt.study.definition import StudyDefinition
from irt.study.impact import SubjectImpact, subject_impact
from irt.study.problems import Finding

_PUBLIC = frozenset({"LevelGone", "ItemGone", "DoseLevelGone", "VisitGone", "VisitChanged"})
"""Obstacles whose words are in the public part; others are told by their name."""


class Amendment(NamedTuple):
    """The version in question, and the one before it; of a file, the number that it would get."""

    study_id: int
    number: int
    follows: int
    before: StudyDefinition
    after: StudyDefinition


def told(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Obstacles in words for everybody, each once."""
    return tuple(
        dict.fromkeys(
            one.sentence if one.name in _PUBLIC else f"what is kept from blinded people does not fit ({one.name})"
            for one in findings
        )
    )


def subjects_by_site(
    work: Work, amendment: Amendment, sites: Sequence[RowMapping]
) -> dict[str, list[SubjectImpact]]:
    """Subjects under way, each under the version of its site against the new one; nothing where the site stays."""
    day, after = work.at.date(), blinded_study(amendment.after)
    here = {row["number"]: definition_of(work, amendment.study_id, row["version_number"]) for row in sites}
    before = {id(definition): blinded_study(definition) for definition in here.values()}
    visits = [visit for study in (*before.values(), after) for visit in study.visits]
    under_way = subjects_under_way(work.connection, amendment.study_id, visits, day)
    found: dict[str, list[SubjectImpact]] = {}
    for row in sites:
        old = before[id(here[row["number"]])]
        new = old if _stays(amendment, row) else after
        found[row["number"]] = [subject_impact(old, new, one, day) for one in under_way.get(row["number"], ())]
    return found


def sites_and_version(work: Work, amendment: Amendment, sites: Sequence[RowMapping]) -> tuple[SiteImpact, ...]:
    """Every site by number."""
    approvals = approval_facts(work.connection, amendment.study_id, work.at.date())
    look = _Look(work, amendment, approvals, _do_not_fit(work, amendment, sites))
    subjects = subjects_by_site(work, amendment, sites)
    return tuple(look.at(row, subjects[row["number"]]) for row in sites)


def _stays(amendment: Amendment, row: RowMapping) -> bool:
    return bool(row["status"] == SiteStatus.CLOSED or amendment.number <= row["version_number"])


def _do_not_fit(work: Work, amendment: Amendment, sites: Sequence[RowMapping]) -> frozenset[int]:
    """Versions under which some site holds what does not fit. A site holds no more than its study: mostly none."""
    everything = holdings(work, amendment.study_id)
    numbers = {row["version_number"] for row in sites if not _stays(amendment, row)}
    return frozenset(
        number
        for number in numbers
        if misfits(definition_of(work, amendment.study_id, number), amendment.after, everything)
    )


@dataclass(frozen=True, slots=True)
class _Look:
    """The version held against one site after the other."""

    work: Work
    amendment: Amendment
    approvals: Sequence[ApprovalFacts]
    do_not_fit: frozenset[int]

    def at(self, row: RowMapping, subjects: Sequence[SubjectImpact]) -> SiteImpact:
        """One site."""
        outcome, why = self._outcome(row)
        opened = outcome in (Outcome.MAY_GO_ON, Outcome.WAITS)
        changes = Counter(change for one in subjects for change in one.changes)
        return SiteImpact(
            site=row["number"],
            name=row["name"],
            country=row["country"],
            status=SiteStatus(row["status"]),
            version=row["version_number"],
            outcome=outcome,
            why=why,
            stops=self._stops(row) if opened else (),
            subjects=len(subjects),
            changed=sum(bool(one.changes) for one in subjects),
            changes=dict(sorted(changes.items())),
        )

    def _outcome(self, row: RowMapping) -> tuple[Outcome, tuple[str, ...]]:
        """What the version means for a site, and why it cannot go on yet."""
        if row["status"] == SiteStatus.CLOSED:
            return Outcome.CLOSED, ()
        if self.amendment.number <= row["version_number"]:
            return Outcome.ALREADY, ()
        if row["status"] == SiteStatus.PLANNED:
            return Outcome.PLANNED, ()
        if row["version_number"] in self.do_not_fit and (why := self._misfits(row)):
            return Outcome.DOES_NOT_FIT, why
        day = today_in(row["zone"], self.work.at)
        rules, place = self.amendment.after.activation, (row["country"], row["number"])
        anew = amendment_standings(rules, self.approvals, *place, day, self.amendment.number)
        missing = tuple(lacking(anew))
        return (Outcome.WAITS if missing else Outcome.MAY_GO_ON), missing

    def _misfits(self, row: RowMapping) -> tuple[str, ...]:
        study_id = self.amendment.study_id
        before = definition_of(self.work, study_id, row["version_number"])
        return told(misfits(before, self.amendment.after, holdings(self.work, study_id, row["id"])))

    def _stops(self, row: RowMapping) -> tuple[str, ...]:
        """Without which nobody would be screened or randomized there any more."""
        day = today_in(row["zone"], self.work.at)
        rules, place = self.amendment.after.activation, (row["country"], row["number"])
        return tuple(lacking(standings(rules, self.approvals, *place, day, self.amendment.number)))
