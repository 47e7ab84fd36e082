"""The walls of the database: what a person may not see is refused, wherever a statement names it."""

import logging
from contextlib import closing

import pytest
from sqlalchemy import text

from irt.blinding.eyes import Eyes
from irt.services.behind_wall import BehindTheWall
from irt.services.migrate import RolesMissing, differences, migrate
from irt.services.store import Store
from irt.tables.classes import BLINDED_CLASSES, readable, register
from irt.tables.walls import opening, parted_tables, role_lines
from tests.builders import a_store
from tests.builders_trial import Trial
from tests.postgresql import Server

BLINDED = Eyes(None)
REACHES = {
    "in the list": "SELECT arm FROM secret_treatment_assignment",
    "in everything": "SELECT * FROM secret_treatment_assignment",
    "in where": "SELECT count(*) FROM randomization r WHERE EXISTS"
    " (SELECT 1 FROM secret_treatment_assignment t WHERE t.randomization_id = r.id AND t.arm = 'A')",
    "in order": "SELECT r.number FROM randomization r ORDER BY"
    " (SELECT t.arm FROM secret_treatment_assignment t WHERE t.randomization_id = r.id)",
    "in a join": "SELECT r.number FROM randomization r"
    " JOIN secret_treatment_assignment t ON t.randomization_id = r.id",
    "in a count": "SELECT count(*) FROM secret_treatment_assignment",
    "in a group": "SELECT count(*) FROM kit k JOIN secret_kit_content c ON c.kit_id = k.id GROUP BY c.kit_type",
    "in having": "SELECT study_id FROM secret_kit_content GROUP BY study_id HAVING count(*) > 1",
    "in a common part": "WITH told AS (SELECT kit_type FROM secret_kit_content) SELECT 1 FROM told",
    "in a union": "SELECT number FROM kit UNION SELECT kit_type FROM secret_kit_content",
    "of a mixed table": "SELECT sealed FROM secret_allocation_key",
    "of a mixed table in where": "SELECT id FROM secret_allocation_key WHERE sealed > 'a'",
    "of a command's answer": "SELECT answer FROM command",
    "of a password": "SELECT id FROM account WHERE password_hash LIKE 'a'",
}


def test_a_blinded_question_cannot_reach_treatment(trial: Trial, caplog: pytest.LogCaptureFixture) -> None:
    """Named anywhere in a statement, it is refused before a row is looked at; the log says where, and no more."""
    seen = trial.store.seen_with(BLINDED)
    passed = [where for where, statement in REACHES.items() if not _refused(seen, statement)]
    assert passed == []
    assert len(caplog.records) == len(REACHES)
    assert all(record.levelno == logging.ERROR for record in caplog.records)
    assert "secret_treatment_assignment" in caplog.text
    assert "PEN" not in caplog.text
    for statement in REACHES.values():
        assert not _refused(trial.store, statement)


def test_what_everybody_may_read_is_read_behind_the_wall(trial: Trial) -> None:
    """The wall keeps nothing else back: open columns of every table are read, mixed tables among them."""
    seen = trial.store.seen_with(BLINDED)
    for table in register():
        columns = ", ".join(f'"{column}"' for column in readable(table, BLINDED_CLASSES))
        assert not columns or not _refused(seen, f"SELECT {columns} FROM {table}")


def test_behind_the_wall_nothing_is_written(trial: Trial) -> None:
    """Neither a row nor a table, nor a way out of the role."""
    seen = trial.store.seen_with(BLINDED)
    for statement in ("UPDATE kit SET number = '1'", "DELETE FROM message", "CREATE TABLE more (id int)"):
        assert _refused(seen, statement)


def test_one_wall_leaves_no_trace_in_the_next_transaction(trial: Trial) -> None:
    """The same connections serve services and pages by turns: each transaction has its own eyes."""
    seen = trial.store.seen_with(BLINDED)
    question = REACHES["in the list"]
    for _ in range(3):
        assert _refused(seen, question)
        assert not _refused(trial.store, question)
        with seen.reading_past_wall() as connection:
            connection.execute(text(question)).all()


def test_unblinded_eyes_see_treatment_where_they_are_unblinded(postgresql_trial: Trial) -> None:
    """On PostgreSQL a row of treatment belongs to its study: elsewhere the table is as if empty."""
    here = postgresql_trial.study_id
    postgresql_trial.randomized("1001")
    arms = "SELECT count(*) FROM secret_treatment_assignment"
    kits = "SELECT count(*) FROM kit"
    for eyes, treated, seen in (
        (Eyes(None, None), 1, True),
        (Eyes(frozenset({here}), frozenset({here})), 1, True),
        (Eyes(frozenset({here, here + 1}), frozenset({here + 1})), 0, True),
        (Eyes(frozenset({here + 1}), frozenset({here + 1})), 0, False),
    ):
        with postgresql_trial.store.seen_with(eyes).reading() as connection:
            assert connection.execute(text(arms)).scalar() == treated
            assert bool(connection.execute(text(kits)).scalar()) is seen


def test_no_row_of_another_study_is_seen(postgresql_trial: Trial) -> None:
    """On PostgreSQL every table but those of people is empty to eyes that do not reach its study."""
    store = postgresql_trial.store.seen_with(Eyes(frozenset({postgresql_trial.study_id + 1})))
    filled = {}
    for table in parted_tables():
        columns = readable(table, BLINDED_CLASSES)
        question = f"SELECT count({columns[0] if columns else 1}) FROM {table}"
        with postgresql_trial.store.reading() as connection:
            there = connection.execute(text(question)).scalar()
        if columns and there:
            with store.reading() as connection:
                filled[table] = (there, connection.execute(text(question)).scalar())
    assert len(filled) > 20
    of_the_installation = {"audit_entry", "audit_head", "role_grant"}
    assert {table: seen for table, (_, seen) in filled.items() if seen and table not in of_the_installation} == {}


def test_a_database_that_lost_a_stone_is_told(postgresql_store: Store) -> None:
    """`irt database check` names what a hand opened, closed or joined; the next migration puts it right."""
    with postgresql_store.writing(counting=True) as connection:
        connection.execute(text("GRANT SELECT (arm) ON secret_treatment_assignment TO irt_blinded"))
        connection.execute(text("REVOKE SELECT ON kit FROM irt_unblinded"))
        connection.execute(text("ALTER TABLE site DISABLE ROW LEVEL SECURITY"))
    found = differences(postgresql_store)
    assert "irt_blinded may read secret_treatment_assignment.arm" in found
    assert "irt_unblinded may not read kit.number" in found
    assert found[-1] == "studies are not parted in site"
    migrate(postgresql_store)
    assert differences(postgresql_store) == []


@pytest.mark.slow
def test_a_user_that_may_not_make_roles_is_told_and_helped(postgresql_server: Server) -> None:
    """Nothing is migrated until the server's keeper ran the printed lines; then that user's walls stand too."""
    database = postgresql_server.make_database("walled")
    with closing(a_store(database)) as keeper, keeper.writing(counting=True) as connection:
        connection.execute(text("CREATE ROLE plain LOGIN"))
        connection.execute(text("GRANT ALL ON SCHEMA public TO plain"))
    with closing(a_store(database.set(username="plain"))) as store:
        with pytest.raises(RolesMissing, match="irt database roles"):
            migrate(store)
        with closing(a_store(database)) as keeper, keeper.writing(counting=True) as connection:
            known = {str(name) for (name,) in connection.execute(text("SELECT rolname FROM pg_roles"))}
            for line in role_lines("plain"):
                if not (line.startswith("CREATE") and line.split()[2] in known):
                    connection.execute(text(line))
        migrate(store)
        assert differences(store) == []
        assert _refused(store.seen_with(BLINDED), REACHES["in where"])
        assert not _refused(store.seen_with(BLINDED), "SELECT number FROM kit")
    postgresql_server.drop_database("walled")


def test_a_transaction_opens_its_wall_in_one_message() -> None:
    """The role and the reach travel with the beginning: no statement is added to a page."""
    assert opening(Eyes(frozenset({3, 1}))) == (
        "BEGIN READ ONLY; SET LOCAL ROLE irt_blinded; SET LOCAL irt.studies = '{1,3}'; "
        "SET LOCAL irt.unblinded = '{}'"
    )
    assert "ROLE irt_unblinded; SET LOCAL irt.studies = '*'; SET LOCAL irt.unblinded = '*'" in opening(
        Eyes(None, None)
    )


def _refused(store: Store, statement: str) -> bool:
    try:
        with store.reading() as connection:
            connection.execute(text(statement))
    except BehindTheWall:
        return True
    return False
