"""The verifiers in other languages, as an outsider runs them."""

import shutil
import subprocess
from pathlib import Path

import pytest

import irt

FOLDER = Path(irt.__file__).parent / "randomization" / "verifiers"
LANGUAGES = {"node": "verify.js", "Rscript": "verify.R"}


def verified(language: str, export: Path, seed: Path) -> subprocess.CompletedProcess[str]:
    """Runs one; skips, and says so, where its language is missing."""
    program = shutil.which(language)
    if program is None:
        pytest.skip(f"{language} is not installed here: make .stamps/verifiers")
    ran = subprocess.run(
        [program, str(FOLDER / LANGUAGES[language]), str(export), str(seed)],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode == 2 and "need the package gmp" in ran.stderr:
        pytest.skip("R's package gmp is not installed here: make .stamps/verifiers")
    return ran
