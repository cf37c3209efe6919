"""Journeys add up, in instants and not in what clocks show."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from routing import Journey, RideLeg, WalkLeg
from routing.along import StopCall
from routing.journeys import PlaceName, RouteName

JAKARTA, BERLIN = ZoneInfo("Asia/Jakarta"), ZoneInfo("Europe/Berlin")
A, B, C = (PlaceName(f"x_{name}", name, lat, 106.8) for name, lat in (("A", -6.1), ("B", -6.2), ("C", -6.3)))


def _at(clock: str, zone: ZoneInfo = JAKARTA, day: str = "2026-03-02", fold: int = 0) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone, fold=fold)


@dataclass(frozen=True)
class Drawn:
    """What lies along a leg, as drawn."""

    points: tuple[tuple[float, float], ...]
    stops: tuple[StopCall, ...] = ()

    def line(self) -> tuple[tuple[float, float], ...]:
        return self.points

    def calls(self) -> tuple[StopCall, ...]:
        return self.stops


def _ride(start: datetime, end: datetime, **changes: object) -> RideLeg:
    values: dict[str, object] = {
        "provider": "x",
        "feed": "x",
        "trip_id": "x_T",
        "route": RouteName("x_R", "1", "One", "FF0000", 3),
        "headsign": "C",
        "service_date": date(2026, 3, 2),
        "from_place": A,
        "to_place": B,
        "from_stop_sequence": 1,
        "to_stop_sequence": 2,
        "departure": start,
        "arrival": end,
        "wait_s": 60,
        "headway_s": None,
        "stay_seated": False,
        "along": Drawn(((106.8, -6.1), (106.8, -6.2))),
    }
    return RideLeg(**{**values, **changes})  # type: ignore[arg-type] # the values fit, name by name


def _walk(start: datetime, end: datetime, metres: int = 300) -> WalkLeg:
    return WalkLeg(B, C, start, end, metres, Drawn(((B.lon, B.lat), (C.lon, C.lat))))


def _journey(*legs: RideLeg | WalkLeg) -> Journey:
    providers = frozenset(leg.provider for leg in legs if isinstance(leg, RideLeg))
    return Journey(legs[0].departure, legs[-1].arrival, 0, providers, legs)


def test_a_journey_sums_its_legs() -> None:
    journey = _journey(
        _ride(_at("08:00"), _at("08:10")),
        _walk(_at("08:10"), _at("08:14:10")),
        _ride(_at("08:20"), _at("08:30"), wait_s=350),
    )
    assert journey.duration_s == 1800
    assert (journey.walk_s, journey.walk_m, journey.wait_s) == (250, 300, 410)
    assert (len(journey.rides), len(journey.walks)) == (2, 1)


@pytest.mark.parametrize(
    ("day", "start", "end", "seconds"),
    [
        # 02:00 becomes 03:00: from 01:50 to 03:10 are 20 minutes.
        ("2026-03-29", ("01:50", 0), ("03:10", 0), 1200),
        # 03:00 becomes 02:00: from the first 02:50 to the second 02:10 are 20 minutes.
        ("2026-10-25", ("02:50", 0), ("02:10", 1), 1200),
        ("2026-10-25", ("01:30", 0), ("03:30", 0), 10_800),
    ],
)
def test_seconds_are_counted_across_a_change_of_clocks(
    day: str, start: tuple[str, int], end: tuple[str, int], seconds: int
) -> None:
    leave, arrive = (_at(clock, BERLIN, day, fold) for clock, fold in (start, end))
    assert _journey(_ride(leave, arrive)).duration_s == seconds
    assert _journey(_walk(leave, arrive)).walk_s == seconds


def test_seconds_are_counted_between_zones() -> None:
    assert _journey(_ride(_at("08:00"), _at("09:10", ZoneInfo("Asia/Makassar")))).duration_s == 600


def test_legs_have_the_ids_of_the_contract() -> None:
    leg = _ride(_at("08:00"), _at("08:10"))
    assert (leg.route_id, leg.from_stop, leg.to_stop) == ("x_R", "x_A", "x_B")


def test_all_are_frozen() -> None:
    leg = _walk(_at("08:00"), _at("08:10"))
    for frozen in (leg, _journey(leg), _ride(_at("08:00"), _at("08:10"))):
        with pytest.raises(FrozenInstanceError):
            frozen.departure = _at("09:00")  # type: ignore[misc] # that it cannot be set is what is tested


def test_a_journey_is_json_with_offsets() -> None:
    call = StopCall("x_M", "M", -6.15, 106.8, _at("08:04"), _at("08:05"))
    journey = _journey(
        _ride(_at("08:00"), _at("08:10"), along=Drawn(((106.8, -6.1), (106.8, -6.2)), (call,))),
        _walk(_at("08:10"), _at("08:14:10")),
    )
    data = json.loads(json.dumps(journey.to_dict()))
    assert data["departure"] == "2026-03-02T08:00:00+07:00"
    assert data["providers"] == ["x"]
    ride, walk = data["legs"]
    assert (ride["kind"], ride["trip_id"], ride["service_date"]) == ("ride", "x_T", "2026-03-02")
    assert ride["intermediate_stops"][0]["departure"] == "2026-03-02T08:05:00+07:00"
    assert ride["geometry"] == [[106.8, -6.1], [106.8, -6.2]]
    assert (walk["kind"], walk["distance_m"], walk["from_place"], walk["to_place"]) == ("walk", 300, "x_B", "x_C")
