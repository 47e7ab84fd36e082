"""A plot of a trial as it went: how far the first arm led its planned share, subject by subject."""

from collections.abc import Sequence

import svg

from irt.randomization.assessment.drawing import ACCENT, PALE, axes, picture, scale_around

WIDTH, HEIGHT = 760, 300


def course(points: Sequence[tuple[int, float]], title: str) -> str:
    """The lead over the number of subjects, as SVG."""
    across = scale_around([0.0, *(float(number) for number, _ in points)], 60, WIDTH - 20)
    up = scale_around([0.0, *(lead for _, lead in points)], HEIGHT - 60, 40)
    parts = axes(across, up, ("Subjects", "Lead on the planned share"))
    zero = up.at(0)
    parts.append(svg.Line(x1=across.begin, y1=zero, x2=across.end, y2=zero, stroke=PALE, stroke_dasharray=[2, 4]))
    places = [svg.Point(across.at(number), up.at(lead)) for number, lead in points]
    parts.append(svg.Polyline(points=places, fill="none", stroke=ACCENT, stroke_width=1.5))
    number, lead = points[-1]
    return picture(title, f"The lead after {number} subjects is {lead:g}.", (WIDTH, HEIGHT), parts)
