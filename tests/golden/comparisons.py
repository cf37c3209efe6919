"""What riders are told of known trips in real feeds, as facts: times, providers, fares and sentences.

A golden file has a row a trip. Nothing of the feeds is in it but their digests.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ingest.pipeline import ingest_feeds
from routing import Query, Router
from tests.golden.notices import TODAY
from tests.golden.regions import region_feeds

GOLDEN = Path(__file__).parent / "comparisons"
Place = str | tuple[float, float]

LEBAK_BULUS = (-6.2893, 106.775)
BLOK_M = (-6.2444, 106.7981)
HI = (-6.1919, 106.823)
KOTA = (-6.1376, 106.8142)
MONAS = (-6.1754, 106.8272)
BOGOR = (-6.5957, 106.7904)
BEKASI_BARAT = (-6.2484, 106.9915)
KELAPA_GADING = (-6.1577, 106.9063)
DUKUH_ATAS = (-6.2023, 106.8233)
VELODROME = (-6.1928, 106.889)
TANGERANG = (-6.1768, 106.6324)
DEPOK = (-6.3913, 106.8217)
CAWANG = (-6.2426, 106.8588)
KUNINGAN = (-6.2292, 106.833)
SENAYAN = (-6.227, 106.802)
TEBET = (-6.2262, 106.8583)
HARMONI = (-6.1657, 106.8203)
KP_RAMBUTAN = (-6.3093, 106.8824)
MERCADO = (-30.0271, -51.2277)
AEROPORTO = (-29.989, -51.177)
ESTEIO = (-29.852, -51.179)
NOVO_HAMBURGO = (-29.687, -51.133)
UFRGS = (-30.0725, -51.12)
RESTINGA = (-30.15, -51.14)
CANOAS = (-29.918, -51.183)
MENINO_DEUS = (-30.053, -51.221)

TRIPS: dict[str, dict[str, tuple[Place, Place, str]]] = {
    "jakarta": {
        "Lebak Bulus to Bundaran HI, morning": (LEBAK_BULUS, HI, "07:30"),
        "Blok M to Kota, morning": (BLOK_M, KOTA, "08:00"),
        "Bogor to Sudirman, early": (BOGOR, DUKUH_ATAS, "05:30"),
        "Bekasi Barat to Kuningan, morning": (BEKASI_BARAT, KUNINGAN, "07:00"),
        "Velodrome to Kelapa Gading, noon": (VELODROME, KELAPA_GADING, "12:00"),
        "Tangerang to Monas, morning": (TANGERANG, MONAS, "06:45"),
        "Depok to Blok M, morning": (DEPOK, BLOK_M, "07:15"),
        "Cawang to Senayan, evening": (CAWANG, SENAYAN, "17:30"),
        "Tebet to Harmoni, evening": (TEBET, HARMONI, "18:00"),
        "Kampung Rambutan to Monas, afternoon": (KP_RAMBUTAN, MONAS, "15:00"),
        "Kota to Lebak Bulus, late": (KOTA, LEBAK_BULUS, "22:00"),
        "Dukuh Atas to Bundaran HI, near enough to walk": (DUKUH_ATAS, HI, "13:00"),
    },
    "portoalegre": {
        "Mercado to the airport, noon": (MERCADO, AEROPORTO, "12:10"),
        "Mercado to Novo Hamburgo, evening": (MERCADO, NOVO_HAMBURGO, "18:00"),
        "Canoas to the university, noon": (CANOAS, UFRGS, "12:00"),
        "Restinga to Mercado, noon": (RESTINGA, MERCADO, "12:20"),
        "Menino Deus to Esteio, noon": (MENINO_DEUS, ESTEIO, "12:00"),
        "The university to Mercado, after lunch": (UFRGS, MERCADO, "13:15"),
    },
}
DAYS = {"jakarta": ("2026-11-25", "Asia/Jakarta"), "portoalegre": ("2019-05-15", "America/Sao_Paulo")}
"""Wednesdays on which the feeds of a region run. The buses of Porto Alegre's are those around noon."""


def comparison_path(region: str) -> Path:
    """Where the golden file of a region is, or is to be."""
    return GOLDEN / f"{region}.json"


def read_comparisons(region: str) -> Any:
    """What the golden file of a region says."""
    return json.loads(comparison_path(region).read_text("utf-8"))


@cache
def region_router(region: str) -> Router:
    """The router on all feeds of the region."""
    result = ingest_feeds(region_feeds(region), today=TODAY)
    assert result.network is not None, f"every feed of {region} was rejected"
    return Router(result.network)


def find_comparisons(region: str) -> dict[str, Any]:
    """In the form of a golden file."""
    router = region_router(region)
    date, zone = DAYS[region]
    trips = {}
    for name, (origin, destination, clock) in TRIPS[region].items():
        time = datetime.fromisoformat(f"{date}T{clock}").replace(tzinfo=ZoneInfo(zone))
        trips[name] = told(router.compare(Query(origin, destination, time)).to_dict())
    return {"feeds": {feed.id: feed.sha256 for feed in router.network.feeds}, "trips": trips}


def told(found: dict[str, Any]) -> dict[str, Any]:
    """What a rider reads of a comparison: options by rank, in place of ids."""
    places = {option["id"]: place for place, option in enumerate(found["options"], start=1)}
    return {
        "reason": found["reason"],
        "options": [_option(option) for option in found["options"]],
        "trade_offs": [
            {"options": [places[option] for option in pair["options"]], **pair["text"]} for pair in found["trade_offs"]
        ],
        "dropped": [{"provider": row["provider"], "why": row["why"], **row["text"]} for row in found["dropped"]],
        "providers": {row["id"]: [row["status"], row["reason"] or row["alone_reason"]] for row in found["providers"]},
        "fares": found["ranking"]["fares"]["reason"],
    }


def _option(option: dict[str, Any]) -> list[Any]:
    """Rank, providers, departure, arrival, transfers, metres on foot, fare, badges."""
    fare = option["fare"]
    return [
        option["rank"],
        "+".join(option["providers"]),
        option["departure"][11:19],
        option["arrival"][11:19],
        option["transfers"],
        option["walk_m"],
        option["fare_unknown_reason"] if fare is None else fare["text"]["en"],
        " ".join(option["badges"]),
    ]
