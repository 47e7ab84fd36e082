"""What the plots share: scales with round numbers, axes, and words that no reader of SVG takes for marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

import svg

INK, PALE, ACCENT = "currentColor", "#8a8f98", "#1f5fa8"
SMALL, PLAIN = 11, 13


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `low` to `high` over the points from `begin` to `end`."""

    low: float
    high: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        """Where a value lies, to a hundredth of a point, so that the same figures give the same file."""
        return round(self.begin + (value - self.low) / (self.high - self.low) * (self.end - self.begin), 2)

    def ticks(self) -> list[float]:
        """About five round values."""
        rough = (self.high - self.low) / 5
        magnitude = 10 ** floor(log10(rough))
        step = next(step * magnitude for step in (1, 2, 5, 10) if step * magnitude >= rough)
        first, last = ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9)
        return [round(number * step, 10) for number in range(first, last + 1)]


def scale_around(values: Sequence[float], begin: float, end: float) -> Scale:
    """A scale with all values well inside."""
    low, high = min(values), max(values)
    margin = (high - low) * 0.08 or max(abs(high), 1.0) * 0.08
    return Scale(low - margin, high + margin, begin, end)


def words(text: str, x: float, y: float, **style: object) -> svg.Text:
    """A line of text."""
    settings: dict[str, object] = {"font_size": SMALL, "fill": INK} | style
    return svg.Text(text=escape(text), x=x, y=y, **settings)  # type: ignore[arg-type]  # each style is typed there


def axes(across: Scale, up: Scale, names: tuple[str, str]) -> list[svg.Element]:
    """Two axes with their ticks and names."""
    left, bottom = across.begin, up.begin
    parts: list[svg.Element] = [
        svg.Line(x1=left, y1=bottom, x2=across.end, y2=bottom, stroke=PALE),
        svg.Line(x1=left, y1=bottom, x2=left, y2=up.end, stroke=PALE),
        words(names[0], (left + across.end) / 2, bottom + 38, text_anchor="middle", font_size=PLAIN),
        words(names[1], left, up.end - 12, font_size=PLAIN),
    ]
    for tick in across.ticks():
        parts.append(words(f"{tick:g}", across.at(tick), bottom + 16, text_anchor="middle"))
        parts.append(svg.Line(x1=across.at(tick), y1=bottom, x2=across.at(tick), y2=bottom + 4, stroke=PALE))
    for tick in up.ticks():
        parts.append(words(f"{tick:g}", left - 8, up.at(tick) + 4, text_anchor="end"))
        parts.append(svg.Line(x1=left - 4, y1=up.at(tick), x2=left, y2=up.at(tick), stroke=PALE))
    return parts


def picture(title: str, told: str, size: tuple[int, int], parts: list[svg.Element]) -> str:
    """An SVG file with a title, and a description for who does not see it."""
    heading: list[svg.Element] = [svg.Title(text=escape(title)), svg.Desc(text=escape(told))]
    canvas = svg.SVG(
        viewBox=svg.ViewBoxSpec(0, 0, *size),
        extra={
            "role": "img",
            "font-family": "system-ui, sans-serif",
            "aria-label": escape(f"{title}. {told}", quote=True),
        },
        elements=[*heading, *parts],
    )
    return f"{canvas}\n"
