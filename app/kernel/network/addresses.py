"""Addresses as limits count them."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address

_PREFIX = 64  # the prefix assigned to a single household or server


def is_this_machine(address: str) -> bool:
    """Return True for an address of a client on the server's own machine, False for anything else."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (mapped or found).is_loopback


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
