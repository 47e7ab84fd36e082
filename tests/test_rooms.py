"""The house: who may know whom, every room introduces itself, and nothing speaks of the place it was built at."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from grimp import ImportGraph

from tests.arrows import NoWay

ROOT = Path(__file__).parent.parent
TESTS = ROOT / "tests"
SKIPPED = {".git", ".venv", ".work", "dist", "__pycache__"}

# Put together here, so that this file does not name them either.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("crates", "io"),
        ("rubygems", "org"),
        ("anaconda", "org"),
        ("golang", "org"),
    )
]
PLACES = ["/".join(("", top, "")) + r"\w" for top in ("work", "root", "home", "Users")]


def test_the_arrows_between_rooms_hold() -> None:
    """No room imports one it must not know."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("imports", "kept"),
    [
        ([("irt.reads.blinded_stock", "irt.tables.kit")], True),
        ([("irt.reads.blinded_stock", "irt.tables.secret")], False),
        ([("irt.reads.blinded_stock", "irt.reads.helper"), ("irt.reads.helper", "irt.tables.secret")], False),
        ([("irt.reads.unblinded_stock", "irt.tables.secret")], True),
    ],
)
def test_a_way_to_treatment_is_found(imports: list[tuple[str, str]], kept: bool) -> None:
    """The fence sees a secret reached directly or through another module, and nothing else."""
    graph = ImportGraph()
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported)
    options = {"sources": ["irt.reads.blinded*"], "forbidden": ["irt.tables.secret"]}
    check = NoWay("fence", {}, options).check(graph, verbose=False)
    assert check.kept is kept
    assert kept or check.metadata["ways"][0][-1] == "irt.tables.secret"


def test_every_python_file_says_what_it_is() -> None:
    """A file opens with a sentence on what it is in the world."""
    files = [file for file in tracked_files() if file.suffix == ".py"]
    silent = [str(file.relative_to(ROOT)) for file in files if not _opens_with_words(file.read_text())]
    assert files
    assert silent == []


def _opens_with_words(written: str) -> bool:
    # What stands before a file's second statement is enough to parse: whole files take seconds.
    head = re.match(r'r?""".*?"""$', written, re.DOTALL | re.MULTILINE)
    return bool(ast.get_docstring(ast.parse(head[0] if head else written)))


def test_every_long_proof_is_in_a_part_of_make_verify() -> None:
    """A folder with a slow test is a part; else nobody would run it."""
    parts = re.search(r"^PARTS := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert parts
    mark = "mark." + "slow"
    slow = {file.relative_to(TESTS).parts[0] for file in TESTS.rglob("test_*.py") if mark in file.read_text()}
    assert slow == set(parts[1].split())


def test_no_file_names_a_registry_or_a_machine() -> None:
    """The repository can be built anywhere, and tells nobody where it was."""
    named = re.compile("|".join([*map(re.escape, HOSTS), *PLACES]).encode())
    found = [
        f"{file.relative_to(ROOT)}: {hit[0].decode()}" for file in tracked_files() if (hit := _first(named, file))
    ]
    assert found == []


def _first(named: re.Pattern[bytes], file: Path) -> re.Match[bytes] | None:
    return named.search(file.read_bytes())


def tracked_files() -> list[Path]:
    """Every file of the repository; where the sources were copied without their history, every file there is."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        files = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        files = [file for file in ROOT.rglob("*") if not SKIPPED & set(file.relative_to(ROOT).parts)]
    return [file for file in files if file.is_file()]
