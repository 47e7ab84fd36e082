"""Designs of the catalogue in a study file: what is checked of them, and how they are told."""

from typing import get_args

import pytest

from irt.randomization.catalogue import CATALOGUE
from irt.study.blinded import blinded_study
from irt.study.check import check
from irt.study.comparison import blinded_changes, unblinded_changes
from irt.study.describe_unblinded import unblinded_specification
from irt.study.randomization_plan import OtherDesign
from tests.builders_designs import DESIGNS, a_study
from tests.irt.study.edits import edited
from tests.irt.study.mistakes import ARM_P, BLOCKS, DESIGN

WHY = "  deterministic_justification: The sponsor accepts this for a study without any blinding.\n"


def names(*edits: tuple[str, str]) -> list[tuple[str, str]]:
    """The problems of the blinded fixture with these edits, by severity."""
    return [(problem.severity, problem.name) for problem in check(edited("fourier", *edits)).problems]


def test_a_study_names_every_method():
    """Those with a part of their own, and all others."""
    others = set(get_args(OtherDesign.model_fields["method"].annotation))
    assert others | {"permuted_block", "minimization"} == set(CATALOGUE)


@pytest.mark.parametrize(
    "settings",
    [
        "chen\n  params: {mti: 3, p: 2/3}",
        "big_stick\n  params: {mti: 3}",
        "maximal\n  params: {mti: 3}\n  planned_subjects: 40",
        "biased_coin_minimization\n  params: {p: 0.8, distance: sd}\n  factors: [{factor: ldl, weight: 2}]",
        "atkinson_da\n  factors: [{factor: ldl}]",
        "thompson\n  params: {power: n/2N, burn_in: 20}\n  planned_subjects: 100",
    ],
)
def test_a_good_design_has_no_problem(settings: str):
    """Restricted, covariate-adaptive and response-adaptive, within regions."""
    assert names((BLOCKS, f"  method: {settings}\n  strata: [region]\n")) in ([], [("warning", "UnusedFactor")])


def test_certainty_is_justified_over_the_signature():
    """The text is part of the version, and told to those who may read it."""
    text = edited("fourier", (BLOCKS, DESIGN.format("efron") + "  params: {p: 1}\n" + WHY))
    report = check(text)
    assert report.problems == ()
    assert report.definition is not None
    (section,) = [s for s in unblinded_specification(report.definition).sections if s.title == "Randomization"]
    facts = dict(section.facts)
    assert facts["Settings"] == "p 1"
    assert facts["Strata"] == "ldl x region"
    assert facts["Why allocations may be certain"].startswith("The sponsor accepts")


def test_a_word_is_no_justification():
    """At least a sentence."""
    plan = DESIGN.format("efron") + "  params: {p: 1}\n  deterministic_justification: yes we can\n"
    assert ("error", "BadValue") in names((BLOCKS, plan))


def test_levels_of_sites_are_not_known_before():
    """Atkinson's model has a column for every level."""
    plan = "  method: atkinson_da\n  strata: [ldl]\n  factors: [{factor: region}]\n"
    found = names((BLOCKS, plan), ("source: region}", "source: site}"))
    assert ("error", "LevelsNotKnown") in found


def test_an_unequal_ratio_is_a_warning():
    """Minimization does not keep it for each subject."""
    plan = (
        "  method: biased_coin_minimization\n  params: {p: 0.8}\n  factors: [{factor: ldl}]\n  strata: [region]\n"
    )
    found = names((BLOCKS, plan), (ARM_P, ARM_P.replace("ratio: 1", "ratio: 2")))
    assert found == [("warning", "UnequalMinimization")]


def test_a_p_below_the_fair_share_is_a_warning():
    """Chance alone would give the arm that balances best more; at that very share nothing is said."""
    plan = "  method: biased_coin_minimization\n  params: {{p: {}}}\n"
    plan += "  factors: [{{factor: ldl}}]\n  strata: [region]\n"
    assert names((BLOCKS, plan.format("0.45"))) == [("warning", "BelowFairShare")]
    assert names((BLOCKS, plan.format("1/2"))) == []


def test_two_arms_are_always_open():
    """When one of two closes, nothing is left to chance."""
    plan = (BLOCKS, DESIGN.format("complete"))
    assert names(plan, (ARM_P, ARM_P.replace("ratio: 1", "ratio: 1, closes: 2027-06-30"))) == [
        ("warning", "TooFewArmsOpen")
    ]


LATER = "later_randomizations:\n  - {arms: [A, P], after_days: 28, design: {method: efron, params: {p: 1}}}\n"


def test_later_randomizations_have_arms_and_a_design_of_their_own():
    """The first must have arms left, and be able to leave others out."""
    found = names(("arms:\n", LATER + "arms:\n"))
    assert ("error", "LaterNotPossible") in found
    assert ("error", "DeterministicAllocation") in found
    found = names((BLOCKS, DESIGN.format("complete")), ("arms:\n", LATER + "arms:\n"))
    assert ("error", "LaterNotPossible") in found
    found = names(("arms:\n", LATER.replace("[A, P]", "[A, X]") + "arms:\n"))
    assert ("error", "UnknownArm") in found


def test_what_cannot_be_forced():
    """Blocks have no law for each subject; without the check before the draw nothing is missing."""
    why = "forced_randomization: {subjects_max: 3, reason: Kits may be late in two countries of the study.}\n"
    assert names(("arms:\n", why + "arms:\n")) == [("error", "ForcingNotPossible")]
    assert names(("arms:\n", why + "arms:\n"), (BLOCKS, DESIGN.format("complete"))) == []


def test_a_rule_for_replacements_that_there_are_none_of():
    """It would never be followed."""
    assert names(("arms:\n", "replacement_arm: same\n\narms:\n")) == [("error", "NoReplacements")]


def test_the_difference_of_two_designs_is_told_in_words():
    """To those who may read it; the blinded voice knows nothing of it."""
    plain = a_study({"method": "complete"})
    why = "Kits may be late in two countries of the study."
    other = a_study(
        DESIGNS["thompson by site"],
        forced_randomization={"subjects_max": 3, "reason": why},
        replacement_arm="same",
    )
    said = [change.sentence for change in unblinded_changes(plain, other)]
    assert "Randomization: method was complete, is now thompson." in said
    assert any(sentence.startswith("Forced randomization was none") for sentence in said)
    assert "Replacement subjects was drawn, is now same." in said
    assert blinded_changes(blinded_study(plain), blinded_study(other)) == ()
    facts = dict(
        fact for section in unblinded_specification(other).sections for fact in section.facts if section.facts
    )
    assert facts["Forced randomization"] == f"at most 3 subjects: {why}"
