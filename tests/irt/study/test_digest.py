"""The digest of a study version: stable, salted, and different for every difference."""

import json
import os
import subprocess
import sys

import pytest

from irt.study.check import open_study
from irt.study.digest import canonical_json, digest
from irt.study.randomization_plan import PermutedBlocks
from tests.irt.study.edits import NAMES, STUDIES, study_of, text_of

SALT = bytes(range(32))
PROGRAM = """
import sys
from irt.study.check import open_study
from irt.study.digest import digest
print(digest(open_study(open(sys.argv[1], encoding="utf-8").read()), bytes(range(32))))
"""


def test_the_same_in_another_process():
    """Another process, another hash seed: the same digest."""
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    arguments = [sys.executable, "-c", PROGRAM, str(STUDIES / "fourier.yaml")]
    answer = subprocess.run(arguments, capture_output=True, text=True, check=True, env=environment)
    assert answer.stdout.strip() == digest(study_of("fourier"), SALT)


@pytest.mark.parametrize("name", NAMES)
def test_layout_and_comments_do_not_count(name):
    """A file written out again as JSON is the same study."""
    again = open_study(json.dumps(json.loads(canonical_json(study_of(name)))))
    assert again == study_of(name)
    assert digest(again, SALT) == digest(study_of(name), SALT)
    assert text_of(name).startswith("#")


def test_another_block_size_or_salt_is_another_digest():
    """What differs, differs; without the salt a block size cannot be found by trying."""
    here = study_of("fourier")
    plan = PermutedBlocks(method="permuted_block", block_sizes=(4,), strata=("ldl", "region"))
    there = here.model_copy(update={"randomization": plan})
    assert len({digest(here, SALT), digest(there, SALT), digest(here, SALT[::-1])}) == 3


@pytest.mark.parametrize("salt", [b"", b"x" * 15])
def test_a_short_salt_is_refused(salt):
    """A salt that could be guessed protects nothing."""
    with pytest.raises(ValueError, match="16 or more"):
        digest(study_of("ist"), salt)
