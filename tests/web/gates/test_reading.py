"""A gate as it is handed in for a version: what is refused by name, and that the version is what is played."""

from collections.abc import Mapping
from typing import Any

import pytest

from irt.errors import BadInput
from irt.reads.unblinded_gates import gate_matter
from irt.services.store import Store
from irt.study.supply_configuration import configured
from simulation.spec.reading import scenario_of
from simulation.spec.scenario import Scenario
from tests.builders_gate import (
    AGREEMENT,
    SCENARIO,
    a_gate,
    changes_of_supply,
    gate_of,
    the_gated_house,
    the_gated_study,
)
from web.gates.reading import GateOfAnotherRelease, agreed_gate, read_agreed

OTHER_STUDY = SCENARIO.replace("study: version", "small_study: {}")
A_FILE = SCENARIO.replace("study: version", "study_file: /etc/hostname")
OTHER_RULES = SCENARIO + "resupply: {study: {A: {minimum: 90, maximum: 99}}}\n"


@pytest.mark.parametrize(
    ("agreement", "texts", "words"),
    [
        (AGREEMENT, {}, "there are none"),
        (AGREEMENT, {"steady.yaml": SCENARIO, "more.yaml": SCENARIO}, "exactly the scenarios"),
        (AGREEMENT, {"steady.yaml": "- name"}, "mapping"),
        (AGREEMENT, {"steady.yaml": OTHER_STUDY}, "study: version"),
        (AGREEMENT, {"steady.yaml": A_FILE}, "study: version"),
        (AGREEMENT, {"steady.yaml": OTHER_RULES}, "rules of supply"),
        (AGREEMENT, {"steady.yaml": SCENARIO.replace("kit_type: A", "kit_type: Z")}, "no kit type Z"),
        (AGREEMENT.replace("missed,", "kissed,"), {"steady.yaml": SCENARIO}, "no measure kissed"),
        ("looks: [", {"steady.yaml": SCENARIO}, "The agreement"),
        (AGREEMENT.replace("steady.yaml", "a, b"), {"a": SCENARIO, "b": SCENARIO}, "same name"),
    ],
)
def test_what_is_no_gate_of_a_version_is_refused(agreement: str, texts: dict[str, str], words: str) -> None:
    """With the place and the reason; no file of the machine is ever opened."""
    with pytest.raises(BadInput, match=words):
        read_agreed(agreement, texts, the_gated_study())


def test_what_is_played_is_the_version_with_its_supply_as_last_decided(sqlite_store: Store) -> None:
    """Levels and lanes of today, though the version says others; and any change makes another gate."""
    house = the_gated_house(sqlite_store)
    first = a_gate(house)
    with sqlite_store.reading() as connection:
        loaded = gate_matter(connection, house.study_id).definition
    assert loaded.model_copy(update={"sites": ()}) == the_gated_study()
    for what in ("a level", "a slower lane"):
        house.agree(changes_of_supply(house)[what])
    second = a_gate(house)
    with sqlite_store.reading() as connection:
        matter = gate_matter(connection, house.study_id)
        before, after = (agreed_gate(connection, house.study_id, gate) for gate in (first, second))
    played = after.scenarios[0].definition
    assert played == configured(the_gated_study(), matter.configuration)
    assert (played.resupply.study["A"].maximum, played.lanes[0].lead_time_days) == (13, 3)
    assert (before.scenarios[0].definition, before.identity == after.identity) == (loaded, False)


def longer(data: Mapping[str, Any], name: str) -> Scenario:
    """Read with a default that is another."""
    return scenario_of({**data, "warm_up_days": 1}, name)


def test_a_gate_that_another_release_reads_otherwise_is_not_run(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was agreed on is what is run, or nothing is."""
    house = the_gated_house(sqlite_store)
    gate = a_gate(house)
    monkeypatch.setattr("web.gates.reading.scenario_of", longer)
    with pytest.raises(GateOfAnotherRelease), sqlite_store.reading() as connection:
        agreed_gate(connection, house.study_id, gate)
    assert gate_of(house, gate).runs == ()
