"""How the migrations meet the database: inside the transaction they are given."""

from alembic import context

from irt.migrations.comparison import COMPARISON
from irt.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    template_args=context.config.attributes.get("template", {}),
    **COMPARISON,
)
context.run_migrations()
