"""Migrations arrive at the tables the code knows, and lead back."""

import pytest
from alembic import command
from sqlalchemy import inspect

from irt.services.migrate import SchemaNotCurrent, differences, migrate, migrations_of, require_current
from irt.services.store import Store
from irt.tables import METADATA
from irt.tables.guards import drop_guard
from irt.tables.walls import lower_walls


def test_the_migrated_schema_is_the_one_the_code_knows(store: Store) -> None:
    """Tables, columns, constraints, indexes and guards are all there and nothing else is."""
    assert differences(store) == []
    require_current(store)


def test_migrating_twice_changes_nothing(store: Store) -> None:
    """A current database has no step to take."""
    migrate(store)
    assert differences(store) == []


def test_it_leads_back_to_nothing_and_forth_again(store: Store) -> None:
    """Going back removes every table and trigger function; going forth makes them again."""
    with store.writing(counting=True) as connection:
        lower_walls(connection)
        command.downgrade(migrations_of(connection), "base")
    with store.reading() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    assert len(differences(store)) >= len(METADATA.tables)
    with pytest.raises(SchemaNotCurrent, match="empty"):
        require_current(store)
    migrate(store)
    assert differences(store) == []


def test_a_missing_guard_is_named(store: Store) -> None:
    """Whoever drops a guard is found out by the comparison."""
    with store.writing() as connection:
        drop_guard(connection, "movement")
    assert differences(store) == ["table movement has no guard"]
