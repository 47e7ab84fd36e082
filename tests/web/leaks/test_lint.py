"""A small trial is carried out and looked at: what is reached, and that only what leaks is named."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from irt.blinding.leaks.judge import Verdict
from irt.blinding.leaks.power import subjects_for_limit
from irt.blinding.roles import Role
from irt.commands.running import running_store
from irt.commands.study_files import read_study
from irt.supply.resupply import MinMax
from web.commands.leaks_options import DEFAULT
from web.leaks import lint
from web.leaks.lint import Linted, gather, record, verdicts
from web.leaks.prove import proof_of, prove
from web.leaks.seeded import SHOWN, in_the_trial
from web.leaks.trial import INSTANTS, Course

FEW = frozenset({Role.PHARMACIST})
SHORT = Course(subjects=8, days=20, after_days=8, per_site=3)
ALL_LEAKS = [*in_the_trial()]


@pytest.fixture(scope="module")
def small() -> Iterator[Linted]:
    """Eight subjects, looked at by a pharmacist."""
    with pytest.MonkeyPatch.context() as patch, running_store(None) as store:
        patch.setattr(lint, "PAGES_OF_KITS", 5)
        patch.setattr(lint, "PAGES_OF_PARCELS", 4)
        yield gather(store, read_study("fourier"), SHORT, MinMax(), 3, roles=FEW)


def test_everything_is_opened_and_nothing_breaks(small: Linted) -> None:
    """Pages, lists, files and the API; every subject and many kits are seen."""
    looking = small.looking
    assert looking.faults == []
    assert {"/subjects", "/stock", "/studies/{study_id:int}/subjects/{number:str}"} <= set(looking.reached)
    assert any(route.startswith("/api/v1/") for route in looking.reached)
    assert "/randomization/allocations" not in looking.reached
    assert set(looking.material.subjects) >= set(small.truth.arms)
    fields = {field for unit in looking.material.subjects.values() for field in unit}
    assert {field.partition(" ")[0] for field in fields} >= {"pharmacist", "kits"}
    assert len(looking.material.kits) > 20


def test_earlier_days_are_among_what_is_seen(small: Linted) -> None:
    """Lists as they stood twice before the end, in fields of their own."""
    seen = small.looking.material
    fields = {field for units in (seen.subjects, seen.kits) for unit in units.values() for field in unit}
    for instant in INSTANTS:
        assert any(field.startswith(f"{instant} pharmacist ") for field in fields)
    assert record(small, verdicts(small, seed=1))["instants"] == ["early", "middle", "end"]


def test_so_few_subjects_are_not_enough(small: Linted) -> None:
    """Nothing is named, and nothing is passed."""
    told = record(small, verdicts(small, seed=1))
    assert told["verdict"] == "not enough subjects"
    assert told["subjects"]["named"] == told["kits"]["named"] == ()
    assert told["subjects"]["needed"] >= subjects_for_limit()
    assert told["subjects"]["fields"] > 100


def _trial_of(subjects: int, seed: int) -> Linted:
    with running_store(None) as store:
        return gather(store, read_study("fourier"), Course(subjects), MinMax(), seed)


@pytest.mark.slow
def test_the_shipped_study_passes_and_every_leak_is_found() -> None:
    """Subjects enough for the limit and the power; then each seeded leak, by a field that it changed."""
    linted = _trial_of(DEFAULT, seed=1)
    clean = verdicts(linted, seed=1)
    assert {name: (each.verdict, each.named) for name, each in clean.items()} == {
        "subjects": (Verdict.PASS, ()),
        "kits": (Verdict.PASS, ()),
    }
    proofs = prove(linted, clean, seed=1)
    assert [proof.words for proof in proofs if not proof.found] == []
    assert len(proofs) == len(SHOWN)


@pytest.mark.slow
@pytest.mark.parametrize("leak", ALL_LEAKS, ids=lambda leak: leak.code)
def test_a_leak_in_the_trial_is_found(leak: object) -> None:
    """The study breaks a rule of the checks; sixty subjects tell it."""
    study = leak.change(read_study("fourier"))  # type: ignore[attr-defined]
    with running_store(None) as store:
        linted = gather(store, study, Course(60, days=40, after_days=30, per_site=10), MinMax(), 1, roles=FEW)
    found = verdicts(linted, seed=1)
    assert proof_of("", "", found).found


@pytest.mark.slow
def test_small_trials_raise_no_false_alarm() -> None:
    """Other seeds, nothing named."""
    for seed in (2, 3):
        with running_store(None) as store:
            linted = gather(store, read_study("fourier"), replace(SHORT, subjects=80), MinMax(), seed, roles=FEW)
        assert [field for each in verdicts(linted, seed).values() for field in each.named] == []
