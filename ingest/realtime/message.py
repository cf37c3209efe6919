"""The bytes of a message to its header and entities. Nothing in here trusts a byte, and only RejectedMessage escapes.

A message is decoded as a whole. Where that fails, or an entity lacks what the format requires, its entities are
decoded one by one, so that a broken one costs itself alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2 as gtfs_rt

from ingest.realtime.outcome import Rejection

MOST_BYTES = 32 << 20
_HEADER, _ENTITY, _LENGTH_DELIMITED = 1, 2, 2
_LONGEST_VARINT = 10
_FIXED = {1: 8, 5: 4}
"""Wire types of a fixed length."""


class RejectedMessage(Exception):
    """A message of which nothing is used."""

    def __init__(self, reason: Rejection) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Message:
    """A decoded message. timestamp_s is 0 where its header has none; n_broken entities could not be decoded."""

    timestamp_s: int
    is_differential: bool
    entities: Sequence[gtfs_rt.FeedEntity]
    n_broken: int


def read_message(data: bytes) -> Message:
    """Raises RejectedMessage for what is no message."""
    if not data:
        raise RejectedMessage(Rejection.EMPTY)
    if len(data) > MOST_BYTES:
        raise RejectedMessage(Rejection.TOO_LARGE)
    whole = gtfs_rt.FeedMessage()
    try:
        whole.ParseFromString(data)
    except DecodeError:
        return _read_by_parts(data)
    if not whole.HasField("header") or not whole.header.IsInitialized():
        raise RejectedMessage(Rejection.NO_HEADER)
    entities: Sequence[gtfs_rt.FeedEntity] = whole.entity
    n_broken = 0
    if not whole.IsInitialized():
        complete = [entity for entity in whole.entity if entity.IsInitialized()]
        n_broken = len(whole.entity) - len(complete)
        entities = complete
    return _message(whole.header, entities, n_broken)


def _message(header: gtfs_rt.FeedHeader, entities: Sequence[gtfs_rt.FeedEntity], n_broken: int) -> Message:
    if n_broken and not entities:
        raise RejectedMessage(Rejection.UNREADABLE)
    is_differential = header.incrementality == gtfs_rt.FeedHeader.DIFFERENTIAL
    return Message(header.timestamp, is_differential, entities, n_broken)


def _read_by_parts(data: bytes) -> Message:
    """A message that is sound outside, but for some of its entities."""
    header, entities, n_broken = gtfs_rt.FeedHeader(), [], 0
    for field, part in _fields(data):
        if field == _HEADER:
            try:
                header.MergeFromString(part)
            except DecodeError:
                raise RejectedMessage(Rejection.NO_HEADER) from None
        elif field == _ENTITY:
            entity = gtfs_rt.FeedEntity()
            try:
                entity.ParseFromString(part)
            except DecodeError:
                n_broken += 1
                continue
            if entity.IsInitialized():
                entities.append(entity)
            else:
                n_broken += 1
    if not header.IsInitialized():
        raise RejectedMessage(Rejection.NOT_A_MESSAGE)
    return _message(header, entities, n_broken)


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(number, bytes) of the outermost fields that hold messages. Raises RejectedMessage where those are broken."""
    at, view = 0, memoryview(data)
    while at < len(data):
        key, at = _varint(data, at)
        field, wire_type = key >> 3, key & 7
        if field == 0:
            raise RejectedMessage(Rejection.NOT_A_MESSAGE)
        if wire_type == 0:
            _, at = _varint(data, at)
            continue
        if wire_type == _LENGTH_DELIMITED:
            length, at = _varint(data, at)
        elif wire_type in _FIXED:
            length = _FIXED[wire_type]
        else:
            raise RejectedMessage(Rejection.NOT_A_MESSAGE)
        if length > len(data) - at:
            raise RejectedMessage(Rejection.NOT_A_MESSAGE)
        if wire_type == _LENGTH_DELIMITED:
            yield field, bytes(view[at : at + length])
        at += length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(_LONGEST_VARINT):
        if at + place >= len(data):
            break
        byte = data[at + place]
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return value, at + place + 1
    raise RejectedMessage(Rejection.NOT_A_MESSAGE)
