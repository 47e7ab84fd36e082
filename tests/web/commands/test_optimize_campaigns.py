"""`irt optimize campaigns`: the example packed, JSON alone on standard output, refusals by field."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from irt.command_line import irt
from optimization.campaigns.campaign_file import UnreadableCampaigns
from tests.optimization.campaigns.test_promise_and_outcome import EXAMPLE


def run(*words: object) -> Result:
    """The command as typed."""
    return CliRunner().invoke(irt, ["optimize", "campaigns", *map(str, words)])


def test_the_example_is_packed() -> None:
    """As JSON with its proof, and as a table with the cost below."""
    told = json.loads(run(EXAMPLE, "--json").stdout)
    assert told["proven"]
    shown = run(EXAMPLE)
    assert shown.exit_code == 0, shown.output
    assert "PEN-A" in shown.stdout
    assert f"Cost {told['cost']:,}" in shown.stdout
    assert "proven to be the least" in shown.stdout


def test_a_wrong_field_is_named(tmp_path: Path) -> None:
    """And nothing is calculated."""
    file = tmp_path / "campaigns.yaml"
    file.write_text(EXAMPLE.read_text().replace("kit_cents: 21000", "kit_cents: -1"))
    done = run(file)
    assert isinstance(done.exception, UnreadableCampaigns)
    assert "kit_types.0.kit_cents" in str(done.exception)
