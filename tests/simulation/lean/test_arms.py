"""Arms that the lean engine draws many at once are those of the product's procedure."""

import pytest

from irt.randomization.stream import Seed
from simulation.inputs.inputs import draw_inputs
from simulation.lean.arms import AHEAD, Arms
from simulation.lean.hmac_words import words_of
from tests.simulation.worked import small_trial

KEY = bytes(range(32))


@pytest.mark.parametrize("trial", ["P", "A name of many letters, so that it takes two blocks", "é%|" * 30])
def test_words_of_a_stream_are_the_products(trial: str) -> None:
    """Names of one block and of several, from any index on."""
    stream = Seed(KEY, trial).stream("permuted_block", "")
    assert words_of(KEY, stream.stream_id, 5, 300).tolist() == [stream.u64(index) for index in range(5, 300)]


@pytest.mark.parametrize(("ratio", "sizes"), [((1, 1), (4,)), ((2, 1), (6,)), ((1, 1), (2, 4))])
def test_arms_of_one_list_are_the_products(ratio: tuple[int, int], sizes: tuple[int, ...]) -> None:
    """Blocks of one size are drawn all at once, those of several sizes by the procedure itself."""
    study = {"arms": dict(zip("AP", ratio, strict=True)), "block_sizes": list(sizes)}
    scenario = small_trial(small_study=study)
    inputs, codes = draw_inputs(scenario, 7, 0), [arm.code for arm in scenario.definition.arms]
    ahead, one_by_one = Arms(scenario.definition, inputs), Arms(scenario.definition, inputs)
    assert ahead.one_list
    drawn = [codes[place] for _ in range(3) for place in ahead.ahead(codes, AHEAD)]
    assert drawn == [one_by_one.draw(number, {}, scenario.start) for number in range(1, len(drawn) + 1)]


def test_a_rejected_word_is_left_to_the_procedure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word that the product rejects is so rare that it is made up here: the blocks go on as it draws them."""
    scenario = small_trial(small_study={"arms": {"A": 1, "P": 2}, "block_sizes": [3]})
    inputs, codes = draw_inputs(scenario, 7, 0), [arm.code for arm in scenario.definition.arms]
    arms, product = Arms(scenario.definition, inputs), Arms(scenario.definition, inputs)
    begun = arms.ahead(codes, AHEAD).tolist()
    monkeypatch.setattr("simulation.lean.arms.WORDS", 4)
    drawn = [codes[place] for place in [*begun, *arms.ahead(codes, AHEAD)]]
    monkeypatch.undo()
    assert drawn == [product.draw(number, {}, scenario.start) for number in range(1, len(drawn) + 1)]
