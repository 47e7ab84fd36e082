"""How often a code may be broken with the password alone, and when the break must be reviewed."""

from datetime import UTC, datetime, timedelta

import pytest

from irt.blinding.code_break import TooManyCodeBreaks, refuse_too_many, review_due

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes_ago", "refused"),
    [((), False), ((1, 2), False), ((1, 2, 3), True), ((1, 2, 60), False), ((1, 2, 59.9), True), ((1,) * 9, True)],
)
def test_three_in_an_hour(minutes_ago: tuple[float, ...], refused: bool) -> None:
    """The fourth is refused until the first is an hour old."""
    made = [NOON - timedelta(minutes=minutes) for minutes in minutes_ago]
    if refused:
        with pytest.raises(TooManyCodeBreaks):
            refuse_too_many(made, NOON)
    else:
        refuse_too_many(made, NOON)
        assert len([at for at in made if NOON - at < timedelta(hours=1)]) < 3


@pytest.mark.parametrize(("with_code", "due"), [(True, None), (False, NOON + timedelta(hours=24))])
def test_the_password_alone_asks_for_a_review(with_code: bool, due: datetime | None) -> None:
    """Within 24 hours."""
    assert review_due(NOON, with_code) == due
