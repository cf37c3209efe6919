"""Downloads from a server that answers well, badly, slowly or never."""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
import socket
import ssl
import subprocess
import threading
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest

from ingest.fetch import FetchError, FetchLimits, FetchRequest, Validators, fetch
from tests.unit.ingest.loopback import HOST, NOW, Answer, Asked, LoopbackServer, World, in_turn, raw, reply

BODY = bytes(range(256)) * 1000
QUICK = FetchLimits(connect_s=2, read_s=0.3, total_s=1.0, attempts=1, max_bytes=1 << 20)
PATIENT = FetchLimits(connect_s=2, read_s=2, total_s=5, max_bytes=1 << 20)


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    server = LoopbackServer()
    yield server
    server.close()


@pytest.fixture
def world() -> World:
    return World()


def failure(server: LoopbackServer, world: World, path: str = "/f", limits: FetchLimits = QUICK) -> str:
    with pytest.raises(FetchError) as caught:
        fetch(FetchRequest(server.url(path)), io.BytesIO(), limits, world.surroundings())
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_bytes_come_as_they_are_with_their_digest_and_what_to_ask_with_next(
    server: LoopbackServer, world: World
) -> None:
    server.routes["/f?a=1"] = reply(BODY, ETag='"v1"', Last_Modified="Mon, 02 Mar 2026 10:00:00 GMT")
    sink = io.BytesIO(b"left over from before" * 100_000)
    fetched = fetch(FetchRequest(server.url("/f?a=1")), sink, PATIENT, world.surroundings())
    assert sink.getvalue() == BODY
    assert (fetched.is_new, fetched.size) == (True, len(BODY))
    assert fetched.sha256 == hashlib.sha256(BODY).hexdigest()
    assert fetched.validators == Validators('"v1"', "Mon, 02 Mar 2026 10:00:00 GMT")
    assert fetched.url == server.url("/f")
    [asked] = server.asked
    assert asked.headers["host"] == f"feeds.example:{server.port}"
    assert asked.headers["accept-encoding"] == "identity"
    assert "if-none-match" not in asked.headers


def test_a_version_that_is_known_is_asked_for_conditionally_and_not_sent_again(
    server: LoopbackServer, world: World
) -> None:
    server.routes["/f"] = reply(status=304)
    validators = Validators('"v1"', "Mon, 02 Mar 2026 10:00:00 GMT")
    sink = io.BytesIO()
    fetched = fetch(FetchRequest(server.url("/f"), validators), sink, PATIENT, world.surroundings())
    assert (fetched.is_new, fetched.validators, sink.getvalue()) == (False, validators, b"")
    assert server.asked[0].headers["if-none-match"] == '"v1"'
    assert server.asked[0].headers["if-modified-since"] == "Mon, 02 Mar 2026 10:00:00 GMT"


def test_not_modified_is_no_answer_to_a_question_without_conditions(server: LoopbackServer, world: World) -> None:
    server.routes["/f"] = reply(status=304)
    assert "status 304" in failure(server, world)


def test_validators_that_could_break_a_header_are_not_sent(server: LoopbackServer, world: World) -> None:
    server.routes["/f"] = reply(BODY)
    validators = Validators('"a"\r\nX-Evil: 1', "é")
    fetch(FetchRequest(server.url("/f"), validators), io.BytesIO(), PATIENT, world.surroundings())
    assert "x-evil" not in server.asked[0].headers
    assert "if-modified-since" not in server.asked[0].headers


# Redirects


def test_five_redirects_are_followed_and_each_name_is_resolved_once(server: LoopbackServer, world: World) -> None:
    for hop in range(5):
        server.routes[f"/{hop}"] = reply(status=302, Location=server.url(f"/{hop + 1}", host=f"h{hop + 1}.example"))
    server.routes["/5"] = reply(BODY)
    fetched = fetch(FetchRequest(server.url("/0")), io.BytesIO(), PATIENT, world.surroundings())
    assert fetched.url == server.url("/5", host="h5.example")
    assert world.resolved == ["feeds.example", *(f"h{hop}.example" for hop in range(1, 6))]


def test_a_relative_redirect_is_followed(server: LoopbackServer, world: World) -> None:
    server.routes["/a/b"] = reply(status=308, Location="../c")
    server.routes["/c"] = reply(BODY)
    assert fetch(FetchRequest(server.url("/a/b")), io.BytesIO(), PATIENT, world.surroundings()).size == len(BODY)


def test_a_redirect_loop_ends_after_five(server: LoopbackServer, world: World) -> None:
    server.routes["/f"] = reply(status=301, Location="/f")
    assert "more than 5 redirects" in failure(server, world, limits=PATIENT)
    assert len(server.asked) == 6
    assert world.waits == []


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("file:///etc/passwd", "only http and https"),
        ("gopher://h.example/", "only http and https"),
        ("http://127.0.0.2/", "127.0.0.2, which is not a public address"),
        ("http://[::1]/", "::1, which is not a public address"),
        ("http://127.1/", "usual form"),
        ("http://169.254.169.254/latest/", "not a public address"),
        ("http://intern.example/", "10.0.0.1, which is not a public address"),
        ("//u:p@h.example/", "no user name or password"),
        ("http://[oops/", "redirects to"),
        ("", "redirect to nowhere"),
    ],
)
def test_a_redirect_is_checked_like_the_first_url(
    server: LoopbackServer, world: World, location: str, reason: str
) -> None:
    world.names["intern.example"] = ["10.0.0.1"]
    server.routes["/f"] = reply(status=302, Location=location)
    assert reason in failure(server, world, limits=PATIENT)
    assert (len(server.asked), world.waits) == (1, [])


def test_a_name_that_changes_its_mind_is_connected_to_where_it_was_checked(
    server: LoopbackServer, world: World
) -> None:
    answers = [[HOST], ["10.0.0.1"]]
    server.routes["/f"] = reply(BODY)
    surroundings = world.surroundings(resolve=lambda host, port: answers.pop(0))
    assert fetch(FetchRequest(server.url("/f")), io.BytesIO(), PATIENT, surroundings).size == len(BODY)
    assert answers == [["10.0.0.1"]]
    with pytest.raises(FetchError, match="not a public address"):
        fetch(FetchRequest(server.url("/f")), io.BytesIO(), PATIENT, surroundings)


def test_a_key_goes_to_its_own_origin_only(server: LoopbackServer, world: World) -> None:
    server.routes["/f"] = reply(status=302, Location=server.url("/g"))
    server.routes["/g"] = reply(status=302, Location=server.url("/h", host="elsewhere.example"))
    server.routes["/h"] = reply(BODY)
    request = FetchRequest(server.url("/f"), secret_headers={"ApiKey": "secret"})
    fetch(request, io.BytesIO(), PATIENT, world.surroundings())
    assert ["apikey" in asked.headers for asked in server.asked] == [True, True, False]
    assert "secret" not in repr(request)


# Limits


def test_a_body_may_be_as_large_as_the_limit_and_no_larger(server: LoopbackServer, world: World) -> None:
    limits = FetchLimits(max_bytes=len(BODY), attempts=1)
    server.routes["/f"] = reply(BODY)
    assert fetch(FetchRequest(server.url("/f")), io.BytesIO(), limits, world.surroundings()).size == len(BODY)
    server.routes["/f"] = reply(BODY + b"x")
    assert f"{len(BODY) + 1} bytes are announced" in failure(server, world, limits=limits)


def gzip_reply(body: bytes, encoding: str = "gzip") -> Answer:
    return reply(body, Content_Encoding=encoding)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(BODY), "gzip"),
        (gzip.compress(BODY[:1000]) + gzip.compress(BODY[1000:]), "x-gzip"),
        (zlib.compress(BODY), "deflate"),
        (BODY, "identity"),
    ],
)
def test_an_encoding_that_nobody_asked_for_is_undone(
    server: LoopbackServer, world: World, body: bytes, encoding: str
) -> None:
    server.routes["/f"] = gzip_reply(body, encoding)
    sink = io.BytesIO()
    fetched = fetch(FetchRequest(server.url("/f")), sink, PATIENT, world.surroundings())
    assert sink.getvalue() == BODY
    assert fetched.sha256 == hashlib.sha256(BODY).hexdigest()


def test_a_gzip_bomb_is_stopped_at_the_limit(server: LoopbackServer, world: World) -> None:
    server.routes["/f"] = gzip_reply(gzip.compress(bytes(200 << 20)))  # 200 MB in 200 kB
    sink = io.BytesIO()
    with pytest.raises(FetchError, match="more than 1048576 bytes"):
        fetch(FetchRequest(server.url("/f")), sink, PATIENT, world.surroundings())
    assert len(sink.getvalue()) <= 1 << 20


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
def test_other_encodings_are_refused(server: LoopbackServer, world: World, encoding: str) -> None:
    server.routes["/f"] = gzip_reply(BODY, encoding)
    assert "Content-Encoding" in failure(server, world)


def test_a_damaged_encoding_is_refused(server: LoopbackServer, world: World) -> None:
    whole = bytearray(gzip.compress(BODY))
    whole[30] ^= 0xFF
    server.routes["/f"] = gzip_reply(bytes(whole))
    assert "damaged" in failure(server, world) or "more than" in failure(server, world)


def until_stopped(server: LoopbackServer, head: bytes, piece: bytes, pause_s: float) -> Answer:
    def answer(asked: Asked, connection: socket.socket) -> None:
        connection.sendall(head)
        while not server.stopping.wait(pause_s):
            connection.sendall(piece)

    return answer


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"


def test_a_body_that_drips_ends_with_the_total_time(server: LoopbackServer, world: World) -> None:
    server.routes["/f"] = until_stopped(server, HEAD, b"x", 0.05)
    started = monotonic()
    assert "not done within 1 s" in failure(server, world)
    assert monotonic() - started < 3


def test_headers_that_drip_end_with_the_total_time(server: LoopbackServer, world: World) -> None:
    server.routes["/f"] = until_stopped(server, b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x", 0.05)
    started = monotonic()
    assert "not done within 1 s" in failure(server, world)
    assert monotonic() - started < 3


def test_silence_ends_with_the_read_time(server: LoopbackServer, world: World) -> None:
    server.routes["/f"] = until_stopped(server, HEAD, b"", 5)
    started = monotonic()
    assert "nothing came for 0.3 s" in failure(server, world)
    assert monotonic() - started < 1


def test_endless_chunks_end_at_the_limit(server: LoopbackServer, world: World) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.routes["/f"] = until_stopped(server, head, b"10000\r\n" + bytes(65536) + b"\r\n", 0)
    assert "more than 1048576 bytes" in failure(server, world, limits=PATIENT)


def test_endless_headers_are_refused(server: LoopbackServer, world: World) -> None:
    server.routes["/f"] = until_stopped(server, b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 50, 0)
    assert "got more than 100 headers" in failure(server, world)


def test_a_port_where_nobody_listens_is_a_failure_in_one_line(world: World) -> None:
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(FetchError, match="Connection refused"):
        fetch(FetchRequest(f"http://feeds.example:{port}/"), io.BytesIO(), QUICK, world.surroundings())


def test_the_next_address_of_a_host_is_tried_where_the_first_does_not_answer(
    server: LoopbackServer, world: World
) -> None:
    server.routes["/f"] = reply(BODY)
    world.names["feeds.example"] = ["127.0.0.3", HOST]
    surroundings = world.surroundings(is_allowed=lambda address: address.is_loopback)
    assert fetch(FetchRequest(server.url("/f")), io.BytesIO(), PATIENT, surroundings).size == len(BODY)


# Trying again


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_server_in_trouble_is_asked_again_after_ever_longer_waits(
    server: LoopbackServer, world: World, status: int
) -> None:
    trouble = reply(status=status)
    server.routes["/f"] = in_turn(trouble, trouble, trouble, reply(BODY))
    fetched = fetch(FetchRequest(server.url("/f")), io.BytesIO(), PATIENT, world.surroundings())
    assert fetched.size == len(BODY)
    assert world.waits == [2, 4, 8]


def test_waits_are_spread_by_chance(server: LoopbackServer, world: World) -> None:
    server.routes["/f"] = in_turn(reply(status=503), reply(status=503), reply(BODY))
    fetch(FetchRequest(server.url("/f")), io.BytesIO(), PATIENT, world.surroundings(jitter=lambda: 0.25))
    assert world.waits == [0.5, 1.0]


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [
        ("30", 30),
        ("0", 2),
        ((NOW + timedelta(seconds=45)).strftime("%a, %d %b %Y %H:%M:%S GMT"), 45),
        ((NOW - timedelta(seconds=45)).strftime("%a, %d %b %Y %H:%M:%S GMT"), 2),
        ("soon", 2),
        ("-5", 2),
    ],
)
def test_retry_after_is_honoured(server: LoopbackServer, world: World, retry_after: str, wait: float) -> None:
    server.routes["/f"] = in_turn(reply(status=503, Retry_After=retry_after), reply(BODY))
    fetch(FetchRequest(server.url("/f")), io.BytesIO(), PATIENT, world.surroundings())
    assert world.waits == [wait]


def test_a_server_that_wants_to_be_left_alone_is(server: LoopbackServer, world: World) -> None:
    server.routes["/f"] = reply(status=429, Retry_After="86400")
    text = failure(server, world, limits=PATIENT)
    assert "status 429 (tried once); the server asks to come back in 86400 s" in text
    assert (len(server.asked), world.waits) == (1, [])


def test_trouble_that_stays_is_given_up(server: LoopbackServer, world: World) -> None:
    server.routes["/f"] = reply(status=500)
    assert "status 500 (tried 4 times)" in failure(server, world, limits=PATIENT)
    assert len(server.asked) == 4


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 204, 206])
def test_an_answer_that_is_final_is_not_questioned(server: LoopbackServer, world: World, status: int) -> None:
    server.routes["/f"] = reply(status=status)
    assert f"status {status}" in failure(server, world, limits=PATIENT)
    assert (len(server.asked), world.waits) == (1, [])


@pytest.mark.parametrize(
    "broken",
    [
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n", BODY),
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"ff\r\nabc"),
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"zz\r\nabc\r\n"),
        raw(b"SSH-2.0-OpenSSH_9.6\r\n"),
        raw(),
        reply(gzip.compress(BODY)[:-9], Content_Encoding="gzip"),
    ],
    ids=["length", "chunk", "chunk size", "another protocol", "nothing", "gzip"],
)
def test_an_answer_that_is_cut_short_is_asked_for_again(server: LoopbackServer, world: World, broken: Answer) -> None:
    server.routes["/f"] = in_turn(broken, reply(BODY))
    sink = io.BytesIO()
    fetched = fetch(FetchRequest(server.url("/f")), sink, PATIENT, world.surroundings())
    assert (fetched.sha256, sink.getvalue()) == (hashlib.sha256(BODY).hexdigest(), BODY)
    assert world.waits == [2]


def test_a_full_disk_is_no_reason_to_ask_again(server: LoopbackServer, world: World) -> None:
    class FullDisk(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(28, "No space left on device")

    server.routes["/f"] = reply(BODY)
    with pytest.raises(FetchError, match="cannot be written: No space left"):
        fetch(FetchRequest(server.url("/f")), FullDisk(), PATIENT, world.surroundings())
    assert len(server.asked) == 1


# TLS


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for feeds.example, good for a day, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the certificate of this test")
    names = ["-subj", "/CN=feeds.example", "-addext", "subjectAltName=DNS:feeds.example"]
    paths = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
         *names, "-out", paths[0], "-keyout", paths[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    return paths


@pytest.fixture
def tls_port(certificate: tuple[Path, Path]) -> Iterator[int]:
    """A server that sends three clients elsewhere, over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with socket.create_server((HOST, 0)) as listener:
        listener.settimeout(5)
        thread = threading.Thread(target=_serve_tls, args=(listener, context, 3), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)


def _serve_tls(listener: socket.socket, context: ssl.SSLContext, clients: int) -> None:
    for _ in range(clients):
        connection, _ = listener.accept()
        with connection, suppress(OSError):  # a client that does not trust us hangs up
            connection.settimeout(5)
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(4096)
                secure.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://feeds.example/\r\n\r\n")


def test_tls_is_checked_against_the_name_though_the_address_is_connected_to(
    certificate: tuple[Path, Path], tls_port: int, world: World
) -> None:
    surroundings = world.surroundings(tls=ssl.create_default_context(cafile=str(certificate[0])))
    with pytest.raises(FetchError, match="redirects from https to http"):  # so the handshake was good
        fetch(FetchRequest(f"https://feeds.example:{tls_port}/"), io.BytesIO(), PATIENT, surroundings)
    with pytest.raises(FetchError, match="certificate is not valid: Hostname mismatch"):
        fetch(FetchRequest(f"https://other.example:{tls_port}/"), io.BytesIO(), PATIENT, surroundings)
    with pytest.raises(FetchError, match="certificate is not valid: self-signed"):
        fetch(FetchRequest(f"https://feeds.example:{tls_port}/"), io.BytesIO(), PATIENT, world.surroundings())
    assert world.waits == []
