"""Kits due: the grid of a blinded study, known vial counts by weight, and refusals by name."""

from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.errors import IntegrityFault
from irt.study.blinded import blinded_study
from irt.study.dispensing import WeightDose
from irt.study.dispensing_schedule import (
    NoDispensingRule,
    WeightMissing,
    WeightOutOfBounds,
    kits_by_weight,
    kits_due,
    second_check_visits,
)
from tests.irt.study.edits import study_of

PENS = {("D1", "Q2W"): 2, ("D1", "QM"): 3, ("W4", "Q2W"): 4, ("W4", "QM"): 6} | {
    (visit, level): pens for visit in ("W12", "W24", "W36") for level, pens in (("Q2W", 6), ("QM", 9))
}
VIALS = [(70, "D08", 4), (70, "D10", 4), (70, "D12", 5), (70, "D18", 7),
         (90, "D08", 4), (90, "D10", 5), (90, "D12", 6), (90, "D18", 9)]  # fmt: skip


def counts_of(definition, visit, level):
    """What everybody may know of a visit's kits: agent, blinding group, number."""
    counts = blinded_study(definition).kit_counts
    return [(one[2], one[3], one[4]) for one in counts if tuple(one[:2]) == (visit, level)]


@pytest.mark.parametrize(("arm", "cell"), list(product("AP", PENS)))
def test_the_dispensing_grid_of_the_lipid_study(arm, cell):
    """Every arm, visit and regimen: its own pens, and in blinded words the same number in both arms."""
    visit, level = cell
    needs = kits_due(study_of("fourier"), arm, level, visit)
    assert [(need.kit_type, need.quantity) for need in needs] == [(f"PEN-{arm}", PENS[cell])]
    assert counts_of(study_of("fourier"), visit, level) == [(None, "PEN", PENS[cell])]


@pytest.mark.parametrize(
    ("arm", "level", "kits"),
    [
        ("AN", "oral", ["K-ASP"]), ("AN", "rectal", ["K-ASPR"]), ("AL", "oral", ["K-ASP", "K-HL"]),
        ("AL", "rectal", ["K-ASPR", "K-HL"]), ("AM", "oral", ["K-ASP", "K-HM"]), ("NL", "rectal", ["K-HL"]),
        ("NM", "oral", ["K-HM"]), ("NN", "oral", []), ("NN", "rectal", []),
    ],
)  # fmt: skip
def test_the_factorial_study(arm, level, kits):
    """Each treatment factor brings its own kit; neither brings none."""
    assert [need.kit_type for need in kits_due(study_of("ist"), arm, level, "DAY0")] == kits


@pytest.mark.parametrize(("weight", "arm", "vials"), VIALS)
def test_known_vial_counts(weight, arm, vials):
    """Vials of 180 mg for 70 and 90 kg at 8, 10, 12 and 18 mg/kg, rounded up."""
    (need,) = kits_due(study_of("escalation"), arm, "FULL", "D1", Decimal(weight))
    assert need.quantity == vials


@pytest.mark.parametrize(
    ("agent", "weight", "bottles"), [("IVM400", "70", 3), ("IVM600", "70", 5), ("METF", None, 1)]
)
def test_the_platform_tells_the_agent_only(agent, weight, bottles):
    """Active and placebo of an agent are the same number of the same looking kit; by weight no number is public."""
    study, weight_kg = study_of("activ6"), Decimal(weight) if weight else None
    for arm in (f"{agent}-A", f"{agent}-P"):
        assert [need.quantity for need in kits_due(study, arm, None, "RAND", weight_kg)] == [bottles]
    assert (agent, agent, None if weight else bottles) in counts_of(study, "RAND", None)


def test_an_open_study_has_no_blinded_count():
    """Where kits differ between arms, a count for all arms would be a lie."""
    assert counts_of(study_of("ist"), "DAY0", "oral") == []


def test_arms_that_differ_stop_everything():
    """A definition that was never checked cannot leak through the blinded count."""
    fourier = study_of("fourier")
    one_sided = fourier.model_copy(update={"dispensing": (*fourier.dispensing[1:],)})
    with pytest.raises(NoDispensingRule):
        blinded_study(one_sided)
    more = fourier.dispensing[0].model_copy(update={"kits": fourier.dispensing[2].kits})
    with pytest.raises(IntegrityFault):
        blinded_study(fourier.model_copy(update={"dispensing": (more, *fourier.dispensing[1:])}))


def test_a_missing_rule_is_refused_in_words_for_all():
    """The sentence names the visit alone; the arm is for the trace."""
    with pytest.raises(NoDispensingRule) as refused:
        kits_due(study_of("fourier"), "A", "Q2W", "SCR")
    assert "SCR" in refused.value.sentence
    assert "arm" not in refused.value.sentence
    assert "arm A" in refused.value.trace


def test_rules_for_all_hold_before_randomization():
    """Without an arm only a rule for every arm and level holds."""
    fourier = study_of("fourier")
    for_all = fourier.dispensing[0].model_copy(update={"visits": ("STAB",), "arms": (), "dose_levels": ()})
    study = fourier.model_copy(update={"dispensing": (for_all, *fourier.dispensing)})
    assert [need.quantity for need in kits_due(study, None, None, "STAB")] == [2]
    with pytest.raises(NoDispensingRule):
        kits_due(study, None, "Q2W", "D1")


@pytest.mark.parametrize("weight", ["29.9", "170.1", "-70", "NaN", "Infinity", "0"])
def test_a_weight_out_of_bounds_is_refused(weight):
    """Outside the study's bounds nothing is computed; the bounds are in the sentence."""
    with pytest.raises(WeightOutOfBounds, match="30 to 170 kg"):
        kits_due(study_of("escalation"), "D08", "FULL", "D1", Decimal(weight))


def test_a_missing_weight_is_asked_for():
    """A dose by weight without a weight is refused by name."""
    with pytest.raises(WeightMissing):
        kits_due(study_of("escalation"), "D08", "FULL", "D1")


@pytest.mark.parametrize(
    ("weight", "rounding", "kits"),
    [("45", "up", 2), ("45.1", "up", 3), ("67.5", "nearest", 3), ("56.2", "nearest", 2), ("56.3", "nearest", 3),
     ("22.5", "up", 1), ("22.6", "up", 2), ("20", "nearest", 1)],
)  # fmt: skip
def test_rounding_at_its_edges(weight, rounding, kits):
    """8 mg/kg from kits of 180 mg: exactly whole stays, a little more is one more, a half goes up."""
    dose = WeightDose(kit_type="V", mg_per_kg="8", mg_per_kit="180", rounding=rounding)
    assert kits_by_weight(dose, Decimal(weight)) == kits


@settings(deadline=None, max_examples=300)
@given(st.decimals("0.1", "30", places=2), st.decimals("1", "500", places=1), st.decimals("20", "250", places=1))
def test_rounding_up_never_gives_too_little(mg_per_kg, mg_per_kit, weight_kg):
    """The kits hold the dose, one kit fewer would not, by exact fractions."""
    dose = WeightDose(kit_type="V", mg_per_kg=mg_per_kg, mg_per_kit=mg_per_kit)
    exact = Fraction(mg_per_kg) * Fraction(weight_kg) / Fraction(mg_per_kit)
    assert kits_by_weight(dose, weight_kg) == max(1, ceil(exact))


def test_two_people_weigh_where_any_rule_asks():
    """Every visit of the escalation's doses, no visit of the platform; in the order of the schedule."""
    assert second_check_visits(study_of("escalation")) == ("C1D1", "C1D8", "D1", "D8")
    assert second_check_visits(study_of("activ6")) == ()


def test_a_second_check_in_one_arm_is_asked_in_all():
    """What is public is the visit: it must not tell the arm."""
    platform = study_of("activ6")
    (index, rule) = next((i, rule) for i, rule in enumerate(platform.dispensing) if rule.by_weight is not None)
    asks = rule.model_copy(update={"by_weight": rule.by_weight.model_copy(update={"second_check": True})})
    rules = (*platform.dispensing[:index], asks, *platform.dispensing[index + 1 :])
    study = platform.model_copy(update={"dispensing": rules})
    assert blinded_study(study).second_checks == second_check_visits(study) == rule.visits
