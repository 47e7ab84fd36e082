"""Writes the first migration again from the tables: `python -m tests.regenerate_ground_floor`.

Only until the first release; from then on, steps are added and never rewritten.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from cryptography.fernet import Fernet

import irt.migrations
from irt.services.migrate import migrations_of
from irt.services.seal import Seal
from irt.services.store import Store

VERSIONS = Path(irt.migrations.__file__).parent / "versions"


def main() -> None:
    """Compares the tables with an empty database and writes what is missing as step 0001."""
    step = VERSIONS / "0001_ground_floor.py"
    step.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/empty.sqlite", Seal(Fernet.generate_key()))
        with store.writing() as connection:
            command.revision(
                migrations_of(connection),
                "The ground floor: every table, and the guards of what is written once.",
                autogenerate=True,
                rev_id="0001",
            )
        store.close()
    written = next(VERSIONS.glob("0001_*.py"))
    lines = [line for line in written.read_text().splitlines() if "# ### " not in line]
    step.write_text("\n".join(lines))
    written.unlink()
    ruff = Path(sys.executable).parent / "ruff"
    subprocess.run([ruff, "check", "--quiet", "--fix", step], check=True)
    subprocess.run([ruff, "format", "--quiet", step], check=True)


if __name__ == "__main__":
    main()
