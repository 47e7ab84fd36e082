"""The checklist of going live: every line follows from facts; nobody ticks a box.

A line is met, open, or not asked for with the reason. Signing binds the hash of the lines as they were shown.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from irt.audit.chain import canonical
from irt.study.activation import ActivationRules, ChecklistLine
from irt.study.checklist_facts import ChecklistSigned, Evidence, GoLiveFacts, SiteSeen

PRODUCTION = "production"
RESTORED_WITHIN = timedelta(days=365)
"""A test of restoring a back-up counts for so long."""
ANCHORED_WITHIN = timedelta(days=3)
"""Anchors are daily; over a week-end somebody must have seen to it."""
SIGNERS = 2


class LineState(StrEnum):
    """What a line is worth now."""

    MET = "met"
    OPEN = "open"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it asks, what is open of it, what shows it, and what to do next; `blocks`: a site waits."""

    name: ChecklistLine
    state: LineState
    asks: str
    why: str
    open: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    next_step: str
    blocks: bool


@dataclass(frozen=True, slots=True)
class Checklist:
    """The lines, their hash, and who signed that hash; `changed`: lines that differ from what was signed last."""

    version: int
    lines: tuple[Line, ...]
    hash: str
    signed: tuple[ChecklistSigned, ...]
    changed: tuple[ChecklistLine, ...]

    @property
    def signed_lines(self) -> tuple[Line, ...]:
        """What a signature is about: every line but that of the signatures."""
        return self.lines[:-1]

    @property
    def signers(self) -> tuple[ChecklistSigned, ...]:
        """Who signed the lines as they stand now."""
        return tuple(each for each in self.signed if each.hash == self.hash)

    @property
    def blocking(self) -> tuple[Line, ...]:
        """What the first site waits for."""
        return tuple(line for line in self.lines if line.blocks and line.state == LineState.OPEN)

    @property
    def count_of(self) -> dict[LineState, int]:
        """How many lines are in each state."""
        return {state: sum(line.state == state for line in self.lines) for state in LineState}


@dataclass(frozen=True, slots=True)
class _Found:
    """What a line finds: open where anything is lacking, not asked for where `why` says so."""

    open: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    why: str = ""


def checklist_of(facts: GoLiveFacts) -> Checklist:
    """Every line of the checklist, in the order in which it is worked off."""
    lines = tuple(_line(name, facts, found) for name, found in _lines(facts))
    signed_last = facts.signed[-1] if facts.signed else None
    told = told_by(lines)
    changed = () if signed_last is None else _changed(signed_last, told)
    signatures = _line(ChecklistLine.SIGNATURES, facts, _signatures(facts))
    return Checklist(facts.version, (*lines, signatures), hash_of(facts, lines), facts.signed, changed)


def told_by(lines: Sequence[Line]) -> dict[str, str]:
    """What each line tells, as one hash: kept with a signature, so that a change names its line."""
    return {line.name: hashlib.sha256(canonical(_plain(line)).encode()).hexdigest() for line in lines}


def hash_of(facts: GoLiveFacts, lines: Sequence[Line]) -> str:
    """SHA-256 of the study, the version and every line but the signatures."""
    identity = {"protocol": facts.study.identity.protocol, "mode": facts.mode, "version": facts.version}
    return hashlib.sha256(canonical({**identity, "lines": [_plain(line) for line in lines]}).encode()).hexdigest()


def blocks(name: ChecklistLine, mode: str, rules: ActivationRules | None) -> bool:
    """Whether a site waits for this line: some always, others where the study file asks for them in production."""
    return name in _ALWAYS or (rules is not None and mode == PRODUCTION and name in rules.checklist)


_ALWAYS = frozenset({ChecklistLine.VERSION, ChecklistLine.GATE, ChecklistLine.APPROVALS})
"""What stands before every site by rules of its own, where the study asks for it."""


def _line(name: ChecklistLine, facts: GoLiveFacts, found: _Found) -> Line:
    state = LineState.NOT_ASKED if found.why else LineState.OPEN if found.open else LineState.MET
    asks, next_step = WORDS[name]
    step = next_step if state == LineState.OPEN else ""
    waits = blocks(name, facts.mode, facts.study.activation)
    return Line(name, state, asks, found.why, found.open, found.evidence, step, waits)


def _plain(line: Line) -> dict[str, object]:
    shown = [[each.words, each.hash, each.person, each.at and each.at.isoformat()] for each in line.evidence]
    return {"name": line.name, "state": line.state, "why": line.why, "open": list(line.open), "evidence": shown}


def _changed(signed: ChecklistSigned, told: dict[str, str]) -> tuple[ChecklistLine, ...]:
    return tuple(name for name in ChecklistLine if signed.lines.get(name) != told.get(name))


def _lines(facts: GoLiveFacts) -> Iterator[tuple[ChecklistLine, _Found]]:
    for name, look in _LOOKS.items():
        yield name, look(facts)


def _one(evidence: Evidence | None) -> tuple[Evidence, ...]:
    return () if evidence is None else (evidence,)


def _waits(facts: GoLiveFacts, kind: str, what: str) -> tuple[str, ...]:
    count = facts.waiting.get(kind, 0)
    return (f"{count} {what} {'waits' if count == 1 else 'wait'} for a second person",) if count else ()


def _version(facts: GoLiveFacts) -> _Found:
    if facts.approved is None:
        return _Found((f"Version {facts.version} is not approved",))
    return _Found((), (facts.approved,))


def _randomization(facts: GoLiveFacts) -> _Found:
    lacks = [] if facts.seed else ["No seed is committed to"]
    if facts.listed and not facts.lists:
        lacks.append("No approved randomization list is loaded")
    waits = _waits(facts, "randomization_list", "randomization list(s)")
    return _Found((*lacks, *waits), (*_one(facts.seed), *facts.lists))


def _kit_lists(facts: GoLiveFacts) -> _Found:
    lacks = () if facts.kit_lists else ("No approved kit list is loaded",)
    return _Found((*lacks, *_waits(facts, "kit_list", "kit list(s)")), facts.kit_lists)


def _supply(facts: GoLiveFacts) -> _Found:
    lacks = tuple(f"No lane leads to site {site}" for site in facts.unserved)
    return _Found((*lacks, *_waits(facts, "operational_change", "change(s) of supply")), facts.supplied)


def _labels(facts: GoLiveFacts) -> _Found:
    if not facts.study.labels.just_in_time and not facts.labels and not facts.unlabelled:
        return _Found(why="`labels.just_in_time` is off, and no label master was written: kits come labelled")
    return _Found(tuple(f"No approved label: {each}" for each in facts.unlabelled), facts.labels)


def _gate(facts: GoLiveFacts) -> _Found:
    conduct, gate = facts.study.conduct, facts.gate
    if not conduct.gate_asked:
        return _Found(why=f"`conduct.no_gate_because`: {conduct.no_gate_because}", evidence=_gate_shown(facts))
    if facts.mode != PRODUCTION:
        return _Found(why=f"Sites open without a gate in {facts.mode} mode", evidence=_gate_shown(facts))
    if gate is None:
        return _Found((f"No gate was defined for version {facts.version}",))
    return _Found(() if gate.signed else (gate.why,), (gate.evidence,))


def _gate_shown(facts: GoLiveFacts) -> tuple[Evidence, ...]:
    return _one(facts.gate.evidence if facts.gate else None)


def _leaks(facts: GoLiveFacts) -> _Found:
    if facts.study.identity.blinding == "open":
        return _Found(why="`study.blinding` is open: nobody is kept blind")
    kept = facts.leaks
    if kept is None:
        return _Found((f"No leak report of version {facts.version} is kept",))
    lacks = [] if kept.passed else [f"The newest leak report says: {kept.verdict}"]
    return _Found((*lacks, *_of_release(kept.release, facts, "leak report")), (kept.evidence,))


def _acceptance(facts: GoLiveFacts) -> _Found:
    run = facts.acceptance
    if run is None or not run.same_version:
        return _Found((f"No run of the acceptance scripts of version {facts.version} is kept",))
    lacks = (*(f"{code} failed" for code in run.failed), *(f"{code} is not signed" for code in run.unsigned))
    return _Found(lacks, run.evidence)


def _release(facts: GoLiveFacts) -> _Found:
    run = facts.acceptance
    shown = (Evidence(f"Release {facts.release}; its limits and validation pack go with it"),)
    if run is None:
        return _Found(("No acceptance says which release was tried",), shown)
    return _Found(_of_release(run.release, facts, "acceptance"), shown)


def _of_release(made_by: str, facts: GoLiveFacts, what: str) -> tuple[str, ...]:
    """The version of the product counts; the hash behind it is told, and differs with every build."""
    ours, installed = (each.partition("+")[0] for each in (made_by, facts.release))
    if ours == installed:
        return ()
    return (f"The {what} is of release {ours}, and {installed} is installed",)


def _people(facts: GoLiveFacts) -> _Found:
    lacks = [f"Nobody is {words}" for role, words in IN_STUDY.items() if role not in facts.roles]
    for site in facts.sites:
        lacks += [f"Site {site.number} has no {words}" for words in _missing_at(site, facts)]
    return _Found(tuple(lacks), (Evidence(f"{facts.people} people hold a role"),) if facts.people else ())


def _missing_at(site: SiteSeen, facts: GoLiveFacts) -> Iterator[str]:
    if "investigator" not in site.roles:
        yield "investigator"
    if facts.study.identity.unblinded_pharmacist:
        if "unblinded_pharmacist" not in site.roles:
            yield "unblinded pharmacist"
    elif "pharmacist" not in site.roles:
        yield "pharmacist"


def _conflicts(facts: GoLiveFacts) -> _Found:
    lacks = tuple(f"{name} holds or held a blinded and an unblinded role" for name in facts.both_sides)
    return _Found(lacks, (Evidence(f"{facts.people} people looked at, with roles that ended"),))


def _approvals(facts: GoLiveFacts) -> _Found:
    if facts.study.activation is None:
        return _Found(why="The study file has no section `activation`", evidence=facts.approvals)
    lacks = tuple(f"Site {site.number}: {each}" for site in facts.sites for each in site.lacking)
    return _Found(lacks, facts.approvals)


def _code_breaks(facts: GoLiveFacts) -> _Found:
    if facts.study.identity.blinding == "open":
        return _Found(why="`study.blinding` is open: there is no code to break")
    lacks = tuple(f"Site {site.number} has not practised" for site in facts.sites if site.practised is None)
    return _Found(lacks, tuple(site.practised for site in facts.sites if site.practised))


def _restore(facts: GoLiveFacts) -> _Found:
    tested = facts.restored
    if tested is None:
        return _Found(("No test of restoring a back-up is recorded",))
    lacks = [] if tested.passed else ["The newest test found another trail than before"]
    if tested.on_day + RESTORED_WITHIN < facts.today:
        lacks.append(f"The newest test is of {tested.on_day}, more than a year ago")
    return _Found(tuple(lacks), (tested.evidence,))


def _anchor(facts: GoLiveFacts) -> _Found:
    last = facts.anchored
    if last is None or last.at is None:
        return _Found(("The trail was never anchored outside",))
    # Anchors come daily: the last one's moment is told by the page of the trail, and is no change of this line.
    if last.at.date() + ANCHORED_WITHIN < facts.today:
        return _Found((f"The last anchor is of {last.at.date()}",), (last,))
    return _Found((), (Evidence("The ends of all chains leave the database daily, signed"),))


def _signatures(facts: GoLiveFacts) -> _Found:
    most = max(Counter(each.hash for each in facts.signed).values(), default=0)
    shown = tuple(
        Evidence(f"Signed as {each.role.replace('_', ' ')}", each.hash, each.person, each.at)
        for each in facts.signed
    )
    return _Found(() if most >= SIGNERS else (f"{most} of {SIGNERS} people have signed the same lines",), shown)


IN_STUDY = {
    "unblinded_statistician": "the independent statistician",
    "supply_manager": "the unblinded supply manager",
    "quality": "quality assurance",
    "qualified_person": "the qualified person",
    "safety": "the safety desk, on call",
}
"""Roles that somebody must hold in the study before it goes live."""
_LOOKS: dict[ChecklistLine, Callable[[GoLiveFacts], _Found]] = {
    ChecklistLine.VERSION: _version,
    ChecklistLine.RANDOMIZATION: _randomization,
    ChecklistLine.KIT_LISTS: _kit_lists,
    ChecklistLine.SUPPLY: _supply,
    ChecklistLine.LABELS: _labels,
    ChecklistLine.GATE: _gate,
    ChecklistLine.LEAKS: _leaks,
    ChecklistLine.ACCEPTANCE: _acceptance,
    ChecklistLine.RELEASE: _release,
    ChecklistLine.PEOPLE: _people,
    ChecklistLine.CONFLICTS: _conflicts,
    ChecklistLine.APPROVALS: _approvals,
    ChecklistLine.CODE_BREAKS: _code_breaks,
    ChecklistLine.RESTORE: _restore,
    ChecklistLine.ANCHOR: _anchor,
}
WORDS: dict[ChecklistLine, tuple[str, str]] = {
    ChecklistLine.VERSION: ("The version is approved by a second person", "Have the version approved"),
    ChecklistLine.RANDOMIZATION: (
        "The seed is committed to; lists, where the study has them, are approved by two people and loaded",
        "Ask the independent statistician",
    ),
    ChecklistLine.KIT_LISTS: ("Kit lists are approved by two people and loaded", "Ask the supply manager"),
    ChecklistLine.SUPPLY: ("Levels and lanes are signed, and a lane leads to each site", "Decide what waits"),
    ChecklistLine.LABELS: ("Each product has an approved label in each country", "Have label masters approved"),
    ChecklistLine.GATE: ("The go-live gate of this very version is signed", "Define, run and sign a gate"),
    ChecklistLine.LEAKS: ("The leak linter passed this version", "irt leaks run STUDY --keep"),
    ChecklistLine.ACCEPTANCE: (
        "Every acceptance script is kept and signed as passed",
        "Keep a run, sign each",
    ),
    ChecklistLine.RELEASE: ("The release installed is the one that was accepted", "Accept the version again"),
    ChecklistLine.PEOPLE: ("Everybody who must be there holds their role", "Invite whoever is missing"),
    ChecklistLine.CONFLICTS: ("Nobody holds or held roles on both sides of the blind", "Review the access"),
    ChecklistLine.APPROVALS: ("Approvals of each country and site are in force", "Record what is missing"),
    ChecklistLine.CODE_BREAKS: ("Each site has practised a code break", "Ask the site to practise"),
    ChecklistLine.RESTORE: ("Restoring a back-up was tested within a year", "Restore one, and record the test"),
    ChecklistLine.ANCHOR: ("The audit trail is anchored outside the database", "irt audit anchor"),
    ChecklistLine.SIGNATURES: ("Two people signed this checklist", "Sign, as study team and as quality"),
}
"""Line -> what it asks, and what is done about it."""
