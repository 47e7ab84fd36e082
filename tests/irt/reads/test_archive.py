"""What an archive leaves out follows from the register of classes: no key leaves the installation."""

from irt.reads.archive import archived_tables, described, emptied_columns, read_back, written
from irt.tables.classes import KEY, register


def test_no_key_is_archived() -> None:
    """Every column of the class is emptied and told so, also one that comes next year; nothing else but these."""
    emptied = {(table.name, name) for table in archived_tables(secret=True) for name in emptied_columns(table)}
    keys = {
        (table.name, column.name)
        for table in archived_tables(secret=True)
        for column in table.c
        if register()[table.name][column.name] == KEY
    }
    assert emptied - keys == {("account", "email"), ("account", "second_factor_confirmed_at")}
    assert emptied >= keys >= {("account", "second_factor_step"), ("home_code", "code_hash")}
    told = {
        (table.name, column["name"])
        for table in archived_tables(secret=True)
        for column in described(table)["columns"]
        if column["words"]
    }
    assert told == emptied


def test_an_emptied_column_can_be_read_back() -> None:
    """Nothing where that is allowed, else a text that opens nothing; a table of keys alone stays behind whole."""
    for table in archived_tables(secret=True):
        for name, empty in emptied_columns(table).items():
            assert read_back(table.c[name], written(empty)) == empty
            assert empty is not None or table.c[name].nullable
    assert "secret_unsealed_seed" not in {table.name for table in archived_tables(secret=True)}
