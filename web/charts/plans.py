"""Pictures of shipment plans: bound and best plan as they moved, costs side by side, the network."""

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise

from markupsafe import Markup

from optimization.problem import NodeKind
from optimization.story.network_map import NetworkMap, Place
from web.charts import svg
from web.charts.series import Scale, Series, line_chart, round_scale
from web.formats import number

_SIZE, _MARGIN, _THOUSAND = 560, 14, 1_000
_NAMED_MAX = 40
"""More sites than this stand as marks alone: their names would cover each other."""
_WIDE, _LEFT, _RIGHT, _ROW = 400, 62, 336, 28
_NAME, _LETTER = 12, 6.1
"""What a name before a bar takes up: at least, and by letter."""


def gap_chart(title: str, steps: Sequence[tuple[float, float, float | None]]) -> Markup:
    """Bound and best plan over seconds as (seconds, bound, best): the best plan goes down in steps."""
    best = [(seconds, cost) for seconds, _, cost in steps if cost is not None]
    stairs = [point for one, other in pairwise(best) for point in (one, (other[0], one[1]))] + best[-1:]
    bounds = [(seconds, bound) for seconds, bound, _ in steps]
    unit = _THOUSAND if max(cost for _, cost in best + bounds) >= 100 * _THOUSAND else 1
    named = [("best plan", stairs), ("bound", bounds)]
    lines = [Series(name, [(x, cost / unit) for x, cost in points]) for name, points in named if points]
    return line_chart(title, "seconds", "cost, thousands" if unit > 1 else "cost", lines, from_zero=True)


def split_chart(title: str, unit: str, parts: Sequence[str], rows: Sequence[tuple[str, Sequence[float]]]) -> Markup:
    """One lying bar for each plan, a layer for each part; the bar says its total."""
    totals = [sum(values) for _, values in rows]
    x_of = round_scale([0, *totals], max(_LEFT, _NAME + _LETTER * max(len(name) for name, _ in rows)), _RIGHT)
    strokes: list[Markup] = []
    for line, (name, values) in enumerate(rows):
        strokes += _lying_bar(name, _edges(values, x_of), 6 + line * _ROW, number(totals[line]))
    base = 12 + len(rows) * _ROW
    strokes += _key(parts, base)
    said = "; ".join(f"{name} {svg.plain(total)}" for (name, _), total in zip(rows, totals, strict=True))
    picture = svg.drawing(title, said, _WIDE, base + 20 * -(-len(parts) // 3), strokes, "irt-chart-small")
    table = [(part, *(svg.plain(values[place]) for _, values in rows)) for place, part in enumerate(parts)]
    return svg.figure(
        picture, title, (unit, *(name for name, _ in rows)), [*table, ("Total", *map(svg.plain, totals))]
    )


def service_chart(title: str, points: Sequence[tuple[str, float, float]]) -> Markup:
    """Each plan as (name, share of kits served, cost): the best stand low and to the right."""
    unit = _THOUSAND if max(cost for *_, cost in points) >= 100 * _THOUSAND else 1
    x_of = round_scale([100 * served for _, served, _ in points] + [100.0], 60, 330, 4)
    y_of = round_scale([0.0, *(cost / unit for *_, cost in points)], 190, 26, 4)
    strokes = [svg.text(8, 12, f"↑ cost{', thousands' if unit > 1 else ''}")]
    for tick in y_of.ticks:
        strokes += [
            svg.line(60, y_of(tick), 330, y_of(tick), "irt-grid" if tick else "irt-axis"),
            svg.text(53, y_of(tick) + 4, svg.plain(tick), "irt-end"),
        ]
    strokes += [svg.text(x_of(tick), 206, svg.plain(tick), "irt-middle") for tick in x_of.ticks]
    strokes.append(svg.text(330, 222, "% of kits served →", "irt-end"))
    for place, (_, served, cost) in enumerate(points):
        strokes.append(svg.mark(place, x_of(100 * served), y_of(cost / unit), f"irt-fill-{place % 6 + 1} irt-edge"))
    strokes += _marks_key([name for name, *_ in points], 238)
    said = "; ".join(f"{name} {svg.plain(cost)} at {number(100 * served, 2)} %" for name, served, cost in points)
    picture = svg.drawing(title, said, _WIDE, 244 + 20 * -(-len(points) // 2), strokes, "irt-chart-small")
    rows = [(name, f"{number(100 * served, 2)} %", svg.plain(cost)) for name, served, cost in points]
    return svg.figure(picture, title, ("Plan", "Served", "Cost"), rows)


def network_picture(title: str, told: NetworkMap, missing: Mapping[str, int] | None) -> Markup:
    """Depots and sites with the ways between them; sites where kits are missing have a mark of their own.

    None: what is missing is not told.
    """
    lacking = missing or {}
    places = {place.node: place for place in told.places}
    strokes = []
    most = max((way.kits for way in told.ways), default=0)
    for way in sorted(told.ways, key=lambda way: way.consignments > 0):
        ends = [_spot(places[way.origin]), _spot(places[way.destination])]
        flow = f"irt-line irt-stroke-1 irt-way irt-flow-{_width(way.kits, most)}"
        strokes.append(svg.path(ends, flow if way.consignments else "irt-grid"))
    sites = sum(place.kind.uses_kits for place in told.places)
    strokes += [_marked(place, lacking.get(place.node, 0), sites <= _NAMED_MAX) for place in told.places]
    used = [way for way in told.ways if way.consignments]
    said = f"{len(told.places)} places; {len(used)} of {len(told.ways)} lanes used"
    said += "" if missing is None else f"; kits missing at {len(missing)}"
    picture = svg.drawing(title, said, _SIZE, _SIZE, strokes, "irt-chart-plot")
    rows = [(way.lane, way.origin, way.destination, way.consignments, way.kits) for way in told.ways]
    return svg.figure(picture, title, ("Lane", "From", "To", "Consignments", "Kits"), rows)


def network_key(*, missing: bool = True) -> Markup:
    """What the marks of the network mean; `missing`: whether the mark of missing kits is one of them."""
    shapes = {
        "depot": svg.rectangle(5, 1, 10, 10, "irt-ink"),
        "site": svg.circle(10, 6, 5, "irt-fill-1"),
        **({"site where kits are missing": svg.mark(3, 10, 6, "irt-fill-2")} if missing else {}),
        "lane in use, the wider the more kits": svg.path([(1, 6), (19, 6)], "irt-line irt-stroke-1 irt-flow-3"),
    }
    items = svg.join(
        Markup('<li><svg viewBox="0 0 20 12" class="irt-chart" aria-hidden="true">{}</svg>{}</li>').format(
            shape, words
        )
        for words, shape in shapes.items()
    )
    return Markup('<ul class="irt-chart-key">{}</ul>').format(items)


def _edges(values: Sequence[float], x_of: Scale) -> list[float]:
    return [x_of(0), *(x_of(sofar) for sofar in accumulate(values))]


def _lying_bar(name: str, edges: Sequence[float], y: float, total: str) -> list[Markup]:
    strokes = [svg.text(edges[0] - 8, y + 15, name, "irt-end")]
    for layer, (start, end) in enumerate(pairwise(edges)):
        if end > start:
            strokes.append(svg.rectangle(start, y, end - start, 21, f"irt-fill-{layer % 6 + 1} irt-edge"))
    return [*strokes, svg.text(edges[-1] + 7, y + 15, total, "irt-label")]


def _key(parts: Sequence[str], base: float) -> list[Markup]:
    strokes = []
    for layer, part in enumerate(parts):
        x, y = layer % 3 * 136 + 4, base + layer // 3 * 20
        strokes += [svg.rectangle(x, y, 10, 10, f"irt-fill-{layer % 6 + 1}"), svg.text(x + 15, y + 9, part)]
    return strokes


def _width(kits: int, most: int) -> int:
    """One to five, by the share of the lane with most kits."""
    return 1 + round(4 * kits / most) if most else 1


def _marks_key(names: Sequence[str], base: float) -> list[Markup]:
    strokes = []
    for place, name in enumerate(names):
        x, y = place % 2 * 200 + 12, base + place // 2 * 20
        strokes += [svg.mark(place, x, y, f"irt-fill-{place % 6 + 1} irt-edge"), svg.text(x + 13, y + 4, name)]
    return strokes


def _spot(place: Place) -> tuple[float, float]:
    scale = (_SIZE - 2 * _MARGIN) / 1000
    return _MARGIN + place.x * scale, _MARGIN + place.y * scale


def _marked(place: Place, missing: int, named: bool) -> Markup:
    x, y = _spot(place)
    if place.kind in (NodeKind.CENTRAL, NodeKind.REGIONAL):
        return svg.rectangle(x - 6, y - 6, 12, 12, "irt-ink") + svg.text(
            x + 9, y - 6, place.node, "irt-label irt-halo"
        )
    if missing:
        shape, words, look = (
            svg.mark(3, x, y, "irt-fill-2 irt-edge"),
            f"{place.node}: {missing} missing",
            "irt-label",
        )
    else:
        shape, words, look = svg.circle(x, y, 4, "irt-fill-1 irt-edge"), place.node if named else "", ""
    side, end = (-9, " irt-end") if x > _SIZE * 0.7 else (9, "")
    return shape + (svg.text(x + side, y + 4, words, f"{look} irt-halo{end}") if words else Markup(""))
