"""Downloads a file from a host nobody vouches for: conditional, bounded in time and size, retried with patience.

It is built on the standard library's http.client: a connection must go to the very address that was checked while
TLS still checks the name, and every byte must meet one deadline. There that takes a page; urllib3 and httpx offer
it only by replacing their pools and transports. It reads no proxy settings and keeps no cookies.
"""

from __future__ import annotations

import hashlib
import random
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from typing import BinaryIO, NoReturn
from urllib.parse import urljoin

from ingest.fetch_address import (
    AddressRule,
    RefusedUrl,
    Resolve,
    Target,
    check_url,
    is_public,
    resolve_by_system,
    resolve_target,
    shown_url,
)
from ingest.fetch_body import BadBody, body_pieces
from ingest.fetch_connection import Deadline, PinnedConnection

USER_AGENT = "timbang (GTFS feed archive)"
MAX_REDIRECTS = 5
LONGEST_VALIDATOR = 1024
_REDIRECTS = {301, 302, 303, 307, 308}
_UNCHANGED = 304


class FetchError(Exception):
    """A download that failed for good. One line that names the URL, without its query.

    wait_s: how long the server wants to be left alone, if it said so.
    """

    def __init__(self, message: str, wait_s: float | None = None) -> None:
        super().__init__(message)
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How long and how large one download may be. Times are seconds."""

    connect_s: float = 10
    read_s: float = 30
    """Longest wait for the next bytes."""
    total_s: float = 600
    """One attempt with all its redirects."""
    max_bytes: int = 1 << 30
    """As sent, and as decoded."""
    attempts: int = 4
    backoff_s: float = 2
    """The first wait is up to this; each later one up to twice the one before."""
    max_wait_s: float = 120
    """A server that asks for a longer wait is left alone."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave with a version, to be asked whether there is a newer one. Blank where it gave nothing."""

    etag: str = ""
    last_modified: str = ""

    def headers(self) -> dict[str, str]:
        """Of a conditional request; empty where nothing is remembered."""
        pairs = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in pairs.items() if _is_header_value(value)}


def _is_header_value(text: str) -> bool:
    return 0 < len(text) <= LONGEST_VALIDATOR and text.isascii() and text.isprintable()


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to download. `secret_headers` go to the URL's own origin only, never along with a redirect elsewhere."""

    url: str
    validators: Validators = Validators()
    secret_headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came. `sha256` and `size` are of the decoded bytes; `is_new` is False for "not modified", without bytes."""

    is_new: bool
    url: str
    """Where the redirects ended, without its query."""
    validators: Validators
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The world that downloads happen in: network, clocks and chance. Tests bring their own."""

    resolve: Resolve = field(default_factory=lambda: resolve_by_system(10))
    is_allowed: AddressRule = is_public
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    """In [0, 1)."""


class _GiveUp(Exception):
    """A failure that will not pass."""


class _TryLater(Exception):
    """A failure that may pass. `wait_s` is what the server asked for, or None."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


def fetch(request: FetchRequest, sink: BinaryIO, limits: FetchLimits, world: Surroundings) -> Fetched:
    """Download `request.url` into `sink`, an empty file that can seek.

    Server errors, 429 and broken connections are tried again after a wait. Raises FetchError when that does not
    help, or never can; `sink` then holds nothing of use.
    """
    for attempt in range(1, limits.attempts + 1):
        try:
            return _attempt(request, sink, limits, world)
        except (RefusedUrl, BadBody, _GiveUp) as error:
            raise FetchError(_named(request.url, str(error))) from None
        except _TryLater as error:
            wait = _wait(attempt, error, limits, world)
            if attempt == limits.attempts or wait > limits.max_wait_s:
                raise FetchError(_named(request.url, _gave_up(error, attempt)), error.wait_s) from None
            world.sleep(wait)
    raise AssertionError("limits.attempts is at least 1")


def _named(url: str, reason: str) -> str:
    shown = shown_url(url)
    return reason if reason.startswith(shown) else f"{shown}: {reason}"


def _gave_up(error: _TryLater, attempts: int) -> str:
    times = "once" if attempts == 1 else f"{attempts} times"
    later = f"; the server asks to come back in {error.wait_s:.0f} s" if error.wait_s else ""
    return f"{error} (tried {times}){later}"


def _wait(attempt: int, error: _TryLater, limits: FetchLimits, world: Surroundings) -> float:
    """Seconds before the next attempt: full jitter, but not before the server wants to hear from us again."""
    longest = min(limits.backoff_s * 2.0 ** (attempt - 1), limits.max_wait_s)
    return max(longest * world.jitter(), error.wait_s or 0)


def _attempt(request: FetchRequest, sink: BinaryIO, limits: FetchLimits, world: Surroundings) -> Fetched:
    deadline = Deadline(limits.total_s, world.monotonic)
    first = target = check_url(request.url)
    for _ in range(MAX_REDIRECTS + 1):
        headers = {**request.validators.headers(), **(request.secret_headers if target.origin == first.origin else {})}
        connection = _connect(target, limits, deadline, world)
        try:
            response = _ask(connection, target, headers)
            if response.status not in _REDIRECTS:
                return _receive(response, target, request, sink, limits, world)
            target = _redirect(response, target)
        except ssl.SSLCertVerificationError as error:
            raise _GiveUp(f"{shown_url(target.url)}: its certificate is not valid: {error.verify_message}") from None
        except (OSError, HTTPException) as error:
            raise _TryLater(f"{shown_url(target.url)}: {_reason(error)}") from None
        finally:
            connection.hang_up()
    raise _GiveUp(f"{shown_url(request.url)}: more than {MAX_REDIRECTS} redirects")


def _connect(target: Target, limits: FetchLimits, deadline: Deadline, world: Surroundings) -> PinnedConnection:
    try:
        addresses = resolve_target(target, world.resolve, world.is_allowed)
    except OSError as error:
        raise _TryLater(f"{shown_url(target.url)}: {_reason(error)}") from None
    return PinnedConnection(
        target, addresses, world.tls, connect_s=limits.connect_s, read_s=limits.read_s, deadline=deadline
    )


def _reason(error: Exception) -> str:
    """In one line; the name of the class where the error says nothing more."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split()) or type(error).__name__


def _ask(connection: PinnedConnection, target: Target, headers: Mapping[str, str]) -> HTTPResponse:
    connection.putrequest("GET", target.path, skip_host=True, skip_accept_encoding=True)
    fixed = {"Host": target.authority, "User-Agent": USER_AGENT, "Accept": "*/*"}
    for name, value in {**fixed, "Accept-Encoding": "identity", "Connection": "close", **headers}.items():
        connection.putheader(name, value)
    connection.endheaders()
    return connection.getresponse()


def _redirect(response: HTTPResponse, target: Target) -> Target:
    location = response.getheader("Location")
    if not location:
        raise _GiveUp(f"{shown_url(target.url)}: a redirect to nowhere (status {response.status})")
    try:
        following = check_url(urljoin(target.url, location))
    except ValueError as error:  # RefusedUrl, or a URL that urljoin cannot take apart
        raise RefusedUrl(f"{shown_url(target.url)}: redirects to {error}") from None
    if target.scheme == "https" and following.scheme == "http":
        raise RefusedUrl(f"{shown_url(target.url)}: redirects from https to http, {shown_url(following.url)}")
    return following


def _receive(
    response: HTTPResponse,
    target: Target,
    request: FetchRequest,
    sink: BinaryIO,
    limits: FetchLimits,
    world: Surroundings,
) -> Fetched:
    if response.status == _UNCHANGED and request.validators.headers():
        return Fetched(False, shown_url(target.url), request.validators)
    if response.status != 200:
        _fail(response, target, world)
    _write(sink, None)
    digest, size = hashlib.sha256(), 0
    for piece in body_pieces(response, limits.max_bytes):
        _write(sink, piece)
        digest.update(piece)
        size += len(piece)
    return Fetched(True, shown_url(target.url), _validators(response), size, digest.hexdigest())


def _write(sink: BinaryIO, piece: bytes | None) -> None:
    """Append `piece`, or empty the file. A full disk is no fault of the server's, and no reason to ask it again."""
    try:
        if piece is None:
            sink.seek(0)
            sink.truncate()
        else:
            sink.write(piece)
    except OSError as error:
        raise FetchError(f"the download cannot be written: {error.strerror}") from None


def _fail(response: HTTPResponse, target: Target, world: Surroundings) -> NoReturn:
    reason = f"{shown_url(target.url)}: status {response.status}"
    if response.status == 429 or response.status >= 500:
        raise _TryLater(reason, _retry_after(response.getheader("Retry-After"), world.now()))
    raise _GiveUp(reason)


def _retry_after(text: str | None, now: datetime) -> float | None:
    """Seconds to wait: the header holds a number of them, or a date."""
    if text is None:
        return None
    if text.strip().isdecimal() and len(text.strip()) < 10:
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text).astimezone(UTC) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def _validators(response: HTTPResponse) -> Validators:
    values = (response.getheader(name) or "" for name in ("ETag", "Last-Modified"))
    return Validators(*(value if _is_header_value(value) else "" for value in values))
