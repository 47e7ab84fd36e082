"""`irt worker`: does what is due once, or works until it is told to stop."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from irt.services.store import Store
from tests.builders import SEAL_KEY
from tests.irt.commands.office import SITE, STUDY, TerminalOffice

IRT = Path(sys.executable).with_name("irt")
PATIENCE_SECONDS = 30


def test_once_plans_the_night(stocked: TerminalOffice) -> None:
    """And a second time finds nothing to do; `irt supply night` tells the first outcome."""
    stocked.does("supply", "release", "L2509-N", "--study", STUDY, "--user", "quinn")
    stocked.does("site", "activate", SITE, "--study", STUDY, "--reason", "initiation visit", "--user", "sam")
    assert stocked.does("worker", "--once") == "1 jobs run and messages sent.\n"
    assert stocked.does("worker", "--once") == "0 jobs run and messages sent.\n"
    assert "1 site considered, 1 shipment, " in stocked.does("supply", "night")


def test_it_stops_when_told(sqlite_store: Store) -> None:
    """SIGTERM ends it in good order."""
    url = sqlite_store.url.render_as_string()
    environment = {**os.environ, "IRT_SEAL_KEY": SEAL_KEY.decode()}
    running = subprocess.Popen(
        [IRT, "worker", "--database", url], stderr=subprocess.PIPE, text=True, env=environment
    )
    assert running.stderr is not None
    assert running.stderr.readline().startswith("The worker waits for work.")
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate(timeout=PATIENCE_SECONDS)
    assert (running.returncode, said) == (0, "")
