"""`python -m tests.validation`: runs the whole pack and writes its report; ends with 1 where anything failed."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.validation.report import Findings, write
from tests.validation.running import run_checks, run_faults, run_tests


def tell(line: str) -> None:
    """Progress."""
    print(line, file=sys.stderr)  # noqa: T201 - a command


def main() -> int:
    """Checks, the engine's own tests, faults; progress on standard error."""
    parser = argparse.ArgumentParser(prog="python -m tests.validation", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("dist/validation"), help="the folder of the report")
    parser.add_argument("--date", default=None, help="the date in the report; today where it is left out")
    parser.add_argument("--checks-only", action="store_true", help="neither the engine's own tests nor faults")
    asked = parser.parse_args()
    tell("checks")
    checks = run_checks()
    faults = () if asked.checks_only else tuple(run_faults(tell))
    if not asked.checks_only:
        tell("the engine's own tests")
    tests = () if asked.checks_only else run_tests()
    found = Findings(asked.date or datetime.now(UTC).date().isoformat(), checks, tests, faults)
    for page in write(found, asked.out):
        print(page)  # noqa: T201 - where the report is
    return 0 if found.passed else 1


if __name__ == "__main__":
    sys.exit(main())
