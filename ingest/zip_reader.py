"""Reads zip entries as streams of bytes, and trusts nothing that the archive says about itself.

Nothing is written anywhere. The directory comes from the standard library; sizes, places, checksums and the
growth of each entry are checked here, while the bytes flow.
"""

from __future__ import annotations

import bz2
import mmap
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from isal import isal_zlib
from isal.igzip_lib import IsalError

PIECE = 1 << 18
"""Compressed bytes fed at once."""

LOCAL_HEADER = struct.Struct("<4sHHHHHIIIHH")
END_RECORD = struct.Struct("<4sHHHHIIH")
END_RECORD_64 = struct.Struct("<4sQHHIIQQQQ")

_ENCRYPTED = 0x1 | 0x40 | 0x2000


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may ask for. A country's feed stays well below; a bomb does not."""

    entries: int = 1_000
    directory_bytes: int = 1 << 20
    entry_bytes: int = 6 << 30
    total_bytes: int = 8 << 30
    ratio: int = 200
    ratio_from_bytes: int = 8 << 20
    """Small entries may compress as well as they like."""


class ArchiveError(Exception):
    """An archive that cannot or must not be read; `code` is a notice code, the text one clear line."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class _Inflater(Protocol):
    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


class ZipReader:
    """An open zip file. Raises ArchiveError from every method for what is unsafe or damaged."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        self._path = path
        self._produced = 0
        self._handle = path.open("rb")
        try:
            self._bytes = self._map()
            self._check_directory_size()
            self._zip = self._open_directory()
            # Asked of the name: is_dir of Python 3.11 fails where that is empty.
            self.entries = [info for info in self._zip.infolist() if not info.filename.endswith("/")]
            self._check_places()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Closes the file; safe to call twice."""
        if isinstance(getattr(self, "_bytes", None), mmap.mmap):
            self._bytes.close()
        self._handle.close()

    @property
    def has_prefix(self) -> bool:
        """Whether something stands before the first entry."""
        offsets = [info.header_offset for info in self._zip.infolist()]
        return bool(offsets) and min(offsets) > 0

    def _map(self) -> mmap.mmap:
        if not self._path.stat().st_size:
            raise ArchiveError("unreadable_archive", "the file is empty")
        return mmap.mmap(self._handle.fileno(), 0, access=mmap.ACCESS_READ)

    def _check_directory_size(self) -> None:
        """Before the library reads the directory: it would hold any number of entries in memory."""
        tail_at = max(0, len(self._bytes) - 66_000)
        tail = self._bytes[tail_at:]
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or at + END_RECORD.size > len(tail):
            raise ArchiveError("unreadable_archive", _no_zip_reason(self._bytes[:6]))
        _, _, _, _, count, size, _, _ = END_RECORD.unpack_from(tail, at)
        at_64 = tail.rfind(b"PK\x06\x06", 0, at)
        if (count == 0xFFFF or size == 0xFFFFFFFF) and 0 <= at_64 <= at - END_RECORD_64.size:
            count, size = END_RECORD_64.unpack_from(tail, at_64)[7:9]
        if count > self._limits.entries or size > self._limits.directory_bytes:
            raise ArchiveError("unsafe_archive", f"{count} entries, more than {self._limits.entries}")

    def _open_directory(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self._handle)
        except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, OSError, EOFError) as error:
            raise ArchiveError("unreadable_archive", f"no readable zip directory ({error})") from None

    def _check_places(self) -> None:
        """No two entries may share bytes: that is how a small archive holds many large copies."""
        spans = sorted((info.header_offset, self._data_start(info) + info.compress_size, info.filename)
                       for info in self._zip.infolist())  # fmt: skip
        if len(spans) > self._limits.entries:
            raise ArchiveError("unsafe_archive", f"{len(spans)} entries, more than {self._limits.entries}")
        end = 0
        for start, stop, name in [*spans, (self._zip.start_dir, self._zip.start_dir, "the directory")]:
            if start < end:
                raise ArchiveError("unsafe_archive", f"entries overlap at {name!r}")
            end = stop

    def _data_start(self, info: zipfile.ZipInfo) -> int:
        """Where an entry's bytes begin, from its own header, which must agree with the directory."""
        if not 0 <= info.header_offset <= len(self._bytes) - LOCAL_HEADER.size:
            raise ArchiveError("unsafe_archive", f"{info.filename!r} lies outside the archive")
        header = LOCAL_HEADER.unpack_from(self._bytes, info.header_offset)
        name_at = info.header_offset + LOCAL_HEADER.size
        name = self._bytes[name_at : name_at + header[9]]
        if header[0] != b"PK\x03\x04":
            raise ArchiveError("unreadable_archive", f"{info.filename!r} has no header of its own")
        if name != _name_bytes(info) or header[3] != info.compress_type:
            raise ArchiveError("unsafe_archive", f"{info.filename!r} and its own header disagree")
        return int(name_at + header[9] + header[10])

    def chunks(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """The bytes of an entry, piece by piece; the last check, the checksum, comes after the last piece."""
        self._check_promise(info)
        crc = produced = 0
        for chunk in self._inflate(info):
            crc = isal_zlib.crc32(chunk, crc)
            produced += len(chunk)
            self._produced += len(chunk)
            self._check_growth(info, produced)
            yield chunk
        if produced != info.file_size:
            raise ArchiveError("unsafe_archive", f"{info.filename!r} holds {produced} bytes, not {info.file_size}")
        if crc != info.CRC:
            raise ArchiveError("unreadable_archive", f"{info.filename!r} is damaged: its checksum is wrong")

    def _check_promise(self, info: zipfile.ZipInfo) -> None:
        if info.flag_bits & _ENCRYPTED:
            raise ArchiveError("encrypted_archive", f"{info.filename!r} is encrypted")
        self._check_growth(info, info.file_size)

    def _check_growth(self, info: zipfile.ZipInfo, size: int) -> None:
        limits = self._limits
        if size > info.file_size:
            raise ArchiveError("unsafe_archive", f"{info.filename!r} holds more bytes than it says")
        if size > limits.entry_bytes or self._produced > limits.total_bytes:
            raise ArchiveError("unsafe_archive", f"{info.filename!r} expands beyond {limits.total_bytes} bytes")
        if size > limits.ratio_from_bytes and size > limits.ratio * max(1, info.compress_size):
            raise ArchiveError("unsafe_archive", f"{info.filename!r} expands more than {limits.ratio} to 1")

    def _inflate(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        start = self._data_start(info)
        pieces = (self._bytes[at : min(at + PIECE, start + info.compress_size)]
                  for at in range(start, start + info.compress_size, PIECE))  # fmt: skip
        if info.compress_type == zipfile.ZIP_STORED:
            yield from pieces
            return
        inflater = _inflater(info)
        try:
            yield from _expand(inflater, pieces)
        except (IsalError, OSError, EOFError, ValueError):  # type: ignore[misc]  # its stub names an instance
            raise ArchiveError("unreadable_archive", f"{info.filename!r} is damaged") from None
        if not inflater.eof:
            raise ArchiveError("unreadable_archive", f"{info.filename!r} is cut short")


def _expand(inflater: _Inflater, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Every piece, expanded to at most 16 times PIECE at once, so that no piece can fill the memory."""
    for piece in pieces:
        data = piece
        while True:
            expanded = inflater.decompress(data, 16 * PIECE)
            data = getattr(inflater, "unconsumed_tail", b"")
            if expanded:
                yield expanded
            if inflater.eof or (not data and len(expanded) < 16 * PIECE):
                break
        if inflater.eof:
            return


def _inflater(info: zipfile.ZipInfo) -> _Inflater:
    if info.compress_type == zipfile.ZIP_DEFLATED:
        return isal_zlib.decompressobj(-15)
    if info.compress_type == zipfile.ZIP_BZIP2:
        return bz2.BZ2Decompressor()
    raise ArchiveError("unreadable_archive", f"{info.filename!r}: compression method {info.compress_type} unknown")


def _name_bytes(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437", "replace")


def _no_zip_reason(start: bytes) -> str:
    kinds = {b"\x1f\x8b": "a gzip file", b"7z\xbc\xaf": "a 7z archive", b"Rar!": "a RAR archive", b"<": "a web page",
             b"{": "a JSON document", b"PK\x03\x04": "a zip archive cut short"}  # fmt: skip
    kind = next((text for magic, text in kinds.items() if start.startswith(magic)), "")
    return f"not a zip archive ({kind})" if kind else "not a zip archive: it has no end record"
