"""Whatever bytes come from outside, they are read or refused: archives, tables, real time, queries and bodies."""

from __future__ import annotations

from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import thorough
from tests.support.outside_bytes import PATHS, SEEDS, read_body, read_query, read_realtime, read_tables, read_zip
from tests.unit.api.small_city import MONDAY

BYTES = st.binary(max_size=64)


@st.composite
def harmed(draw: st.DrawFn, sound: bytes) -> bytes:
    """Sound bytes with some of them changed, taken out, put in, moved, or cut off."""
    found = bytearray(sound)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(found) - 1, 0)))
        to = min(at + draw(st.integers(1, 32)), len(found))
        act = draw(st.sampled_from(["change", "remove", "insert", "repeat", "cut"]))
        if act == "change":
            found[at:to] = draw(st.binary(min_size=to - at, max_size=to - at))
        elif act == "remove":
            del found[at:to]
        elif act == "insert":
            found[at:at] = draw(BYTES)
        elif act == "repeat":
            found[to:to] = found[at:to] * draw(st.sampled_from([1, 2, 50]))
        else:
            del found[at:]
    return bytes(found)


NAMES = (
    "from", "to", "at", "arrive_by", "window_s", "providers", "weights", "modes", "lang", "stop", "cursor", "n", "date",
    "fromPlace", "toPlace", "time", "via", "transitModes", "pageCursor", "maxTransfers", "searchWindow", "tripId",
    "itineraryId", "stopId", "center", "radius", "mode", "text", "place", "min", "max", "zoom", "one", "many",
    "language", "maxTravelTime", "q", "startTime", "endTime", "start_s", "radius_m",
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from([
        "metro_STA", "metro_C", "bus_P", "-6.2,106.8", "-6.2;106.8", "nan,nan", "1e400,0", "-91,0", "90,180", "0", "-1",
        "99999999999999999999", f"{MONDAY}T07:31:00+07:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", MONDAY,
        "LATER|1772411460", "LATER|99999999999999", "TRANSIT", "metro_T460", "20260302_07:40_metro_T460", "eJw", "en",
        "true", "", "\x00", "’", "travel:1e308", "travel:-0",
    ]),
    st.text(max_size=20),
).map(lambda value: quote(value).encode())  # fmt: skip
PAIRS = st.tuples(st.sampled_from(NAMES).map(str.encode), VALUES | BYTES).map(b"=".join)
QUERIES = st.builds(
    lambda path, parts: bytes([path]) + b"&".join(parts),
    st.integers(0, len(PATHS) - 1),
    st.lists(PAIRS | BYTES, max_size=6),
)

SOUND = {target: st.sampled_from(seeds) for target, seeds in SEEDS.items()}
SEVERAL = st.lists(PAIRS, min_size=1, max_size=3)
ODD_TRIPS = st.builds(lambda trip, pairs: b"&".join([trip, *pairs]), SOUND["query"], SEVERAL)


@thorough(150)
@given(SOUND["zip"].flatmap(harmed) | BYTES)
def test_an_archive(data: bytes) -> None:
    read_zip(data)


@thorough(60)
@given(SOUND["tables"].flatmap(harmed) | st.binary(max_size=200))
def test_a_table(data: bytes) -> None:
    read_tables(data)


@thorough(300)
@given(SOUND["realtime"].flatmap(harmed) | BYTES)
def test_a_message_of_real_time(data: bytes) -> None:
    read_realtime(data)


@thorough(250)
@given(QUERIES | ODD_TRIPS)
def test_a_query(data: bytes) -> None:
    read_query(data)


@thorough(60)
@given(SOUND["body"].flatmap(harmed) | BYTES)
def test_a_body(data: bytes) -> None:
    read_body(data)
