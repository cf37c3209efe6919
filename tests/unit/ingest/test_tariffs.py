"""Tariff files: what may stand in them, and the one line that says what is wrong."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from ingest.region import RegionError, read_region
from ingest.tariff_schema import DistancePrice, MatrixPrice, TariffFile
from tests.scenarios.drawn import network_of
from tests.support.timetable_text import feeds_of

REGION = """
id = "r"
name = { en = "R" }
timezone = "UTC"
center = [0.0, 0.0]
tariffs = ["bus.toml"]
[[provider]]
id = "bus"
name = "Bus"
color = "0072B2"
feeds = ["x"]
[[feed]]
id = "x"
path = "x.zip"
"""
HEAD = 'source = "Decree"\ncurrency = "IDR"\n'
TICKET = '[[ticket]]\nid = "t"\nname = { en = "T" }\nproviders = ["bus"]\n'
FLAT = 'price = { kind = "flat", amount = 3500 }\n'
GOOD = HEAD + TICKET + FLAT


def _read(folder: Path, text: str, other: str = "") -> TariffFile:
    region = REGION
    if other:
        region = REGION.replace('["bus.toml"]', '["bus.toml", "other.toml"]')
        (folder / "other.toml").write_text(other, encoding="utf-8")
    (folder / "region.toml").write_text(region, encoding="utf-8")
    (folder / "bus.toml").write_text(text, encoding="utf-8")
    tariff = read_region(folder / "region.toml").tariffs[0]
    assert tariff.file == "bus.toml"
    return tariff.content


def test_a_tariff_is_read_with_its_defaults(tmp_path: Path) -> None:
    (ticket,) = _read(tmp_path, GOOD).ticket
    assert (ticket.transfers, ticket.min_providers, ticket.interrupted, ticket.cap) == (0, 1, False, None)
    assert ticket.price.kind == "flat"


def test_decimals_and_dates_are_read_as_they_are_written(tmp_path: Path) -> None:
    text = HEAD + "first_day = 2025-01-01\n" + TICKET
    text += 'price = { kind = "distance", base = 0.10, step = 0.3, step_km = 2.5 }\n'
    content = _read(tmp_path, text)
    price = content.ticket[0].price
    assert isinstance(price, DistancePrice)
    assert (price.base, price.step, price.step_km) == (Decimal("0.10"), Decimal("0.3"), Decimal("2.5"))
    assert content.first_day == dt.date(2025, 1, 1)
    assert TariffFile.model_validate_json(content.model_dump_json(by_alias=True)) == content


WRONG = [
    (GOOD.replace("3500", "-1"), r"bus\.toml: ticket\[1\]\.price\.amount = -1: .*greater than or equal to 0"),
    (GOOD.replace("3500", "true"), r"ticket\[1\]\.price\.amount = True: must be a number"),
    (GOOD.replace('"flat"', '"free"'), r"ticket\[1\]\.price\.kind = 'free': must be one of 'flat'"),
    (GOOD.replace("amount", "price"), r"ticket\[1\]\.price\.amount: is missing"),
    (GOOD.replace("IDR", "XXXX"), r"currency = 'XXXX': must be a currency of ISO 4217"),
    (GOOD.replace('"bus"]', '"tram"]'), r"ticket\[1\]\.providers = 'tram': no \[\[provider\]\] has this id"),
    (GOOD + 'color = "red"\n', r"ticket\[1\]\.color = 'red': unknown key"),
    (GOOD.replace('id = "t"', 'id = "T T"'), r"ticket\[1\]\.id = 'T T': must match"),
    (HEAD, r"ticket: is missing"),
    (GOOD + 'routes = ["y_1"]\n', r"ticket\[1\]\.routes = 'y_1': must be FEED_ROUTEID with a feed of this region"),
    (
        GOOD + 'except_routes = ["*"]\n',
        r"ticket\[1\]\.except_routes = '\*': must be FEED_ROUTEID with a feed of this region",
    ),
    (GOOD + 'linked = [["x_A", "B"]]\n', r"ticket\[1\]\.linked = 'B': must be FEED_STOPID"),
    (GOOD + "min_providers = 2\n", r"ticket\[1\]: min_providers: more than there are providers"),
    (GOOD + "transfers = -1\n", r"ticket\[1\]\.transfers = -1"),
    (GOOD + 'minutes_until = "never"\n', r"ticket\[1\]\.minutes_until = 'never'"),
    (GOOD + '[[ticket.when]]\nfrom = "7:00"\n', r"ticket\[1\]\.when\[1\]\.from = '7:00': must be a time HH:MM"),
    (GOOD + '[[ticket.when]]\nuntil = "00:00"\n', r"ticket\[1\]\.when\[1\]: from must come before until"),
    (
        GOOD + '[[ticket.when]]\ndays = "mon maandag"\n',
        r"ticket\[1\]\.when\[1\]\.days = 'mon maandag': must be some of",
    ),
    (GOOD + "[[ticket.when]]\namount = 1\npercent = 50\n", r"when\[1\]: give amount or percent, not both"),
    (GOOD + '[[ticket.when]]\nriders = ["pupil"]\n', r"ticket\[1\]\.when\[1\]\.riders = 'pupil': no tariff of this"),
    (
        HEAD + "first_day = 2025-02-01\nlast_day = 2025-01-01\n" + TICKET + FLAT,
        r"first_day must not come after last_day",
    ),
    (
        HEAD + TICKET + 'price = { kind = "matrix", prices = "A\\nB 1 2" }',
        r"price\.prices|line 'B 1 2': must hold a station and 1 prices",
    ),
    (HEAD + TICKET + 'price = { kind = "matrix", prices = "A\\nB x" }', r"line 'B x': 'x' is no price"),
    (HEAD + TICKET + 'price = { kind = "matrix", prices = "A\\nA 1" }', r"line 'A 1': the station is there twice"),
    ("source = ", r"bus\.toml: is not valid TOML"),
]


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_a_mistake_is_told_in_one_line_with_file_key_and_value(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(RegionError, match=told) as caught:
        _read(tmp_path, text)
    assert "\n" not in str(caught.value)
    assert "bus.toml: " in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "region.toml").write_text(REGION, encoding="utf-8")
    with pytest.raises(RegionError, match=r"bus\.toml: cannot be read"):
        read_region(tmp_path / "region.toml")


def test_two_tickets_of_a_region_do_not_share_an_id(tmp_path: Path) -> None:
    with pytest.raises(RegionError, match=r"other\.toml: ticket\[1\]\.id = 't': another ticket has this id"):
        _read(tmp_path, GOOD, other=GOOD)


def test_riders_may_be_named_in_another_file(tmp_path: Path) -> None:
    riders = HEAD + "[riders]\npupil = { en = 'Pupil' }\n" + TICKET.replace('"t"', '"u"') + FLAT
    content = _read(tmp_path, GOOD + '[[ticket.when]]\nriders = ["pupil"]\namount = 0\n', other=riders)
    assert content.ticket[0].when[0].riders == ("pupil",)


def test_a_matrix_is_a_triangle_or_a_square() -> None:
    triangle = MatrixPrice(kind="matrix", prices="A\nB 5\nC 7 6")
    assert triangle.pairs()["A", "C"] == triangle.pairs()["C", "A"] == 7
    assert ("A", "A") not in triangle.pairs()
    square = MatrixPrice(kind="matrix", prices="A 1 2\nB 3 4")
    assert square.pairs() == {("A", "A"): 1, ("A", "B"): 2, ("B", "A"): 3, ("B", "B"): 4}


def test_a_stop_that_the_feed_does_not_have_is_reported_and_links_nothing(tmp_path: Path) -> None:
    from ingest.pipeline import ingest_feeds

    _read(tmp_path, GOOD + 'linked = [["x_A", "x_NOPE"]]\n')
    region = read_region(tmp_path / "region.toml")
    feed = feeds_of("A 08:00 > B 08:10 / x")["x"].write_zip(tmp_path / "x.zip")
    result = ingest_feeds({"x": feed}, region=region)
    (notice,) = [notice for notice in result.log if notice.code == "tariff_unknown_stop"]
    assert (notice.feed, notice.file, notice.field, notice.value) == ("x", "bus.toml", "ticket[1].linked", "x_NOPE")


def test_another_tariff_is_another_snapshot(tmp_path: Path) -> None:
    _read(tmp_path, GOOD)
    one = network_of(feeds_of("A 08:00 > B 08:10 / x"), region=read_region(tmp_path / "region.toml"))
    _read(tmp_path, GOOD.replace("3500", "4000"))
    other = network_of(feeds_of("A 08:00 > B 08:10 / x"), region=read_region(tmp_path / "region.toml"))
    assert one.snapshot_id != other.snapshot_id
