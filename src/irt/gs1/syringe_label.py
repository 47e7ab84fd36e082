"""The label of a prepared syringe: subject, visit, preparation and time, and nothing of what is inside."""

from dataclasses import dataclass

from irt.gs1.label_drawing import svg_of
from irt.gs1.symbols import data_matrix


@dataclass(frozen=True, slots=True)
class SyringeLabel:
    """What is printed on it; the same words whatever the arm."""

    study: str
    subject: str
    visit: str
    preparation: str
    use_before: str
    mark: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """Line by line."""
        return (
            self.study,
            f"Subject {self.subject}",
            self.visit,
            f"Preparation {self.preparation}",
            f"Use before {self.use_before}",
            "For clinical trial use only",
        )


def syringe_label(label: SyringeLabel) -> bytes:
    """The label as SVG, with the preparation's number as DataMatrix."""
    return svg_of(data_matrix(label.preparation), label.lines, label.mark)
