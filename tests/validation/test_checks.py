"""Every check of the pack over the engine as it is."""

import pytest

from irt.randomization.catalogue import CATALOGUE
from tests.validation.check import CHECKS, Check, NotAvailable, listed
from tests.validation.pack import checks_of


@pytest.mark.parametrize("check", checks_of(), ids=lambda check: check.name)
def test_the_engine_passes(check: Check) -> None:
    """Known answers, second routes, properties, and outside programs where they are there."""
    try:
        assert check.run() > 0
    except NotAvailable as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize("method", CATALOGUE)
def test_every_method_has_a_second_route_and_a_known_answer(method: str) -> None:
    """A method that is added to the catalogue is added to the pack."""
    kinds = {check.kind for check in CHECKS if check.subject == method}
    assert method == "complete" or kinds >= {"second route", "known answer"}
    assert "second route" in kinds


def test_every_check_tells_what_it_shows() -> None:
    """The report is made from these sentences."""
    assert all(check.sentence.endswith(".") and check.source for check in CHECKS)


def test_two_checks_cannot_have_one_name() -> None:
    """A fault is told to be noticed by a check's name."""
    with pytest.raises(ValueError, match="two checks"):
        listed(CHECKS[0])
