"""The arms of a study in a dataset: as planned and as handed over, or BLINDED for those who may not know."""

from collections.abc import Iterator, Sequence

from irt.exports.course import CODES, NAMES, TREATMENT
from irt.exports.facts import GivenFact, StudyData, Treatments
from irt.exports.transfer import levels_text

BLINDED_ARM = "BLINDED"
_THEN = " then "


class Arms:
    """Every arm or sequence of arms, and each subject's. Without treatments there is one, and it says BLINDED."""

    def __init__(self, data: StudyData, secret: Treatments | None) -> None:
        self.secret = secret
        self._numbers: dict[str, list[str]] = {}
        for draw in data.draws:
            self._numbers.setdefault(draw.subject, []).append(draw.number)
        self.planned = self._planned()

    def _planned(self) -> list[tuple[str, str]]:
        """Code and name of each: the arms of the first randomization, and the sequences that came about."""
        if self.secret is None:
            return [(BLINDED_ARM, BLINDED_ARM)]
        came = sorted({self._sequence(numbers) for numbers in self._numbers.values() if len(numbers) > 1})
        return [*self.secret.arms, *came]

    def of(self, subject: str, given: Sequence[GivenFact], *, failed: bool) -> dict[str, str]:
        """The variables of DM that tell a subject's arm, planned and actual, and why one is empty."""
        numbers = self._numbers.get(subject)
        if numbers is None:
            return {"ARMNRS": "SCREEN FAILURE" if failed else "NOT ASSIGNED"}
        code, name = self._sequence(numbers)
        planned = {"ARMCD": code, "ARM": name}
        if not given:
            return {**planned, "ARMNRS": "ASSIGNED, NOT TREATED"}
        actual = self.actual(numbers, given)
        if actual is None:
            told = "Kits that no single arm is given were handed over"
            return {**planned, "ARMNRS": "UNPLANNED TREATMENT", "ACTARMUD": told}
        return {**planned, "ACTARMCD": actual[0], "ACTARM": actual[1]}

    def actual(self, numbers: Sequence[str], given: Sequence[GivenFact]) -> tuple[str, str] | None:
        """The planned arm where all kits are meant for it; else the only one that all are meant for, or None."""
        if self.secret is None:
            return BLINDED_ARM, BLINDED_ARM
        planned = {self.secret.drawn[number].arm for number in numbers}
        meant = [self.secret.meant.get(self.secret.contents[kit.kit].kit_type, frozenset()) for kit in given]
        if all(arms & planned for arms in meant):
            return self._sequence(numbers)
        others = frozenset.intersection(*meant)
        found = [arm for arm in self.secret.arms if arm[0] in others]
        return found[0] if len(found) == 1 else None

    def element_of(self, subject: str) -> tuple[str, str]:
        """Code and name of the treatment element of a randomized subject."""
        return self.element(self._sequence(self._numbers[subject])[0])

    def element(self, code: str) -> tuple[str, str]:
        """Code and name of an arm's treatment element; its code has at most 8 letters."""
        if self.secret is None:
            return CODES[TREATMENT], NAMES[TREATMENT]
        codes = [arm for arm, _ in self.planned]
        return f"TRT{codes.index(code) + 1}", f"Treatment: {dict(self.planned)[code]}"

    def strata_of(self, randomization: str) -> Iterator[tuple[str, str, str]]:
        """Supplemental qualifiers that only the unblinded edition has: name, label, value."""
        if self.secret is None:
            return
        drawn = self.secret.drawn[randomization]
        yield "STRUSED", "Stratum as Used", drawn.stratum
        corrected = {factor: level for _, _, levels in drawn.remarks for factor, level in levels.items()}
        if corrected:
            yield "STRCORR", "Stratum as Corrected", levels_text(corrected)

    def _sequence(self, numbers: Sequence[str]) -> tuple[str, str]:
        if self.secret is None:
            return BLINDED_ARM, BLINDED_ARM
        drawn = [self.secret.drawn[number] for number in numbers]
        return "-".join(one.arm for one in drawn), _THEN.join(one.arm_name for one in drawn)
