"""${message}"""

import sqlalchemy as sa
from alembic import op

from irt.tables.guards import Guard, drop_guard, set_guard

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None

GUARDS = (
% for guard in guards:
    Guard(${repr(guard.table)}${f", may_change={guard.may_change!r}" if guard.may_change else ""}${f", unless={guard.unless!r}" if guard.unless else ""}),
% endfor
)


def upgrade() -> None:
    """One step on."""
    ${upgrades}
    for guard in GUARDS:
        set_guard(op.get_bind(), guard)


def downgrade() -> None:
    """One step back."""
    for guard in GUARDS:
        drop_guard(op.get_bind(), guard.table)
    ${downgrades}
