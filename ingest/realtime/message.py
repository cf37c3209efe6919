"""The bytes of a message to its header and entities. Nothing in here trusts a byte, and only RejectedMessage escapes.

Plain trip updates of a large message are not decoded at all but scanned (ingest.realtime.wire), and everything else
entity by entity. What is small, or not sound outside, is decoded as a whole, and where that fails, or an entity lacks
what the format requires, entity by entity, so that a broken one costs itself alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2 as gtfs_rt

from ingest.plain_kernels import are_slow_by_choice
from ingest.realtime.outcome import Rejection
from ingest.realtime.wire import IS_PLAIN, Scanned, scan_message

MOST_BYTES = 32 << 20
SCANNED_FROM = 32 << 10
"""Bytes of a message from which on scanning pays. A smaller one is soon decoded, and no one who has only such need wait
for the scanner to be compiled."""
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
    entities: Sequence[tuple[int, gtfs_rt.FeedEntity]]
    """With their numbers."""
    n_broken: int
    data: bytes
    plain: Scanned | None = None
    """Trip updates that are not among `entities`: they may be used without being decoded, or by `plain_entity`."""

    def plain_entity(self, number: int) -> gtfs_rt.FeedEntity:
        """One of `plain`, decoded."""
        assert self.plain is not None
        begin, end = self.plain.entities[number, :2].tolist()
        entity: gtfs_rt.FeedEntity = gtfs_rt.FeedEntity.FromString(self.data[begin:end])
        return entity


def read_message(data: bytes) -> Message:
    """Raises RejectedMessage for what is no message."""
    if not data:
        raise RejectedMessage(Rejection.EMPTY)
    if len(data) > MOST_BYTES:
        raise RejectedMessage(Rejection.TOO_LARGE)
    is_scanned = len(data) >= SCANNED_FROM and not are_slow_by_choice()
    return (_read_scanned(data) if is_scanned else None) or _read_whole(data)


def _read_scanned(data: bytes) -> Message | None:
    """A message that is sound outside: only what is no plain trip update is decoded."""
    scanned, header = scan_message(data), gtfs_rt.FeedHeader()
    if scanned is None:
        return None
    try:
        header.ParseFromString(scanned.header)
    except DecodeError:
        return None
    if not header.IsInitialized():
        return None
    entities, n_broken = [], 0
    for number in np.flatnonzero(scanned.entities[:, IS_PLAIN] == 0).tolist():
        begin, end = scanned.entities[number, :2].tolist()
        entity = _entity(data[begin:end])
        if entity is None:
            n_broken += 1
        else:
            entities.append((number, entity))
    if n_broken == len(scanned.entities) > 0:
        raise RejectedMessage(Rejection.UNREADABLE)
    return Message(header.timestamp, _is_differential(header), entities, n_broken, data, scanned)


def _entity(data: bytes) -> gtfs_rt.FeedEntity | None:
    entity = gtfs_rt.FeedEntity()
    try:
        entity.ParseFromString(data)
    except DecodeError:
        return None
    return entity if entity.IsInitialized() else None


def _is_differential(header: gtfs_rt.FeedHeader) -> bool:
    return bool(header.incrementality == gtfs_rt.FeedHeader.DIFFERENTIAL)


def _read_whole(data: bytes) -> Message:
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
    return _message(whole.header, entities, n_broken, data)


def _message(header: gtfs_rt.FeedHeader, entities: Sequence[gtfs_rt.FeedEntity], n_broken: int, data: bytes) -> Message:
    if n_broken and not entities:
        raise RejectedMessage(Rejection.UNREADABLE)
    return Message(header.timestamp, _is_differential(header), list(enumerate(entities)), n_broken, data)


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
            entity = _entity(part)
            if entity is None:
                n_broken += 1
            else:
                entities.append(entity)
    if not header.IsInitialized():
        raise RejectedMessage(Rejection.NOT_A_MESSAGE)
    return _message(header, entities, n_broken, data)


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
