"""The JSON Schema: valid itself, with titles, and of one mind with the definition."""

import jsonschema_rs
import pytest

from irt.study.schema import study_schema
from irt.study.source import read_source
from tests.irt.study.edits import NAMES, edited, text_of


def test_it_is_a_schema_of_2020_12_with_titles():
    """Draft 2020-12 by its meta-schema; every property of every part has a title."""
    schema = study_schema()
    assert schema["$schema"].endswith("2020-12/schema")
    jsonschema_rs.meta.validate(schema)
    parts = [schema, *schema["$defs"].values()]
    assert all("title" in part for part in parts)
    assert all(key["title"] for part in parts for key in part.get("properties", {}).values())


@pytest.mark.parametrize("name", NAMES)
def test_the_fixtures_are_valid(name):
    """What the check accepts, an editor accepts."""
    jsonschema_rs.validator_for(study_schema()).validate(read_source(text_of(name)).data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("phase: ", "phaze: "),
        ('phase: "3"', 'phase: "9"'),
        ("ratio: 1}", "ratio: 0}"),
        ("- {code: P, ", "- {code: ' ', "),
    ],
)
def test_what_the_check_refuses_in_form_the_schema_refuses(old, new):
    """A wrong key, a wrong choice, a number out of range and a code that is none."""
    assert not jsonschema_rs.validator_for(study_schema()).is_valid(read_source(edited("fourier", (old, new))).data)
