"""Settings read from the environment, or refused by the name of the variable."""

import pytest

from irt.errors import BadInput
from irt.states.records import Mode
from irt.supply.planner import ResupplyPlanner
from web.wiring import PLANNER, settings_from


def test_production_is_what_nobody_said_otherwise() -> None:
    """An empty environment is the strictest one."""
    settings = settings_from({})
    assert (settings.mode, settings.secure, settings.hosts) == (Mode.PRODUCTION, True, ())


def test_everything_can_be_said() -> None:
    """Mode, phone, names, plain HTTP."""
    settings = settings_from(
        {
            "IRT_MODE": "training",
            "IRT_HELP_PHONE": "+45 00 00 00 00",
            "IRT_HOSTS": "irt.example, irt2.example,",
            "IRT_PLAIN_HTTP": "yes",
        }
    )
    assert settings.mode is Mode.TRAINING
    assert settings.help_phone == "+45 00 00 00 00"
    assert settings.hosts == ("irt.example", "irt2.example")
    assert not settings.secure


@pytest.mark.parametrize(("name", "value"), [("IRT_MODE", "live"), ("IRT_PLAIN_HTTP", "1"), ("IRT_MODE", "")])
def test_what_cannot_be_read_is_named(name: str, value: str) -> None:
    """The sentence names the variable and what it may be."""
    with pytest.raises(BadInput, match=name):
        settings_from({name: value})


@pytest.mark.parametrize(("secure", "name"), [("no", "__Host-irt_session"), ("yes", "irt_session")])
def test_cookies_are_bound_to_the_host_except_on_plain_http(secure: str, name: str) -> None:
    """Browsers refuse the prefix without TLS."""
    assert settings_from({"IRT_PLAIN_HTTP": secure}).cookie_name("session") == name


def test_one_planner_is_named() -> None:
    """The pages see its Protocol."""
    planner: ResupplyPlanner = PLANNER
    assert planner.name == "min_max"
