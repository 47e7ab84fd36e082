"""The linter put to the proof: each leak that is put in must be found by its field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from irt.blinding.leaks.judge import FieldResult, Judged, Verdict
from web.leaks.lint import Linted, verdicts
from web.leaks.seeded import SHOWN, shown


@dataclass(frozen=True, slots=True)
class Proof:
    """A leak, whether it was found, and the field that tells most of it."""

    code: str
    words: str
    found: bool
    by: FieldResult | None


def prove(
    linted: Linted,
    clean: Mapping[str, Judged],
    seed: int,
    tell: Callable[[int, str], None] = lambda done, words: None,
) -> list[Proof]:
    """Each leak by itself in what everybody saw; the rest was judged before, and counts among the tests."""
    among = {name: judged.tests for name, judged in clean.items()}
    proofs = []
    for number, leak in enumerate(SHOWN, start=1):
        seen = shown(linted.looking.material, linted, leak, seed)
        proofs.append(proof_of(leak.code, leak.words, verdicts(linted, seed, seen, among)))
        tell(number, leak.code)
    return proofs


def proof_of(code: str, words: str, found: dict[str, Judged]) -> Proof:
    """Found means: a verdict of fail that names a field."""
    named = [field for each in found.values() if each.verdict == Verdict.FAIL for field in each.named]
    by = max(named, key=lambda field: field.area, default=None)
    return Proof(code, words, by is not None, by)
