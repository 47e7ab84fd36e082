"""What exceeds a licence stays behind: kits for the last visits, and those for the blind in their turn."""

from optimization.engine.licences import within_licences
from optimization.engine.lots import Allotted
from tests.optimization.engine.small import LONG, on_its_way, small, with_licence

PROBLEM = small([("K1", LONG)], [("C0", "K1", 0, 9)])


def test_the_first_visits_have_the_kits() -> None:
    """Two may enter the site's country, whatever order they are asked in; within one country all may go."""
    kits = [Allotted(on_its_way(PROBLEM, day), "K1") for day in (30, 10, 20)]
    kept = within_licences(with_licence(PROBLEM, 2), kits)
    assert [one.carried.want.day for one in kept if one.carried.want] == [10, 20]
    assert len(within_licences(PROBLEM, kits)) == 3
