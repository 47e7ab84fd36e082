"""The randomization engine: simulated and exact figures, lists through the stream, one minimization decision."""

import random
import shutil
import subprocess
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from irt.randomization.assessment.assess import Question, assess, sequences
from irt.randomization.assessment.estimates import estimated
from irt.randomization.catalogue import method_of
from irt.randomization.design import Design, Factor
from irt.randomization.marginal_rule import MarginalRule
from irt.randomization.methods.factor_grid import FactorGrid
from irt.randomization.methods.method import Step
from irt.randomization.methods.minimization import Minimization
from irt.randomization.permuted_block import PermutedBlock
from irt.randomization.stream import Stream
from tests.bench.figures import Figure
from tests.bench.plain_simulation import simulate_plainly

SUBJECTS, TRIALS, PLAIN_TRIALS = 200, 10_000, 60
TIMES_FASTER = 100
LIST_LENGTH = 1_000_000
MINIMIZED, DECISIONS = 10_000, 2_000

SIMULATED = {
    "big stick, mti 3": (("big_stick", {"mti": 3}), "bsdPar({n}, 3)"),
    "permuted blocks of 4": (("permuted_block", {"block_sizes": [4]}), "pbrPar(rep(4, {n} / 4))"),
    "Efron, p 2/3": (("efron", {"p": "2/3"}), "ebcPar({n}, 2 / 3)"),
}
R_SCRIPT = (
    "suppressMessages(library(randomizeR)); "
    "spent <- system.time(assess(genSeq({par}, 1000, seed = 1), corGuess('CS'), imbal('maxImb'))); "
    "cat(spent[['elapsed']])"
)


def randomization_figures() -> list[Figure]:
    """One figure a task, each beside its yardstick."""
    return [*_simulations(), *_exact(), _list_allocations(), _minimization()]


def _two_arms(method: str, params: dict[str, Any]) -> Design:
    return Design(method, ("A", "B"), (1, 1), params)


def _seconds(work: Callable[[], object], repeats: int = 3) -> float:
    """The best of a few runs."""
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return min(taken)


def _simulations() -> list[Figure]:
    """10,000 trials with all their figures, beside randomizeR where it is installed, else the plain reference."""
    figures = []
    for name, ((method, params), par) in SIMULATED.items():
        design, question = _two_arms(method, params), Question(SUBJECTS, TRIALS)
        ours = _seconds(lambda design=design, question=question: estimated(sequences(design, question)))
        yardstick, theirs = _yardstick(design, par)
        figures.append(
            Figure(
                f"{TRIALS:,} simulated trials of {SUBJECTS}, {name}",
                f"{ours:.3f} s",
                f"{yardstick} {theirs:.1f} s: {theirs / ours:.0f} times",
                f"at least {TIMES_FASTER} times faster",
                theirs / ours >= TIMES_FASTER,
            )
        )
    return figures


def _yardstick(design: Design, par: str) -> tuple[str, float]:
    """What it is, and its seconds for all trials, by proportion from fewer."""
    r = _randomizer(par.format(n=SUBJECTS))
    if r is not None:
        return "randomizeR", r * TRIALS / 1000
    method = method_of(design, SUBJECTS)
    plain = _seconds(lambda: simulate_plainly(method, SUBJECTS, PLAIN_TRIALS, 1), repeats=2)
    return "plain Python", plain * TRIALS / PLAIN_TRIALS


def _randomizer(par: str) -> float | None:
    """Seconds of randomizeR for a thousand sequences; None where R or the package is not installed."""
    if shutil.which("Rscript") is None:
        return None
    done = subprocess.run(["Rscript", "-e", R_SCRIPT.format(par=par)], check=False, capture_output=True, text=True)
    return float(done.stdout) if done.returncode == 0 else None


def _exact() -> list[Figure]:
    """Without simulation error; beside the simulation that comes within a hundredth of a guess."""
    figures = []
    for method, params, subjects, aim in (
        ("big_stick", {"mti": 3}, 200, 0.1),
        ("big_stick", {"mti": 3}, 500, 1.0),
        ("wei_urn", {"initial": 1, "added": 1}, 500, None),
        ("maximal", {"mti": 3}, 500, None),
    ):
        design = _two_arms(method, dict(params))
        taken = _seconds(lambda design=design, subjects=subjects: assess(design, Question(subjects)))
        drawn = _seconds(
            lambda design=design, subjects=subjects: estimated(sequences(design, Question(subjects, TRIALS))),
            repeats=1,
        )
        figures.append(
            Figure(
                f"exact figures of {method.replace('_', ' ')} at {subjects}",
                f"{taken:.3f} s",
                f"{TRIALS:,} simulated trials {drawn:.2f} s",
                "" if aim is None else f"under {aim} s",
                None if aim is None else taken < aim,
            )
        )
    return figures


def _list_allocations() -> Figure:
    """Blocks of four, each shuffled by its own words of the stream; beside the words alone."""
    blocks = PermutedBlock(("A", "B"), (1, 1), (4,), (1,))
    stream = Stream(bytes(range(32)), "bench|list")

    def write() -> None:
        counter = written = 0
        while written < LIST_LENGTH:
            block = blocks.draw_block(stream, counter)
            counter, written = block.next_counter, written + len(block.arms)

    def words() -> None:
        for index in range(LIST_LENGTH * 3 // 4):
            stream.u64(index)

    taken, bare = _seconds(write, repeats=1), _seconds(words, repeats=1)
    return Figure(
        f"{LIST_LENGTH:,} list allocations in blocks of 4 through the stream",
        f"{taken:.1f} s",
        f"their HMACs alone {bare:.1f} s",
        "under 10 s",
        taken < 10,
    )


def _minimization() -> Figure:
    """One decision with counts carried along, beside the same decision with all subjects counted again."""
    chance = random.Random(1)
    factors = tuple(Factor(f"factor {number}", ("a", "b", "c")) for number in range(6))
    method = Minimization(MarginalRule((1, 1), (Fraction(1),) * 6, Fraction(4, 5)), FactorGrid(factors))
    steps = [Step(chance.randrange(2), tuple(chance.choice("abc") for _ in factors)) for _ in range(MINIMIZED)]
    memory = method.start()
    for step in steps:
        memory = method.after(memory, step)
    asked = [tuple(chance.choice("abc") for _ in factors) for _ in range(DECISIONS)]

    def decide() -> None:
        for levels in asked:
            method.law(memory, levels)
            method.after(memory, Step(0, levels))

    def recount() -> None:
        counts = [
            [sum(step.arm == arm and step.levels[place] == level for step in steps) for arm in (0, 1)]
            for place, level in enumerate(asked[0])
        ]
        if method.rule.law(counts) != method.law(memory, asked[0]):
            raise RuntimeError("the counts carried along are not those of the subjects")

    one, again = _seconds(decide) / DECISIONS, _seconds(recount)
    return Figure(
        f"one minimization decision at {MINIMIZED:,} subjects and 6 factors",
        f"{one * 1e6:.0f} µs",
        f"recount {again * 1e3:.1f} ms: {again / one:.0f} times",
        "under 1 ms",
        one < 1e-3,
    )
