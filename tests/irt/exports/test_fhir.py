"""The FHIR bundle: resources pass their models, codes are their systems', and the blinded one has no groups."""

import json
from collections import Counter
from typing import Any

import pytest

from irt.errors import IntegrityFault
from irt.exports.fhir import STATE_OF, fhir_file
from irt.exports.fhir_codes import check_codes
from irt.states.subject import SubjectStatus
from tests.irt.exports.conftest import MADE_AT, Told


@pytest.fixture(scope="module")
def bundles(told: Told) -> dict[str, dict[str, Any]]:
    """Both editions."""
    made = {"blinded": fhir_file(told.data, None, MADE_AT), "unblinded": fhir_file(told.data, told.secret, MADE_AT)}
    return {edition: json.loads(file.content) for edition, file in made.items()}


def resources(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The resources of a kind."""
    return [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == kind]


def test_a_bundle_holds_study_subjects_parcels_and_kits(bundles: dict[str, dict[str, Any]], told: Told) -> None:
    """One each, in both editions; ids are unique."""
    for bundle in bundles.values():
        counts = Counter(one["resource"]["resourceType"] for one in bundle["entry"])
        assert counts == {
            "ResearchStudy": 1,
            "ResearchSubject": 6,
            "SupplyDelivery": len(told.data.parcels),
            "MedicationDispense": len(told.data.given),
        }
        assert len({one["fullUrl"] for one in bundle["entry"]}) == len(bundle["entry"])
        assert check_codes(bundle) > len(bundle["entry"])


def test_groups_and_products_are_told_to_the_unblinded_alone(
    bundles: dict[str, dict[str, Any]], told: Told
) -> None:
    """Blinded, every medication has the same words and nobody has a group."""
    blinded, unblinded = bundles["blinded"], bundles["unblinded"]
    assert "Group" not in json.dumps(blinded)
    assert {one["medication"]["concept"]["text"] for one in resources(blinded, "MedicationDispense")} == {
        "Study medication"
    }
    groups = {one["linkId"] for one in resources(unblinded, "ResearchStudy")[0]["comparisonGroup"]}
    assigned = [one.get("assignedComparisonGroup") for one in resources(unblinded, "ResearchSubject")]
    assert Counter(one for one in assigned if one) == Counter(one.arm for one in told.secret.drawn.values())
    assert {one for one in assigned if one} <= groups


def test_a_code_that_its_system_lacks_does_not_leave(bundles: dict[str, dict[str, Any]]) -> None:
    """The models would let it pass."""
    bundle = json.loads(json.dumps(bundles["blinded"]))
    resources(bundle, "ResearchSubject")[0]["status"] = "bogus"
    with pytest.raises(IntegrityFault, match="bogus is no code"):
        check_codes(bundle)
    coded = json.loads(json.dumps(bundles["blinded"]))
    resources(coded, "ResearchSubject")[0]["progress"][0]["subjectState"]["coding"][0]["code"] = "resting"
    with pytest.raises(IntegrityFault, match="resting is no code"):
        check_codes(coded)


def test_every_status_has_a_state() -> None:
    """Of HL7's research subject states."""
    assert set(STATE_OF) == set(SubjectStatus)
