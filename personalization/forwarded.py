"""Behind a proxy: whose word is taken for where a request comes from (plain Python, no Django)."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_SCHEME = "HTTP_X_FORWARDED_PROTO"


def believe(environ: dict[str, Any], proxies: Sequence[Network]) -> None:
    """Puts the client's address into REMOTE_ADDR, and drops each X-Forwarded-… header that nobody we trust has sent.

    Without any trusted proxy, X-Forwarded-Proto stays: a tunnel needs it, and whoever forges it only spares himself
    the redirect to https.
    """
    sender = address_in(environ.get("REMOTE_ADDR", ""))
    if sender and _is_trusted(sender, proxies):
        environ["REMOTE_ADDR"] = str(_client(sender, environ.get("HTTP_X_FORWARDED_FOR", ""), proxies))
        return
    for name in [name for name in environ if name.startswith("HTTP_X_FORWARDED_")]:
        if proxies or name != _SCHEME:
            del environ[name]


def address_in(text: str) -> Address | None:
    """`192.0.2.1`, `192.0.2.1:80`, `2001:db8::1` or `[2001:db8::1]:80`; an IPv4 address in IPv6's clothes undressed."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _client(sender: Address, forwarded_for: str, proxies: Sequence[Network]) -> Address:
    """Each proxy adds at the end whom it heard from, so the last who is none of ours is the client.

    What stands before that anybody may have written; what is no address ends the search.
    """
    client = sender
    for hop in _from_the_end(forwarded_for):
        if hop is None:
            break
        client = hop
        if not _is_trusted(hop, proxies):
            break
    return client


def _from_the_end(forwarded_for: str) -> Iterator[Address | None]:
    return (address_in(hop) for hop in reversed(forwarded_for.split(",")))


def _is_trusted(address: Address, proxies: Sequence[Network]) -> bool:
    return any(address in network for network in proxies)
