"""Lists and exports as they are typed: written, imported, proved line by line, verified."""

import json
from pathlib import Path

import pytest

from tests.irt.commands.running import Ran, Terminal

SEED = bytes(range(32)).hex()
NAME = "IRT-RNG/1|NB-301|permuted_block/1|"
BLOCKS = {"method": "permuted_block", "arms": ["A", "B"], "params": {"block_sizes": [2, 4]}}


@pytest.fixture
def terminal(monkeypatch, capsys, tmp_path):
    """In a folder of its own, with a design and a seed."""
    monkeypatch.chdir(tmp_path)
    Path("d.json").write_text(json.dumps(BLOCKS))
    Path("seed.hex").write_text(SEED)
    return Terminal(monkeypatch, capsys)


def listed(terminal: Terminal, *words: str, n: int = 8) -> Ran:
    """A list with the test's seed."""
    asked = ("list", "d.json", "--n", str(n), "--seed", SEED, "--stream-id", NAME)
    return terminal.irt("randomization", *asked, *words)


def test_a_list_is_csv_alone_on_standard_output(terminal):
    """Its hash and root are told beside."""
    ran = listed(terminal)
    assert ran.exit_code == 0
    assert ran.out.splitlines()[0] == "stratum,position,block,arm"
    assert len(ran.out.splitlines()) == 9
    assert "merkle_root" in ran.err


def test_it_says_the_same_as_json_and_as_a_draw(terminal):
    """The list inside the JSON is the file; its arms are those of a draw."""
    told = json.loads(listed(terminal, "--json", "--out", "l.csv").out)
    assert told["csv"] == Path("l.csv").read_text()
    asked = ("draw", "d.json", "--n", "8", "--seed", SEED, "--stream-id", NAME, "--json")
    assert json.loads(terminal.irt("randomization", *asked).out)["arms"] == told["arms"]


def test_a_list_comes_back_through_the_import(terminal):
    """Checked against its design, byte by byte the same."""
    listed(terminal, "--stratum", "sex=F", "--stratum", "sex=M", "--out", "l.csv")
    words = ("--design", "d.json", "--n", "8", "--stratum", "sex=F", "--stratum", "sex=M")
    ran = terminal.irt("randomization", "import-list", "l.csv", *words)
    assert ran.exit_code == 0
    assert ran.out == Path("l.csv").read_text()


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("arm\nA\nB\nC\n", (), "Line 4 of the list: the arm 'C' is none of A, B."),
        ("arm\nA\nB\n", ("--n", "4"), "Line 3 of the list: the list ends after 2 positions, but 4 are planned."),
        ("arm\n1\n", ("--means", "1"), "A code is given as CODE=ARM"),
        ("arm\nA\nB\n", ("--stratum", "x", "--stratum", "y"), "there is no stratum ''"),
    ],
)
def test_a_bad_list_is_one_line_and_a_failure(terminal, text, words, sentence):
    """Never a traceback, and nothing on standard output."""
    Path("l.csv").write_text(text)
    ran = terminal.irt("randomization", "import-list", "l.csv", "--design", "d.json", "--n", "2", *words)
    assert ran.exit_code != 0
    assert ran.out == ""
    assert sentence in ran.err


def test_a_line_is_proved_without_the_list(terminal):
    """By the proof and the published root; a proof of another list fails."""
    root = json.loads(listed(terminal, "--json", "--out", "l.csv").out)["merkle_root"]
    proof = terminal.irt("randomization", "prove-line", "l.csv", "--row", "3", "--seed", SEED)
    Path("p.json").write_text(proof.out)
    assert terminal.irt("randomization", "check-line", "p.json", "--root", root).exit_code == 0
    refused = terminal.irt("randomization", "check-line", "p.json", "--root", "0" * 64)
    assert refused.exit_code != 0
    assert "The proof fails" in refused.err
    beyond = terminal.irt("randomization", "prove-line", "l.csv", "--row", "9", "--seed", SEED)
    assert "no entry 9" in beyond.err


def test_an_export_is_verified(terminal):
    """With the seed every number is drawn again; a changed arm is named, and the exit code tells."""
    listed(terminal, "--export", "e.json")
    ran = terminal.irt("randomization", "verify", "e.json", "--seed-file", "seed.hex", "--json")
    assert json.loads(ran.out) | {"head": ""} == {
        "allocations": 8,
        "same": 8,
        "drawn_again": True,
        "mismatch": None,
        "head": "",
    }
    text = Path("e.json").read_text()
    changed = text.replace('"arm":"A"', '"arm":"B"', 1)
    Path("e.json").write_text(changed)
    ran = terminal.irt("randomization", "verify", "e.json", "--seed-file", "seed.hex")
    assert ran.exit_code == 1
    assert "differs: its hash does not follow" in ran.err


@pytest.mark.parametrize("text", ["", "{}", '{"header": {"format": "IRT-EXPORT/1"}, "allocations": []}', "[1]"])
def test_what_is_no_export(terminal, text):
    """One line, no traceback."""
    Path("e.json").write_text(text)
    ran = terminal.irt("randomization", "verify", "e.json")
    assert ran.exit_code != 0
    assert ran.err.startswith("irt: e.json: not")


def test_a_drawn_design_with_factors_is_exported(terminal):
    """Minimization, with the subjects' levels in the export."""
    factors = [{"name": "sex", "levels": ["F", "M"]}]
    design = {"method": "minimization", "arms": ["A", "B"], "params": {"p": 0.8}, "factors": factors}
    Path("m.json").write_text(json.dumps(design))
    Path("s.csv").write_text("sex\n" + "F\nM\nM\n" * 5)
    asked = ("draw", "m.json", "--n", "15", "--seed", SEED, "--stream-id", "IRT-RNG/1|T|minimization/1|")
    assert terminal.irt("randomization", *asked, "--subjects", "s.csv", "--export", "e.json").exit_code == 0
    assert terminal.irt("randomization", "verify", "e.json", "--seed-file", "seed.hex").exit_code == 0
    assert terminal.irt("randomization", "verify", "e.json").exit_code == 0
    Path("seed.hex").write_text("00" * 32)
    refused = terminal.irt("randomization", "verify", "e.json", "--seed-file", "seed.hex")
    assert "not the one of the commitment" in refused.err
