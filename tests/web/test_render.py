"""Two worlds of pages: what each may hold, and how the frame says where the reader is."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest
from jinja2 import TemplateNotFound, UndefinedError
from markupsafe import Markup

from irt.blinding.views import BlindedView, UnblindedView
from irt.states.kit import DisplayStatus
from irt.states.records import (
    DispensingStatus,
    ExcursionStatus,
    JobStatus,
    KitCheck,
    Mode,
    SiteStatus,
    VersionStatus,
    VisitStatus,
)
from irt.states.shipment import ShipmentStatus
from irt.states.subject import SubjectStatus
from tests.web.preview import pages
from web import formats, render
from web.chips import FAMILIES, chip
from web.frame import Frame
from web.icons import icon, icon_names

FRAME = pages.FRAMES["worklist"]


@dataclass(frozen=True)
class Kits(BlindedView):
    number: str = "482917"


@dataclass(frozen=True)
class Contents(UnblindedView):
    arm: str = "A"


@pytest.fixture
def templates(tmp_path, monkeypatch):
    """Two worlds of throw-away templates beside the shared ones."""
    for world in ("blinded", "unblinded"):
        (tmp_path / world).mkdir()
        shared = render.TEMPLATES / "shared"
        monkeypatch.setattr(render, f"_{world}", render.template_environment(tmp_path / world, shared))
    return tmp_path


def _write(folder, world, text):
    (folder / world / "it.html").write_text(text, "utf-8")


def test_a_blinded_page_refuses_everything_but_a_blinded_view(templates):
    _write(templates, "blinded", "{{ view.number }}")
    assert render.blinded_page("it.html", Kits(), FRAME) == "482917"
    for stranger in (Contents(), {"number": "482917"}, None):
        with pytest.raises(TypeError):
            render.blinded_page("it.html", stranger, FRAME)
        with pytest.raises(TypeError):
            render.blinded_fragment("it.html", "main", stranger, FRAME)


def test_an_unblinded_page_refuses_everything_but_an_unblinded_view(templates):
    _write(templates, "unblinded", "{{ view.arm }}")
    assert render.unblinded_page("it.html", Contents(), FRAME) == "A"
    for stranger in (Kits(), None):
        with pytest.raises(TypeError):
            render.unblinded_page("it.html", stranger, FRAME)


def test_neither_kind_of_view_is_the_other():
    assert not issubclass(BlindedView, UnblindedView)
    assert not issubclass(UnblindedView, BlindedView)


@pytest.mark.parametrize("how", ["include", "extends", "import"])
def test_a_blinded_template_cannot_reach_an_unblinded_one(templates, how):
    """Nothing of the other folder can be included, extended or imported."""
    (templates / "unblinded" / "secret.html").write_text("arm", "utf-8")
    target = "'secret.html' as other" if how == "import" else "'secret.html'"
    _write(templates, "blinded", f"{{% {how} {target} %}}")
    with pytest.raises(TemplateNotFound):
        render.blinded_page("it.html", Kits(), FRAME)


def test_a_value_the_view_does_not_hold_fails_loudly(templates):
    _write(templates, "blinded", "{{ view.treatment }}")
    with pytest.raises(UndefinedError):
        render.blinded_page("it.html", Kits(), FRAME)


def test_values_are_escaped(templates):
    _write(templates, "blinded", "{{ ui.kit_number(view.number) }}{{ ui.message('info', view.number) }}")
    page = render.blinded_page("it.html", Kits("<script>"), FRAME)
    assert "<script>" not in page
    assert page.count("&lt;script&gt;") == 2


def test_page_and_fragment_share_one_template(templates):
    """The fragment is the block as the page shows it, components and all."""
    _write(
        templates,
        "blinded",
        "{% extends 'page.html' %}{% block main %}<h1>x</h1>{% block row %}{{ ui.kit_number(view.number) }}"
        "{{ frame.now | clock }}{% endblock %}{% endblock %}",
    )
    fragment = render.blinded_fragment("it.html", "row", Kits(), FRAME)
    assert fragment.endswith("482917</span>09:46 CEST")
    assert fragment in render.blinded_page("it.html", Kits(), FRAME)


@pytest.mark.parametrize(
    ("mode", "title", "strip"),
    [
        (Mode.PRODUCTION, "Worklist · LARKSPUR-3 · Production", "live study, real patients"),
        (Mode.TRAINING, "TRAINING · Worklist · LARKSPUR-3", "TRAINING environment"),
        (Mode.TEST, "TEST · Worklist · LARKSPUR-3", "TEST environment"),
    ],
)
def test_each_environment_says_its_name(templates, mode, title, strip):
    """In the window's title, in the strip in words, and as a class for stripes and paper."""
    _write(templates, "blinded", "{% extends 'page.html' %}")
    page = render.blinded_page("it.html", Kits(), replace(FRAME, environment=mode))
    assert f"<title>{title}</title>" in page
    assert strip in page
    assert f"irt-in-{mode}" in page


def test_an_unblinded_page_is_marked_and_a_blinded_one_is_not(templates):
    """Plum, tag and watermark with user and time on one side; not a trace of them on the other."""
    _write(templates, "unblinded", "{% extends 'unblinded_page.html' %}")
    _write(templates, "blinded", "{% extends 'page.html' %}")
    blinded = render.blinded_page("it.html", Kits(), FRAME)
    unblinded = render.unblinded_page("it.html", Contents(), FRAME)
    assert "unblinded" not in blinded.lower()
    assert 'class="irt-unblinded ' in unblinded
    assert "irt-unblinded-tag" in unblinded
    assert "UNBLINDED · Site pharmacist · 16 Jun 2026 09:46 CEST" in unblinded


@pytest.mark.parametrize("name", pages.FRAMES)
def test_a_page_carries_no_inline_style_or_script(name):
    """The policy allows neither; handlers in attributes count as script."""
    page = pages.page(name)
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", page)
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)


@pytest.mark.parametrize("name", pages.FRAMES)
def test_every_form_that_posts_carries_the_token(name):
    for form in re.findall(r'<form[^>]*method="post".*?</form>', pages.page(name), re.DOTALL):
        assert 'name="_csrf_token" value="invented"' in form


@pytest.mark.parametrize("name", pages.FRAMES)
def test_no_identifier_appears_twice_on_a_page(name):
    names = re.findall(r'\sid="([^"]+)"', pages.page(name))
    assert sorted(names) == sorted(set(names))


def test_every_swap_names_its_own_target():
    """Nothing is inherited: an element that asks the server says where the answer goes."""
    for name in pages.FRAMES:
        for tag in re.findall(r"<[^>]*\shx-(?:get|post)=[^>]*>", pages.page(name)):
            assert "hx-target=" in tag
            assert "hx-swap=" in tag


def test_before_sign_in_there_is_nothing_to_navigate():
    page = pages.page("signin")
    assert "<nav" not in page
    assert "irt-menu" not in page
    assert "data-idle-minutes" not in page


def test_radio_buttons_start_with_nothing_chosen():
    page = pages.page("forms")
    assert 'type="radio"' in page
    assert not re.search(r'type="radio"[^>]*\schecked', page)


def test_a_password_is_never_sent_back(templates):
    _write(templates, "blinded", "{{ ui.text_field('password', 'Password', value='hunter2', type='password') }}")
    assert "hunter2" not in render.blinded_page("it.html", Kits(), FRAME)


WHEN = datetime(2026, 6, 16, 9, 41, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/Copenhagen", "16 Jun 2026 11:41 CEST (UTC+2)"),
        ("UTC", "16 Jun 2026 09:41 UTC"),
        ("Asia/Kolkata", "16 Jun 2026 15:11 IST (UTC+5:30)"),
        ("America/Sao_Paulo", "16 Jun 2026 06:41 UTC−3"),
        ("Pacific/Auckland", "16 Jun 2026 21:41 NZST (UTC+12)"),
    ],
)
def test_a_time_always_names_its_zone(zone, expected):
    assert formats.stamp_with_offset(WHEN, zone) == expected


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        formats.stamp(datetime(2026, 6, 16, 9, 41), "UTC")  # noqa: DTZ001 - the refused case


def test_a_signature_shows_both_clocks():
    assert formats.stamp_in_both_zones(WHEN, "Europe/Copenhagen") == "16 Jun 2026 11:41:07 CEST (09:41:07 UTC)"
    assert formats.stamp_in_both_zones(WHEN, "UTC") == "16 Jun 2026 09:41:07 UTC"


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 6, 13), date(2026, 6, 19), "13–19 Jun 2026"),
        (date(2026, 5, 30), date(2026, 6, 5), "30 May – 5 Jun 2026"),
        (date(2026, 12, 30), date(2027, 1, 5), "30 Dec 2026 – 5 Jan 2027"),
        (date(2026, 6, 13), date(2026, 6, 13), "13 Jun 2026"),
    ],
)
def test_a_window_repeats_only_what_differs(first, last, expected):
    assert formats.day_range(first, last) == expected


@pytest.mark.parametrize(("count", "expected"), [(0, "0 kits"), (1, "1 kit"), (3, "3 kits"), (1322, "1,322 kits")])
def test_counts_are_said_in_words(count, expected):
    assert formats.count_words(count, "kit") == expected


def test_many_words_do_not_end_in_s():
    assert formats.count_words(2, "delivery", "deliveries") == "2 deliveries"


@pytest.mark.parametrize(("value", "expected"), [(None, "–"), ("", "–"), (0, 0), ("x", "x")])
def test_only_an_empty_cell_shows_a_dash(value, expected):
    assert formats.or_dash(value) == expected


STATUSES = [
    *DisplayStatus,
    *ShipmentStatus,
    *SubjectStatus,
    *SiteStatus,
    *VersionStatus,
    *VisitStatus,
    *DispensingStatus,
    *KitCheck,
    *ExcursionStatus,
    *JobStatus,
]


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_has_a_chip_with_words_and_a_glyph(status):
    shown = chip(status)
    assert shown.family in FAMILIES
    assert f"state-{shown.family}" in icon_names()
    assert shown.words[0].isupper()
    assert "_" not in shown.words


def test_a_sentence_begins_large_and_keeps_its_codes():
    assert formats.sentence("code of site 1001 at depot BRA") == "Code of site 1001 at depot BRA"
    assert formats.sentence("") == ""


def test_an_icon_nobody_drew_is_a_programmers_error():
    with pytest.raises(ValueError, match="no icon"):
        icon("unicorn")


def test_an_icon_is_decoration_unless_it_has_words():
    assert 'aria-hidden="true"' in icon("kit")
    assert 'role="img" aria-label="Overdue &amp; late"' in icon("late", "Overdue & late")
    assert isinstance(icon("kit"), Markup)


def test_the_phones_bar_holds_four():
    assert [item.label for item in FRAME.phone_navigation] == ["Worklist", "Subjects", "Stock", "Shipments"]
    assert isinstance(FRAME, Frame)


PARTS = {
    "blinded/dispense/exit_parts.html": "macros of a page",
    "blinded/returns/boxes.html": "macros of a page",
    "unblinded/reports/file.html": "a file that stands alone; the mark is in its head and in its name",
}
"""Templates beside those of the frame and those that begin with _ which are no page of their own."""


def test_every_page_stands_in_the_frame_that_says_the_mode() -> None:
    """Pages of unblinded people too: the strip is in the one template that all others extend."""
    frames = {'{% extends "page.html" %}', '{% extends "unblinded_page.html" %}'}
    loose = {
        file.relative_to(render.TEMPLATES).as_posix()
        for room in ("blinded", "unblinded")
        for file in (render.TEMPLATES / room).rglob("[!_]*.html")
        if file.read_text(encoding="utf-8").partition("\n")[0] not in frames
    }
    assert loose == set(PARTS)
    shell = (render.TEMPLATES / "shared" / "page.html").read_text(encoding="utf-8")
    assert "irt-strip-{{ frame.environment }}" in shell
