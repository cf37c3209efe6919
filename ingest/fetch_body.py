"""A response's body in bounded pieces: size as sent, size as decoded, completeness."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse

PIECE = 1 << 16
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32


class BadBody(Exception):
    """A body that is too large, in an encoding nobody asked for, or damaged. Asking again will not help."""


class CutShort(OSError):
    """A body that ended before its end. Asking again may help."""


def body_pieces(response: HTTPResponse, max_bytes: int) -> Iterator[bytes]:
    """The decoded body, never more than `max_bytes` of it, and never more than PIECE at once in memory.

    Raises BadBody, CutShort, and what the connection raises.
    """
    encoding = (response.getheader("Content-Encoding") or "identity").strip().lower()
    declared = response.length
    if declared is not None and declared > max_bytes:
        raise BadBody(f"{declared} bytes are announced, at most {max_bytes} are taken")
    pieces = _bounded(_raw_pieces(response, declared), max_bytes)
    if encoding == "identity":
        return pieces
    if encoding in ("gzip", "x-gzip", "deflate"):
        return _bounded(_inflated(pieces), max_bytes)
    raise BadBody(f"Content-Encoding is {encoding[:40]!r}, but none was asked for")


def _raw_pieces(response: HTTPResponse, declared: int | None) -> Iterator[bytes]:
    received = 0
    try:
        while piece := response.read(PIECE):
            received += len(piece)
            yield piece
    except HTTPException as error:
        raise CutShort(f"the body ended early or is malformed: {type(error).__name__}") from None
    # http.client takes the end of the connection for the end of the body; Content-Length knows better.
    if declared is not None and received < declared:
        raise CutShort(f"{received} of {declared} bytes came")


def _bounded(pieces: Iterator[bytes], max_bytes: int) -> Iterator[bytes]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > max_bytes:
            raise BadBody(f"more than {max_bytes} bytes")
        yield piece


def _inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """gzip (one member or several) or zlib, inflated PIECE by PIECE: a bomb is stopped while it is small."""
    inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
    for piece in pieces:
        rest = piece
        while rest:
            if inflater.eof:
                inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
            try:
                out = inflater.decompress(rest, PIECE)
            except zlib.error as error:
                raise BadBody(f"the encoded body is damaged: {error}") from None
            rest = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            if out:
                yield out
    while not inflater.eof:
        # A full piece of output may have used all input and left more inside.
        out = inflater.decompress(inflater.unconsumed_tail, PIECE)
        if not out:
            raise CutShort("the encoded body ended early")
        yield out
