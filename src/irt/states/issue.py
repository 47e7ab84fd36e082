"""Issues of a study: which kind, and how much they matter."""

from enum import StrEnum


class IssueKind(StrEnum):
    """What an issue is about."""

    SITE = "site"
    SUPPLY = "supply"
    SYSTEM = "system"
    DATA = "data"
    PEOPLE = "people"
    REGULATORY = "regulatory"
    OTHER = "other"


class IssueRank(StrEnum):
    """How much it matters; a serious breach is an incident (`irt.states.incident`), whose clock runs."""

    MINOR = "minor"
    MAJOR = "major"
