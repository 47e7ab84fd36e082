"""Seeded faults: every one has a place in the engine, and is noticed."""

from random import Random

import pytest

from irt.randomization.methods.efron import Efron
from tests.validation.fault import Fault
from tests.validation.pack import checks_of
from tests.validation.seeding import ENGINE, FAULTS, NotSeeded, seeded_text, try_fault

SAMPLE = Random("a sample of faults").sample(FAULTS, 8)


def test_there_are_more_than_a_hundred() -> None:
    """In every file of the methods but the contract, and each told once."""
    assert len(FAULTS) > 150
    assert len({fault.code for fault in FAULTS}) == len(FAULTS)
    methods = {f"methods/{file.name}" for file in (ENGINE / "methods").glob("*.py")}
    assert methods - {fault.file for fault in FAULTS} == {
        "methods/__init__.py",
        "methods/method.py",
        "methods/minimization.py",
    }


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.code)
def test_every_fault_has_a_place(fault: Fault) -> None:
    """Its words stand in the file once, what is made of them can be compiled, and there are checks for it."""
    compile(seeded_text(fault), fault.file, "exec")
    assert all(checks_of((subject,)) for subject in fault.subjects)


@pytest.mark.parametrize("fault", SAMPLE, ids=lambda fault: fault.code)
def test_a_sample_is_noticed(fault: Fault) -> None:
    """Eight of them, each in a process of its own."""
    assert try_fault(fault).caught_by


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.code)
def test_every_fault_is_noticed(fault: Fault) -> None:
    """The long form."""
    assert try_fault(fault).caught_by


def test_a_change_without_effect_is_not_noticed() -> None:
    """So the checks notice faults, not that something was changed."""
    harmless = Fault(
        "methods/efron.py", 'require_coin("efron", self.p)', "require_coin('efron', self.p)", "none", ("efron",)
    )
    assert try_fault(harmless).caught_by == ()


def test_a_fault_stays_in_its_process() -> None:
    """The engine here is the one it was."""
    before = (ENGINE / "methods" / "efron.py").read_text()
    fault = next(fault for fault in FAULTS if fault.file == "methods/efron.py")
    assert try_fault(fault).caught_by
    assert (ENGINE / "methods" / "efron.py").read_text() == before
    assert Efron.__module__ == "irt.randomization.methods.efron"
    assert all(check.run() for check in checks_of(("efron",)))


@pytest.mark.parametrize("old", ["no such words", "self"])
def test_words_that_are_not_there_once_are_refused(old: str) -> None:
    """A fault that no longer fits its file is found out, not passed over."""
    with pytest.raises(NotSeeded, match="times in the file"):
        try_fault(Fault("methods/efron.py", old, "x", "none", ("efron",)))


def test_an_engine_that_does_not_load_is_not_counted_as_noticed() -> None:
    """Anybody would notice that."""
    with pytest.raises(NotSeeded, match="cannot be loaded"):
        try_fault(Fault("methods/efron.py", "class Efron(Counting)", "class Efron(Missing)", "none", ("efron",)))
