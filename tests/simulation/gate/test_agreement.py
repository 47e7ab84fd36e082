"""A gate as it is agreed: whole, strict, and told apart by its hash."""

from pathlib import Path

import pytest

from simulation.analysis.limits import Figure
from simulation.gate.agreement import Agreement
from simulation.gate.reading import UnreadableGate, parse_gate, read_gate

SHIPPED = Path(__file__).parents[3] / "fixtures" / "gates" / "textbook.yaml"
LIMITS = """
limits:
  - {name: missed per visit, figure: per, measure: missed, per: visits, below: 0.005}
  - {name: any visit missed, figure: any, measure: missed, below: 0.5}
  - {name: cost, figure: quantile, measure: cost_total, share: 0.95, below: 90000000}
"""
GATE = "name: go-live\nscenarios: [base.yaml]\n" + LIMITS
SCENARIO = "name: {}\nsmall_study: {{}}\nhorizon_days: {}\nenrolment: {{screened_per_site_month: 3}}\n"


def test_a_gate_has_looks_and_errors_unless_told_otherwise() -> None:
    """Four looks, sparing at first; intervals of 95 %."""
    gate = parse_gate(GATE, "gate")
    assert gate.looks == (250, 500, 1000, 2000)
    assert [limit.limit for limit in gate.judged] == [0.005, 0.5, 90_000_000]
    assert {limit.confidence for limit in gate.judged} == {0.95}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("measure: missed, below", "measure: mist, below"), "no measure mist"),
        (("name: cost", "name: any visit missed"), "two limits have one name"),
        (("share: 0.95, ", ""), "only a quantile names its share"),
        (("name: go-live", "name: go-live\nlooks: [500, 250]"), "each larger than the one before"),
        (("name: go-live", "name: go-live\nlooks: []"), "each larger than the one before"),
        (("name: go-live", "name: go-live\nlooks: [20000000]"), "at most"),
        (("name: go-live", "name: go-live\nconfidence: 95"), "confidence"),
        (("[base.yaml]", "[]"), "scenarios"),
        (("[base.yaml]", "[base.yaml, base.yaml]"), "a scenario is there twice"),
        (("name: go-live", "name: go-live\nlenient: true"), "lenient"),
    ],
)
def test_a_gate_that_could_not_be_held_is_refused(change: tuple[str, str], words: str) -> None:
    """When it is read, with what is wrong about it."""
    with pytest.raises(UnreadableGate, match=words):
        parse_gate(GATE.replace(*change), "gate")


def test_text_that_is_no_gate_is_refused(tmp_path: Path) -> None:
    """Not YAML, a list, a file that is not there."""
    for text in ("limits: [", "- 1", "name: x\nname: y"):
        with pytest.raises(UnreadableGate):
            parse_gate(text, "gate")
    with pytest.raises(UnreadableGate):
        read_gate(tmp_path / "none.yaml")


def test_changing_anything_makes_another_gate(tmp_path: Path) -> None:
    """A limit, the seed, a look, or a scenario behind its file's name; spelling does not count."""
    (tmp_path / "base.yaml").write_text(SCENARIO.format("base", 60))
    file, seen = tmp_path / "gate.yaml", set()
    for text in (GATE, GATE.replace("0.005", "0.006"), GATE + "seed: 2\n", GATE + "looks: [100, 200]\n"):
        file.write_text(text)
        seen.add(read_gate(file).identity)
    file.write_text("# agreed\n" + GATE.replace("0.005", "5.0e-3"))
    assert read_gate(file).identity in seen
    (tmp_path / "base.yaml").write_text(SCENARIO.format("base", 61))
    seen.add(read_gate(file).identity)
    assert len(seen) == 5


def test_scenarios_of_one_name_would_share_a_directory(tmp_path: Path) -> None:
    """Two files, one name within."""
    for name in ("base", "other"):
        (tmp_path / f"{name}.yaml").write_text(SCENARIO.format("same", 60))
    (tmp_path / "gate.yaml").write_text(GATE.replace("[base.yaml]", "[base.yaml, other.yaml]"))
    with pytest.raises(UnreadableGate, match="same name"):
        read_gate(tmp_path / "gate.yaml")


def test_the_gate_that_comes_along_is_one() -> None:
    """Two textbook scenarios, four limits; equal files have equal hashes."""
    agreed = read_gate(SHIPPED)
    assert [scenario.name for scenario in agreed.scenarios] == ["depot-outage", "poisson-gamma"]
    assert {limit.figure for limit in agreed.agreement.judged} == {Figure.PER, Figure.ANY, Figure.QUANTILE}
    assert agreed.identity == read_gate(SHIPPED).identity


def test_a_gate_is_a_frozen_value() -> None:
    """What is agreed does not change in memory either."""
    gate: Agreement = parse_gate(GATE, "gate")
    with pytest.raises(ValueError, match="frozen"):
        gate.seed = 2  # type: ignore[misc]  # wrong on purpose
