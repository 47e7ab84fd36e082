"""`irt scan parse`: values or a reason, as JSON alone or in words, and how it exits."""

import json

import pytest

from tests.irt.commands.running import Terminal
from tests.irt.gs1.builders import GTIN


@pytest.fixture
def terminal(monkeypatch, capsys):
    """Where the command is typed."""
    return Terminal(monkeypatch, capsys)


def test_the_values_are_one_object(terminal):
    """Keys by application identifier, separators typed as <GS>."""
    ran = terminal.irt("scan", "parse", f"]d201{GTIN}10L1<GS>21100234", "--json")
    assert (ran.exit_code, ran.err) == (0, "")
    assert json.loads(ran.out) == {"01": GTIN, "10": "L1", "21": "100234"}


def test_a_refusal_as_json(terminal):
    """Its name and its reason, and the command fails."""
    ran = terminal.irt("scan", "parse", "(21)A", "--json")
    answer = json.loads(ran.out)
    assert ran.exit_code == 1
    assert answer["refused"] == "MissingCompanion"
    assert "(01)" in answer["reason"]


def test_in_words(terminal):
    """A line a field; a refusal is one line on standard error."""
    said = terminal.irt("scan", "parse", f"(01){GTIN}(21)100234").out
    assert [line.split() for line in said.splitlines()] == [["(01)", "GTIN", GTIN], ["(21)", "SERIAL", "100234"]]
    refused = terminal.irt("scan", "parse", "(01)09506000134353")
    assert (refused.exit_code, refused.out) == (1, "")
    assert "should be 2" in refused.err


def test_what_a_kit_needs_besides(terminal):
    """Sound GS1 data is refused as a kit's where there is no kit number, or another study's protocol number."""
    lot = f"(01){GTIN}(10)LOT-A121K100234"
    assert terminal.irt("scan", "parse", lot, "--json").exit_code == 0
    assert "LostSeparator" in terminal.irt("scan", "parse", lot, "--json", "--expect", "kit").out
    code = f"(01){GTIN}(21)100234(7240)ABC-1"
    assert terminal.irt("scan", "parse", code, "--expect", "kit", "--protocol", "ABC-1").exit_code == 0
    assert terminal.irt("scan", "parse", code, "--expect", "kit", "--protocol", "ABC-2").exit_code == 1
    assert terminal.irt("scan", "parse", code, "--protocol", "ABC-2").exit_code == 2


def test_a_named_substitute(terminal):
    """What the scanner sends for the group separator."""
    ran = terminal.irt("scan", "parse", f"01{GTIN}10L1^21K1", "--separator", "^", "--json")
    assert json.loads(ran.out) == {"01": GTIN, "10": "L1", "21": "K1"}
