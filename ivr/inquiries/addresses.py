"""Which addresses may be asked. A name in the allow-list can point anywhere, so its addresses are judged, not the name.

Refused is whatever is not of the public network: private, loopback, link-local (where clouds answer with their own
credentials), shared, multicast, reserved; also as an IPv4 address that hides in an IPv6 one. We connect to the very
address that was judged, so that a second answer of the name's owner cannot lead elsewhere.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from ivr.errors import IvrError

Network = IPv4Network | IPv6Network
Place = tuple[int, tuple[object, ...]]  # address family and socket address

# What the standard library of one version or another takes for public, by IANA's special-purpose registries; and a
# cloud's own channel to its machines, which is public by its number.
_SPECIAL = (
    "168.63.129.16/32",
    "192.0.0.0/24",
    "192.88.99.0/24",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",  # Teredo too
    "2001:db8::/32",
    "2002::/16",  # 6to4
    "3fff::/20",
    "5f00::/16",
    "fec0::/10",
)
_INNER = tuple(map(ip_network, _SPECIAL))
_TRANSLATED = ip_network("64:ff9b::/96")  # an IPv4 address in its last 32 bits
_COMPATIBLE = ip_network("::/96")


class NotAsked(IvrError):
    """Nothing was sent."""


class Inner(NotAsked):
    """Nothing was sent, since the address is not of the public network."""


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Read networks as the settings hold them."""
    return tuple(map(ip_network, texts))


def resolve(host: str, port: int, deadline: float, inside: tuple[Network, ...] = ()) -> list[Place]:
    """Find the addresses of a host, all public or in `inside`: NotAsked where there is none, Inner where one is not."""
    found = _looked_up(host, port, deadline)
    for _, (address, *_) in found:
        if not allowed(str(address), inside):
            raise Inner(f"{host} has the address {address}, which is not of the public network")
    return found


def allowed(address: str, inside: tuple[Network, ...] = ()) -> bool:
    """Tell whether this address may be asked."""
    plain = ip_address(address.partition("%")[0])
    return any(plain.version == each.version and plain in each for each in inside) or _public(_meant(plain))


def _public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is a machine of the public network."""
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    return not any(address.version == each.version and address in each for each in _INNER)


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Give the IPv4 address that is written in an IPv6 one, else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED or (address in _COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address


def _looked_up(host: str, port: int, deadline: float) -> list[Place]:
    """Ask the system for the addresses; it knows no time limit of its own, so a thread waits in our place."""
    found: list[Place] = []
    failed: list[Exception] = []

    def look() -> None:
        try:
            found.extend(
                (family, place) for family, _, _, _, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            )
        except (OSError, UnicodeError) as error:
            failed.append(error)

    thread = threading.Thread(target=look, name="resolve", daemon=True)
    thread.start()
    thread.join(max(0.0, deadline - time.monotonic()))
    if failed or not found:
        raise NotAsked(f"{host} has no address: {failed[0] if failed else 'the name server is too slow'}")
    return found
