"""The strokes a picture is made of; everything is styled by class, nothing by attribute."""

from collections.abc import Iterable, Sequence
from zlib import crc32

from markupsafe import Markup

from web.formats import number


def line(x1: float, y1: float, x2: float, y2: float, look: str) -> Markup:
    """A straight stroke."""
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>').format(x1, y1, x2, y2, look)


def text(x: float, y: float, words: object, look: str = "") -> Markup:
    """Words at a baseline."""
    return Markup('<text x="{:.1f}" y="{:.1f}" class="{}">{}</text>').format(x, y, look, words)


def rectangle(x: float, y: float, width: float, height: float, look: str, radius: float = 0) -> Markup:
    """A filled box; its extent is an attribute, so that no style is needed."""
    return Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="{}" class="{}"/>').format(
        x, y, max(width, 0), max(height, 0), radius, look
    )


def circle(x: float, y: float, radius: float, look: str) -> Markup:
    """A disc."""
    return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{}" class="{}"/>').format(x, y, radius, look)


def path(points: Iterable[tuple[float, float]], look: str, closed: bool = False) -> Markup:
    """A stroke, or an area, through points."""
    steps = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return Markup('<path d="M{}{}" class="{}"/>').format(steps, "Z" if closed else "", look)


def cross(x: float, y: float, reach: float, look: str) -> Markup:
    """Two strokes that strike something out."""
    return path([(x - reach, y - reach), (x + reach, y + reach)], look) + path(
        [(x + reach, y - reach), (x - reach, y + reach)], look
    )


def mark(shape: int, x: float, y: float, look: str) -> Markup:
    """The mark of a series: disc, square, triangle or diamond, so that colour never stands alone."""
    match shape % 4:
        case 0:
            return circle(x, y, 6, look)
        case 1:
            return rectangle(x - 6, y - 6, 12, 12, look)
        case 2:
            return path([(x, y - 7), (x + 7, y + 6.5), (x - 7, y + 6.5)], look, closed=True)
        case _:
            return path([(x, y - 7.5), (x + 7.5, y), (x, y + 7.5), (x - 7.5, y)], look, closed=True)


def join(strokes: Iterable[Markup]) -> Markup:
    """Strokes in drawing order."""
    return Markup("").join(strokes)


def drawing(
    title: str, description: str, width: int, height: int, strokes: Iterable[Markup], look: str = ""
) -> Markup:
    """The picture with its title and description for those who do not see it."""
    name = f"c{crc32(title.encode()):08x}"
    return Markup(
        '<svg class="irt-chart {look}" viewBox="0 0 {width} {height}" role="img" '
        'aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{title}</title>'
        '<desc id="{name}-d">{description}</desc>{strokes}</svg>'
    ).format(
        look=look,
        width=width,
        height=height,
        name=name,
        title=title,
        description=description,
        strokes=join(strokes),
    )


def figure(picture: Markup, caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Markup:
    """The picture, and below it the same numbers as a table that opens on request."""
    head = join(Markup('<th scope="col"{}>{}</th>').format(_num(i), words) for i, words in enumerate(heads))
    body = join(Markup("<tr>{}</tr>").format(_cells(row)) for row in rows)
    return Markup(
        '<figure class="irt-chart-figure">{}<details><summary>Numbers behind the picture</summary>'
        '<div class="irt-scroll" tabindex="0" role="group" aria-label="{}, as a table">'
        '<table class="irt-table irt-dense"><caption class="visually-hidden">{}, as a table</caption>'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div></details></figure>"
    ).format(picture, caption, caption, head, body)


def _num(column: int) -> Markup:
    return Markup(' class="irt-num"') if column else Markup("")


def _cells(row: Sequence[object]) -> Markup:
    first = Markup('<th scope="row">{}</th>').format(row[0])
    return first + join(Markup('<td class="irt-num">{}</td>').format(value) for value in row[1:])


def plain(value: float) -> str:
    """A number as short as it can be said: 5, 1,850, 0.25."""
    return number(value, 0 if value == int(value) else 1 if abs(value) >= 1 else 3)
