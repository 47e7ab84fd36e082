"""Two languages that share nothing with the engine come to the same allocations, and find any that was changed."""

import dataclasses
import json
from pathlib import Path

import pytest

from irt.randomization.export.export_file import Export, write_export
from irt.randomization.export.replay import verify
from tests.irt.randomization.export.designs import COVERED, KEY, LONGEST, METHODS, export_of, written
from tests.irt.randomization.export.verifiers import FOLDER, LANGUAGES, verified

SHORT = 240
LINES_MAX = 200


@pytest.fixture
def seed(tmp_path) -> Path:
    """The revealed seed in a file."""
    file = tmp_path / "seed.hex"
    file.write_text(KEY.hex() + "\n")
    return file


def test_fourteen_methods_are_covered():
    """As promised, and each verifier is short enough to be read in one sitting."""
    assert len(METHODS) >= 14
    assert all(len((FOLDER / name).read_text().splitlines()) < LINES_MAX for name in LANGUAGES.values())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", COVERED)
def test_each_method_comes_out_the_same(language, name, tmp_path, seed):
    """A few hundred allocations of each, to the same last hash."""
    file = written(name, SHORT, tmp_path)
    ran = verified(language, file, seed)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == f"{SHORT} allocations, all the same; head {export_of(name, SHORT).head}\n"


def forged(export: Export, place: int, **changes: object) -> Export:
    """One record changed by somebody who draws the chain anew."""
    records = list(export.records)
    records[place - 1] = {**records[place - 1], **changes}
    return Export.of(export.header, records)


def forgeries(export: Export) -> dict[str, Export]:
    """Each field of one record changed; and one changed without a new chain."""
    record = export.records[99]
    index, attempt, word, modulus, value = record["draws"][0].split()
    other = "B" if record["arm"] == "A" else "A"
    draws = [f"{index} {attempt} {word} {modulus} {int(value) ^ 1}"]
    hashes = (*export.hashes[:99], export.hashes[98], *export.hashes[100:])
    return {
        "arm": forged(export, 100, arm=other),
        "chances": forged(export, 100, probabilities=["1/7", "6/7"]),
        "draw": forged(export, 100, draws=draws),
        "number": forged(export, 100, number=101),
        "left out": Export.of(export.header, (*export.records[:99], *export.records[100:])),
        "the last left out": Export.of(export.header, export.records[:-1]),
        "chain": dataclasses.replace(export, hashes=hashes),
    }


FORGED = {
    "efron": ("arm", "draw", "left out"),
    "range": ("chances", "the last left out"),
    "blocks_of_two_sizes": ("number", "chain"),
}
"""Every kind of forgery, dealt out over three designs."""


@pytest.mark.parametrize("name", FORGED)
def test_a_changed_record_is_found_by_all_three(name, tmp_path, seed):
    """The engine's own replay, node and R name it."""
    forged = forgeries(export_of(name, SHORT))
    for what in FORGED[name]:
        found_by_all_three(forged[what], tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("name", FORGED)
def test_every_forgery_is_found_in_every_design(name, tmp_path, seed):
    """Those that the short form deals to other designs as well; none is forgotten there."""
    forged = forgeries(export_of(name, SHORT))
    assert sorted(forged) == sorted(what for some in FORGED.values() for what in some)
    for export in forged.values():
        found_by_all_three(export, tmp_path, seed)


def found_by_all_three(export: Export, tmp_path: Path, seed: Path) -> None:
    """Each says which allocation is wrong."""
    file = tmp_path / "forged.json"
    write_export(export, file)
    found = verify(export, KEY)
    assert found.mismatch is not None
    assert found.mismatch.number in {100, 101, SHORT}
    for language in LANGUAGES:
        ran = verified(language, file, seed)
        assert ran.returncode == 1, language
        assert f"allocation {found.mismatch.number}:" in ran.stderr, language


def test_another_seed_and_another_file_are_told_apart(tmp_path, seed):
    """Neither is a mismatch: nothing could be judged."""
    file = written("efron", 10, tmp_path)
    seed.write_text(bytes(32).hex())
    for language in LANGUAGES:
        assert verified(language, file, seed).returncode == 2
    file.write_text(json.dumps({"no": "export"}))
    for language in LANGUAGES:
        assert verified(language, file, seed).returncode == 2


MANY = [name for name in COVERED if not name.startswith("wide")]
EACH = -(-1_000_000 // len(MANY) // LONGEST) * LONGEST
"""Lists of full length, so that all methods together come to a million."""


@pytest.mark.slow
@pytest.mark.parametrize("name", MANY)
def test_a_million_allocations(name, tmp_path, seed):
    """A million over all methods in both languages, and not one that differs."""
    assert EACH * len(MANY) >= 1_000_000
    file = written(name, EACH, tmp_path)
    for language in LANGUAGES:
        ran = verified(language, file, seed)
        assert ran.stdout.startswith(f"{EACH} allocations, all the same"), ran.stderr
    file.unlink()


def test_wide_numbers_are_wide():
    """Beyond what doubles hold, and of three words; else R's long integers would not be tried."""

    def widest(name: str) -> int:
        return max(int(record["draws"][0].split()[3]) for record in export_of(name, SHORT).records)

    assert min(widest(name) for name in COVERED if name.startswith("wide")) > 2**53
    assert widest("maximal") > 2**128
