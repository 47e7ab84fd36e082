"""A report as one file of HTML that stands alone: no script, no font, nothing fetched; it prints as it reads."""

import re
from dataclasses import dataclass

from irt.blinding.views import UnblindedView
from web.icons import SPRITE
from web.render import unblinded_file
from web.reports.view import ReportView
from web.static_files import STATIC, static_url

_STYLES = ("tokens.css", "components.css", "charts.css", "report.css", "print.css")
_FONT = re.compile(r"@font-face \{.*?\n\}\n", re.DOTALL)
_ADDRESS = re.compile(r"url\([^)]*\)")


@dataclass(frozen=True)
class FileView(UnblindedView):
    """The report, where it comes from, and a mark where nothing is real."""

    report: ReportView
    facts: tuple[tuple[str, str], ...]
    mark: str = ""


def report_file(report: ReportView, facts: tuple[tuple[str, str], ...] = (), mark: str = "") -> str:
    """The file's text; equal reports make equal text."""
    told = (
        ("Identity", report.identity),
        ("Seed", str(report.seed)),
        ("Engine", report.engine),
        ("Software", report.software),
        ("Run", report.started),
    )
    text = unblinded_file("reports/file.html", FileView(report, told + facts, mark))
    return _alone(text)


def _alone(text: str) -> str:
    """Styles and the icons that are used are put in; a style that would fetch something is left out."""
    sprite = static_url(SPRITE)
    used = sorted(set(re.findall(re.escape(f'"{sprite}#') + r'([a-z-]+)"', text)))
    text = text.replace(f'href="{sprite}#', 'href="#')
    symbols = _symbols(used)
    styles = "\n".join(_style(name) for name in _STYLES)
    text = text.replace("</head>", f"<style>\n{styles}</style>\n</head>", 1)
    return text.replace('<main class="irt-page', f'{symbols}\n<main class="irt-page', 1)


def _style(name: str) -> str:
    return _ADDRESS.sub("none", _FONT.sub("", (STATIC / name).read_text("utf-8")))


def _symbols(names: list[str]) -> str:
    drawn = (STATIC / SPRITE).read_text("utf-8")
    found = [re.search(rf'<symbol id="{name}".*?</symbol>', drawn, re.DOTALL) for name in names]
    kept = "".join(symbol[0] for symbol in found if symbol)
    return f'<svg width="0" height="0" class="irt-sprite" aria-hidden="true">{kept}</svg>'
