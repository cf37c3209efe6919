"""The networks that benchmarks run on: feeds, service day, hours, and how stops are linked on foot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path

from benchmarks.synthetic import LONDON, SyntheticPlan, write_feeds
from ingest.region import Region, embedded_region, read_region
from ingest.region_sources import locate_feed
from ingest.walk_options import WalkOptions

ROOT = Path(__file__).resolve().parent
REAL_FEEDS = ROOT.parent / ".." / "shared" / "feeds"


@dataclass(frozen=True, slots=True)
class Conditions:
    """Walking: straight-line metres between linked stops, and metres a second. No detour, as peers have none.

    A radius of 0 links no stops but those of transfers.txt.
    """

    walk_radius_m: float = 300.0
    speed_m_per_s: float = 1.2

    @property
    def walk_options(self) -> WalkOptions:
        """What ingest is told."""
        if self.walk_radius_m == 0:
            return WalkOptions(walk="off")
        return WalkOptions(radius_m=self.walk_radius_m, detour=1.0)


STANDARD = Conditions()
UNLINKED = Conditions(walk_radius_m=0.0)


@dataclass(frozen=True, slots=True)
class BenchSet:
    """One network, its walking, and the hours that its queries are drawn from.

    Neither `feeds` nor `made` means the embedded region.
    """

    id: str
    title: str
    zone: str
    day: date
    start: time = time(7)
    end: time = time(19)
    seed: int = 1
    feeds: Mapping[str, str] = field(default_factory=dict)
    """Feed id -> file below the folder of real feeds."""
    made: SyntheticPlan | None = None
    """A made-up city instead of real feeds: one feed, `city`."""
    conditions: Conditions = STANDARD
    query_set: str = ""
    """The set whose query file is used; its own if empty."""

    @property
    def queries(self) -> Path:
        """The committed query file."""
        return ROOT / "queries" / f"{self.query_set or self.id}.csv"

    @property
    def expected(self) -> Path:
        """The committed answers to it."""
        return ROOT / "expected" / f"{self.id}.csv"


TRANSJAKARTA = "jakarta/transjakarta_2024-06.zip"
PORTO_ALEGRE = {"eptc": "portoalegre/eptc.zip", "trensurb": "portoalegre/trensurb.zip"}
NEW_YORK = {
    name.replace("_", "-"): f"newyork/mta_{name}.zip"
    for name in ("bus_bk", "bus_busco", "bus_bx", "bus_m", "bus_qns", "bus_si", "lirr", "mnr", "subway")
}

SETS = {
    found.id: found
    for found in (
        BenchSet("embedded", "embedded Jakarta region", "Asia/Jakarta", date(2026, 11, 25)),
        BenchSet(
            "jakarta",
            "five Jakarta feeds",
            "Asia/Jakarta",
            date(2026, 11, 25),
            feeds={
                "tj": TRANSJAKARTA,
                "mrt": "jakarta/mrt.zip",
                "lrtj": "jakarta/lrt_jakarta.zip",
                "krl": "jakarta/krl_derived.zip",
                "lrtjb": "jakarta/lrt_jabodebek_derived.zip",
            },
        ),
        BenchSet(
            "portoalegre",
            "two Porto Alegre feeds",
            "America/Sao_Paulo",
            date(2019, 5, 15),
            start=time(12),
            end=time(15),
            feeds=PORTO_ALEGRE,
        ),
        BenchSet("newyork", "nine New York feeds", "America/New_York", date(2026, 10, 14), feeds=NEW_YORK),
        # The networks that published engines were measured on (docs/router.md): no links, or short ones.
        BenchSet(
            "portoalegre-unlinked",
            "two Porto Alegre feeds, no footpaths",
            "America/Sao_Paulo",
            date(2019, 5, 15),
            start=time(12),
            end=time(15),
            feeds=PORTO_ALEGRE,
            conditions=UNLINKED,
            query_set="portoalegre",
        ),
        BenchSet(
            "transjakarta",
            "TransJakarta alone, links of 150 m",
            "Asia/Jakarta",
            date(2026, 11, 25),
            feeds={"tj": TRANSJAKARTA},
            conditions=Conditions(walk_radius_m=150.0),
        ),
        BenchSet(
            "newyork-100m",
            "eight New York feeds (no LIRR), links of 100 m",
            "America/New_York",
            date(2026, 10, 14),
            feeds={feed: path for feed, path in NEW_YORK.items() if feed != "lirr"},
            conditions=Conditions(walk_radius_m=100.0),
        ),
        BenchSet(
            "london",
            "made-up city of London's size, its transfers.txt",
            "Europe/London",
            date(2026, 11, 25),
            made=LONDON,
            conditions=UNLINKED,
        ),
    )
}


class MissingFeedError(FileNotFoundError):
    """A real feed that is not on this machine."""


def default_set() -> str:
    """The real Jakarta feeds where they lie beside the checkout, the embedded region elsewhere."""
    try:
        find_feeds(SETS["jakarta"])
    except MissingFeedError:
        return "embedded"
    return "jakarta"


def find_feeds(bench: BenchSet) -> dict[str, Path]:
    """Feed id -> zip for a set of real feeds. Raises MissingFeedError."""
    found = {feed: (REAL_FEEDS / path).resolve() for feed, path in bench.feeds.items()}
    for feed, path in found.items():
        if not path.exists():
            raise MissingFeedError(f"set {bench.id}: feed {feed} is not at {path}; real feeds are not in the project")
    return found


def prepare_feeds(bench: BenchSet, work: Path) -> tuple[dict[str, Path], Region | None]:
    """Feeds and region of a set. A made-up city is written into `work`; the embedded region is compiled into it for
    the years around the set's day.
    """
    if bench.made is not None:
        return {"city": write_feeds(bench.made, work / "city.zip")[0].path}, None
    if bench.feeds:
        return find_feeds(bench), None
    file = embedded_region()
    region = read_region(file)
    work.mkdir(parents=True, exist_ok=True)
    return {
        feed.id: locate_feed(feed, file.parent, work, bench.day, Path("feeds/archives")) for feed in region.feeds
    }, region
