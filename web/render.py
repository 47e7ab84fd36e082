"""Two worlds of pages: a blinded template cannot reach unblinded values, nor the other way round."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from irt.blinding.views import BlindedView, UnblindedView
from web import charts, formats
from web.chips import chip
from web.frame import Frame
from web.icons import icon
from web.static_files import static_url

TEMPLATES = Path(__file__).parent / "templates"


def template_environment(*folders: Path) -> Environment:
    """A strict, escaping environment that sees these folders and no other."""
    environment = Environment(
        loader=FileSystemLoader(folders),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(formats.FILTERS)
    environment.globals.update(
        charts=charts, chip=chip, day_range=formats.day_range, icon=icon, static_url=static_url
    )
    return environment


_blinded = template_environment(TEMPLATES / "blinded", TEMPLATES / "shared")
_unblinded = template_environment(TEMPLATES / "unblinded", TEMPLATES / "shared")


def blinded_page(template: str, view: BlindedView, frame: Frame) -> str:
    """A page for blinded readers; TypeError for any other kind of view."""
    return page_in(_blinded, template, _checked(view), frame)


def unblinded_page(template: str, view: UnblindedView, frame: Frame) -> str:
    """A page for unblinded readers; TypeError for any other kind of view."""
    return page_in(_unblinded, template, _checked_unblinded(view), frame)


def blinded_fragment(template: str, block: str, view: BlindedView, frame: Frame) -> str:
    """One named block of a blinded page, for htmx to swap in: page and fragment share one template."""
    return fragment_in(_blinded, template, block, _checked(view), frame)


def unblinded_fragment(template: str, block: str, view: UnblindedView, frame: Frame) -> str:
    """One named block of an unblinded page, for htmx to swap in."""
    return fragment_in(_unblinded, template, block, _checked_unblinded(view), frame)


def unblinded_file(template: str, view: UnblindedView) -> str:
    """A page for unblinded readers that stands alone in a file: no frame is around it."""
    components = _unblinded.get_template("components.html").make_module({"frame": None})
    return _unblinded.get_template(template).render(view=_checked_unblinded(view), ui=components)


def _checked(view: object) -> BlindedView:
    """The type checker says the same; this holds where nobody ran it."""
    if not isinstance(view, BlindedView):
        raise TypeError(f"{type(view).__name__} is not a blinded view: it must not reach a blinded page")
    return view


def _checked_unblinded(view: object) -> UnblindedView:
    if not isinstance(view, UnblindedView):
        raise TypeError(f"{type(view).__name__} is not an unblinded view: it belongs on a blinded page")
    return view


def _context(environment: Environment, view: object, frame: Frame) -> dict[str, object]:
    """What every template sees: the view, the frame, and the components bound to that frame."""
    components = environment.get_template("components.html")
    return {"view": view, "frame": frame, "ui": components.make_module({"frame": frame})}


def page_in(environment: Environment, name: str, view: object, frame: Frame) -> str:
    """A template of this environment; pages go through the checked doors above."""
    return environment.get_template(name).render(_context(environment, view, frame))


def fragment_in(environment: Environment, name: str, block: str, view: object, frame: Frame) -> str:
    """One block of a template of this environment, the components and the frame at hand."""
    template = environment.get_template(name)
    return "".join(template.blocks[block](template.new_context(_context(environment, view, frame))))
