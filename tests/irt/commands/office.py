"""An installation at a terminal: people who sign in for each command, and a clock that stands until it is moved."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from irt.commands import clock
from irt.commands.study_files import study_text
from irt.services import passwords
from irt.services.passwords import PasswordRule
from irt.services.store import Store
from tests.builders import SEAL_KEY
from tests.irt.commands.running import Ran, Terminal

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PASSWORD = "a stone in the river"
TEMPORARY = "given by the office"
STUDY = "NB-301"
SITE = "1001"


def with_few_kits(study_file: str) -> str:
    """The study file with the four lots of each kit type that come first, of 60 kits each; it needs no gate."""
    open_at_once = "conduct:\n  go_live_gate: false\n  no_gate_because: Nobody is treated.\n"
    later = re.compile(r"^ +- \{lot: [AP](?!2509)\d.*\n", re.MULTILINE)
    few = re.sub(r"kits: \d+, released", "kits: 60, released", later.sub("", study_file))
    return few.replace("conduct:\n", open_at_once)


@dataclass
class TerminalOffice:
    """The terminal of an installation, from its first day on."""

    terminal: Terminal
    store: Store
    now: datetime = MONDAY

    @classmethod
    def opened(cls, terminal: Terminal, store: Store) -> "TerminalOffice":
        """A terminal at a migrated database that holds nobody."""
        office = cls(terminal, store)
        terminal.monkeypatch.setattr(passwords, "RULE", PasswordRule(time_cost=1, memory_kib=8, lanes=1))
        terminal.monkeypatch.setattr(clock, "now", lambda: office.now)
        terminal.monkeypatch.setenv("IRT_SEAL_KEY", SEAL_KEY.decode())
        terminal.monkeypatch.setenv("IRT_DATABASE_URL", store.url.render_as_string(hide_password=False))
        return office

    def wait(self, **passing: float) -> None:
        """Lets time pass, as `wait(days=1)`."""
        self.now += timedelta(**passing)

    def types(self, *words: str, password: str = PASSWORD, new: str = TEMPORARY) -> Ran:
        """A command with these passwords in the environment, whatever comes of it."""
        self.terminal.monkeypatch.setenv("IRT_PASSWORD", password)
        self.terminal.monkeypatch.setenv("IRT_NEW_PASSWORD", new)
        return self.terminal.irt(*words)

    def does(self, *words: str, password: str = PASSWORD, new: str = TEMPORARY) -> str:
        """A command that must succeed, and what it says."""
        ran = self.types(*words, password=password, new=new)
        if (ran.exit_code, ran.err) != (0, ""):
            raise RuntimeError(f"irt {' '.join(words)}: {ran.exit_code} {ran.err}")
        return ran.out

    def refused(self, *words: str, password: str = PASSWORD, new: str = TEMPORARY) -> str:
        """A command that must be refused, and its one line."""
        ran = self.types(*words, password=password, new=new)
        if ran.exit_code == 0 or not ran.err.startswith("irt: ") or ran.err.count("\n") != 1:
            raise RuntimeError(f"irt {' '.join(words)}: {ran.exit_code} {ran.out} {ran.err}")
        return ran.err.removeprefix("irt: ").rstrip("\n")

    def begin(self) -> None:
        """The first administrator is `ada`."""
        self.does("account", "first-administrator", "--username", "ada", "--name", "Ada Finn", password=TEMPORARY)
        self.choose_password("ada")

    def hire(self, username: str, *roles: str, where: tuple[str, ...] = ()) -> None:
        """A trained person with an own password and these roles."""
        name = f"{username.title()} Holm"
        self.does("account", "create", "--user", "ada", "--username", username, "--name", name, "--trained")
        self.choose_password(username)
        for role in roles:
            self.grant(username, role, *where)

    def grant(self, username: str, role: str, *where: str) -> str:
        """A role, granted by `ada`."""
        return self.does(
            *("account", "grant", "--user", "ada", "--username", username),
            *("--role", role, "--reason", "hired", *where),
        )

    def choose_password(self, username: str) -> None:
        """The person replaces the temporary password by PASSWORD."""
        self.does("account", "password", "--user", username, password=TEMPORARY, new=PASSWORD)

    def load_draft(self, *words: str) -> str:
        """NB-301 with few kits, loaded by `cora`."""
        self.hire("cora", "configurator")
        return self.does("study", "load", self.study_file(), "--size", "small", "--user", "cora", *words)

    def study_file(self) -> str:
        """A study file of NB-301 in the working folder."""
        file = Path("few-kits.yaml")
        file.write_text(with_few_kits(study_text("fourier")))
        return str(file)

    def load_study(self) -> None:
        """NB-301, loaded by `cora` and approved by `theo`."""
        self.load_draft()
        self.hire("theo", "study_team")
        self.does("study", "approve", STUDY, "--user", "theo")

    def hire_supply(self) -> None:
        """`sam` manages supply, `uma` reads lists, `quinn` releases; all in NB-301."""
        where = ("--study", STUDY)
        self.hire("sam", "supply_manager", where=where)
        self.hire("uma", "unblinded_statistician", where=where)
        self.hire("quinn", "qualified_person", where=where)

    def load_kits(self) -> None:
        """The kit list of NB-301, by `sam` and `uma`; nothing is released yet."""
        for verb, user, *words in (("ask", "sam"), ("approve", "uma", "--yes"), ("load", "sam")):
            self.does("supply", "list-kits", verb, STUDY, "--size", "small", "--user", user, *words)
