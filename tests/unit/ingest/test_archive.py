"""The gate: what is read of an archive, what is refused, and that nothing is believed or written."""

from __future__ import annotations

import hashlib
import io
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from ingest.archive import open_feed
from ingest.notices import FeedRejected, NoticeLog
from ingest.zip_reader import Limits
from tests.unit.ingest.reading import Files, notices, one_notice, read, small_files, zip_of

CENTRAL = b"PK\x01\x02"


def contents(path: Path, limits: Limits | None = None) -> tuple[Files, NoticeLog]:
    """Every table of the feed at `path` as bytes."""
    log = NoticeLog()
    with open_feed("f", path, log, limits) as feed:
        return {name: b"".join(feed.chunks(name)) for name in feed.files}, log


def rejection(path: Path, limits: Limits | None = None) -> FeedRejected:
    with pytest.raises(FeedRejected) as caught:
        contents(path, limits)
    assert "\n" not in caught.value.reason
    return caught.value


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_every_method_gives_the_bytes_that_went_in(tmp_path: Path, method: int) -> None:
    files = small_files() | {"shapes.txt": bytes(range(256)) * 6_000}  # 1.5 MB: many pieces
    limits = Limits(ratio=10_000)
    assert contents(zip_of(tmp_path / "feed.zip", files, method), limits)[0] == files


def test_a_folder_gives_the_same_tables_as_its_zip(tmp_path: Path) -> None:
    files = small_files()
    folder = tmp_path / "feed"
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    assert contents(folder)[0] == contents(zip_of(tmp_path / "feed.zip", files))[0]


def test_the_digest_of_a_zip_is_that_of_its_bytes_and_of_a_folder_that_of_its_tables(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "feed.zip", small_files())
    with open_feed("f", path, NoticeLog()) as feed:
        assert feed.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    digests = set()
    for place, extra in enumerate((b"", b"", b"changed")):
        folder = tmp_path / str(place)
        folder.mkdir()
        for name, data in small_files().items():
            (folder / name).write_bytes(data + extra)
        with open_feed("f", folder, NoticeLog()) as feed:
            digests.add(feed.sha256)
    assert len(digests) == 2


def test_nothing_at_the_path_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        contents(tmp_path / "none.zip")


@pytest.mark.parametrize(
    ("data", "hint"),
    [(b"", "empty"), (b"\x1f\x8b\x08garbage", "gzip"), (b"<!doctype html>", "web page"), (b"x" * 100_000, "zip")],
)
def test_what_is_no_zip_is_refused_with_a_hint(tmp_path: Path, data: bytes, hint: str) -> None:
    path = tmp_path / "feed.zip"
    path.write_bytes(data)
    error = rejection(path)
    assert error.code == "unreadable_archive"
    assert hint in error.reason


def test_a_tar_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "feed.zip"
    with tarfile.open(path, "w:gz") as archive:
        for name, data in small_files().items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    assert rejection(path).code == "unreadable_archive"


@pytest.mark.parametrize("keep", [0.3, 0.66, 0.95, 0.999])
def test_a_download_cut_short_is_refused(tmp_path: Path, keep: float) -> None:
    path = zip_of(tmp_path / "feed.zip", small_files())
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    assert rejection(path).code == "unreadable_archive"


def test_flipped_bytes_are_refused_or_change_nothing(tmp_path: Path) -> None:
    whole = zip_of(tmp_path / "feed.zip", small_files()).read_bytes()
    path = tmp_path / "flipped.zip"
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            found, _ = contents(path)
        except FeedRejected:
            continue
        assert {name: data for name, data in small_files().items() if name in found} == found


def spoil_directory(path: Path, name: str, offset: int, value: bytes) -> None:
    """Overwrites a field of the central directory entry of `name`."""
    data = bytearray(path.read_bytes())
    at = data.find(CENTRAL)
    while data[at + 46 : at + 46 + len(name)] != name.encode():
        at = data.find(CENTRAL, at + 1)
    data[at + offset : at + offset + len(value)] = value
    path.write_bytes(data)


def test_a_wrong_checksum_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "feed.zip", small_files())
    spoil_directory(path, "stops.txt", 16, b"\1\2\3\4")
    error = rejection(path)
    assert (error.code, "stops.txt" in error.reason) == ("unreadable_archive", True)


@pytest.mark.parametrize("size", [1, 10_000_000])
def test_a_lying_size_is_refused(tmp_path: Path, size: int) -> None:
    path = zip_of(tmp_path / "feed.zip", small_files())
    spoil_directory(path, "stops.txt", 24, struct.pack("<I", size))
    assert rejection(path).code == "unsafe_archive"


def test_entries_that_share_bytes_are_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "feed.zip", small_files(), zipfile.ZIP_STORED)
    with zipfile.ZipFile(path) as archive:
        target = archive.getinfo("stops.txt")
    spoil_directory(path, "trips.txt", 42, struct.pack("<I", target.header_offset))
    spoil_directory(path, "trips.txt", 20, struct.pack("<II", target.file_size, target.file_size))
    assert rejection(path).code == "unsafe_archive"


def test_an_entry_that_reaches_over_the_next_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "feed.zip", small_files(), zipfile.ZIP_STORED)
    spoil_directory(path, "agency.txt", 20, struct.pack("<II", 400, 400))
    assert rejection(path).code == "unsafe_archive"


def test_a_bomb_is_refused_by_what_it_says(tmp_path: Path) -> None:
    files = small_files() | {"shapes.txt": bytes(20 << 20)}
    path = zip_of(tmp_path / "feed.zip", files)
    error = rejection(path)
    assert (error.code, "200 to 1" in error.reason) == ("unsafe_archive", True)


def test_a_bomb_that_lies_is_refused_while_it_flows(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "feed.zip", small_files() | {"shapes.txt": bytes(64 << 20)})
    spoil_directory(path, "shapes.txt", 24, struct.pack("<I", 5 << 20))
    log = NoticeLog()
    produced: list[int] = []
    with open_feed("f", path, log) as feed, pytest.raises(FeedRejected, match="more bytes than it says"):
        produced.extend(len(chunk) for chunk in feed.chunks("shapes.txt"))
    assert sum(produced) < 12 << 20


def test_the_sum_of_all_entries_has_a_limit(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "feed.zip", small_files())
    assert rejection(path, Limits(total_bytes=300)).code == "unsafe_archive"


def test_the_number_of_entries_has_a_limit(tmp_path: Path) -> None:
    files = small_files() | {f"x{number}": b"" for number in range(1_000)}
    assert rejection(zip_of(tmp_path / "feed.zip", files)).code == "unsafe_archive"


def test_an_encrypted_table_is_refused_and_an_encrypted_extra_is_not_read(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "feed.zip", small_files() | {"notes.pdf": b"x"})
    spoil_directory(path, "notes.pdf", 8, b"\1")
    assert contents(path)[0] == small_files()
    spoil_directory(path, "stops.txt", 8, b"\1")
    assert rejection(path).code == "encrypted_archive"


def test_an_unknown_method_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "feed.zip", small_files(), zipfile.ZIP_LZMA)
    assert "method 14" in rejection(path).reason


@pytest.mark.parametrize(
    "name", ["../stops.txt", "/stops.txt", "..\\stops.txt", "C:\\stops.txt", "a/../../stops.txt", "~/stops.txt"]
)
def test_a_name_that_points_elsewhere_is_never_a_table(tmp_path: Path, name: str) -> None:
    files = small_files()
    files[name] = files.pop("stops.txt")
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    path = zip_of(inside / "feed.zip", files)
    found, log = contents(path)
    assert "stops.txt" not in found
    assert one_notice(log, "unsafe_entry_name").value == name
    assert [entry for entry in tmp_path.rglob("*") if entry.is_file()] == [path]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "feed.zip"
    files = small_files()
    del files["stops.txt"]
    zip_of(path, files)
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("stops.txt")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    found, log = contents(path)
    assert "stops.txt" not in found
    assert one_notice(log, "symlink_entry").file == "stops.txt"


def test_a_link_in_a_folder_is_not_followed_either(tmp_path: Path) -> None:
    folder = tmp_path / "feed"
    folder.mkdir()
    for name, data in small_files().items():
        (folder / name).write_bytes(data)
    (folder / "shapes.txt").symlink_to("/etc/hostname")
    found, log = contents(folder)
    assert "shapes.txt" not in found
    assert one_notice(log, "symlink_entry").file == "shapes.txt"


def test_a_folder_named_like_a_table_is_none(tmp_path: Path) -> None:
    files = small_files()
    del files["stops.txt"]
    path = zip_of(tmp_path / "feed.zip", files)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo("stops.txt/"), b"")
    with pytest.raises(FeedRejected, match=r"stops\.txt is missing"):
        read(path)


@pytest.mark.parametrize("folder", ["feed/", "a/b/", "feed\\"])
def test_one_folder_in_the_archive_is_read_with_a_warning(tmp_path: Path, folder: str) -> None:
    files = {folder + name: data for name, data in small_files().items()}
    found, log = contents(zip_of(tmp_path / "feed.zip", files))
    assert found == small_files()
    assert one_notice(log, "invalid_input_files_in_subfolder").action == "read"


def test_two_feeds_in_one_archive_are_refused(tmp_path: Path) -> None:
    files = {folder + name: data for folder in ("a/", "b/") for name, data in small_files().items()}
    error = rejection(zip_of(tmp_path / "feed.zip", files))
    assert (error.code, "'a'" in error.reason) == ("several_feeds_in_archive", True)


def test_the_top_folder_wins_over_others(tmp_path: Path) -> None:
    files = small_files() | {"old/" + name: data + b"\n" for name, data in small_files().items()}
    found, log = contents(zip_of(tmp_path / "feed.zip", files))
    assert found == small_files()
    assert one_notice(log, "invalid_input_files_in_subfolder").action == "ignored"


def test_an_archive_in_the_archive_is_named(tmp_path: Path) -> None:
    inner = zip_of(tmp_path / "inner.zip", small_files())
    path = zip_of(tmp_path / "feed.zip", {"gtfs.zip": inner.read_bytes()})
    error = rejection(path)
    assert (error.code, "gtfs.zip" in error.reason) == ("nested_archive", True)


def test_junk_of_other_systems_is_passed_over_without_a_word(tmp_path: Path) -> None:
    junk = {"__MACOSX/._stops.txt": b"x", ".DS_Store": b"x", "._trips.txt": b"x", "Thumbs.db": b"x"}
    found, log = contents(zip_of(tmp_path / "feed.zip", small_files() | junk))
    assert found == small_files()
    assert len(log) == 0


def test_upper_case_names_are_read_with_a_warning(tmp_path: Path) -> None:
    files = {name.upper(): data for name, data in small_files().items()}
    found, log = contents(zip_of(tmp_path / "feed.zip", files))
    assert found == small_files()
    assert len(notices(log, "file_name_case")) == len(files)


def test_a_table_that_is_there_twice_is_read_if_equal_and_refused_if_not(tmp_path: Path) -> None:
    equal = small_files() | {"STOPS.TXT": small_files()["stops.txt"]}
    found, log = contents(zip_of(tmp_path / "equal.zip", equal))
    assert (found, one_notice(log, "duplicate_entry").count) == (small_files(), 1)
    other = small_files() | {"STOPS.TXT": b"stop_id\nX\n"}
    assert rejection(zip_of(tmp_path / "other.zip", other)).code == "duplicate_entry"


def test_bytes_before_the_archive_are_reported(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "feed.zip", small_files())
    path.write_bytes(b"#!/bin/sh\n" * 50 + path.read_bytes())
    found, log = contents(path)
    assert found == small_files()
    assert one_notice(log, "prepended_bytes").affects_riders


def test_an_unknown_file_is_named_and_not_read(tmp_path: Path) -> None:
    found, log = contents(zip_of(tmp_path / "feed.zip", small_files() | {"readme.md": b"x"}))
    assert "readme.md" not in found
    assert not one_notice(log, "unknown_file").affects_riders


def test_an_entry_without_a_name_is_an_unknown_file(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "feed.zip", small_files())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo(""), b"whatever this is")
    found, log = contents(path)
    assert found == small_files()
    assert one_notice(log, "unknown_file").action == "ignored"
