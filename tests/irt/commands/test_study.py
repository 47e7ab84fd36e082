"""The study commands: one line a problem, an exit code, and never a traceback."""

import json

import pytest
from click.testing import CliRunner

from irt.commands.study import study
from tests.irt.study.edits import NAMES, STUDIES, edited


@pytest.fixture
def run():
    """Runs `irt study` with the words given."""
    return lambda *words: CliRunner().invoke(study, list(words))


@pytest.mark.parametrize("name", NAMES)
def test_it_passes_the_fixtures(run, name):
    """By path and by name; a warning alone exits 0."""
    for file in (str(STUDIES / f"{name}.yaml"), name):
        answer = run("check", file)
        assert answer.exit_code == 0
        assert "0 errors" in answer.stderr


def test_it_prints_one_line_a_problem(run, tmp_path):
    """FILE:LINE: severity NAME at path: sentence; errors exit 1."""
    file = tmp_path / "mine.yaml"
    file.write_text(
        edited("fourier", ("block_sizes: [4, 6]", "block_sizes: [5]"), ("strata: [ldl, region]", "strata: [ldl]"))
    )
    answer = run("check", str(file))
    assert answer.exit_code == 1
    lines = answer.stdout.splitlines()
    assert [line.split(": ")[1].split()[:2] for line in lines] == [
        ["warning", "UnusedFactor"],
        ["error", "BlockNotMultiple"],
    ]
    line_number = file.read_text().splitlines().index("  block_sizes: [5]") + 1
    assert lines[1] == (
        f"{file}:{line_number}: error BlockNotMultiple at randomization.block_sizes[0]: "
        "a block of 5 is not a multiple of 2, the sum of the arms' ratio"
    )


@pytest.mark.parametrize("command", ["check", "describe"])
@pytest.mark.parametrize("what", ["missing", "folder", "bytes", "broken", "empty"])
def test_bad_input_is_one_line(run, tmp_path, command, what):
    """No such file, a folder, no text, no YAML, nothing at all: one reason, exit 1, no traceback."""
    file = tmp_path / "x.yaml"
    if what == "folder":
        file.mkdir()
    elif what != "missing":
        file.write_bytes({"bytes": b"\xff\xfe\x00", "broken": b"a: [", "empty": b""}[what])
    answer = run(command, str(file))
    assert answer.exit_code == 1
    assert isinstance(answer.exception, SystemExit)
    assert "Traceback" not in answer.output
    assert len(answer.output.splitlines()) <= 2


@pytest.mark.parametrize(("flag", "told"), [("--blinded", False), ("--unblinded", True)])
@pytest.mark.parametrize("layout", ["markdown", "html"])
def test_it_describes(run, flag, told, layout):
    """Blinded without a word of block sizes, unblinded with them; blinded where nothing is said."""
    answer = run("describe", "fourier", flag, "--format", layout)
    assert answer.exit_code == 0
    assert ("Block sizes" in answer.stdout) is told
    if not told:
        assert run("describe", "fourier", "--format", layout).stdout == answer.stdout


def test_it_writes_to_a_file(run, tmp_path):
    """With --output the screen stays empty; a folder that is not there is one line."""
    answer = run("describe", "ist", "--output", str(tmp_path / "ist.md"))
    assert (answer.exit_code, answer.stdout) == (0, "")
    assert (tmp_path / "ist.md").read_text().startswith("# BASTION")
    refused = run("schema", "--output", str(tmp_path / "no" / "x.json"))
    assert refused.exit_code == 1
    assert "No such file" in refused.output


def test_it_prints_the_schema(run):
    """JSON on standard output, alone."""
    assert json.loads(run("schema").stdout)["title"] == "Study definition"


@pytest.mark.parametrize("words", [(), ("check",), ("describe",), ("schema",)])
def test_help_has_an_example(run, words):
    """Every command shows how it is used."""
    answer = run(*words, "--help")
    assert answer.exit_code == 0
    assert "Example: irt study" in " ".join(answer.output.split())
