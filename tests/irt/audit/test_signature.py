"""A signature is bound to one record and one content."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.audit.signature import Meaning, code_is_needed, record_hash

TEXTS = st.text(max_size=6)
CONTENTS = st.dictionaries(TEXTS, TEXTS | st.integers() | st.none(), max_size=4)


@settings(deadline=None)
@given(TEXTS, TEXTS, CONTENTS, TEXTS, TEXTS, CONTENTS)
def test_two_records_share_a_hash_only_if_they_are_one(
    kind: str, record: str, content: dict[str, object], kind2: str, record2: str, content2: dict[str, object]
) -> None:
    """Kind, number and content all count; the order of the content's fields does not."""
    same = (kind, record, content) == (kind2, record2, content2)
    assert (record_hash(kind, record, content) == record_hash(kind2, record2, content2)) is same
    turned = dict(reversed(list(content.items())))
    assert record_hash(kind, record, content) == record_hash(kind, record, turned)


def test_the_hash_is_what_it_was() -> None:
    """A known answer: a change of the canonical text would void every stored signature."""
    assert record_hash("order", "O-1", {"kits": 2}) == (
        "1c4837b81b0f3d407c67581f5f3e03bcda8c28f93040e3972120433e9fa1fc72"
    )


@pytest.mark.parametrize(
    ("study_asks", "enrolled", "before", "needed"),
    [
        (False, False, False, False),
        (False, False, True, False),
        (False, True, False, True),
        (False, True, True, False),
        (True, False, False, True),
        (True, False, True, False),
        (True, True, False, True),
        (True, True, True, False),
    ],
)
def test_when_the_code_is_needed(study_asks: bool, enrolled: bool, before: bool, needed: bool) -> None:
    """All components at the first signing of a session, the password alone later."""
    assert code_is_needed(study_asks, enrolled, before) is needed


def test_meanings_are_sentences_of_the_person() -> None:
    """They are printed beside the name."""
    assert all(meaning.value.startswith("I ") for meaning in Meaning)
    assert len({meaning.value for meaning in Meaning}) == len(Meaning)
