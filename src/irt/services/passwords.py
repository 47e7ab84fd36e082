"""Passwords: stored as argon2id hashes; checking takes as long for an unknown name as for a known one."""

from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import SecretStr

from irt.blinding.guessed_first import is_guessed_first
from irt.errors import BadInput

PASSWORD_LENGTH_MIN = 12
NO_PASSWORD = "!"  # noqa: S105 - stored where no password can ever match
"""The hash of an account nobody signs in to."""


@dataclass(frozen=True, slots=True)
class PasswordRule:
    """What a guess costs. The default keeps a check near 35 ms, since it is made inside a transaction."""

    time_cost: int = 2
    memory_kib: int = 19456
    lanes: int = 1


RULE = PasswordRule()
"""The installation's rule; tests put a cheaper one here."""


class WeakPassword(BadInput):
    """The new password is too short, tells the user name, or is what everybody tries first."""


def hash_password(password: SecretStr, rule: PasswordRule | None = None) -> str:
    """The argon2id hash, with its parameters and salt inside."""
    return _hasher(rule or RULE).hash(password.get_secret_value())


def password_matches(stored: str | None, typed: SecretStr, rule: PasswordRule | None = None) -> bool:
    """Whether the typed password is the stored one; without a stored one it takes as long, and is never true."""
    used = rule or RULE
    usable = stored is not None and stored != NO_PASSWORD
    try:
        _hasher(used).verify(stored if stored and usable else _nobody(used), typed.get_secret_value())
    except (VerificationError, InvalidHashError):
        return False
    return usable


def refuse_weak(password: SecretStr, username: str) -> None:
    """WeakPassword where a password is shorter than 12 characters, holds the user name, or is guessed first."""
    text = password.get_secret_value()
    if len(text) < PASSWORD_LENGTH_MIN or username.casefold() in text.casefold() or is_guessed_first(text):
        raise WeakPassword(
            "This password is too easy to guess. Nothing was changed. "
            "Use at least 12 characters, not your user name, and not words or rows of keys that everybody tries."
        )


@cache
def _hasher(rule: PasswordRule) -> PasswordHasher:
    return PasswordHasher(time_cost=rule.time_cost, memory_cost=rule.memory_kib, parallelism=rule.lanes)


@cache
def _nobody(rule: PasswordRule) -> str:
    """A hash of the same cost, checked in place of a missing one."""
    return _hasher(rule).hash("nobody has this password")
