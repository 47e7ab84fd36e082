"""What was seen, gathered by whom it is of: fields of subjects and of kits, named by role, page and column."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from irt.reads.unblinded_truth import TrueArm, TrueContent
from irt.study.definition import StudyDefinition
from web.leaks.sheet import Facts, Sheet, tokens

Seen = dict[str, dict[str, list[str]]]
OF_KITS = "kits of the subject: "
"""Before fields of the kits that a subject was given."""


class Owner(NamedTuple):
    """Whose page an answer is: of a subject or a kit, or of nobody in particular."""

    kind: str = ""
    number: str = ""


@dataclass(slots=True)
class Truth:
    """What the adversary does not know."""

    arms: dict[str, TrueArm]
    contents: dict[str, TrueContent]

    @classmethod
    def of(cls, arms: Iterable[TrueArm], contents: Iterable[TrueContent]) -> "Truth":
        """By number."""
        return cls({one.subject: one for one in arms}, {one.number: one for one in contents})

    def subject_of(self, kit: str) -> str:
        """Who has a kit; the subject's page tells everybody."""
        return self.contents[kit].subject


@dataclass(slots=True)
class Material:
    """Unit -> field -> values, of subjects and of kits; `answers`: how many were read."""

    subjects: Seen = field(default_factory=lambda: defaultdict(dict))
    kits: Seen = field(default_factory=lambda: defaultdict(dict))
    answers: int = 0

    def take(self, where: str, owner: Owner, sheet: Sheet, truth: Truth) -> None:
        """Adds an answer: its owner's facts, and each row of a list to whom the row names."""
        self.answers += 1
        if owner.kind == "subject" and owner.number in truth.arms:
            _put(self.subjects[owner.number], where, sheet.facts)
        elif owner.kind == "kit" and owner.number in truth.contents:
            self._kit(where, owner.number, sheet.facts, truth)
        for row in sheet.rows:
            facts = row.facts
            if row.rows > 2:
                facts = {**facts, f"{row.name} place in the list": [f"{row.place / (row.rows - 1):.4f}"]}
            for word in dict.fromkeys(tokens(row.facts)):
                if word in truth.arms and word != owner.number:
                    _put(self.subjects[word], where, facts)
                elif word in truth.contents and word != owner.number:
                    self._kit(where, word, facts, truth)

    def join(self, other: "Material") -> None:
        """Adds what was seen at another time; its fields have names of their own."""
        self.answers += other.answers
        for ours, theirs in ((self.subjects, other.subjects), (self.kits, other.kits)):
            for unit, fields in theirs.items():
                ours[unit] |= fields

    def _kit(self, where: str, number: str, facts: Facts, truth: Truth) -> None:
        _put(self.kits[number], where, facts)
        if subject := truth.subject_of(number):
            _put(self.subjects[subject], f"{OF_KITS}{where}", facts)


def _put(unit: dict[str, list[str]], where: str, facts: Facts) -> None:
    for name, values in facts.items():
        unit.setdefault(f"{where} | {name}", []).extend(values)


def arms_told_apart(definition: StudyDefinition) -> dict[str, int]:
    """Arm -> its place among arms that look alike to blinded people; one that is like no other is left out."""
    looks: dict[frozenset[str], list[str]] = defaultdict(list)
    group_of = {kit_type.code: kit_type.blinding_group for kit_type in definition.kit_types}
    for arm in definition.arms:
        rules = [rule for rule in definition.dispensing if not rule.arms or arm.code in rule.arms]
        needs = (group_of[need.kit_type] for rule in rules for need in rule.kits)
        looks[frozenset(needs)].append(arm.code)
    return {arm: place for arms in looks.values() if len(arms) > 1 for place, arm in enumerate(arms)}


def types_told_apart(contents: Mapping[str, TrueContent]) -> dict[str, int]:
    """Kit type -> its place among the types that look the same."""
    looks: dict[str, set[str]] = defaultdict(set)
    for one in contents.values():
        looks[one.blinding_group].add(one.kit_type)
    return {kind: place for kinds in looks.values() if len(kinds) > 1 for place, kind in enumerate(sorted(kinds))}
