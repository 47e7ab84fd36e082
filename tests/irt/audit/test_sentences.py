"""The audit trail reads as sentences, whatever was recorded."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.audit.sentences import TEMPLATES, plain, sentence

PAT = "Pat Holm, pharmacist"


@pytest.mark.parametrize(
    ("act", "kind", "record", "old", "new", "reason", "said"),
    [
        (
            "kits_assigned",
            "subject",
            "1014-0037",
            None,
            {"visit": "V3", "kits": ["482917", "650331", "731204"]},
            None,
            "Pat Holm, pharmacist, had kits 482917, 650331 and 731204 assigned to subject 1014-0037 for visit V3.",
        ),
        (
            "dose_changed",
            "subject",
            "1014-0037",
            {"dose_level": "10MG"},
            {"dose_level": "20MG"},
            "Tolerated well",
            "Pat Holm, pharmacist, changed the dose level of subject 1014-0037 from 10MG to 20MG. "
            "Reason: Tolerated well.",
        ),
        (
            "randomize_refused",
            "subject",
            "1014-0037",
            None,
            {"refusal": "RandomizationNotPossible", "sentence": "Nothing was drawn."},
            None,
            "Pat Holm, pharmacist, was refused: randomize for subject 1014-0037. Nothing was drawn.",
        ),
        (
            "shipment_in_transit",
            "shipment",
            "S-20397",
            {"status": "packed"},
            {"status": "in_transit"},
            None,
            "Pat Holm, pharmacist, set shipment S-20397 to in transit.",
        ),
        (
            "door_opened",
            "cold_room",
            "2",
            None,
            None,
            None,
            "Pat Holm, pharmacist, recorded for cold room 2: door opened.",
        ),
        (
            "code_broken",
            "subject",
            "1",
            None,
            {"reason_category": "medical_emergency"},
            None,
            "Pat Holm, pharmacist, broke the code of subject 1: medical emergency.",
        ),
        ("signed_in", "account", "pat", None, None, None, "pat signed in."),
    ],
)
def test_acts_in_words(
    act: str,
    kind: str,
    record: str,
    old: dict[str, Any] | None,
    new: dict[str, Any] | None,
    reason: str | None,
    said: str,
) -> None:
    """Known acts by their template; refusals, changes of state and unknown acts by a readable default."""
    assert sentence(act, PAT, kind, record, old, new, reason) == said


def test_a_name_without_a_role_takes_no_comma() -> None:
    """As the installation's own name."""
    assert (
        sentence("signed_out", "IRT", "account", "ada", None, {"session": 3}, None) == "IRT ended session 3 of ada."
    )


@pytest.mark.parametrize("template", TEMPLATES.values())
def test_every_template_is_a_sentence(template: str) -> None:
    """It starts with a person or record and ends with a full stop."""
    assert re.match(r"\{who\} |\{record\} |A", template)
    assert template.endswith(".")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
DOCUMENTS = st.none() | st.dictionaries(
    st.sampled_from(["kits", "visit", "status", "sentence", "{x}", "role"]), VALUES, max_size=4
)


@settings(deadline=None)
@given(
    st.sampled_from([*TEMPLATES, "kits_refused", "new_act"]), DOCUMENTS, DOCUMENTS, st.none() | st.text(max_size=9)
)
def test_no_entry_is_beyond_words(
    act: str, old: dict[str, Any] | None, new: dict[str, Any] | None, reason: str | None
) -> None:
    """Missing facts, odd values and braces in the data never stop the page."""
    said = sentence(act, PAT, "subject", "{record}", old, new, reason)
    assert said
    assert "{who}" not in said


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        ([], "–"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        ({"sex": "F", "age": "65+"}, "sex: F, age: 65+"),
        ("in_transit", "in transit"),
        ("PEN_A", "PEN_A"),
    ],
)
def test_values_in_words(value: object, text: str) -> None:
    """As they stand in a sentence."""
    assert plain(value) == text


def test_a_sentence_ends_once() -> None:
    """An answer or a reason that brings its own full stop gets no second one."""
    new = {"read": "36878", "answer": "36878 is right. One more kit."}
    said = sentence("kit_scanned", PAT, "subject", "1014-0037", None, new, "Typed by hand.")
    assert said == (
        "Pat Holm, pharmacist, scanned kit 36878 for subject 1014-0037: 36878 is right. One more kit. "
        "Reason: Typed by hand."
    )
