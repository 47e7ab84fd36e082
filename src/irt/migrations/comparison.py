"""How a database and the tables in the code are compared, and how a column is written in a migration."""

from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, DateTime, String
from sqlalchemy.types import TypeDecorator, TypeEngine


def _plain_type(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Columns are written as the database knows them, so that old migrations outlive the code."""
    if kind != "type" or not isinstance(item, TypeEngine):
        return False
    plain = item.impl_instance if isinstance(item, TypeDecorator) else item
    if isinstance(plain, DateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(plain, JSON):
        return "sa.JSON()"
    if isinstance(plain, String):
        return f"sa.String({plain.length or ''})"
    return False


COMPARISON: dict[str, Any] = {
    "compare_type": True,
    "render_item": _plain_type,
    "autogenerate_plugins": ["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"],
}
