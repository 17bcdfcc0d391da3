"""Which addresses a message may be sent to: the open network, never this one."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address

_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052


def is_open(address: str) -> bool:
    """Whether an IP address, as text, is one of the open network.

    Addresses that carry another inside (IPv4-mapped, 6to4, Teredo, NAT64) must carry an open one.
    Shared, documentation, multicast and reserved ranges are not open. Raises ValueError for what
    is no address.
    """
    found = ip_address(address.partition("%")[0])
    return all(each.is_global and not each.is_multicast for each in _carried(found))


def _carried(address: Address) -> list[Address]:
    """The address that is reached in the end, and for Teredo its server too."""
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if address.sixtofour:
        return [address.sixtofour]
    if address.teredo:
        return list(address.teredo)
    if address in _NAT64:
        return [IPv4Address(int(address) & 0xFFFFFFFF)]
    return [address]
