"""Finds every page a person can get to by links and by the forms that only look, and keeps each answer."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from tests.blinding.evidence import Evidence
from tests.web.browser import Browser, Form, forms_of

PAGES_MAX = 700
FILES = "/static/"
WHOLE = "<!doctype"
TAKEN_AWAY = "/export"
"""Forms that only answer a file end so; they are sent as well."""
FRESH = frozenset({"_csrf_token", "command_key"})
"""Fields of a form that are new each time."""


def crawl(
    browser: Browser,
    username: str,
    evidence: Evidence,
    start: Sequence[str],
    alike_max: int = PAGES_MAX,
    closed: tuple[str, ...] = (),
) -> None:
    """Opens the pages at the start and all that they lead to, whole and as parts, and takes every file away.

    Of pages that differ only in the numbers in their addresses, or in what is filtered, at most `alike_max` are
    opened; of each page's parts the first, and each file once. Of a page that answered whole when it was asked for
    a part, nobody asks for a part again. What ends as `closed` says is not opened.
    """
    waiting, seen, alike, taken = list(start), set[str](), Counter[str](), set[str]()
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address)
        if address in seen or alike[kind] >= alike_max or address.endswith(closed):
            continue
        seen.add(address)
        alike[kind] += 1
        if len(seen) > PAGES_MAX:
            raise LookupError(f"{username} finds more than {PAGES_MAX} pages; the newest is {address}")
        whole = evidence.keep(f"{username} GET {address}", browser.client.get(address, follow_redirects=False))
        if whole.status_code < 400:
            evidence.reached.add(urlsplit(address).path)
        pages = [whole.text] if "html" in whole.headers.get("content-type", "") else []
        if alike[kind] == 1 and pages and whole.status_code < 400:
            if kind not in evidence.undivided:
                part = browser.client.get(address, headers={"HX-Request": "true"}, follow_redirects=False)
                evidence.keep(f"{username} part {address}", part)
                pages.append(part.text)
                if part.text.startswith(WHOLE):
                    evidence.undivided.add(kind)
            _take_away(browser, username, address, whole.text, evidence, taken)
        waiting += [whole.headers["location"]] if "location" in whole.headers else []
        waiting += [link for page in pages for link in _links_of(address, page)]


def kind_of(address: str) -> str:
    """The address without its numbers and without what is filtered for, as /stock/#/kits/#?after."""
    parts = urlsplit(address)
    return re.sub(r"\d+", "#", parts.path) + "?" + "&".join(sorted(dict(parse_qsl(parts.query))))


def _take_away(
    browser: Browser, username: str, address: str, page: str, evidence: Evidence, taken: set[str]
) -> None:
    """Takes the files that a page offers and no page before it did."""
    for form in _forms(page, "post"):
        asked = {name: value for name, value in form.fields.items() if name not in FRESH}
        file = f"{form.action} {asked}"
        if form.action.endswith(TAKEN_AWAY) and file not in taken:
            taken.add(file)
            answer = browser.send(form.action, form.fields)
            evidence.keep(f"{username} POST {form.action} from {address}", answer)


_LINKS = re.compile(r'\s(?:href|hx-get)="([^"#]+)')


def _links_of(address: str, page: str) -> Iterator[str]:
    yield from _local(address, map(unescape, _LINKS.findall(page)))
    yield from _local(address, (f"{form.action}?{urlencode(form.fields)}" for form in _forms(page, "get")))


_FORMS = {method: re.compile(rf'<form\b[^>]*method="{method}".*?</form>', re.DOTALL) for method in ("get", "post")}


def _forms(page: str, method: str) -> list[Form]:
    # Cut out first: reading a whole page for its forms takes longer than making it.
    return forms_of("".join(_FORMS[method].findall(page)))


def _local(address: str, links: Iterable[str]) -> Iterator[str]:
    for link in dict.fromkeys(links):
        parts = urlsplit(urljoin(address, link))
        if not parts.scheme and not parts.netloc and not parts.path.startswith(FILES):
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path
