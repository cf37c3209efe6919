"""A stand-in for the service, for the page alone: fixed answers in and around Jakarta, the built page, strict headers.

Stop names and rounded places are Jakarta's; times, fares and routes are invented. Run by hand:
`python -m tests.support.page_server`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles

DIST = Path(__file__).parents[2] / "api" / "web" / "dist"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
HOSTILE = '<img src=x onerror="window.__xss=1">'

UNKNOWN = {"en": "Nothing is known of the fares of TransJakarta.", "id": "Tarif TransJakarta tidak diketahui."}
PROVIDERS = {
    "mrt": ("MRT Jakarta", "CA1F47"),
    "krl": ("KRL Commuter Line", "1B6FB5"),
    "lrt-jabodebek": ("LRT Jabodebek", "0E8A4A"),
    "transjakarta": ("Transjakarta", "E07B00"),
    "lrt-jakarta": ("LRT Jakarta", "8A4FBF"),
}

# One line a provider: stop id -> (name, lat, lon), in the order of travel.
LINES: dict[str, dict[str, tuple[str, float, float]]] = {
    "mrt": {
        "mrt_LBB": ("Lebak Bulus", -6.289, 106.775),
        "mrt_FTM": ("Fatmawati", -6.292, 106.792),
        "mrt_CPR": ("Cipete Raya", -6.278, 106.797),
        "mrt_HJN": ("Haji Nawi", -6.267, 106.797),
        "mrt_BLA": ("Blok A", -6.256, 106.797),
        "mrt_BLM": ("Blok M", -6.244, 106.798),
        "mrt_ASN": ("ASEAN", -6.239, 106.798),
        "mrt_SNY": ("Senayan", -6.227, 106.802),
        "mrt_IST": ("Istora", -6.222, 106.809),
        "mrt_BNH": ("Bendungan Hilir", -6.215, 106.818),
        "mrt_STB": ("Setiabudi", -6.209, 106.822),
        "mrt_DKA": ("Dukuh Atas", -6.201, 106.823),
        "mrt_BHI": ("Bundaran HI", -6.192, 106.823),
    },
    "krl": {
        "krl_SUD": ("Sudirman", -6.202, 106.820),
        "krl_MRI": ("Manggarai", -6.210, 106.850),
        "krl_CKI": ("Cikini", -6.199, 106.841),
        "krl_GDD": ("Gondangdia", -6.186, 106.832),
        "krl_JUA": ("Juanda", -6.166, 106.830),
        "krl_SW": ("Sawah Besar", -6.160, 106.828),
        "krl_MGB": ("Mangga Besar", -6.150, 106.827),
        "krl_JAKK": ("Jakarta Kota", -6.138, 106.815),
    },
    "lrt-jabodebek": {
        "lrt-jabodebek_DKA": ("Dukuh Atas LRT", -6.205, 106.826),
        "lrt-jabodebek_RAS": ("Rasuna Said", -6.222, 106.832),
        "lrt-jabodebek_KUA": ("Kuningan", -6.229, 106.833),
        "lrt-jabodebek_PAN": ("Pancoran", -6.242, 106.839),
        "lrt-jabodebek_CKK": ("Cikoko", -6.243, 106.857),
        "lrt-jabodebek_HAL": ("Halim", -6.246, 106.887),
    },
    "transjakarta": {
        "transjakarta_BM": ("Terminal Blok M", -6.243, 106.802),
        "transjakarta_MA": ("Masjid Agung", -6.236, 106.798),
        "transjakarta_GBK": ("Gelora Bung Karno", -6.224, 106.806),
        "transjakarta_DA": ("Dukuh Atas 1", -6.206, 106.822),
        "transjakarta_HI": ("Bundaran HI Astra", -6.193, 106.823),
        "transjakarta_MON": ("Monas", -6.176, 106.823),
        "transjakarta_HAR": ("Harmoni", -6.163, 106.820),
        "transjakarta_GLO": ("Glodok", -6.144, 106.815),
        "transjakarta_KB": ("Kali Besar Barat", -6.135, 106.811),
    },
    "lrt-jakarta": {
        "lrt-jakarta_PGD": ("Pegangsaan Dua", -6.157, 106.914),
        "lrt-jakarta_BVU": ("Boulevard Utara", -6.160, 106.906),
        "lrt-jakarta_VEL": ("Velodrome", -6.192, 106.891),
    },
}
PLACES = {stop: (*spot, provider) for provider, line in LINES.items() for stop, spot in line.items()}
INDONESIAN = {"North-South Line": "Jalur Utara-Selatan"}
CREDITS = {"mrt": "MRT Jakarta (Perseroda)", "krl": HOSTILE, "transjakarta": "MRT Jakarta (Perseroda)"}
PLACES["krl_HOSTILE"] = (HOSTILE, -6.150, 106.790, "krl")


def _stop(stop_id: str) -> tuple[str, float, float]:
    return PLACES[stop_id][:3]


def _end(place: str) -> tuple[str, float, float]:
    """Name, latitude and longitude of a stop id or of "lat,lon"."""
    if place in PLACES:
        return _stop(place)
    lat, lon = (float(part) for part in place.split(","))
    return place, lat, lon


class Trip:
    """Legs put together one after another from a start time; each method adds one leg."""

    def __init__(self, start: datetime, origin: tuple[str, float, float], place: str) -> None:
        self.now = self.start = start
        self.at, self.place = origin, place
        self.legs: list[dict[str, Any]] = []
        self.providers: list[str] = []

    def _ends(self, to: tuple[str, float, float], departure: datetime) -> dict[str, Any]:
        (name, lat, lon), (to_name, to_lat, to_lon) = self.at, to
        return {
            "from_name": name,
            "from_lat": lat,
            "from_lon": lon,
            "to_name": to_name,
            "to_lat": to_lat,
            "to_lon": to_lon,
            "departure": departure.isoformat(),
            "arrival": self.now.isoformat(),
        }

    def walk(self, place: str, minutes: int) -> Trip:
        to, departure = _end(place), self.now
        self.now += timedelta(minutes=minutes)
        line = [[self.at[2], self.at[1]], [to[2], to[1]]]
        self.legs.append(
            {
                "kind": "walk",
                "from_place": self.place,
                "to_place": place,
                "distance_m": minutes * 72.0,
                "geometry": line,
                **self._ends(to, departure),
            }
        )
        self.at, self.place = to, place
        return self

    def ride(self, provider: str, to_stop: str, minutes: int, wait: int, **more: Any) -> Trip:
        line = list(LINES[provider])
        first, last = line.index(self.place), line.index(to_stop)
        called = line[first : last + 1] if first <= last else line[last : first + 1][::-1]
        departure = self.now + timedelta(minutes=wait)
        self.now = departure + timedelta(minutes=minutes)
        step = timedelta(minutes=minutes) / max(len(called) - 1, 1)
        calls = [
            {
                "stop": stop,
                "name": _stop(stop)[0],
                "lat": _stop(stop)[1],
                "lon": _stop(stop)[2],
                "arrival": (departure + step * place).isoformat(),
                "departure": (departure + step * place).isoformat(),
            }
            for place, stop in enumerate(called)
        ]
        self.legs.append(
            {
                "kind": "ride",
                "provider": provider,
                "feed": provider,
                "trip_id": f"{provider}_t1",
                "route_id": f"{provider}_r1",
                "route_short_name": more.get("short", ""),
                "route_long_name": more.get("long", ""),
                "route_color": PROVIDERS[provider][1],
                "route_type": 1,
                "headsign": _stop(line[-1])[0],
                "service_date": departure.date().isoformat(),
                "from_stop": self.place,
                "to_stop": to_stop,
                "from_stop_sequence": first + 1,
                "to_stop_sequence": last + 1,
                "wait_s": wait * 60,
                "headway_s": more.get("headway_s"),
                "interchangeable": more.get("interchangeable", []),
                "stay_seated": False,
                "geometry": [[_stop(stop)[2], _stop(stop)[1]] for stop in called],
                "intermediate_stops": calls[1:-1],
                **self._ends(_stop(to_stop), departure),
            }
        )
        self.at, self.place = _stop(to_stop), to_stop
        self.providers = sorted({*self.providers, provider})
        return self

    def _fare(self, amount: int) -> dict[str, Any]:
        """One ticket for all rides."""
        text = {"en": f"Rp\u00a0{amount:,}", "id": f"Rp\u00a0{amount:,}".replace(",", ".")}
        money = {"amount": amount, "currency": "IDR", "text": text}
        legs = [place for place, leg in enumerate(self.legs) if leg["kind"] == "ride"]
        ticket = {"id": "t", "name": {"en": "Single ticket", "id": "Tiket tunggal"}, "legs": legs, "rule": "flat"}
        ticket |= {**money, "providers": self.providers, "medium": None, "source": "invented"}
        return {**money, "tickets": [ticket]}

    def option(self, amount: int | None, badges: list[str]) -> dict[str, Any]:
        """The finished trip as an option, without its rank."""
        seconds = int((self.now - self.start).total_seconds())
        walks = [leg for leg in self.legs if leg["kind"] == "walk"]
        rides = [leg for leg in self.legs if leg["kind"] == "ride"]
        walked = sum(leg["distance_m"] for leg in walks)
        transfers = max(len(rides) - 1, 0)
        times = {"departure": self.start.isoformat(), "arrival": self.now.isoformat()}
        spread = timedelta(seconds=100 * sum(leg["headway_s"] is not None for leg in rides))
        times |= {"arrival_p10": (self.now - spread).isoformat(), "arrival_p90": (self.now + spread).isoformat()}
        return {
            "providers": self.providers,
            **times,
            "duration_s": seconds,
            "transfers": transfers,
            "walk_s": int(walked / 1.2),
            "walk_m": walked,
            "wait_s": sum(leg["wait_s"] for leg in rides),
            "fare": self._fare(amount) if amount is not None and rides else None,
            "fare_unknown_reason": "no_fare_data" if amount is None else None,
            "fare_unknown_text": UNKNOWN if amount is None else None,
            "badges": badges,
            "cost": seconds,
            "journey": {**times, "transfers": transfers, "providers": self.providers, "legs": self.legs},
        }


def _options(origin: str, destination: str, at: datetime) -> list[dict[str, Any]]:
    """Five combinations of providers from `origin` to `destination`, all by way of the same city streets."""

    def trip(minutes: int) -> Trip:
        return Trip(at + timedelta(minutes=minutes), _end(origin), origin)

    def mrt_krl(minutes: int) -> Trip:
        first = trip(minutes).walk("mrt_LBB", 4).ride("mrt", "mrt_DKA", 26, 3, short="NS", long="North-South Line")
        second = first.walk("krl_SUD", 6).ride("krl", "krl_JAKK", 27, 5, short="B", long="Bogor Line")
        return second.walk(destination, 4)

    other = {"route_id": "transjakarta_r1", "route_short_name": "1", "route_long_name": "", "headsign": "Monas"}
    lines = [other, {**other, "route_id": "transjakarta_r2", "route_short_name": "1A"}]
    bus = {"short": "1", "long": "Blok M - Kota", "headway_s": 300, "interchangeable": lines}
    mixed = trip(2).walk("mrt_LBB", 4).ride("mrt", "mrt_BLM", 13, 2, short="NS", long="North-South Line")
    mixed = mixed.walk("transjakarta_BM", 5).ride("transjakarta", "transjakarta_KB", 58, 3, **bus).walk(destination, 6)
    only_mrt = trip(1).walk("mrt_LBB", 4).ride("mrt", "mrt_BHI", 29, 4, short="NS", long="North-South Line")
    bus_ride = trip(0).walk("transjakarta_BM", 18).ride("transjakarta", "transjakarta_KB", 64, 2, **bus)
    three = trip(5).walk("mrt_LBB", 4).ride("mrt", "mrt_BNH", 21, 2, short="NS", long="North-South Line")
    three = three.walk("transjakarta_DA", 7).ride("transjakarta", "transjakarta_MON", 14, 2, **bus)
    three = three.walk("krl_JUA", 9).ride("krl", "krl_JAKK", 12, 6, short="B", long="Bogor Line").walk(destination, 4)
    found = [
        mrt_krl(3).option(17000, ["fastest", "least_waiting"]),
        mrt_krl(18).option(17000, []),
        mrt_krl(33).option(17000, []),
        mrt_krl(48).option(17000, []),
        mixed.option(None, []),
        bus_ride.walk(destination, 6).option(3500, ["cheapest", "single_provider", "fewest_transfers"]),
        only_mrt.walk(destination, 55).option(14000, ["single_provider"]),
        three.option(None, []),
        trip(0).walk(destination, 228).option(0, []),
    ]
    return [{"id": f"o{rank}", "rank": rank, **option} for rank, option in enumerate(found, start=1)]


def _provider_rows(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for provider, (name, color) in PROVIDERS.items():
        alone = [option["id"] for option in options if option["providers"] == [provider]]
        combined = [option["id"] for option in options if provider in option["providers"] and option["id"] not in alone]
        reason: str | dict[str, str] | None = None
        status = "served" if alone or combined else "cannot"
        if provider == "lrt-jabodebek":
            status, reason = "no_data", {"en": "its timetable has weekdays only", "id": "jadwalnya hanya hari kerja"}
        elif status == "cannot":
            reason = "no_stop_in_reach" if options else "no_connection"
        rows.append(
            {
                "id": provider,
                "name": name,
                "color": color,
                "status": status,
                "reason": reason,
                "best": next(iter(alone), None),
                "alone": alone,
                "combined": combined,
            }
        )
    return rows


def _refuse(text: str, code: str, field: str, status: int) -> JSONResponse:
    return JSONResponse({"error": text, "code": code, "field": field, "limit": None}, status_code=status)


def _compare(request: Request) -> Any:
    query = request.query_params
    origin, destination = query["from"], query["to"]
    for field, place in (("from", origin), ("to", destination)):
        if "," not in place and place not in PLACES:
            return _refuse(f"no stop {place!r} in this snapshot", "unknown_place", field, 404)
    at = datetime.fromisoformat(query["at"] if "at" in query else query["arrive_by"])
    if "arrive_by" in query:
        at -= timedelta(hours=2)
    options = [] if origin.startswith("lrt-jakarta_") else _options(origin, destination, at)
    if request.headers.get("accept-language") == "id":
        for leg in (leg for option in options for leg in option["journey"]["legs"] if leg["kind"] == "ride"):
            leg["route_long_name"] = INDONESIAN.get(leg["route_long_name"], leg["route_long_name"])
    return {
        "query": dict(query),
        "snapshot": {"id": "mock"},
        "options": options,
        "providers": _provider_rows(options),
        **_explained(options),
    }


def _explained(options: list[dict[str, Any]]) -> dict[str, Any]:
    """What the second option is against the first, and why the last one is none of the first."""
    if len(options) < 3:
        return {"trade_offs": [], "dropped": []}
    first, second, *_, last = (option["id"] for option in options)
    against = {"en": "Arrives 5 minutes later, Rp\u00a06,500 cheaper.", "id": "Tiba 5 menit lebih lambat."}
    why = {"en": "Option #1 is at least as good.", "id": "Pilihan #1 sama baik."}
    return {
        "trade_offs": [{"options": [first, second], "differences": {}, "text": against}],
        "dropped": [{"provider": "x", "option": last, "by": first, "why": "dominated", "text": why}],
    }


def _catalogue() -> dict[str, Any]:
    rows = []
    for provider, (name, color) in PROVIDERS.items():
        lats = [lat for _, lat, _ in LINES[provider].values()]
        lons = [lon for _, _, lon in LINES[provider].values()]
        box = [min(lons), min(lats), max(lons), max(lats)]
        size = {"n_routes": 1, "n_stops": len(lats), "bbox": box}
        rows.append({"id": provider, "name": name, "color": color, "feeds": [provider], **size})
    examples = [
        {
            "name": {"en": "Lebak Bulus to Jakarta Kota", "id": "Lebak Bulus ke Jakarta Kota"},
            "from": "mrt_LBB",
            "to": "krl_JAKK",
        },
        {
            "name": {"en": "Blok M to Kali Besar", "id": "Blok M ke Kali Besar"},
            "from": "mrt_BLM",
            "to": "transjakarta_KB",
        },
        {
            "name": {"en": "Velodrome to Bundaran HI", "id": "Velodrome ke Bundaran HI"},
            "from": "lrt-jakarta_VEL",
            "to": "mrt_BHI",
        },
    ]
    region_name = {"en": "Greater Jakarta", "id": "Jabodetabek"}
    region = {"id": "jakarta", "name": region_name, "timezone": "Asia/Jakarta", "center": [106.835, -6.215]}
    return {"region": region, "providers": rows, "examples": examples}


def _network() -> dict[str, Any]:
    features: list[dict[str, Any]] = []
    for provider, line in LINES.items():
        name, color = PROVIDERS[provider]
        route = {"kind": "route", "provider": provider, "route": f"{provider}_r1", "name": name, "color": color}
        track = [[lon, lat] for _, lat, lon in line.values()]
        features.append(
            {"type": "Feature", "properties": route, "geometry": {"type": "LineString", "coordinates": track}}
        )
    for stop, (name, lat, lon, provider) in PLACES.items():
        point = {"type": "Point", "coordinates": [lon, lat]}
        properties = {"kind": "stop", "provider": provider, "id": stop, "name": name}
        features.append({"type": "Feature", "properties": properties, "geometry": point})
    return {"type": "FeatureCollection", "features": features}


def _places(q: str, limit: int = 8) -> dict[str, Any]:
    found = [
        {"id": stop, "name": name, "lat": lat, "lon": lon, "providers": [provider], "kind": "station"}
        for stop, (name, lat, lon, provider) in PLACES.items()
        if q.casefold() in name.casefold()
    ]
    return {"places": found[:limit]}


def _feeds() -> dict[str, Any]:
    rows = [{"id": feed, "name": feed, "attribution": text, "publisher_name": ""} for feed, text in CREDITS.items()]
    return {"snapshot": "mock", "feeds": rows}


def create_page_app(dist: Path = DIST) -> FastAPI:
    """The stand-in application; `dist` is the folder of the built page."""
    app = FastAPI()

    @app.middleware("http")
    async def add_headers(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    app.add_api_route("/api/v1/compare", _compare)
    app.add_api_route("/api/v1/providers", _catalogue)
    app.add_api_route("/api/v1/network.geojson", _network)
    app.add_api_route("/api/v1/places", _places)
    app.add_api_route("/api/v1/feeds", _feeds)
    app.mount("/", StaticFiles(directory=dist, html=True))
    return app


@contextmanager
def running(app: Any) -> Iterator[str]:
    """Serves `app` on a free port of this machine and gives its address, without the last slash."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 120
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the page server did not start")
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


if __name__ == "__main__":
    uvicorn.run(create_page_app(), host="127.0.0.1", port=8010)
