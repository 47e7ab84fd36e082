"""IRT-RNG/1 against plain hmac and hashlib, and against its own promises."""

import hashlib
import hmac
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.stream import WORDS, Draw, Seed, Stream, stream_id, words_below
from tests.irt.randomization.builders import KEY

KNOWN_WORDS = [  # key 00..1f; stream id, index, attempt, first 8 bytes of the HMAC as openssl prints them
    ("IRT-RNG/1|TRIAL-1|permuted_block/1|", 0, 0, "8df1734fe3984d04"),
    ("IRT-RNG/1|TRIAL-1|permuted_block/1|", 1, 0, "7c12630565f48343"),
    ("IRT-RNG/1|TRIAL-1|permuted_block/1|", 0, 1, "6cddc9a065dba8d7"),
    ("IRT-RNG/1|TRIAL-1|minimization/1|", 10205, 0, "6ef82a8788c86a94"),
    ("IRT-RNG/1|ÉTUDE|permuted_block/1|sex=F;région=Île", 7, 0, "6a3ea85a9d32adef"),
]


def plain_word(key: bytes, name: str, index: int, attempt: int) -> int:
    """The definition, written with hashlib alone."""
    block = key.ljust(64, b"\0")
    message = name.encode() + b"\0" + index.to_bytes(8, "big") + attempt.to_bytes(4, "big")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in block) + message).digest()
    outer = hashlib.sha256(bytes(b ^ 0x5C for b in block) + inner).digest()
    return int.from_bytes(outer[:8], "big")


@pytest.mark.parametrize(("name", "index", "attempt", "word"), KNOWN_WORDS)
def test_known_words(name: str, index: int, attempt: int, word: str) -> None:
    """Published words stay the same for ever: a change here breaks every stored trial."""
    assert f"{Stream(KEY, name).u64(index, attempt):016x}" == word


@given(st.binary(min_size=32, max_size=32), st.integers(0, 2**64 - 1), st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_the_word_is_the_definition(key: bytes, index: int, attempt: int) -> None:
    """Two independent writings of HMAC-SHA256 agree with the stream at every index."""
    message = b"S\0" + index.to_bytes(8, "big") + attempt.to_bytes(4, "big")
    assert Stream(key, "S").u64(index, attempt) == plain_word(key, "S", index, attempt)
    assert Stream(key, "S").u64(index, attempt).to_bytes(8, "big") == hmac.new(key, message, "sha256").digest()[:8]


@given(st.integers(1, WORDS), st.integers(0, 10**9))
@settings(deadline=None)
def test_a_draw_recomputes_from_its_record(modulus: int, index: int) -> None:
    """Word, attempt and value follow from key, stream, index and modulus alone."""
    draw = Stream(KEY, "S").below(modulus, index)
    limit = WORDS // modulus * modulus
    assert draw.u64 == plain_word(KEY, "S", index, draw.attempt) < limit
    assert all(plain_word(KEY, "S", index, attempt) >= limit for attempt in range(draw.attempt))
    assert draw.value == draw.u64 % modulus
    assert draw.record() == {
        "stream": "S",
        "index": index,
        "attempt": draw.attempt,
        "u64": f"{draw.u64:016x}",
        "modulus": modulus,
        "value": draw.value,
    }


def test_words_past_the_last_whole_multiple_are_rejected() -> None:
    """With a modulus just above 2^63 about half of the words are rejected, and no value is out of range."""
    modulus = 2**63 + 1
    draws = [Stream(KEY, "S").below(modulus, index) for index in range(400)]
    assert all(draw.u64 < modulus and draw.value == draw.u64 for draw in draws)
    assert 140 < sum(draw.attempt > 0 for draw in draws) < 260


def plain_words(words: int, index: int, attempt: int) -> int:
    """The definition of joined words, written with hashlib alone."""
    block, joined = KEY.ljust(64, b"\0"), b""
    for word in range(words):
        message = b"S\0" + index.to_bytes(8, "big") + attempt.to_bytes(4, "big")
        message += word.to_bytes(4, "big") if word else b""
        inner = hashlib.sha256(bytes(b ^ 0x36 for b in block) + message).digest()
        joined += hashlib.sha256(bytes(b ^ 0x5C for b in block) + inner).digest()[:8]
    return int.from_bytes(joined, "big")


@given(st.integers(WORDS + 1, 2**300), st.integers(0, 10**9))
@settings(deadline=None)
def test_a_wide_draw_is_as_many_words_as_it_needs(modulus: int, index: int) -> None:
    """The words of one attempt are joined, first word first, and rejected together."""
    words = -(-(modulus - 1).bit_length() // 64)
    draw = Stream(KEY, "S").below(modulus, index)
    limit = 2 ** (64 * words) // modulus * modulus
    assert words_below(modulus) == words
    assert draw.u64 == plain_words(words, index, draw.attempt) < limit
    assert all(plain_words(words, index, attempt) >= limit for attempt in range(draw.attempt))
    assert draw.value == draw.u64 % modulus
    record = draw.record()
    assert record["u64"] == f"{draw.u64:0{16 * words}x}"
    assert (record["modulus"], record["value"]) == (str(modulus), str(draw.value))


def test_known_wide_words() -> None:
    """The first 8 bytes of two HMACs as openssl prints them; they stay the same for ever."""
    draw = Stream(KEY, "IRT-RNG/1|TRIAL-1|maximal/1|").below(2**65, 1)
    assert f"{draw.u64:032x}" == "8e46ff4fd4bc86d46a3cb0149376c5ee"
    assert draw.u64 >> 64 == Stream(KEY, "IRT-RNG/1|TRIAL-1|maximal/1|").u64(1)


@pytest.mark.parametrize(
    ("modulus", "words"), [(1, 1), (2, 1), (WORDS, 1), (WORDS + 1, 2), (2**128, 2), (2**128 + 1, 3)]
)
def test_a_word_more_only_where_it_is_needed(modulus: int, words: int) -> None:
    """2^64 numbers fit one word."""
    assert words_below(modulus) == words


def test_wide_words_are_rejected_together() -> None:
    """With a modulus just above 2^127 about half of the attempts are rejected."""
    modulus = 2**127 + 1
    draws = [Stream(KEY, "S").below(modulus, index) for index in range(400)]
    assert all(draw.u64 < modulus and draw.value == draw.u64 for draw in draws)
    assert 140 < sum(draw.attempt > 0 for draw in draws) < 260


@pytest.mark.parametrize("modulus", [0, -1])
def test_it_refuses_a_modulus_out_of_range(modulus: int) -> None:
    """A number below zero does not exist."""
    with pytest.raises(ValueError, match="modulus"):
        Stream(KEY, "S").below(modulus, 0)


def test_values_are_uniform() -> None:
    """Chi-square over 7 cells and 7,000 draws, 6 degrees of freedom: below the 99.9th percentile."""
    counts = Counter(Stream(KEY, "uniform").below(7, index).value for index in range(7000))
    assert sum((counts[v] - 1000) ** 2 / 1000 for v in range(7)) < 22.46


@given(st.fractions(0, 1, max_denominator=2**64), st.integers(0, 10**6))
@settings(deadline=None)
def test_an_event_is_an_integer_below_the_numerator(probability: Fraction, index: int) -> None:
    """A probability is never rounded: 0 never happens, 1 always does."""
    happened, draw = Stream(KEY, "S").bernoulli(probability, index)
    assert draw.modulus == probability.denominator
    assert happened == (draw.value < probability.numerator)


NAMES = st.text(st.sampled_from("a|%é;=/0"), max_size=4)


@given(st.tuples(NAMES, NAMES, NAMES), st.tuples(NAMES, NAMES, NAMES))
def test_different_names_never_share_a_stream(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    """The separator cannot be forged from inside a part."""
    assert (stream_id(*one) == stream_id(*other)) == (one == other)


def test_an_escape_cannot_be_forged_either() -> None:
    """A part that already reads like an escaped separator stays apart from the separator."""
    assert stream_id("a|b", "m/1", "") == "IRT-RNG/1|a%7Cb|m/1|"
    assert stream_id("a%7Cb", "m/1", "") == "IRT-RNG/1|a%257Cb|m/1|"


def test_two_spellings_of_one_letter_share_a_stream() -> None:
    """A composed and a decomposed letter are the same level (NFC)."""
    assert stream_id("T", "m/1", "site=Île") == stream_id("T", "m/1", "site=I\u0302le")
    assert Stream(KEY, "Île").u64(0) == Stream(KEY, "I\u0302le").u64(0)


def test_a_seed_never_prints_itself() -> None:
    """Logs and tracebacks show the names, not the key."""
    text = repr(Seed(KEY, "TRIAL-1"))
    assert "TRIAL-1" in text
    assert "key" not in text
    assert "x01" not in text


def test_it_refuses_a_short_seed() -> None:
    """Fewer than 32 bytes could be guessed."""
    with pytest.raises(ValueError, match="32 bytes"):
        Seed(b"short", "TRIAL-1")


def test_a_seed_names_its_streams() -> None:
    """Version, trial, method with list version, stratum."""
    stream = Seed(KEY, "TRIAL-1", "2").stream("permuted_block", "sex=F")
    assert stream.stream_id == "IRT-RNG/1|TRIAL-1|permuted_block/2|sex=F"
    assert isinstance(stream.below(2, 0), Draw)
