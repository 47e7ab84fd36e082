"""Numbers by address: the published answers of Philox, and the laws that are drawn from it."""

import numpy as np
import pytest

from simulation.inputs.chance import Chance, Purpose, entity_of, happens
from simulation.inputs.compiled import below, philox
from simulation.inputs.laws import draw
from simulation.spec import laws

FULL = 0xFFFFFFFF
MANY = np.arange(40_000)


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ((0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ((FULL, FULL, FULL, FULL), (FULL, FULL), "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
)
def test_philox_gives_its_published_answers(
    counter: tuple[int, int, int, int], key: tuple[int, int], answer: str
) -> None:
    """Known answers of Random123 for Philox 4x32-10 (Salmon, Moraes, Dror and Shaw 2011)."""
    words = philox(np.array([counter], np.uint64).T.copy(), *map(np.uint64, key))
    assert " ".join(f"{int(word):08x}" for word in words[:, 0]) == answer


@pytest.mark.parametrize(
    ("law", "mean", "variance"),
    [
        (laws.Fixed(law="fixed", value=3), 3, 0),
        (laws.Uniform(law="uniform", least=2, most=8), 5, 3),
        (laws.Exponential(law="exponential", mean=4), 4, 16),
        (laws.Gamma(law="gamma", mean=6, shape=1.2), 6, 30),
        (laws.Gamma(law="gamma", mean=6, shape=0.4), 6, 90),
        (
            laws.LogNormal(law="lognormal", median=4, sigma=0.5),
            4 * np.exp(0.125),
            16 * np.exp(0.25) * np.expm1(0.25),
        ),
        (laws.Table(law="table", values=(1, 5), weights=(3, 1)), 2, 3),
    ],
)
def test_laws_have_their_mean_and_variance(law: laws.Law, mean: float, variance: float) -> None:
    """Within what forty thousand draws of a fixed seed allow."""
    numbers = draw(law, Chance(11, 0).stream(Purpose.START_UP), MANY)
    assert numbers.mean() == pytest.approx(mean, rel=0.03)
    assert numbers.var() == pytest.approx(variance, rel=0.08)
    assert (numbers >= 0).all()


def test_a_number_does_not_hang_on_what_else_is_asked() -> None:
    """One address at a time, all at once, or backwards: the same, for every law."""
    stream = Chance(11, 3).stream(Purpose.RATE)
    law = laws.Gamma(law="gamma", mean=1, shape=0.7)
    together = draw(law, stream, MANY[:50])
    assert [draw(law, stream, np.array([one])).item() for one in MANY[:50]] == together.tolist()
    assert draw(law, stream, MANY[:50][::-1]).tolist() == together[::-1].tolist()


def test_streams_are_apart() -> None:
    """Another purpose, replication, seed or part gives other numbers."""
    chances = [Chance(1, 0), Chance(1, 1), Chance(2, 0)]
    firsts = {int(chance.stream(purpose).words(5)[0]) for chance in chances for purpose in Purpose}
    firsts.add(int(chances[0].stream(Purpose.FAULTS, "strike").words(5)[0]))
    assert len(firsts) == 3 * len(Purpose) + 1
    assert entity_of("1001") != entity_of("1002")


def test_whole_numbers_and_chances_are_fair() -> None:
    """Below a modulus each is as likely; something sure happens always, something impossible never."""
    words = Chance(5, 0).stream(Purpose.VISITS).words(MANY)[0]
    assert np.bincount([below(word, 7) for word in words]) / len(MANY) == pytest.approx(np.full(7, 1 / 7), abs=0.01)
    assert happens(words, 1).all()
    assert not happens(words, 0).any()
