"""The cheapest boxes for a consignment: shippers of the class that hold for the journey, by volume."""

from collections import Counter
from collections.abc import Mapping

from optimization.problem import Problem


def cheapest_shippers(problem: Problem, lane: str, temp: str, volume: int) -> Mapping[str, int] | None:
    """Shippers by number whose capacity covers the volume at the least cost; None where no box qualifies."""
    days = problem.lanes[lane].transit_days
    boxes = [
        box
        for box in sorted(problem.shippers.values(), key=lambda box: box.id)
        if box.temp == temp and box.hold_days >= days and box.capacity > 0
    ]
    if not boxes:
        return None
    best: list[tuple[int, str]] = [(0, "")]
    for filled in range(1, volume + 1):
        best.append(min((best[max(filled - box.capacity, 0)][0] + box.cost, box.id) for box in boxes))
    chosen: Counter[str] = Counter()
    while volume > 0:
        box = problem.shippers[best[volume][1]]
        chosen[box.id] += 1
        volume -= box.capacity
    return dict(chosen)
