"""A person's browser without a screen: it keeps cookies, reads forms and sends back what they hold."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

import httpx
from litestar import Litestar
from litestar.testing import TestClient


@dataclass
class Form:
    """A form as it stands in a page: where it goes, and what it holds so far."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get"))
            self.found.append(self._open)
        elif self._open is not None and tag == "input" and given.get("name"):
            unticked = given.get("type") in {"radio", "checkbox"} and "checked" not in given
            if not unticked:
                self._open.fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def forms_of(page: str) -> list[Form]:
    """Every form of a page, in its order."""
    parser = _Forms()
    parser.feed(page)
    return parser.found


class Browser:
    """Follows links, fills in forms and presses their buttons; redirections are followed as browsers do."""

    def __init__(self, client: TestClient[Litestar] | httpx.Client) -> None:
        self.client = client
        self.answer: httpx.Response = httpx.Response(204)

    @property
    def text(self) -> str:
        """The page on the screen."""
        return self.answer.text

    @property
    def path(self) -> str:
        """The address of the page on the screen."""
        return self.answer.url.path

    def get(self, address: str, **headers: str) -> httpx.Response:
        """Opens a page."""
        self.answer = self.client.get(address, headers=headers)
        return self.answer

    def form(self, action: str) -> Form:
        """The form of the page on the screen that posts to this address; LookupError where there is none."""
        posting = [form for form in forms_of(self.text) if form.method == "post"]
        found = next((form for form in posting if form.action == action), None)
        if found is None:
            raise LookupError(f"no form posts to {action}; there are {[form.action for form in posting]}")
        return found

    def press(self, action: str, **typed: str) -> httpx.Response:
        """Fills in the form and presses its button."""
        form = self.form(action)
        return self.send(action, {**form.fields, **typed})

    def send(self, action: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        """Posts fields as a form does, whatever page is on the screen."""
        self.answer = self.client.post(
            action,
            content=urlencode(fields),
            headers={"content-type": "application/x-www-form-urlencoded", **headers},
        )
        return self.answer

    def sign_in(self, username: str, password: str) -> httpx.Response:
        """Name and password, from the page as it is served."""
        self.get("/sign-in")
        return self.press("/sign-in", username=username, password=password)
