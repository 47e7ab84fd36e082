"""Pages of the pack: plain HTML that can be printed, signed and filed; nothing is fetched and nothing runs."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

_STYLE = """body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#1b1f24}
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border:1px solid #c7ccd1;padding:.3rem .5rem;
text-align:left;vertical-align:top}th{background:#f0f2f4}td.bad{font-weight:700;color:#9b1c1c}
@media print{body{margin:0;max-width:none;font-size:10pt}tr{break-inside:avoid}}"""
BAD = ("FAILED", "not run", "no")
SIGNATURES = (("Role", "Name", "Date", "Signature"), *((role, "", "", "") for role in ("Run by", "Reviewed by")))


class Section(NamedTuple):
    """A heading, paragraphs, and a table whose first row is its head."""

    heading: str
    paragraphs: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


def page(title: str, sections: Sequence[Section]) -> str:
    """One page of these sections, ending with a place for signatures."""
    body = "".join(_section(one) for one in (*sections, Section("Signatures", (), SIGNATURES)))
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style><h1>{escape(title)}</h1>{body}</html>\n"
    )


def _section(one: Section) -> str:
    text = "".join(f"<p>{escape(each)}</p>" for each in one.paragraphs)
    return f"<h2>{escape(one.heading)}</h2>{text}{_table(one.rows)}\n"


def _table(rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in rows[0])
    lines = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>\n" for row in rows[1:])
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{lines}</tbody></table>"


def _cell(text: str) -> str:
    shown = escape(text).replace("\n", "<br>")
    return f'<td class="bad">{shown}</td>' if text in BAD else f"<td>{shown}</td>"
