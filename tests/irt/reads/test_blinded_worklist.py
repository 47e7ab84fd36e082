"""The worklist as a question: what it holds for whom, and what it costs."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text

from irt.reads.blinded_tasks import GROUPS
from irt.reads.blinded_worklist import WorklistView, news, worklist
from irt.services import passwords
from tests.web.conftest import CHEAP, grounds
from tests.web.ward import ordered, randomized, screened, treated
from tests.web.world import Grounds, World, world_on

__all__ = ["grounds"]
SUBJECTS = 200


@pytest.fixture
def world(grounds: Grounds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The small blinded study of the pages' tests."""
    monkeypatch.setattr(passwords, "RULE", CHEAP)
    with world_on(grounds, tmp_path) as made:
        yield made


def asked(world: World, username: str, **filters: object) -> WorklistView:
    """The worklist of a person now."""
    actor = world.office.account(username)
    with world.store.reading() as connection:
        return worklist(connection, actor, world.now, **filters)  # type: ignore[arg-type]  # the filters by name


def test_rows_stand_by_urgency_and_every_task_once(world: World) -> None:
    """Overdue before today before this week before what waits for others."""
    treated(world)
    world.wait(days=28)
    for make in (screened, randomized, ordered):
        make(world)
    view = asked(world, "pharmacist.0")
    tasks = [task for group in view.groups for task in group.tasks]
    assert [GROUPS.index(task.group) for task in tasks] == sorted(GROUPS.index(task.group) for task in tasks)
    assert len({task.key for task in tasks}) == len(tasks) == view.all_tasks
    assert view.tiles[0].count == view.all_tasks == sum(tile.count for tile in view.tiles[1:])


def test_stock_is_counted_by_blinding_group(world: World) -> None:
    """Usable kits are those one could assign today."""
    before = asked(world, "pharmacist.0").stock[0].usable
    treated(world)
    (row,) = asked(world, "pharmacist.0").stock
    assert (row.study, row.group, row.usable) == ("LARKSPUR-3", "Pen 140 mg/mL", before - 2)


def test_a_person_without_the_right_sees_no_task(world: World) -> None:
    """A monitor has no work here, a stranger another site's."""
    ordered(world)
    assert asked(world, "monitor.0").all_tasks == 0
    assert asked(world, "pharmacist.1").all_tasks == 0
    assert asked(world, "pharmacist.0").all_tasks == 1


def test_news_counts_only_what_the_page_did_not_show(world: World) -> None:
    """Tasks that went away are no news."""
    ordered(world)
    known = asked(world, "pharmacist.0").known
    actor = world.office.account("pharmacist.0")
    with world.store.reading() as connection:
        assert news(connection, actor, world.now, known) == 0
        assert news(connection, actor, world.now, "") == 1


def test_two_hundred_subjects_are_asked_for_in_as_many_statements_as_one(world: World) -> None:
    """The page is opened all day long: its questions do not grow with the site."""
    treated(world)
    then = world.now
    world.wait(days=84)
    alone = _statements_of(world)
    _multiply(world, SUBJECTS, then)
    assert asked(world, "pharmacist.0").all_tasks > SUBJECTS
    assert _statements_of(world) == alone


def _statements_of(world: World) -> int:
    """How many statements one reading of the worklist sends."""
    sent: list[str] = []

    def keep(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(world.store.engine, "before_cursor_execute", keep)
    asked(world, "pharmacist.0")
    event.remove(world.store.engine, "before_cursor_execute", keep)
    return len(sent)


def _multiply(world: World, subjects: int, then: datetime) -> None:
    """More subjects like the first, a day apart, with the visits held so far."""
    with world.store.writing() as connection:
        for table in ("subject", "subject_visit"):
            connection.execute(text(f"CREATE TEMP TABLE one_{table} AS SELECT * FROM {table} LIMIT 1"))
        for number in range(subjects):
            day = (then - timedelta(days=number % 28)).date().isoformat()
            connection.execute(
                text(
                    "UPDATE one_subject SET id = (SELECT max(id) + 1 FROM subject), "
                    "number = :number, randomized_on = :day"
                ),
                {"number": f"1001-{1000 + number}", "day": day},
            )
            connection.execute(text("INSERT INTO subject SELECT * FROM one_subject"))
            for code in ("D1", "W4"):
                connection.execute(
                    text(
                        "UPDATE one_subject_visit SET id = (SELECT max(id) + 1 FROM subject_visit), "
                        "subject_id = (SELECT max(id) FROM subject), code = :code"
                    ),
                    {"code": code},
                )
                connection.execute(text("INSERT INTO subject_visit SELECT * FROM one_subject_visit"))
