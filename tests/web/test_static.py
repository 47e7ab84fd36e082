"""The files beside the pages: what is vendored, what is measured, what a policy allows."""

import re
from colorsys import rgb_to_hls
from itertools import product
from pathlib import Path

import pytest

from web.icons import icon_names
from web.render import TEMPLATES
from web.static_files import STATIC, static_url

VENDOR = STATIC / "vendor"
SHEETS = ("tokens.css", "components.css", "charts.css", "report.css", "print.css")
THEMES = ("light", "dark")


def _colours() -> dict[str, tuple[str, str]]:
    pattern = r"--irt-([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)"
    return {name: (light, dark) for name, light, dark in re.findall(pattern, (STATIC / "tokens.css").read_text())}


COLOURS = _colours()


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2, between 1 and 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


MESSAGES = ("info", "ok", "warn", "stop")
STATES = ("usable", "moving", "assigned", "dispensed", "hold", "halt", "closed")
TEXT_PAIRS = [
    *product(("ink", "ink-2", "brand-text"), ("surface", "canvas", "sunken")),
    *product(MESSAGES, ("surface",)),
    *((kind, f"{kind}-soft") for kind in MESSAGES),
    *(("ink", f"{kind}-soft") for kind in MESSAGES),
    *((state, f"{state}-soft") for state in STATES),
    *product(("on-brand",), ("brand", "brand-strong")),
    *product(("on-unblind",), ("unblind", "unblind-strong")),
    *((f"on-{where}", where) for where in ("production", "training", "test")),
    *((f"on-{where}", f"{where}-stripe") for where in ("training", "test")),
    ("brand-text", "brand-soft"),
    ("ink", "brand-soft"),
    ("unblind-text", "surface"),
]
MARK_PAIRS = [
    *((f"{kind}-line", "surface") for kind in MESSAGES),
    *product(("line-strong", "focus"), ("surface", "canvas", "sunken")),
    *((f"series-{n}", "surface") for n in range(1, 7)),
    *((f"{state}-line", "surface") for state in STATES if state != "closed"),
    ("unblind-line", "unblind"),
]


def test_contrast_is_measured_as_the_standard_says():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("pair", TEXT_PAIRS, ids=" on ".join)
def test_words_stand_out(pair, theme):
    """WCAG 1.4.3: 4.5 to 1 for every pair of text and ground that the components use."""
    fore, back = (COLOURS[name][THEMES.index(theme)] for name in pair)
    assert contrast(fore, back) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("pair", MARK_PAIRS, ids=" on ".join)
def test_marks_and_borders_stand_out(pair, theme):
    """WCAG 1.4.11: 3 to 1 for borders of controls, marks of charts and the focus ring."""
    fore, back = (COLOURS[name][THEMES.index(theme)] for name in pair)
    assert contrast(fore, back) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_plum_belongs_to_the_unblinded_world(theme):
    """No role of the blinded pages comes near the hue and depth of the unblinded header."""

    def is_plum(colour: str) -> bool:
        hue, light, saturation = rgb_to_hls(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
        return 0.8 < hue < 0.92 and saturation > 0.3 and light < 0.5

    plum = {name for name, pair in COLOURS.items() if is_plum(pair[THEMES.index(theme)])}
    assert plum
    assert all(name.startswith("unblind") for name in plum)


def _used(prefix: str, text: str) -> set[str]:
    return set(re.findall(rf"var\((--{prefix}-[a-z0-9-]+)\)", text))


def test_every_value_that_is_used_is_defined():
    sheets = "".join((STATIC / name).read_text() for name in SHEETS)
    defined = set(re.findall(r"(--irt-[a-z0-9-]+):", sheets))
    assert _used("irt", sheets) <= defined


def test_every_class_a_template_uses_is_styled():
    """A class of ours without a rule is a slip of the pen."""
    sheets = "".join((STATIC / name).read_text() for name in SHEETS)
    templates = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    values = re.sub(r"{{.*?}}|{%.*?%}", " ", " ".join(re.findall(r'class="((?:{{.*?}}|[^"])*)"', templates)))
    used = {name for name in re.findall(r"irt-[a-z-]+", values) if not name.endswith("-")}
    styled = set(re.findall(r"\.(irt-[a-z0-9-]+)", sheets))
    assert used - styled <= {"irt-blinded"}


def test_our_colours_live_in_one_place():
    """Components name roles; a colour written out appears only where it must not follow the theme."""
    written = re.findall(r"#[0-9a-fA-F]{3,6}\b", (STATIC / "components.css").read_text())
    assert set(written) <= {"#fff", "#000", "#54194b", "#e8d5ae", "#3d2a08"}


def test_every_vendored_folder_has_its_licence_and_its_line():
    table = (VENDOR / "README.md").read_text()
    folders = [path for path in VENDOR.iterdir() if path.is_dir()]
    assert len(folders) == 6
    for folder in folders:
        assert (folder / "LICENSE").stat().st_size > 200
        assert f"`{folder.name}`" in table
        assert folder.name.rsplit("-", 1)[1] in table


def test_no_source_maps_are_shipped():
    files = [path for path in VENDOR.rglob("*") if path.is_file()]
    assert not [path for path in files if path.suffix == ".map"]
    assert not [p for p in files if p.suffix in (".css", ".js") and "sourceMappingURL" in p.read_text("utf-8")]


def test_the_pages_own_files_stay_small():
    """What a page loads once and keeps: under 600 kB, before compression."""
    loaded = (*SHEETS, "irt.js", "icons.svg", "mark.svg")
    vendored = ("bootstrap-5.3.9/bootstrap.min.css", "htmx-2.0.11/htmx.min.js")
    fonts = list((VENDOR / "inter-5.3.0").glob("*.woff2"))
    total = sum((STATIC / name).stat().st_size for name in loaded)
    total += sum((VENDOR / name).stat().st_size for name in vendored) + sum(f.stat().st_size for f in fonts)
    assert total < 600_000


def test_our_script_evaluates_nothing():
    script = (STATIC / "irt.js").read_text()
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|setTimeout\([\"']", script)


def test_an_address_changes_with_the_content(tmp_path: Path):
    assert re.fullmatch(r"/static/tokens\.css\?v=[0-9a-f]{10}", static_url("tokens.css"))
    assert static_url("tokens.css") != static_url("print.css").replace("print", "tokens")
    with pytest.raises(FileNotFoundError):
        static_url("nowhere.css")


def test_every_icon_a_template_names_exists():
    text = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    named = set(re.findall(r"icon\('([a-z-]+)'", text)) - {"state-"}
    assert named
    assert named <= icon_names()


def test_no_template_carries_a_style_or_a_handler():
    """The policy allows neither, and a page that breaks it would only fail in a browser."""
    for path in TEMPLATES.rglob("*.html"):
        assert not re.search(r"\sstyle=|\son(click|change|submit|load|input)=|<style", path.read_text()), path
