"""From bytes to text: encodings, line ends, quotes, ragged rows, and the limits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import csv_text
from ingest.csv_table import BLANKS, LONGEST_LINE, LONGEST_VALUE
from ingest.csv_text import read_frames
from ingest.gtfs_schema import SCHEMAS
from ingest.notices import LOAD_CLEAN, LOAD_WITH_WARNING, FeedRejected, NoticeLog
from tests.unit.ingest.reading import calls_of, notices, one_notice, read_files, small_files

STOPS = SCHEMAS["stops.txt"]
WANTED = ("stop_id", "stop_name", "zone_id")
HEADER = b"stop_id,stop_name,zone_id\n"


def rows_of(*chunks: bytes, wanted: tuple[str, ...] = WANTED) -> tuple[list[tuple[object, ...]], NoticeLog]:
    """The rows of a stops.txt of these chunks, each with its record number last."""
    log = NoticeLog()
    frames = list(read_frames(iter(chunks), STOPS, "f", log, wanted))
    return (pl.concat(frames).rows() if frames else []), log


def test_ids_are_never_guessed_to_be_something_else() -> None:
    ids = ["001", "1", "01", "NA", "null", "None", "nan", "1e5", "5.0", "true", "-", "."]
    rows, log = rows_of(HEADER + "".join(f"{name},{name},\n" for name in ids).encode())
    assert [row[0] for row in rows] == ids
    assert len(log) == 0


@pytest.mark.parametrize(
    "text",
    [
        b"A,x,1\nB,,2\n",
        b"A,x,1\r\nB,,2\r\n",
        b"A,x,1\nB,,2",
        b"A,x,1\r\nB,,2",
        b'"A","x","1"\n"B","","2"\n',
        b'"A",x,"1"\r\nB,,"2"',
    ],
)
def test_line_ends_and_quotes_do_not_matter(text: bytes) -> None:
    end = b"\r\n" if b"\r" in text else b"\n"
    rows, log = rows_of(HEADER.rstrip() + end + text)
    assert rows == [("A", "x", "1", 2), ("B", "", "2", 3)]
    assert len(log) == 0


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    rows, log = rows_of(b"\xef\xbb\xbf" + HEADER + b"A,x,1\n")
    assert (rows, len(log)) == ([("A", "x", "1", 2)], 0)


def test_carriage_returns_alone_end_lines_with_a_warning() -> None:
    rows, log = rows_of((HEADER + b"A,x,1\nB,,2\n").replace(b"\n", b"\r"))
    assert rows == [("A", "x", "1", 2), ("B", "", "2", 3)]
    assert one_notice(log, "carriage_return_line_ends").affects_riders


def test_quoted_values_keep_commas_quotes_and_line_breaks() -> None:
    rows, log = rows_of(HEADER + b'A,"x, ""y""\nz",1\n"B\r\nC",,2\n')
    assert rows == [("A", 'x, "y"\nz', "1", 2), ("B\r\nC", "", "2", 3)]
    assert [notice.field for notice in notices(log, "new_line_in_value")] == ["stop_id", "stop_name"]


def test_a_quote_inside_a_bare_value_is_text() -> None:
    rows, _ = rows_of(HEADER + b'A,5" pipe,1\nB,the "old" one,2\n')
    assert [row[1] for row in rows] == ['5" pipe', 'the "old" one']


def test_a_quote_that_never_closes_is_refused_with_its_row() -> None:
    with pytest.raises(FeedRejected, match="row 3: a quote opens") as caught:
        rows_of(HEADER + b'A,x,1\nB,"y,2\nC,z,3\n')
    assert caught.value.code == "unclosed_quote"


def test_bytes_that_are_no_utf_8_are_read_as_windows_1252() -> None:
    rows, log = rows_of(HEADER + b"A,Stra\xdfe \x96 Caf\xe9,1\nB,plain,2\n")
    assert [row[1] for row in rows] == ["Straße – Café", "plain"]
    notice = one_notice(log, "invalid_character")
    assert (notice.row, notice.field, notice.count) == (2, "stop_name", 1)


def test_good_utf_8_next_to_bad_bytes_stays_as_it_is() -> None:
    rows, _ = rows_of(HEADER + "A,Depok Baru – Ü,1\n".encode() + b"B,\xff,2\n")
    assert rows[0][1] == "Depok Baru – Ü"


def test_zero_bytes_are_replaced_and_reported() -> None:
    rows, log = rows_of(HEADER + b"A,x\0y,1\n")
    assert rows[0][1] == "x\ufffdy"
    assert one_notice(log, "invalid_character").count == 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_utf_16_is_refused_with_a_clear_word(encoding: str) -> None:
    with pytest.raises(FeedRejected, match="UTF-16"):
        rows_of((HEADER + b"A,x,1\n").decode().encode(encoding))


def test_short_and_long_rows_are_repaired_where_nothing_is_lost() -> None:
    rows, log = rows_of(HEADER + b"A,x,1\nB\nC,z,3,,\nD,y,4,EXTRA\nE,w,5\n")
    assert rows == [("A", "x", "1", 2), ("B", "", "", 3), ("C", "z", "3", 4), ("E", "w", "5", 6)]
    found = {notice.action: (notice.row, notice.value) for notice in notices(log, "invalid_row_length")}
    assert found == {
        "blank cells added": (3, "B"),
        "blank cells cut off": (4, "C,z,3,,"),
        "row dropped": (5, "D,y,4,EXTRA"),
    }


def test_a_short_row_without_a_required_cell_is_dropped() -> None:
    rows, log = rows_of(b"stop_name,zone_id,stop_id\nx,1,A\ny\n", wanted=("stop_id",))
    assert rows == [("A", 2)]
    assert one_notice(log, "invalid_row_length").action == "row dropped"


def test_a_short_row_next_to_a_long_one_is_found_although_the_commas_add_up() -> None:
    rows, log = rows_of(HEADER + b"A,x,1,EXTRA\nB,y\nC,z,3\n")
    assert [row[0] for row in rows] == ["B", "C"]
    assert sum(notice.count for notice in notices(log, "invalid_row_length")) == 2


def test_blank_lines_are_no_rows_and_leave_the_feed_clean() -> None:
    rows, log = rows_of(HEADER + b"\nA,x,1\n\n  \nB,y,2\n\n")
    assert [(row[0], row[-1]) for row in rows] == [("A", 3), ("B", 6)]
    assert one_notice(log, "empty_row").count == 4
    assert log.feed_class("f") == LOAD_CLEAN


def test_blanks_around_ids_are_a_warning_and_around_names_are_not() -> None:
    rows, log = rows_of(HEADER + b"A, x ,1\n")
    assert (rows[0][:3], log.feed_class("f")) == (("A", "x", "1"), LOAD_CLEAN)
    rows, log = rows_of(HEADER + b" A ,x,1\n")
    assert (rows[0][:3], log.feed_class("f")) == (("A", "x", "1"), LOAD_WITH_WARNING)


def test_header_names_may_be_padded_quoted_or_in_capitals() -> None:
    rows, log = rows_of(b'Stop_ID, "stop_name", zone_id\nA,x,1\n'.replace(b' "', b'"').replace(b'", ', b'", '))
    assert rows == [("A", "x", "1", 2)]
    assert one_notice(log, "header_case").affects_riders
    assert not one_notice(log, "header_padding").affects_riders


def test_columns_may_come_in_any_order_and_unknown_ones_are_passed_over() -> None:
    rows, log = rows_of(b"colour,zone_id,stop_id\nred,1,A\n")
    assert (rows, len(log)) == ([("A", "", "1", 2)], 0)


def test_of_a_column_named_twice_the_first_is_read() -> None:
    rows, log = rows_of(b"stop_id,stop_name,stop_name\nA,x,y\n")
    assert rows[0][1] == "x"
    assert one_notice(log, "duplicated_column").field == "stop_name"


@pytest.mark.parametrize(("mark", "word"), [(b";", "semicolons"), (b"\t", "tabs"), (b"|", "bars")])
def test_other_delimiters_are_refused_and_named(mark: bytes, word: str) -> None:
    with pytest.raises(FeedRejected, match=word) as caught:
        rows_of(HEADER.replace(b",", mark) + b"A,x,1\n".replace(b",", mark))
    assert caught.value.code == "missing_required_column"


def test_an_empty_table_that_is_needed_is_refused() -> None:
    for text in (b"", b"\n\n", b"\xef\xbb\xbf\r\n"):
        with pytest.raises(FeedRejected, match=r"stops\.txt: the file is empty"):
            rows_of(text)


def test_a_header_alone_is_a_table_without_rows() -> None:
    assert rows_of(HEADER)[0] == []
    assert rows_of(HEADER.rstrip())[0] == []


def test_too_long_values_and_lines_are_refused() -> None:
    for length in (LONGEST_VALUE + 1, LONGEST_LINE + 1, csv_text.PIECE_BYTES * 2):
        with pytest.raises(FeedRejected) as caught:
            rows_of(HEADER + b"A," + b"x" * length + b",1\n")
        assert caught.value.code == "csv_parsing_failed"
    with pytest.raises(FeedRejected):
        rows_of(b"stop_id," + b"x," * 2_000 + b"y\n")


def test_a_long_quoted_value_cannot_fill_the_memory() -> None:
    def endless() -> Iterator[bytes]:
        yield HEADER + b'A,"'
        for _ in range(1_000):
            yield b"x\n" * (1 << 19)
        raise AssertionError("all of it was read")

    with pytest.raises(FeedRejected):
        list(read_frames(endless(), STOPS, "f", NoticeLog(), WANTED))


CELL = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=12), st.integers(1, 9), st.sampled_from(["\n", "\r\n"]))
def test_any_table_comes_back_whatever_the_chunks(rows: list[tuple[str, str, str]], size: int, end: str) -> None:
    def quote(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    text = (HEADER.decode().strip() + end + "".join(",".join(map(quote, row)) + end for row in rows)).encode()
    found, _ = rows_of(*(text[at : at + size] for at in range(0, len(text), size)))
    assert [row[:3] for row in found] == [tuple(cell.strip(BLANKS) for cell in row) for row in rows]


@pytest.mark.parametrize("spoil", [b"", b"Q,q,9\nbad row\n", b'R,5" pipe,9\n', b"U,\xff,9\n", b'V,"a\nb",9\n'])
def test_pieces_give_the_same_rows_as_the_whole(monkeypatch: pytest.MonkeyPatch, spoil: bytes) -> None:
    text = HEADER + b"".join(b"S%d,name,1\n" % number for number in range(200)) + spoil
    text += b"".join(b"T%d,name,1\n" % number for number in range(200))
    whole, _ = rows_of(text)
    monkeypatch.setattr(csv_text, "PIECE_BYTES", 100)
    pieces, _ = rows_of(*(text[at : at + 64] for at in range(0, len(text), 64)))
    assert pieces == whole
    assert len(whole) >= 400


def test_an_optional_table_that_cannot_be_read_costs_only_itself(tmp_path: Path) -> None:
    for data in (
        b"shape_id;lat\n",
        "shape_id".encode("utf-16"),
        b'shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n"A',
    ):
        tables, log = read_files(small_files() | {"shapes.txt": data}, tmp_path)
        assert len(calls_of(tables, "T1")) == 3
        assert [notice.action for notice in log if notice.file == "shapes.txt"] == ["file ignored"]
        assert log.feed_class("f") == LOAD_WITH_WARNING


def test_a_table_of_headways_that_cannot_be_read_costs_the_feed(tmp_path: Path) -> None:
    with pytest.raises(FeedRejected, match=r"frequencies\.txt"):
        read_files(small_files() | {"frequencies.txt": b"trip_id;start_time\n"}, tmp_path)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.sampled_from(["a", "", "b c"]), min_size=1, max_size=5), max_size=12))
def test_ragged_rows_are_kept_where_they_fit(rows: list[list[str]]) -> None:
    expected = []
    for number, row in enumerate(rows, start=2):
        if any(row) and not any(row[3:]):  # stop_id alone is required, and every row has that cell
            expected.append((*[*row, "", ""][:3], number))
    found, _ = rows_of(HEADER + "".join(",".join(row) + "\n" for row in rows).encode())
    assert [row for row in found if any(row[:3])] == expected


def test_bad_bytes_among_good_quotes_cost_only_their_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_text, "PIECE_BYTES", 60)
    text = HEADER + b'A,"x, y",1\nB,"\xe9",2\nC,"a\nb",3\n' * 8
    rows, _ = rows_of(text)
    assert [row[1] for row in rows] == ["x, y", "é", "a\nb"] * 8
    assert [row[-1] for row in rows] == list(range(2, 26))
