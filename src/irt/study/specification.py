"""A readable specification: titled sections of facts and tables, laid out as Markdown or HTML."""

from typing import Literal, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

Layout = Literal["markdown", "html"]

_TEMPLATES: dict[Layout, str] = {"markdown": "specification.md", "html": "specification.html"}


class Table(NamedTuple):
    """Rows under headings."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Section(NamedTuple):
    """A part of the specification: facts by name, then a table, then a note."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    table: Table | None = None
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing under the title."""
        return not (self.facts or self.note or (self.table and self.table.rows))


class Specification(NamedTuple):
    """A study in words, for one audience."""

    title: str
    audience: Literal["blinded", "unblinded"]
    sections: tuple[Section, ...]


def render(specification: Specification, layout: Layout) -> str:
    """The specification as text; empty sections are left out."""
    filled = tuple(part for part in specification.sections if not part.is_empty)
    template = _environment().get_template(_TEMPLATES[layout])
    return template.render(specification=specification._replace(sections=filled))


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("irt.study", "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = _cell
    return environment


def _cell(words: str) -> str:
    """Text that stays inside its cell of a Markdown table and is never taken for a tag."""
    return " ".join(words.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
