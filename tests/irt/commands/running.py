"""Running the command `irt` as a person would, inside the test's process."""

from dataclasses import dataclass

import pytest

from irt.command_line import main


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    exit_code: int
    out: str
    err: str


@dataclass(frozen=True)
class Terminal:
    """Where commands are typed."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def irt(self, *words: str) -> Ran:
        """Types `irt` and these words."""
        self.monkeypatch.setattr("sys.argv", ["irt", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = self.capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, said.out, said.err)
