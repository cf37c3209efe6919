"""Which URLs may be fetched, and which addresses may be connected to: the guard against requests forged through us.

A host is resolved once; what is connected to is the very address that was checked, so a name that changes its
mind between two look-ups gains nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

LONGEST_URL = 2048
DEFAULT_PORTS = {"http": 80, "https": 443}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
"""(host, port) -> IP addresses as text. Raises OSError where there is none."""
AddressRule = Callable[[Address], bool]

_PLAIN = re.compile(r"[\x21-\x7e]+")
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_REFUSED = (
    ipaddress.ip_network("168.63.129.16/32"),  # Azure's metadata and agent service: a public address
    ipaddress.ip_network("192.88.99.0/24"),  # relays of 6to4
    ipaddress.ip_network("2001::/32"),  # Teredo: carries an IPv4 address that we do not see
    ipaddress.ip_network("fec0::/10"),  # site-local, before there were ULA
)


class RefusedUrl(ValueError):
    """A URL, or what its host resolves to, that is never fetched. One line; shows no query and no credentials."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that passed `check_url`. `path` holds the query too; `host` has no brackets."""

    url: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: a key is only ever sent back to the origin it is for."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def check_url(url: str) -> Target:
    """Take `url` apart. Raises RefusedUrl unless it is plain http or https with one unambiguous host."""
    if len(url) > LONGEST_URL:
        raise RefusedUrl(f"{shown_url(url)}: longer than {LONGEST_URL} characters")
    # Parsers disagree about these, and about nothing else as often: one reads a host where another reads a path.
    if not _PLAIN.fullmatch(url) or "\\" in url:
        raise RefusedUrl(f"{shown_url(url)}: only printable ASCII without backslashes (a host in its xn-- form)")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RefusedUrl(f"{shown_url(url)}: {error}") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise RefusedUrl(f"{shown_url(url)}: only http and https")
    if "@" in parts.netloc:
        raise RefusedUrl(f"{shown_url(url)}: no user name or password in a URL")
    if port == 0 or parts.netloc.endswith(":"):
        raise RefusedUrl(f"{shown_url(url)}: no such port")
    host = _check_host(url, parts)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(url, parts.scheme, host, DEFAULT_PORTS[parts.scheme] if port is None else port, path)


def shown_url(url: str) -> str:
    """`url` as it may stand in a message: without query, fragment and credentials, which may hold keys."""
    shown = url.partition("#")[0].partition("?")[0]
    scheme, sign, rest = shown.partition("://")
    if sign:
        authority, slash, path = rest.partition("/")
        shown = f"{scheme}://{authority.rpartition('@')[2]}{slash}{path}"
    shown = shown if len(shown) <= 200 else shown[:200] + "…"
    return "".join(sign if sign.isprintable() else "?" for sign in shown)


def _check_host(url: str, parts: SplitResult) -> str:
    host = parts.hostname or ""
    if "[" in parts.netloc:
        try:
            if "%" in host:
                raise ValueError("an address of one network card")
            return str(ipaddress.IPv6Address(host))
        except ValueError:
            raise RefusedUrl(f"{shown_url(url)}: not an IPv6 address") from None
    labels = host.removesuffix(".").split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise RefusedUrl(f"{shown_url(url)}: not a host name")
    if not _NUMBER.fullmatch(labels[-1]):
        return host
    # 127.1, 0x7f.1, 2130706433 and 0177.0.0.1 are 127.0.0.1 to the system's resolver; here they are mistakes.
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError:
        raise RefusedUrl(f"{shown_url(url)}: not an IPv4 address in its usual form") from None


def is_public(address: Address) -> bool:
    """Whether `address` is one of the open internet: the rule of every real fetch.

    Refused are loopback, private, link-local (with the metadata services), unique local, carrier-grade NAT,
    multicast, reserved and documentation addresses, and IPv6 forms that wrap any of those.
    """
    inner = _unwrapped(address)
    if inner is not None:
        return is_public(inner)
    if any(address.version == net.version and address in net for net in _REFUSED):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _unwrapped(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside a mapped, NAT64 or 6to4 one."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def resolve_target(target: Target, resolve: Resolve, allowed: AddressRule) -> list[Address]:
    """The addresses to connect to, in order. Raises RefusedUrl if any of them is not allowed, OSError if none is.

    One bad address among good ones refuses the host: which one is connected to must not depend on luck.
    """
    addresses = [ipaddress.ip_address(text) for text in resolve(target.host, target.port)]
    if not addresses:
        raise OSError(f"{target.host} has no address")
    for address in addresses:
        if not allowed(address):
            raise RefusedUrl(f"{shown_url(target.url)}: {target.host} is {address}, which is not a public address")
    return addresses


def resolve_by_system(timeout_s: float) -> Resolve:
    """The system's resolver, given up after `timeout_s`: getaddrinfo has no time limit of its own."""

    def resolve(host: str, port: int) -> Sequence[str]:
        answers: list[list[str] | OSError] = []

        def ask() -> None:
            try:
                found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                answers.append(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
            except (OSError, UnicodeError) as error:
                answers.append(OSError(f"{host} cannot be resolved: {error}"))

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(timeout_s)
        if not answers:
            raise TimeoutError(f"{host} was not resolved within {timeout_s:g} s")
        answer = answers[0]
        if isinstance(answer, OSError):
            raise answer
        return answer

    return resolve
