"""Acceptance scripts are made from the specification, edges first, and say nothing of arms."""

import re

from irt.study.blinded import blinded_study
from irt.study.uat import plain, scripts_hash, uat_scripts
from tests.builders_supply import the_lipid_study

STUDY = the_lipid_study()
SCRIPTS = uat_scripts(blinded_study(STUDY))


def test_both_edges_of_every_window_are_tried() -> None:
    """A day before, the first, the last, a day after; fewer where the window is one day."""
    (windows,) = [script for script in SCRIPTS if script.code == "UAT-04"]
    tried = [step.with_what for step in windows.steps]
    later = [visit for visit in STUDY.visits if visit.kind not in ("screening", "randomization")]
    assert {each["visit"] for each in tried} == {visit.code for visit in later}
    for visit in later:
        found = [each["place"] for each in tried if each["visit"] == visit.code]
        one_day = visit.window_before_days + visit.window_after_days == 0
        assert found == ["before", *["in"] * (1 if one_day else 2), "after"]


def test_every_dose_step_and_no_arm() -> None:
    """Allowed ones by their name, all others refused; nothing names an arm or a kit type."""
    (doses,) = [script for script in SCRIPTS if script.code == "UAT-05"]
    levels = len(STUDY.dose_levels)
    assert len(doses.steps) == levels * (levels - 1)
    told = str([plain(script) for script in SCRIPTS])
    secret = [*(arm.name for arm in STUDY.arms), *(kit.code for kit in STUDY.kit_types)]
    assert [word for word in secret if re.search(rf"\b{re.escape(word)}\b", told)] == []


def test_another_window_makes_other_scripts() -> None:
    """The hash covers every word."""
    visits = tuple(visit.model_copy(update={"window_after_days": 9}) for visit in STUDY.visits)
    changed = uat_scripts(blinded_study(STUDY.model_copy(update={"visits": visits})))
    assert scripts_hash(changed) != scripts_hash(SCRIPTS) == scripts_hash(uat_scripts(blinded_study(STUDY)))
