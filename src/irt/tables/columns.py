"""Kinds of columns that all tables share."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, DateTime, Dialect, String, Table, event
from sqlalchemy.types import JSON, TypeDecorator
from sqlmodel import Field, SQLModel

# Constraints have the same names on both databases, so that a later migration can name what it changes.
SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. SQLite forgets the zone, so it is put back on reading; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Only aware moments are stored."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Every moment read is in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def instant(**options: Any) -> Any:
    """A column holding a moment."""
    return Field(sa_type=Instant, **options)


def document(**options: Any) -> Any:
    """A column holding a JSON document."""
    return Field(sa_type=JSON, **options)


def one_of(kind: type[StrEnum], name: str, **options: Any) -> Any:
    """A column holding one value of an enum, and a CHECK that repeats the law in the database."""
    allowed = ", ".join(f"'{member.value}'" for member in kind)
    options.setdefault("nullable", False)
    column: Column[str] = Column(name, String(32), **options)

    @event.listens_for(column, "after_parent_attach")
    def _state_the_law(_column: Column[str], table: Table) -> None:
        # On the table rather than on the column: only there do migrations see it.
        table.append_constraint(CheckConstraint(f"{name} IN ({allowed})", name))

    return Field(sa_column=column)


def table_of(model: type[SQLModel]) -> Table:
    """The SQLAlchemy table behind a SQLModel class, for Core statements."""
    table = getattr(model, "__table__")  # noqa: B009 - SQLModel does not declare the attribute it sets
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not a table")
    return table


class Row(SQLModel):
    """Every row has a number that means nothing."""

    id: int | None = Field(default=None, primary_key=True)


class Owned(Row):
    """A row of one study of one sponsor: the tenant key stands on every row.

    Neither is indexed by itself: an index that finds half a table only misleads the query planner.
    """

    sponsor_id: int = Field(foreign_key="sponsor.id")
    study_id: int = Field(foreign_key="study.id")
