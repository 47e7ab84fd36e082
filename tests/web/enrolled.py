"""Subjects of the past, written as rows: enough for whoever counts them."""

from datetime import date

from irt.tables.subject import Randomization, Screening, Subject
from tests.rows import put
from tests.web.world import World


def enrol(world: World, number: int, site: int, screened: date, randomized: date | None) -> None:
    """Somebody screened and, with a day, randomized in two stages, as rows: no kit is moved."""
    owner = {"sponsor_id": 1, "study_id": world.study_id}
    where = world.sites[site]
    status = "randomized" if randomized else "screen_failed"
    subject = put(
        world.store,
        Subject,
        **owner,
        site_id=where[1],
        number=f"{where[0]}-{number:04}",
        status=status,
        screened_on=screened,
    )
    put(
        world.store,
        Screening,
        **owner,
        subject_id=subject,
        number=f"S-{number}",
        started_on=screened,
        version_number=1,
    )
    for stage in (1, 2) if randomized else ():
        put(
            world.store,
            Randomization,
            **owner,
            subject_id=subject,
            site_id=where[1],
            stage=stage,
            number=f"R{number}{stage}",
            assignment_number=10 * number + stage,
            version_number=1,
            levels={},
            at=world.now,
            on_day=randomized,
        )
