"""From where, in words."""

import pytest

from irt.blinding.whereabouts import whereabouts


@pytest.mark.parametrize(
    ("client", "words"),
    [
        ("irt command line", "the command line"),
        ("127.0.0.1", "a browser on the server itself"),
        ("::1", "a browser on the server itself"),
        ("192.0.2.77", "a browser in the network 192.0.2.0/24"),
        ("::ffff:192.0.2.77", "a browser in the network 192.0.2.0/24"),
        ("2001:db8:1:2::7", "a browser in the network 2001:db8:1::/48"),
        ("testclient", "a browser"),
        ("", "a browser"),
    ],
)
def test_a_network_and_never_a_machine(client: str, words: str) -> None:
    """Whatever was recorded."""
    assert whereabouts(client) == words
