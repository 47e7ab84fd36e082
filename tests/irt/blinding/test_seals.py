"""Sealed codes that are opened by hand: neither the page nor the word alone tells the arm."""

from hypothesis import given
from hypothesis import strategies as st

from irt.blinding.seals import page_of, words_of

ARMS = st.lists(st.text("ABCDEFGH123", min_size=1, max_size=4), min_size=2, max_size=9, unique=True)
KEYS = st.text("0123456789abcdef", min_size=8, max_size=64)


@given(KEYS, st.integers(1, 999), ARMS)
def test_every_arm_of_a_page_has_a_word_of_its_own(key: str, number: int, arms: list[str]) -> None:
    """All arms stand on the page, sorted by words of one length: no line stands out."""
    words = words_of(key, number, arms)
    page = page_of(number, "1001-0001", words, {})
    assert sorted(arm for _, arm in page.lines) == sorted(arms)
    assert list(page.lines) == sorted(page.lines)
    assert {len(word) for word, _ in page.lines} == {8}
    assert len({word for word, _ in page.lines}) == len(arms)


@given(KEYS, st.integers(1, 999), ARMS)
def test_a_page_is_the_same_whatever_the_subject_gets(key: str, number: int, arms: list[str]) -> None:
    """It is made of the arms of the study; nothing about the subject's own goes in, not even their order."""
    names = {arm: f"Arm {arm}" for arm in arms}
    first = page_of(number, "1001-0001", words_of(key, number, arms), names)
    again = page_of(number, "1001-0001", words_of(key, number, arms[::-1]), names)
    assert first == again


def test_the_place_of_an_arm_on_its_page_tells_nothing() -> None:
    """Over many seals each of two arms stands first about as often: the words are not in order of the arms."""
    first = sum(page_of(n, "", words_of("k" * 64, n, ["A", "P"]), {}).lines[0][1] == "A" for n in range(400))
    assert 150 < first < 250


def test_words_of_one_seal_open_no_other() -> None:
    """Each page has its own words, and a new pack other ones."""
    pages = [set(words_of(key, n, ["A", "P"]).values()) for key in ("a" * 64, "b" * 64) for n in range(1, 60)]
    assert sum(map(len, pages)) == len(set().union(*pages))
