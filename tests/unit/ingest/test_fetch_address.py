"""What is never connected to, however it is written or reached."""

from __future__ import annotations

import io
import ipaddress
import ssl
import threading
from collections.abc import Iterator, Sequence

import pytest

from ingest.fetch import FetchError, FetchLimits, FetchRequest, Surroundings, fetch
from ingest.fetch_address import RefusedUrl, check_url, is_public, resolve_by_system, resolve_target, shown_url
from tests.unit.ingest.loopback import LoopbackServer

NAMES = {
    "localhost": ["127.0.0.1", "::1"],
    "intern.example": ["10.0.0.1"],
    "two-faced.example": ["93.184.216.34", "10.0.0.1"],
    "six.example": ["fd12:3456::1"],
    "metadata.google.internal": ["169.254.169.254"],
}

NEVER_FETCHED = [
    ("http://127.0.0.1:{port}/", "not a public address"),
    ("http://127.1:{port}/", "usual form"),
    ("http://0x7f.1:{port}/", "usual form"),
    ("http://2130706433:{port}/", "usual form"),
    ("http://0177.0.0.1:{port}/", "usual form"),
    ("http://127.0.0.1.:{port}/", "usual form"),
    ("http://[::1]:{port}/", "not a public address"),
    ("http://[::ffff:127.0.0.1]:{port}/", "not a public address"),
    ("http://[::ffff:7f00:1]:{port}/", "not a public address"),
    ("http://[::127.0.0.1]/", "not a public address"),
    ("http://[64:ff9b::a00:1]/", "not a public address"),
    ("http://[2002:a00:1::]/", "not a public address"),
    ("http://[2001:0:4136:e378:8000:63bf:f5ff:fffe]/", "not a public address"),
    ("http://0.0.0.0:{port}/", "not a public address"),
    ("http://10.0.0.1/", "not a public address"),
    ("http://172.16.0.1/", "not a public address"),
    ("http://192.168.0.1/", "not a public address"),
    ("http://169.254.169.254/latest/meta-data/", "not a public address"),
    ("http://168.63.129.16/", "not a public address"),
    ("http://100.64.0.1/", "not a public address"),
    ("http://100.100.100.200/", "not a public address"),
    ("http://224.0.0.1/", "not a public address"),
    ("http://255.255.255.255/", "not a public address"),
    ("http://[fe80::1]/", "not a public address"),
    ("http://[fd00:ec2::254]/", "not a public address"),
    ("http://[fec0::1]/", "not a public address"),
    ("http://[fe80::1%25lo]/", "not an IPv6 address"),
    ("http://localhost:{port}/", "not a public address"),
    ("http://intern.example/", "intern.example is 10.0.0.1"),
    ("http://two-faced.example/", "two-faced.example is 10.0.0.1"),
    ("http://six.example/", "not a public address"),
    ("http://metadata.google.internal/computeMetadata/v1/", "not a public address"),
    ("file:///etc/passwd", "only http and https"),
    ("ftp://feeds.example/feed.zip", "only http and https"),
    ("gopher://feeds.example/1", "only http and https"),
    ("//feeds.example/feed.zip", "only http and https"),
    ("http://user:word@feeds.example/", "no user name or password"),
    ("http://feeds.example@127.0.0.1:{port}/", "no user name or password"),
    ("http://feeds.example\\@127.0.0.1:{port}/", "without backslashes"),
    ("http://１２７.０.０.１:{port}/", "printable ASCII"),
    ("http://127.0.0.1%00.feeds.example/", "not a host name"),
    ("http://feeds.example\r\nHost: intern/", "printable ASCII"),
    ("http:///feed.zip", "not a host name"),
    ("http://feeds..example/", "not a host name"),
    ("http://feeds.example:0/", "no such port"),
    ("http://feeds.example:99999/", "ort"),
    ("http://feeds.example/" + "a" * 3000, "longer than"),
]


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    server = LoopbackServer()
    yield server
    server.close()


def resolve(host: str, port: int) -> Sequence[str]:
    return NAMES.get(host, [host])


@pytest.mark.parametrize(("url", "reason"), NEVER_FETCHED, ids=[url[:50] for url, _ in NEVER_FETCHED])
def test_what_is_not_the_open_internet_is_refused_before_anything_is_sent(
    server: LoopbackServer, url: str, reason: str
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    world = Surroundings(resolve=resolve, tls=tls, sleep=lambda seconds: pytest.fail("tried again"))
    with pytest.raises(FetchError) as caught:
        fetch(FetchRequest(url.replace("{port}", str(server.port))), io.BytesIO(), FetchLimits(), world)
    assert reason in str(caught.value)
    assert "word" not in str(caught.value).replace("password", "")
    assert "\n" not in str(caught.value)
    assert server.connections == 0


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def test_the_systems_resolver_is_under_the_same_rule() -> None:
    with pytest.raises(RefusedUrl, match="not a public address"):
        resolve_target(check_url("http://localhost/"), resolve_by_system(5), is_public)


def test_a_resolver_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: done.wait(5) and [])
    with pytest.raises(TimeoutError, match="not resolved within"):
        resolve_by_system(0.05)("feeds.example", 80)
    done.set()


def test_a_url_is_taken_apart_as_it_is_sent() -> None:
    target = check_url("https://feeds.example:8443/gtfs/a%20b.zip?category=bus#part")
    assert (target.scheme, target.host, target.port) == ("https", "feeds.example", 8443)
    assert (target.path, target.authority) == ("/gtfs/a%20b.zip?category=bus", "feeds.example:8443")
    assert check_url("http://[2606:4700::1111]").authority == "[2606:4700::1111]"
    assert check_url("http://feeds.example").path == "/"


def test_messages_show_no_key() -> None:
    assert shown_url("https://user:word@feeds.example/a?key=secret#x") == "https://feeds.example/a"
