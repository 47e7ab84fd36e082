"""A leak report as it is kept: figures, which everybody may know, apart from the fields that it names."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

POPULATIONS = ("subjects", "kits")
"""Of whom an adversary tried to tell the treatment."""
VerdictWords = Literal["pass", "fail", "not enough subjects"]


class FieldTold(BaseModel):
    """One field that tells the arms apart, or comes closest to it; `p` is adjusted for all tests."""

    model_config = ConfigDict(frozen=True)

    field: str
    aspect: str
    area: float
    lower: float
    upper: float
    p: float
    units: int
    also: tuple[str, ...] = ()


class Found(BaseModel):
    """What the adversary found among subjects, or among kits."""

    model_config = ConfigDict(frozen=True)

    verdict: VerdictWords
    units: int = Field(ge=0)
    fields: int = Field(ge=0)
    tests: int = Field(ge=0)
    area: float = Field(ge=0, le=1)
    upper: float = Field(ge=0, le=2)
    needed: int = Field(ge=0)
    power: float = Field(ge=0, le=1)
    named: tuple[FieldTold, ...]
    closest: tuple[FieldTold, ...]

    @property
    def figures(self) -> dict[str, Any]:
        """What names no field: a field, and how well it tells, would say to blinded people what to look at."""
        counts = {name: getattr(self, name) for name in ("verdict", "units", "needed", "fields", "tests")}
        shares = {name: f"{getattr(self, name):.3f}" for name in ("area", "upper", "power")}
        return {**counts, **shares, "named": len(self.named)}


class LeakReport(BaseModel):
    """The report of `irt leaks run --json`, as far as somebody reads it; what it holds besides is left as it is."""

    model_config = ConfigDict(frozen=True)

    verdict: VerdictWords
    seed: int = Field(ge=0)
    answers: int = Field(ge=0)
    letters: int = Field(ge=0)
    pages: dict[str, tuple[str, ...]]
    subjects: Found
    kits: Found

    @property
    def found(self) -> dict[str, Found]:
        """By population."""
        return {"subjects": self.subjects, "kits": self.kits}

    @property
    def upper_limit(self) -> str:
        """Of the adversary's area, the worse of the two."""
        return f"{max(each.upper for each in self.found.values()):.3f}"

    @property
    def named(self) -> tuple[str, ...]:
        """Every field that tells."""
        return tuple(sorted({one.field for each in self.found.values() for one in each.named}))
