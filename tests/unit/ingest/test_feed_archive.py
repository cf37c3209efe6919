"""Every version is kept as it came, under its hash; damage is seen; a crash leaves the old state or the new."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import signal
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from time import sleep

import pytest

from ingest.feed_archive import FeedArchive, FeedArchiveError, Version, archived_feeds
from ingest.publication import FeedFacts

FETCHED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FACTS = FeedFacts(2, 3, ((date(2026, 1, 1), date(2026, 6, 1)), (date(2026, 7, 1), date(2026, 12, 31))))


def version_of(data: bytes, **changes: object) -> Version:
    fields = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "url": "https://f.example/f.zip"}
    return Version(**{**fields, "fetched": FETCHED, "etag": '"1"', **changes})  # type: ignore[arg-type] # values fit, name by name


def store(archive: FeedArchive, data: bytes, **changes: object) -> Version:
    version = version_of(data, **changes)
    with archive.locked(), archive.incoming() as incoming:
        incoming.write(data)
        archive.add(incoming, version)
    return version


@pytest.fixture
def archive(tmp_path: Path) -> FeedArchive:
    return FeedArchive(tmp_path / "archive", "bus")


def names(archive: FeedArchive) -> set[str]:
    return {path.name for path in archive.folder.iterdir()}


def test_versions_are_kept_under_their_hashes_in_the_order_they_came(archive: FeedArchive) -> None:
    first, second = store(archive, b"one", facts=FACTS), store(archive, b"two", held=("half is gone",))
    assert archive.versions() == [first, second]
    assert archive.path_of(first).read_bytes() == b"one"
    assert names(archive) == {f"{first.sha256}.zip", f"{second.sha256}.zip", "versions.json"}
    rows = json.loads((archive.folder / "versions.json").read_text())["versions"]
    assert (rows[0]["first_service_date"], rows[0]["last_service_date"]) == ("2026-01-01", "2026-12-31")
    assert rows[1]["first_service_date"] is None


def test_bytes_that_are_there_are_not_written_again_but_count_as_the_newest(archive: FeedArchive) -> None:
    first, second = store(archive, b"one"), store(archive, b"two")
    inode = archive.path_of(first).stat().st_ino
    again = store(archive, b"one", etag='"2"')
    assert archive.path_of(first).stat().st_ino == inode
    assert archive.versions() == [second, again]


def test_a_zip_is_never_overwritten_even_by_other_bytes_under_its_name(archive: FeedArchive) -> None:
    first = store(archive, b"one")
    with archive.locked(), archive.incoming() as incoming:
        incoming.write(b"something else")
        archive.add(incoming, first)
    assert archive.path_of(first).read_bytes() == b"one"


def test_what_was_not_kept_is_gone(archive: FeedArchive) -> None:
    with suppress(ZeroDivisionError), archive.locked(), archive.incoming() as incoming:
        incoming.write(b"half a download")
        raise ZeroDivisionError
    assert names(archive) == set()


def test_the_link_names_the_version_in_use_and_moves_in_one_step(archive: FeedArchive) -> None:
    first, second = store(archive, b"one"), store(archive, b"two", held=("because",))
    assert archive.current() is None
    archive.put_in_use(first)
    assert archive.current() == first
    archive.put_in_use(second)
    assert (archive.folder / "current.zip").read_bytes() == b"two"
    assert archive.current() == version_of(b"two")
    assert os.readlink(archive.folder / "current.zip") == f"{second.sha256}.zip"
    assert not archive.faults()


def test_every_fault_is_told(archive: FeedArchive) -> None:
    first, second, third = (store(archive, data) for data in (b"one", b"two", b"three"))
    archive.put_in_use(third)
    archive.path_of(first).write_bytes(b"0ne")
    archive.path_of(second).unlink()
    (archive.folder / f"{'a' * 64}.zip").write_bytes(b"stranger")
    faults = archive.faults()
    assert len(faults) == 3
    assert "its hash differs" in faults[0]
    assert first.sha256 in faults[0]
    assert faults[1].endswith("is lost")
    assert "is in no index" in faults[2]


def test_a_link_to_nothing_and_a_file_in_its_place_are_faults(archive: FeedArchive) -> None:
    store(archive, b"one")
    link = archive.folder / "current.zip"
    link.symlink_to("b" * 64 + ".zip")
    assert "which is in no index" in archive.faults()[0]
    link.unlink()
    link.write_bytes(b"one")
    assert archive.faults() == [f"{link}: is no link"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 1}', '{"format": 1, "versions": [{"sha256": "../../etc"}]}']
)
def test_a_damaged_index_is_refused_in_one_line(archive: FeedArchive, text: str) -> None:
    store(archive, b"one")
    (archive.folder / "versions.json").write_text(text)
    with pytest.raises(FeedArchiveError, match=r"is damaged.*--rebuild") as caught:
        archive.versions()
    assert "\n" not in str(caught.value)


def test_another_format_is_refused_and_made_anew_from_the_zips(archive: FeedArchive) -> None:
    first, second = store(archive, b"one"), store(archive, b"two")
    archive.put_in_use(second)
    os.utime(archive.path_of(first), (1_700_000_000, 1_700_000_000))
    index = archive.folder / "versions.json"
    index.write_text(json.dumps({"format": 99, "versions": []}))
    with pytest.raises(FeedArchiveError, match="format = 99: this version reads 1"):
        archive.versions()
    archive.rebuild()
    assert [version.sha256 for version in archive.versions()] == [first.sha256, second.sha256]
    assert archive.versions()[0].fetched == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert archive.current_sha256() == second.sha256
    assert not archive.faults()


def test_making_anew_keeps_what_a_readable_index_knows_and_takes_in_what_it_lacks(archive: FeedArchive) -> None:
    first = store(archive, b"one", facts=FACTS, held=("because",))
    stranger = version_of(b"two")
    archive.path_of(stranger).write_bytes(b"two")
    assert len(archive.faults()) == 1
    archive.rebuild()
    assert archive.versions()[0] == first
    assert archive.versions()[1].sha256 == stranger.sha256
    assert archive.faults() == []


def test_making_anew_leaves_out_what_is_not_what_its_name_says(archive: FeedArchive) -> None:
    first, second = store(archive, b"one"), store(archive, b"two")
    archive.path_of(first).write_bytes(b"0ne")
    archive.rebuild()
    assert [version.sha256 for version in archive.versions()] == [second.sha256]


@pytest.mark.parametrize("feed_id", ["../up", "a/b", "", "A", "a" * 33, ".", "a_b"])
def test_an_id_that_could_be_a_path_is_refused(tmp_path: Path, feed_id: str) -> None:
    with pytest.raises(ValueError, match="is no feed id"):
        FeedArchive(tmp_path, feed_id)


def test_only_folders_of_feeds_are_listed(tmp_path: Path) -> None:
    for name in ("bus", "rail", "Not A Feed"):
        (tmp_path / name).mkdir()
    (tmp_path / "file").touch()
    assert archived_feeds(tmp_path) == ["bus", "rail"]
    assert archived_feeds(tmp_path / "nowhere") == []


def test_a_file_in_place_of_the_folder_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "archive").touch()
    with pytest.raises(FeedArchiveError, match=r"archive"), FeedArchive(tmp_path / "archive", "bus").locked():
        pass


def test_what_a_killed_process_left_is_not_written_into(archive: FeedArchive) -> None:
    version = store(archive, b"one")
    os.link(archive.path_of(version), archive.folder / "incoming.tmp")  # killed between the link and the unlink
    store(archive, b"two")
    assert archive.faults() == []
    assert archive.path_of(version).read_bytes() == b"one"


def store_for_ever(root: Path) -> None:
    archive, number = FeedArchive(root, "bus"), 0
    while True:
        number += 1
        archive.put_in_use(store(archive, f"version {number}".encode() * 1000))


def test_a_process_that_is_killed_leaves_the_old_state_or_the_new(archive: FeedArchive) -> None:
    context = multiprocessing.get_context("spawn")
    for round_ in range(3):
        process = context.Process(target=store_for_ever, args=(archive.folder.parent,))
        process.start()
        while not (archive.folder / "current.zip").exists():
            sleep(0.01)
        sleep(0.31 * (round_ + 1))
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join(10)
        process.close()
        faults = [fault for fault in archive.faults() if "is in no index" not in fault]
        assert faults == []
        assert archive.current() is not None
    store(archive, b"and it goes on")
    assert not any(name.endswith("incoming.tmp") for name in names(archive))
