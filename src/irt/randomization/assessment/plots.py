"""Plots of designs: the balance-randomness plane, and the law of one design's imbalance."""

from collections.abc import Sequence
from functools import partial
from math import dist

import svg

from irt.randomization.assessment.characteristics import Characteristics
from irt.randomization.assessment.chooser import Compared, best
from irt.randomization.assessment.drawing import ACCENT, PALE, PLAIN, Scale, axes, picture, scale_around, words

SIDE = 440
LINE = 20
Point = tuple[float, float]
AROUND: tuple[Point, ...] = ((12, -5), (12, 12), (-12, -5), (-12, 12), (0, -9), (0, 18), (26, 4))
SHOWN = 1e-4
"""Leads less likely than that are not drawn."""


def plane(compared: Sequence[Compared]) -> str:
    """Every design as a numbered point, named beside the plane; filled where no other beats it on both sides."""
    across = scale_around([each.balance for each in compared], 60, SIDE)
    up = scale_around([each.predictability for each in compared], SIDE, 50)
    leading, taken = best(compared), list[Point]()
    parts = axes(across, up, ("Expected largest imbalance (subjects)", "Share of correct guesses"))
    points = [(across.at(each.balance), up.at(each.predictability)) for each in compared]
    for number, (each, (x, y)) in enumerate(zip(compared, points, strict=True), start=1):
        filled = each in leading
        parts.append(svg.Circle(cx=x, cy=y, r=4, stroke=ACCENT, fill=ACCENT if filled else "none"))
        taken.append(_free_beside((x, y), points, taken))
        parts.append(words(str(number), *taken[-1], text_anchor="middle"))
        parts.append(words(f"{number}  {each.title}", SIDE + 40, 50 + LINE * number, font_size=PLAIN))
    told = "; ".join(f"{each.title}: {each.balance:.2f}, {each.predictability:.3f}" for each in compared)
    explained = f"Expected largest imbalance and share of correct guesses. {told}."
    height = max(SIDE + 60, 70 + LINE * len(compared))
    return picture("Balance and randomness", explained, (SIDE + 420, height), parts)


def _free_beside(point: Point, points: Sequence[Point], taken: Sequence[Point]) -> Point:
    """The first place around a point where its number covers no other and is nearest to its own point."""
    places = [(round(point[0] + right, 2), round(point[1] + down, 2)) for right, down in AROUND]
    for at in places:
        covered = any(abs(at[0] - x) < 14 and abs(at[1] - y) < 11 for x, y in taken)
        if not covered and min(points, key=partial(dist, at)) == point:
            return at
    return places[0]


def imbalance_law(figures: Characteristics, title: str) -> str:
    """The law of the lead at the end, one bar a lead."""
    law = {lead: chance for lead, chance in figures.imbalance.distribution.items() if chance >= SHOWN}
    across = scale_around([*law, 0], 60, 2 * SIDE - 40)
    up = Scale(0.0, max(law.values()) * 1.05, SIDE, 50)
    width = max(2.0, min(24.0, (across.end - across.begin) / (2 * (max(law) - min(law)) + 4)))
    parts = axes(across, up, ("Lead of the first arm at the end (subjects)", "Probability"))
    zero = across.at(0)
    parts.append(svg.Line(x1=zero, y1=SIDE, x2=zero, y2=50, stroke=PALE, stroke_dasharray=[2, 4]))
    for lead, chance in sorted(law.items()):
        top = up.at(chance)
        left = round(across.at(lead) - width / 2, 2)
        parts.append(svg.Rect(x=left, y=top, width=width, height=round(SIDE - top, 2), fill=ACCENT))
    likely = sorted(law, key=lambda lead: (-law[lead], abs(lead)))[:5]
    told = ", ".join(f"{lead}: {law[lead]:.4f}" for lead in likely)
    explained = f"The likeliest leads of the first arm after {figures.subjects} subjects and their chances: {told}."
    return picture(title, explained, (2 * SIDE, SIDE + 60), parts)
