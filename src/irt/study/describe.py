"""The two doors to a readable specification: one for each audience."""

from irt.study.blinded import BlindedStudy
from irt.study.definition import StudyDefinition
from irt.study.describe_blinded import blinded_specification
from irt.study.describe_unblinded import unblinded_specification
from irt.study.specification import Layout, render


def describe_blinded(study: BlindedStudy, layout: Layout = "markdown") -> str:
    """What every site may read. It takes a BlindedStudy, so it cannot tell what that does not hold."""
    return render(blinded_specification(study), layout)


def describe_unblinded(definition: StudyDefinition, layout: Layout = "markdown") -> str:
    """The whole study, for those who know the arms."""
    return render(unblinded_specification(definition), layout)
