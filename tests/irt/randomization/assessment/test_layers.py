"""A chain unfolded: masses stay whole, and every way on leads where it says."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.assessment.assess import Question, exact_layers
from irt.randomization.assessment.exact import masses
from irt.randomization.assessment.layers import Layer
from irt.randomization.assessment.usual_designs import usual_designs
from irt.randomization.design import Design

DESIGNS = usual_designs(("A", "B"), (1, 1))


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(DESIGNS), st.integers(1, 15).map(lambda half: 2 * half))
def test_no_chance_is_lost(design: Design, subjects: int) -> None:
    """After every subject the chances of all states sum to one, and leads are those of whole subjects."""
    layers = exact_layers(design, Question(subjects))
    assert layers is not None
    for so_far, mass in enumerate(masses(layers)):
        assert abs(mass.sum() - 1) < 1e-12
        lead = layers[so_far - 1].ahead_after if so_far else np.array([0])
        assert (np.abs(lead) <= so_far).all()
        assert ((lead - so_far) % 2 == 0).all()


def test_ways_lead_from_state_to_state() -> None:
    """A way on takes the lead one up with the first arm and one down with the second."""
    layers = exact_layers(DESIGNS[5], Question(30))
    assert layers is not None
    for layer in layers:
        step = 1 - 2 * layer.arm
        assert (layer.ahead[layer.source] + step == layer.ahead_after[layer.target()]).all()
        assert _given_somewhere(layer)


def _given_somewhere(layer: Layer) -> bool:
    """Whether the chances of all ways out of each state sum to one."""
    return np.allclose(np.bincount(layer.source, layer.chance), 1)
