"""Steps on a lot's way to the subjects of a country, and what becomes of each."""

from enum import StrEnum


class ReleaseStepKind(StrEnum):
    """What is signed on the way."""

    QP_CERTIFICATION = "qp_certification"
    QUALITY_RELEASE = "quality_release"
    IMPORT_RELEASE = "import_release"
    COUNTRY_APPROVAL = "country_approval"
    RELEASE_TO_TRIAL = "release_to_trial"


class StepOutcome(StrEnum):
    """What was written of a step; the latest line counts."""

    SIGNED = "signed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class StepState(StrEnum):
    """Where a step stands for one country."""

    STANDS = "stands"
    NEXT = "next"
    WAITS = "waits"


OF_WHOLE_ROUTE = frozenset({ReleaseStepKind.QP_CERTIFICATION, ReleaseStepKind.QUALITY_RELEASE})
"""Steps about the batch: signed once for all countries of a route. The others are signed country by country."""

_WORDS = {
    ReleaseStepKind.QP_CERTIFICATION: "QP certification",
    ReleaseStepKind.QUALITY_RELEASE: "release by quality",
    ReleaseStepKind.IMPORT_RELEASE: "import release",
    ReleaseStepKind.COUNTRY_APPROVAL: "country approval",
    ReleaseStepKind.RELEASE_TO_TRIAL: "release to the trial",
}


def step_words(kind: ReleaseStepKind) -> str:
    """A step as people say it."""
    return _WORDS[kind]
