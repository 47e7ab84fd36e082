"""The checklist of going live: each line met, open or not asked for by facts; what blocks; what is signed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from irt.blinding.roles import Role
from irt.study.activation import ActivationRules, ChecklistLine
from irt.study.blinded import BlindedStudy, blinded_study
from irt.study.checklist import IN_STUDY, WORDS, Checklist, LineState, checklist_of, told_by
from irt.study.checklist_facts import (
    AcceptanceSeen,
    ChecklistSigned,
    Evidence,
    GateSeen,
    GoLiveFacts,
    LeaksSeen,
    RestoreSeen,
    SiteSeen,
)
from tests.builders_supply import the_study

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SHOWN = Evidence("shown", "ab" * 32, "Tess", NOW)
LINE, MET, OPEN, NOT_ASKED = ChecklistLine, LineState.MET, LineState.OPEN, LineState.NOT_ASKED
STAFFED = SiteSeen("1001", frozenset({"investigator", "pharmacist"}), SHOWN)


def a_study(**changes: object) -> BlindedStudy:
    """A blinded study that asks for a gate and for approvals."""
    definition = the_study("fourier")
    conduct = definition.conduct.model_copy(update={"go_live_gate": True, "no_gate_because": None})
    study = blinded_study(definition)
    return study._replace(**{"conduct": conduct, "activation": ActivationRules(), **changes})


def ready(**changes: object) -> GoLiveFacts:
    """A version of which every line is met, but the signatures."""
    facts = GoLiveFacts(
        version=1,
        mode="production",
        today=DAY,
        study=a_study(),
        release="1.2+abc",
        approved=SHOWN,
        listed=True,
        seed=SHOWN,
        lists=(SHOWN,),
        kit_lists=(SHOWN,),
        supplied=(SHOWN,),
        labels=(SHOWN,),
        gate=GateSeen(True, "", SHOWN),
        leaks=LeaksSeen(True, "pass", "1.2+def", SHOWN),
        acceptance=AcceptanceSeen(True, "1.2+abc", (), (), (SHOWN,)),
        sites=(STAFFED, replace(STAFFED, number="1002")),
        roles=frozenset(IN_STUDY),
        people=7,
        restored=RestoreSeen(True, DAY, SHOWN),
        anchored=SHOWN,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]  # any field


def state_of(facts: GoLiveFacts, name: ChecklistLine) -> tuple[LineState, str]:
    """A line's state, and the first thing that is open of it or why it is not asked for."""
    line = next(line for line in checklist_of(facts).lines if line.name == name)
    return line.state, next(iter(line.open), line.why)


def test_every_line_is_met_by_its_facts() -> None:
    """Everything stands but the signatures; each line has its words, and evidence where something can be shown."""
    found = checklist_of(ready())
    assert {line.name for line in found.lines} == set(ChecklistLine) == set(WORDS)
    assert [line.name for line in found.lines if line.state != MET] == [LINE.SIGNATURES]
    assert {line.name for line in found.lines if not line.evidence} <= {LINE.APPROVALS, LINE.SIGNATURES}
    assert set(IN_STUDY) <= set(Role)


OPEN_STUDY = a_study()._replace(identity=a_study().identity.model_copy(update={"blinding": "open"}))
NO_GATE = a_study()._replace(
    conduct=a_study().conduct.model_copy(update={"go_live_gate": False, "no_gate_because": "one site"})
)


@pytest.mark.parametrize(
    ("name", "changes", "state", "words"),
    [
        (LINE.VERSION, {"approved": None}, OPEN, "Version 1 is not approved"),
        (LINE.RANDOMIZATION, {"lists": ()}, OPEN, "No approved randomization list"),
        (LINE.RANDOMIZATION, {"lists": (), "listed": False}, MET, ""),
        (LINE.RANDOMIZATION, {"seed": None}, OPEN, "No seed"),
        (LINE.RANDOMIZATION, {"waiting": {"randomization_list": 1}}, OPEN, "1 randomization list"),
        (LINE.KIT_LISTS, {"kit_lists": ()}, OPEN, "No approved kit list"),
        (LINE.KIT_LISTS, {"waiting": {"kit_list": 2}}, OPEN, "2 kit list(s) wait"),
        (LINE.SUPPLY, {"unserved": ("1002",)}, OPEN, "No lane leads to site 1002"),
        (LINE.SUPPLY, {"waiting": {"operational_change": 1}}, OPEN, "1 change(s) of supply waits"),
        (LINE.LABELS, {"unlabelled": ("Pen in GB",)}, OPEN, "No approved label: Pen in GB"),
        (LINE.LABELS, {"labels": ()}, NOT_ASKED, "`labels.just_in_time` is off"),
        (LINE.GATE, {"gate": None}, OPEN, "No gate was defined"),
        (LINE.GATE, {"gate": GateSeen(False, "Gate 1: void", SHOWN)}, OPEN, "Gate 1: void"),
        (LINE.GATE, {"study": NO_GATE}, NOT_ASKED, "`conduct.no_gate_because`: one site"),
        (LINE.GATE, {"gate": None, "mode": "training"}, NOT_ASKED, "Sites open without a gate in training"),
        (LINE.LEAKS, {"leaks": None}, OPEN, "No leak report"),
        (
            LINE.LEAKS,
            {"leaks": LeaksSeen(False, "fail", "1.2+a", SHOWN)},
            OPEN,
            "The newest leak report says: fail",
        ),
        (LINE.LEAKS, {"leaks": LeaksSeen(True, "pass", "1.1+a", SHOWN)}, OPEN, "The leak report is of release 1.1"),
        (LINE.LEAKS, {"study": OPEN_STUDY}, NOT_ASKED, "`study.blinding` is open"),
        (LINE.ACCEPTANCE, {"acceptance": None}, OPEN, "No run"),
        (LINE.ACCEPTANCE, {"acceptance": AcceptanceSeen(False, "1.2", (), (), ())}, OPEN, "No run"),
        (LINE.ACCEPTANCE, {"acceptance": AcceptanceSeen(True, "1.2", (), ("U-1",), ())}, OPEN, "U-1 failed"),
        (LINE.ACCEPTANCE, {"acceptance": AcceptanceSeen(True, "1.2", ("U-2",), (), ())}, OPEN, "U-2 is not signed"),
        (LINE.RELEASE, {"acceptance": AcceptanceSeen(True, "1.1+a", (), (), ())}, OPEN, "The acceptance is of"),
        (LINE.RELEASE, {"acceptance": None}, OPEN, "No acceptance says"),
        (LINE.PEOPLE, {"roles": frozenset()}, OPEN, "Nobody is the independent statistician"),
        (LINE.PEOPLE, {"sites": (SiteSeen("1001", frozenset({"pharmacist"})),)}, OPEN, "Site 1001 has no inv"),
        (LINE.PEOPLE, {"sites": (SiteSeen("1001", frozenset({"investigator"})),)}, OPEN, "Site 1001 has no pha"),
        (LINE.CONFLICTS, {"both_sides": ("Theo",)}, OPEN, "Theo holds or held"),
        (LINE.APPROVALS, {"sites": (replace(STAFFED, lacking=("x",)),)}, OPEN, "Site 1001: x"),
        (LINE.APPROVALS, {"study": a_study(activation=None)}, NOT_ASKED, "The study file has no section"),
        (LINE.CODE_BREAKS, {"sites": (replace(STAFFED, practised=None),)}, OPEN, "Site 1001 has not practised"),
        (LINE.CODE_BREAKS, {"study": OPEN_STUDY}, NOT_ASKED, "`study.blinding` is open"),
        (LINE.RESTORE, {"restored": None}, OPEN, "No test of restoring"),
        (LINE.RESTORE, {"restored": RestoreSeen(False, DAY, SHOWN)}, OPEN, "The newest test found another"),
        (LINE.RESTORE, {"restored": RestoreSeen(True, DAY - timedelta(365), SHOWN)}, MET, ""),
        (LINE.RESTORE, {"restored": RestoreSeen(True, DAY - timedelta(366), SHOWN)}, OPEN, "The newest test is of"),
        (LINE.ANCHOR, {"anchored": None}, OPEN, "The trail was never anchored"),
        (LINE.ANCHOR, {"anchored": replace(SHOWN, at=NOW - timedelta(days=3))}, MET, ""),
        (LINE.ANCHOR, {"anchored": replace(SHOWN, at=NOW - timedelta(days=4))}, OPEN, "The last anchor is of"),
    ],
)
def test_a_line_by_its_facts(name: LINE, changes: dict[str, object], state: LineState, words: str) -> None:
    """Open, met or not asked for; each says why, and an open one what to do next."""
    found = state_of(ready(**changes), name)
    assert (found[0], found[1][: len(words)] if words else found[1]) == (state, words)


def test_an_unblinded_pharmacist_is_another_person() -> None:
    """Where the study has one, the blinded pharmacist does not stand in."""
    identity = a_study().identity.model_copy(update={"unblinded_pharmacist": True})
    asked = ready(study=a_study()._replace(identity=identity))
    assert state_of(asked, LINE.PEOPLE) == (OPEN, "Site 1001 has no unblinded pharmacist")


def test_what_a_site_waits_for() -> None:
    """Version, gate and approvals always; others where the file names them, in production; no other site's."""
    bare = ready(leaks=None, restored=None, gate=None, sites=(STAFFED, SiteSeen("1002", frozenset())))
    assert _blocking(bare) == [LINE.GATE]
    asking = a_study(activation=ActivationRules(checklist=(LINE.LEAKS, LINE.CODE_BREAKS, LINE.SIGNATURES)))
    asked = replace(bare, study=asking)
    assert _blocking(asked) == [LINE.GATE, LINE.LEAKS, LINE.CODE_BREAKS, LINE.SIGNATURES]
    assert _blocking(asked.at_site("1001")) == [LINE.GATE, LINE.LEAKS, LINE.SIGNATURES]
    assert _blocking(replace(asked, mode="test")) == []


def _blocking(facts: GoLiveFacts) -> list[ChecklistLine]:
    return [line.name for line in checklist_of(facts).blocking]


def _signed(found: Checklist, account_id: int) -> ChecklistSigned:
    return ChecklistSigned(found.hash, account_id, "Tess", "study_team", NOW, told_by(found.signed_lines))


def test_a_signature_is_bound_to_the_lines_as_shown() -> None:
    """A next day's anchor changes nothing; any other fact does, and the line that changed is named."""
    facts = ready()
    found = checklist_of(facts)
    tomorrow = replace(facts, today=DAY + timedelta(1), anchored=replace(SHOWN, at=NOW + timedelta(1)))
    assert checklist_of(tomorrow).hash == found.hash
    one = replace(facts, signed=(_signed(found, 1),))
    assert state_of(one, LINE.SIGNATURES) == (OPEN, "1 of 2 people have signed the same lines")
    both = replace(facts, signed=(_signed(found, 1), _signed(found, 2)))
    signed = checklist_of(both)
    assert (signed.hash, len(signed.signers), signed.changed) == (found.hash, 2, ())
    assert all(line.state == MET for line in signed.lines)
    later = checklist_of(replace(both, kit_lists=(SHOWN, SHOWN)))
    assert (later.signers, later.changed) == ((), (LINE.KIT_LISTS,))
    assert later.lines[-1].state == MET
