"""Addresses as limits count them."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address

_PREFIX = 64  # the prefix assigned to a single household or server


def network_of(address: str) -> str:
    """Return an IPv4 address unchanged; for an IPv6 address its /64 network (ACC-18)."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((found, _PREFIX), strict=False))
