"""A root over salted lines, and proofs of single lines."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.randomization.lists.frozen_list import FrozenList, numbered
from irt.randomization.lists.merkle import merkle_root, proof_of, proves

KEY = bytes(range(32))


def listed(arms: str) -> FrozenList:
    """A list of these arms in one stratum."""
    return FrozenList(tuple(numbered("", arms, [None] * len(arms))))


def test_two_lines_by_hand():
    """The root as the reference tells it."""
    made = listed("AB")
    leaves = []
    for place, line in enumerate([",1,,A", ",2,,B"]):
        message = b"IRT-LIST-SALT/1\0" + hashlib.sha256(made.csv.encode()).digest() + place.to_bytes(8, "big")
        salt = hmac.digest(KEY, message, "sha256")
        leaves.append(hashlib.sha256(b"\0" + salt + line.encode()).digest())
    assert merkle_root(KEY, made) == hashlib.sha256(b"\1" + leaves[0] + leaves[1]).hexdigest()


@given(arms=st.text("AB", min_size=1, max_size=40), data=st.data())
def test_every_line_is_proved_and_no_other(arms, data):
    """A proof holds for its line and root, and for nothing else."""
    made, place = listed(arms), data.draw(st.integers(0, len(arms) - 1))
    root, proof = merkle_root(KEY, made), proof_of(KEY, made, place)
    assert proves(proof, root)
    other = proof.line.replace("A", "x").replace("B", "A").replace("x", "B")
    assert not proves(proof._replace(line=other), root)
    assert not proves(proof, merkle_root(bytes(32), made))


def test_salts_differ_from_list_to_list():
    """A line shown of one list tells nothing of the same line of another."""
    assert proof_of(KEY, listed("AB"), 0).salt != proof_of(KEY, listed("AA"), 0).salt


def test_no_line_beyond_the_end():
    """An index error, which the command tells as a refusal."""
    with pytest.raises(IndexError):
        proof_of(KEY, listed("AB"), 2)
