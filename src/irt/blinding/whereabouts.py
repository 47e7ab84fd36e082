"""From where somebody signed in, in words that place nobody: a network, never a machine."""

from ipaddress import IPv6Address, ip_address, ip_network

COMMAND_LINE = "irt command line"
"""What a command is recorded as."""
_KEPT_BITS = {4: 24, 6: 48}


def whereabouts(client: str) -> str:
    """As 'a browser in the network 192.0.2.0/24'; the command line and this machine are said as such."""
    if client == COMMAND_LINE:
        return "the command line"
    try:
        address = ip_address(client)
    except ValueError:
        return "a browser"
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback:
        return "a browser on the server itself"
    return f"a browser in the network {ip_network((address, _KEPT_BITS[address.version]), strict=False)}"
