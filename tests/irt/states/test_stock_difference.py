"""A difference between two books: every step that is possible, every one that is not."""

from irt.states.stock_difference import DIFFERENCE, STANDING, UNSETTLED, DifferenceEvent, DifferenceStatus
from tests.irt.states.lifecycle import drawn, ends_of, grid_of, reached_from

WAY = """
open                      -- explain    --> explained
open, explained           -- correct    --> corrected
open, explained           -- accept     --> accepted
open, explained, accepted -- vanish     --> gone
open                      -- show_again --> open
explained                 -- show_again --> explained
accepted                  -- show_again --> accepted
"""


def test_every_step_is_as_drawn() -> None:
    """Every cell of the grid, allowed and refused."""
    assert grid_of(DIFFERENCE, DifferenceStatus, DifferenceEvent) == drawn(WAY, DifferenceStatus, DifferenceEvent)


def test_an_explanation_alone_ends_nothing() -> None:
    """It takes an act, somebody's acceptance, or a later message that no longer shows it."""
    assert reached_from(DifferenceStatus.OPEN, DIFFERENCE) == set(DifferenceStatus)
    assert ends_of(DIFFERENCE, DifferenceStatus) == {DifferenceStatus.CORRECTED, DifferenceStatus.GONE}
    assert UNSETTLED < STANDING
