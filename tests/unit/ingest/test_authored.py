"""The compiler of descriptions, on a line of three stations that is small enough to work out by hand."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from ingest.authored import AuthoredError, compile_authored
from ingest.authored_description import DistanceFare
from ingest.authored_fares import price_of

TODAY = date(2026, 3, 2)
STATIONS = "id,name,lat,lon,wheelchair\nA,Alfa,-6.2,106.80,1\nB,Beta,-6.2,106.82,\nC,Gama,-6.2,106.85,2\n"
HEAD = """
language = "id"
timezone = "Asia/Jakarta"
version = "1"
publisher = "Uji"
stations = "stations.csv"
stop_name = { id = "Stasiun {}", en = "{} Station" }
[agency]
id = "AG"
name = "Uji"
url = "https://example.org"
[days]
weekday = "mon tue wed thu fri"
weekend = "sat sun"
"""
FLAT = '[fare]\nkind = "flat"\ncurrency = "IDR"\nprice = 3500\ntransfer_minutes = 180\n'
DEFAULTS = """
[defaults]
type = 2
service = "{service}"
dwell_s = 20
text_color = "FFFFFF"
wheelchair = 0
[[line]]
id = "L"
name = {{ id = "Lin Uji", en = "Test Line" }}
color = "112233"
[[line.run]]
id = "L-0"
direction = 0
headsign = "Gama"
path = "{path}"
departures = [{departures}]
"""


def write(
    folder: Path,
    *,
    service: str = "scheduled",
    path: str = "A 100 B 200 C",
    departures: str = '{ days = "weekday", times = "05:00 600 05:20" }',
    fare: str = FLAT,
    stations: str = STATIONS,
    head: str = HEAD,
) -> Path:
    (folder / "stations.csv").write_text(stations, encoding="utf-8")
    body = DEFAULTS.format(service=service, path=path, departures=departures)
    (folder / "uji.toml").write_text(head + fare + body, encoding="utf-8")
    return folder / "uji.toml"


def compiled(folder: Path, today: date = TODAY, **changes: str) -> dict[str, list[dict[str, str]]]:
    """File name without .txt -> rows."""
    out = compile_authored(write(folder, **changes), folder / "out" / "uji.zip", today)
    with zipfile.ZipFile(out) as archive:
        return {
            name.removesuffix(".txt"): list(csv.DictReader(io.StringIO(archive.read(name).decode())))
            for name in archive.namelist()
        }


def times_of(rows: list[dict[str, str]], trip_id: str) -> list[tuple[str, str, str]]:
    return [(r["stop_id"], r["arrival_time"], r["departure_time"]) for r in rows if r["trip_id"] == trip_id]


def test_a_scheduled_run_leaves_every_headway_and_once_more_at_the_last_time(tmp_path: Path) -> None:
    files = compiled(tmp_path)
    assert [row["trip_id"] for row in files["trips"]] == [
        "L-0-weekday-050000",
        "L-0-weekday-051000",
        "L-0-weekday-052000",
    ]
    assert "frequencies" not in files


def test_times_add_running_and_standing_and_no_standing_at_the_end(tmp_path: Path) -> None:
    files = compiled(tmp_path)
    assert times_of(files["stop_times"], "L-0-weekday-051000") == [
        ("A", "05:10:00", "05:10:00"),
        ("B", "05:11:40", "05:12:00"),
        ("C", "05:15:20", "05:15:20"),
    ]


def test_times_without_a_headway_between_them_are_single_departures(tmp_path: Path) -> None:
    files = compiled(tmp_path, departures='{ days = "weekday", times = "05:00 23:59:30 24:10" }')
    assert [row["trip_id"][-6:] for row in files["trips"]] == ["050000", "235930", "241000"]
    assert times_of(files["stop_times"], "L-0-weekday-235930")[1] == ("B", "24:01:10", "24:01:30")


def test_a_short_working_starts_and_ends_inside_the_run_and_shows_where_it_ends(tmp_path: Path) -> None:
    files = compiled(
        tmp_path,
        departures='{ days = "weekday", times = "05:00" }, { days = "weekend", from = "A", to = "B", times = "06:00" }',
    )
    trip = files["trips"][1]
    assert (trip["trip_id"], trip["trip_headsign"], trip["shape_id"]) == ("L-0-weekend-A-B-060000", "Beta", "L-0-A-B")
    assert times_of(files["stop_times"], trip["trip_id"]) == [
        ("A", "06:00:00", "06:00:00"),
        ("B", "06:01:40", "06:01:40"),
    ]
    assert [row["shape_id"] for row in files["shapes"]] == ["L-0"] * 3 + ["L-0-A-B"] * 2


def test_a_headway_service_is_one_trip_with_a_frequency_row_for_each_period(tmp_path: Path) -> None:
    files = compiled(
        tmp_path, service="headway", departures='{ days = "weekday", times = "05:00 300 09:00 600 22:00" }'
    )
    assert [row["trip_id"] for row in files["trips"]] == ["L-0-weekday"]
    assert [tuple(row.values()) for row in files["frequencies"]] == [
        ("L-0-weekday", "05:00:00", "09:00:00", "300", "0"),
        ("L-0-weekday", "09:00:00", "22:00:00", "600", "0"),
    ]


def test_the_same_input_gives_the_same_bytes_on_any_day_of_the_year(tmp_path: Path) -> None:
    description = write(tmp_path)
    one = compile_authored(description, tmp_path / "one.zip", date(2026, 1, 1)).read_bytes()
    other = compile_authored(description, tmp_path / "other.zip", date(2026, 12, 31)).read_bytes()
    assert one == other
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.zip", "other.zip", "stations.csv", "uji.toml"]


@pytest.mark.parametrize(
    "today", [date(2024, 2, 29), date(2025, 12, 31), date(2026, 1, 1), date(2028, 2, 29), date(2031, 7, 5)]
)
def test_the_calendar_covers_a_year_before_and_after_today(tmp_path: Path, today: date) -> None:
    files = compiled(tmp_path, today=today)
    for row in files["calendar"]:
        first, last = (date.fromisoformat(row[key]) for key in ("start_date", "end_date"))
        assert first <= today - timedelta(days=365)
        assert last >= today + timedelta(days=365)
        assert (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    weekday, weekend = files["calendar"]
    assert [weekday["monday"], weekday["saturday"], weekend["monday"], weekend["sunday"]] == ["1", "0", "0", "1"]


def test_names_come_in_the_feeds_language_with_the_others_as_translations(tmp_path: Path) -> None:
    files = compiled(tmp_path)
    assert files["stops"][0]["stop_name"] == "Stasiun Alfa"
    assert files["routes"][0]["route_long_name"] == "Lin Uji"
    texts = {(r["table_name"], r["record_id"], r["language"]): r["translation"] for r in files["translations"]}
    assert texts["stops", "A", "en"] == "Alfa Station"
    assert texts["routes", "L", "en"] == "Test Line"


def test_a_flat_fare_is_one_ticket_with_free_changes_for_its_time(tmp_path: Path) -> None:
    files = compiled(tmp_path)
    (fare,) = files["fare_attributes"]
    assert (fare["price"], fare["transfers"], fare["transfer_duration"]) == ("3500", "", "10800")
    assert [(rule["fare_id"], rule["route_id"]) for rule in files["fare_rules"]] == [("F3500", "L")]


def test_a_matrix_fare_holds_both_directions_of_each_pair(tmp_path: Path) -> None:
    fare = '[fare]\nkind = "matrix"\ncurrency = "IDR"\nprices = """\nA\nB 4000\nC 6000 4000\n"""\n'
    files = compiled(tmp_path, fare=fare)
    rules = {(r["origin_id"], r["destination_id"]): r["fare_id"] for r in files["fare_rules"]}
    assert rules["A", "C"] == rules["C", "A"] == "F6000"
    assert len(rules) == 6
    assert [stop["zone_id"] for stop in files["stops"]] == ["A", "B", "C"]


def test_a_distance_fare_follows_the_line_and_not_the_crow(tmp_path: Path) -> None:
    # 0.02 degrees of longitude here are 2.21 km and 0.03 are 3.32 km.
    fare = (
        '[fare]\nkind = "distance"\ncurrency = "IDR"\nbase = 3000\nbase_km = 3\nstep = 1000\nstep_km = 1\n'
        "cap = 5500\ndetour = 1\n"
    )
    files = compiled(tmp_path, fare=fare)
    rules = {(r["origin_id"], r["destination_id"]): r["fare_id"] for r in files["fare_rules"]}
    assert (rules["A", "B"], rules["B", "C"], rules["A", "C"]) == ("F3000", "F4000", "F5500")


@pytest.mark.parametrize(
    ("km", "price"), [(0.1, 3000), (25.0, 3000), (25.01, 4000), (35.0, 4000), (35.1, 5000), (999.0, 9000)]
)
def test_each_step_begun_costs_a_whole_step(km: float, price: int) -> None:
    assert price_of(DistanceFare(3000, 25, 1000, 10, 9000, 1.0), km) == price


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"path": "A 100 X 200 C"}, r"uji\.toml: line\[1\]\.run\[1\]\.path: 'X' is no station"),
        ({"path": "A -5 B"}, r"path: '-5' is no number of seconds"),
        ({"path": "A 100"}, r"path = 'A 100': must be stations with the seconds between them"),
        ({"departures": '{ days = "holiday", times = "05:00" }'}, r"days = 'holiday': is none of the day types"),
        ({"departures": '{ days = "weekday", times = "05:00 600" }'}, r"times = '05:00 600': must end with a time"),
        ({"departures": '{ days = "weekday", times = "05:00 04:00" }'}, r"'04:00' is no later time"),
        ({"departures": '{ days = "weekday", times = "05:00", frm = "B" }'}, r"frm = 'B': unknown key"),
        ({"departures": '{ days = "weekday", from = "C", times = "05:00" }'}, r"does not come after the station"),
        (
            {"departures": '{ days = "weekday", times = "05:00" }, { days = "weekday", times = "05:00" }'},
            r"trip L-0-weekday-050000: two departures say the same",
        ),
        ({"service": "headway", "departures": '{ days = "weekday", times = "05:00" }'}, r"needs a headway"),
        ({"service": "sometimes"}, r"defaults\.service = 'sometimes': must be scheduled or headway"),
        ({"stations": STATIONS + "A,Again,-6.2,106.9,\n"}, r"stations\.csv row 5: id = 'A': is there twice"),
        ({"stations": STATIONS + "D,Delta,-96.2,106.9,\n"}, r"stations\.csv row 5: .* out of range"),
        ({"stations": STATIONS + "D,Delta,south,106.9,\n"}, r"stations\.csv row 5: .*south"),
        ({"head": HEAD.replace("Asia/Jakarta", "Asia/Batavia")}, r"timezone = 'Asia/Batavia': unknown time zone"),
        ({"head": HEAD.replace("{} Station", "Station")}, r"stop_name = .*must hold \{\} once"),
        ({"head": "speed = 3\n" + HEAD}, r"speed = 3: unknown key"),
        ({"fare": FLAT.replace("flat", "fair")}, r"fare\.kind = 'fair': must be flat, matrix or distance"),
        ({"fare": '[fare]\nkind = "matrix"\ncurrency = "IDR"\nprices = "A\\nB 1 2"\n'}, r"line 'B 1 2'"),
    ],
)
def test_a_mistake_is_named_with_its_file_key_and_value(tmp_path: Path, changes: dict[str, str], text: str) -> None:
    description = write(tmp_path, **changes)
    with pytest.raises(AuthoredError, match=text):
        compile_authored(description, tmp_path / "out" / "uji.zip", TODAY)
    assert not list((tmp_path / "out").glob("*")), "nothing may be left half-written"


def test_a_missing_stations_file_is_named(tmp_path: Path) -> None:
    description = write(tmp_path)
    (tmp_path / "stations.csv").unlink()
    with pytest.raises(AuthoredError, match=r"stations\.csv: cannot be read"):
        compile_authored(description, tmp_path / "uji.zip", TODAY)
