"""Outside programs, where the machine has them: openssl for the stream, base R for posteriors and exact tests."""

import shutil
import subprocess
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

from irt.randomization.catalogue import method_of
from irt.randomization.methods.boin import chance_above
from irt.randomization.redrawing import Allocated
from irt.randomization.rerandomization import rerandomize
from irt.randomization.stream import Stream
from tests.validation.asking import a_design, law_of
from tests.validation.check import NotAvailable, check
from tests.validation.checks.figures import F

KEY = bytes(range(32))
SCRIPT = Path(__file__).parents[1] / "outside.R"
NEAR = 1e-11


@lru_cache
def in_r() -> dict[str, float]:
    """What R says, by name; NotAvailable where there is no R."""
    if shutil.which("Rscript") is None:
        raise NotAvailable("R is not installed here")
    told = subprocess.run(["Rscript", "--vanilla", str(SCRIPT)], capture_output=True, text=True, check=True)
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in told.stdout.splitlines()}


def _in_r(kind: str) -> dict[tuple[int, ...], float]:
    """The figures of one kind, by their numbers."""
    return {tuple(map(int, name.split()[1:])): value for name, value in in_r().items() if name.split()[0] == kind}


@check("stream", "outside program", "openssl dgst -sha256 -mac HMAC")
def openssl_words() -> int:
    """Words of a stream as openssl computes them."""
    if shutil.which("openssl") is None:
        raise NotAvailable("openssl is not installed here")
    for index, attempt in ((0, 0), (1, 0), (0, 1), (10205, 0), (2**40, 3)):
        message = b"IRT-RNG/1|T|m/1|s\x00" + index.to_bytes(8, "big") + attempt.to_bytes(4, "big")
        command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{KEY.hex()}", "-binary"]
        digest = subprocess.run(command, input=message, capture_output=True, check=True).stdout
        assert Stream(KEY, "IRT-RNG/1|T|m/1|s").u64(index, attempt) == int.from_bytes(digest[:8], "big"), index
    return 5


@check("boin", "outside program", "R: pbeta")
def posterior_in_r() -> int:
    """The chance of a rate above 0.3, for up to twelve subjects."""
    for (n, y), value in _in_r("above").items():
        assert abs(float(chance_above(F(3, 10), n, y)) - value) < NEAR, f"{y} of {n}"
    return len(_in_r("above"))


@check("thompson", "outside program", "R: integrate over dbeta and pbeta")
def best_in_r() -> int:
    """The chance of being best, for up to five responses on one arm and three on the other."""
    design = a_design("thompson")
    for (s1, f1, s2), value in _in_r("best").items():
        history = (0,) * (s1 + f1) + (1,) * (s2 + 1)
        responses = (1,) * s1 + (0,) * f1 + (1,) * s2 + (0,)
        law = law_of(design, history, responses=responses)
        assert law is not None
        assert abs(float(law[0]) - value) < 1e-9, f"{s1} {f1} {s2}: {float(law[0])}, not {value}"
    return len(_in_r("best"))


def _p_value(arms: list[int], outcomes: list[Any], statistic: Any) -> float:
    subjects = [Allocated(arm, F(outcome)) for arm, outcome in zip(arms, outcomes, strict=True)]
    return float(rerandomize(method_of(a_design("random_allocation"), len(arms)), subjects, statistic).p_value)


@check("re-randomization", "outside program", "R: fisher.test")
def fisher_in_r() -> int:
    """Rates of four against four under a random allocation rule, every table."""
    for (a, b), value in _in_r("fisher").items():
        outcomes = [1] * a + [0] * (4 - a) + [1] * b + [0] * (4 - b)
        assert abs(_p_value([0] * 4 + [1] * 4, outcomes, "rates") - value) < NEAR, f"{a} and {b} of four"
    return len(_in_r("fisher"))


@check("re-randomization", "outside program", "R: wilcox.test(exact = TRUE)")
def wilcoxon_in_r() -> int:
    """Ranks of four against four under a random allocation rule, all seventy orders."""
    figures = _in_r("wilcoxon")
    assert set(figures) == set(combinations(range(1, 9), 4))
    for first, value in figures.items():
        arms = [0 if rank in first else 1 for rank in range(1, 9)]
        assert abs(_p_value(arms, list(range(1, 9)), "ranks") - value) < NEAR, str(first)
    return len(figures)
