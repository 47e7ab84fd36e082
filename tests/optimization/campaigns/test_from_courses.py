"""Packaging's need from courses: those who are there week by week, new ones by days since randomization."""

from optimization.campaigns.from_courses import by_courses
from tests.optimization.campaigns.small import a_file, a_type


def test_need_of_the_file_gives_way_to_that_of_courses() -> None:
    """Days are counted from the file's first; what comes after its last is left out."""
    file = a_file(a_type("K", [(9, 7)]))
    (kit,) = file.kit_types
    known = [0.0] * file.horizon_days
    known[0], known[3], known[4], known[-1] = 1.0, 2.0, 4.0, 9.0
    told = by_courses(file, {kit.id: known}, {kit.id: [1.5, 0.0, 0.5]}, 3).kit_types[0]
    assert [(row.day, row.mean) for row in told.demand] == [(0, 3.0), (7, 4.0)]
    assert [(row.day, row.kits) for row in told.per_subject] == [(0, 1.5), (2, 0.5)]
    assert told.stock == kit.stock
