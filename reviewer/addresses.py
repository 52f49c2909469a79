"""Ranges of addresses (CIDR): which one contains another, and which are of the internet."""

from ipaddress import IPv4Network, IPv6Network, ip_network

# Addresses that no router of the internet knows.
# https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry
_PRIVATE = (
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
)


def contains(large: str, small: str) -> bool:
    """Return whether every address of one range is in another; equal texts contain each other."""
    if large == small:
        return True
    outer, inner = _network(large), _network(small)
    if isinstance(outer, IPv4Network) and isinstance(inner, IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(outer, IPv6Network) and isinstance(inner, IPv6Network):
        return inner.subnet_of(outer)
    return False


def is_range(text: str) -> bool:
    """Return whether a text is a range of addresses, and no reference to one."""
    return _network(text) is not None


def is_public(text: str) -> bool:
    """Return whether a range has addresses of the internet, as `0.0.0.0/1` and `3.0.0.0/8`."""
    return is_range(text) and not any(contains(one, text) for one in _PRIVATE)


def is_everything(text: str) -> bool:
    """Return whether a range has at least half of all addresses of its version."""
    found = _network(text)
    return found is not None and found.prefixlen <= 1


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None
