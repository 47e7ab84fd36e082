"""Another system that talks to the API with one token, in the test's process."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from httpx import Response
from litestar.testing import TestClient
from sqlalchemy import text

from irt.blinding.roles import Permission
from irt.services.issue_token import IssueToken, issue_token
from tests.cast import PASSWORD, token_of
from tests.web.world import World

SIGNING = {"password": PASSWORD}
ANSWERS: dict[str, Any] = {"levels": {"ldl": "LT85"}, "dose_level": "Q2W"}
"""What the study asks before it randomizes."""


@dataclass
class System:
    """A system with a token of the named person."""

    world: World
    client: TestClient[Any]
    token: str

    @classmethod
    def of(
        cls, world: World, username: str, scopes: Iterable[Permission] = tuple(Permission), days: int = 30
    ) -> "System":
        """A token of that person with these scopes."""
        ask = IssueToken(scopes=list(scopes), expires_at=world.now + timedelta(days=days))
        token = token_of(world.office.does(world.office.account(username), issue_token, ask))
        return cls(world, world.client(raise_server_exceptions=False), token)

    @property
    def header(self) -> dict[str, str]:
        """What every request carries."""
        return {"Authorization": f"Bearer {self.token}"}

    def asks(self, path: str, **parameters: Any) -> Response:
        """A question."""
        return self.client.get(f"/api/v1{path}", params=parameters, headers=self.header)

    def asks_study(self, path: str, **parameters: Any) -> Response:
        """A question about the world's study."""
        return self.asks(f"/studies/{self.world.study_id}{path}", **parameters)

    def does(self, path: str, key: str | None = None, **body: Any) -> Response:
        """A command in the world's study, with a fresh key where none is given."""
        return self.does_alone(path, key, **{"study_id": self.world.study_id, **body})

    def does_alone(self, path: str, key: str | None = None, **body: Any) -> Response:
        """A command whose record names its study itself."""
        headers = {**self.header, "Idempotency-Key": key or f"{uuid4()}"}
        return self.client.post(f"/api/v1{path}", json=body, headers=headers)

    def screens(self) -> str:
        """A newly screened subject's number."""
        return str(self.booked("/subjects/screen", site=self.world.sites[0][0], on_day=self.today)["subject"])

    def randomizes(self) -> str:
        """A newly randomized subject's number."""
        subject = self.screens()
        self.booked("/subjects/randomize", subject=subject, on_day=self.today, **ANSWERS)
        return subject

    def dispenses(self) -> tuple[str, dict[str, Any]]:
        """A randomized subject's number and its first visit's dispensing, kits assigned."""
        subject = self.randomizes()
        self.booked("/dispensings/sign-order", subject=subject, visit="D1", dose_level="Q2W", signing=SIGNING)
        return subject, self.booked("/dispensings/assign", subject=subject, visit="D1", on_day=self.today)

    def booked(self, path: str, **body: Any) -> dict[str, Any]:
        """The answer of a command that is not refused."""
        return _receipt(self.does(path, **body))

    def booked_alone(self, path: str, **body: Any) -> dict[str, Any]:
        """The same for a command whose record names its study itself."""
        return _receipt(self.does_alone(path, **body))

    @property
    def today(self) -> str:
        """The day in the world."""
        return self.world.now.date().isoformat()


def _receipt(answer: Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    receipt: dict[str, Any] = answer.json()
    return receipt


def depot_of(world: World) -> int:
    """The id of the depot that supplies the sites."""
    with world.store.reading() as connection:
        return int(connection.execute(text("SELECT id FROM depot WHERE code = 'NLD'")).scalar_one())
