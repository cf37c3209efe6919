"""What the router must show, and whether a run shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from benchmarks.peers.peer import SHORT_WALKS as SHORT_PEER
from benchmarks.peers.peer import USUAL_WALKS as USUAL_PEER

Result = Mapping[str, Any]

SHORT, USUAL = SHORT_PEER.name, USUAL_PEER.name
SEARCH, COMPLETE, TRAVEL_TIME = "timbang search", "timbang complete", "timbang travel time"
COMPLETE_BAR = "complete beyond search"
NOT_COMPUTED = (
    "reading", "merging feeds", "reading streets", "building the walking network", "linking stops on foot",
    "linking stops without stairs", "resolving changes", "comparing feeds",
)  # fmt: skip
"""Parts of ingest that any use of the feeds needs. The others are computed for the router alone."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure of one set, what it must be, and what it should."""

    set: str
    condition: str
    figure: str
    peers: str
    """Figures of others on the same network, as published or measured elsewhere."""
    measured: Callable[[Result], float | None]
    must: float
    aim: float | None
    unit: str
    more_is_better: bool = False

    @property
    def is_latency(self) -> bool:
        """Whether it is the time of a search, which a peer's can be set beside."""
        return self.unit == "ms" and not self.figure.startswith(COMPLETE_BAR)

    def judge(self, result: Result) -> tuple[float | None, bool | None, bool | None]:
        """(measured, must reached, aim reached); None where it was not measured or there is no aim."""
        found = self.measured(result)
        if found is None:
            return None, None, None
        return (
            found,
            self._is_reached(found, self.must),
            None if self.aim is None else self._is_reached(found, self.aim),
        )

    def _is_reached(self, found: float, bar: float) -> bool:
        return found >= bar if self.more_is_better else found <= bar


def ratio(peer: str) -> Callable[[Result], float | None]:
    """Times of a peer's mean over our search's."""

    def measured(result: Result) -> float | None:
        row = result["ratios"].get(peer)
        return None if row is None else float(row[SEARCH][0])

    return measured


def search_ms(result: Result) -> float | None:
    """Mean of a search."""
    return float(result["engines"][SEARCH]["mean_ms"])


def objects_ms(result: Result) -> float | None:
    """What the objects of a complete answer add to a search, on average."""
    return float(result["engines"][COMPLETE]["mean_ms"] - result["engines"][SEARCH]["mean_ms"])


def of_search(name: str, key: str, scale: float = 1.0) -> Callable[[Result], float | None]:
    """A figure of benchmarks.searches."""

    def measured(result: Result) -> float | None:
        value = result.get("searches", {}).get(name, {}).get(key)
        return None if value is None else float(value) * scale

    return measured


def precomputation_s(result: Result) -> float | None:
    """Seconds of ingest that only the router needs."""
    parts = result["stages"]["ingest"].get("ingest_parts")
    return None if parts is None else float(sum(seconds for part, seconds in parts.items() if part not in NOT_COMPUTED))


def snapshot_mb(result: Result) -> float | None:
    """Megabytes of the snapshot."""
    size = result["stages"]["ingest"].get("snapshot_mb")
    return None if size is None else float(size)


def _ratio_bars(set_id: str, condition: str, peers: str) -> Iterable[Bar]:
    for peer in (USUAL, SHORT):
        yield Bar(set_id, condition, f"search, times faster than {peer}", peers, ratio(peer), 10, 40, "×", True)


def _search_bar(set_id: str, condition: str, peers: str, must: float, aim: float) -> Bar:
    return Bar(set_id, condition, "search", peers, search_ms, must, aim, "ms")


def _new_york_bars(set_id: str, condition: str) -> Iterable[Bar]:
    for name, peers, must, aim in (
        ("profile, 1 h", "nigiri 13.7, cafein 557 for 2 h", 5, 2),
        ("profile, 24 h", "trip-based 40", 60, 15),
        ("reach", "ULTRA RAPTOR 1.9", 2, 1),
    ):
        yield Bar(set_id, condition, name, peers, of_search(name, "mean_ms"), must, aim, "ms")


THEIRS_MS = {"portoalegre": 4.4, "newyork": 14.3}
"""What pynigiri as it comes takes a query, on the machine that the figures of others are from."""
BESIDE = {
    "portoalegre-unlinked": ("portoalegre",),
    "transjakarta": ("portoalegre", "newyork"),
    "newyork-100m": ("newyork",),
    "newyork": ("newyork",),
    "london": ("portoalegre", "newyork"),
}
"""Set -> the sets whose pynigiri says how fast that machine is beside ours."""


def on_their_machine(results: Mapping[str, Result], set_id: str, found: float) -> float | None:
    """What a time of a set's run would be on the machine that the figures of others are from, if all of it were as much
    faster there as pynigiri is. None where that was not measured on the same day."""
    day, factors = results[set_id]["run_on"], []
    for beside in BESIDE.get(set_id, ()):
        run = results.get(beside)
        if run is None or run["run_on"] != day or USUAL not in run["engines"]:
            return None
        factors.append(THEIRS_MS[beside] / run["engines"][USUAL]["mean_ms"])
    return found * fmean(factors) if factors else None


PORTO_ALEGRE, NEW_YORK = "A. Porto Alegre, walking 300 m", "A. New York, nine feeds, walking 300 m"
SHORT_WALKS = "B. New York, eight feeds, walking 100 m"

BARS = (
    *_ratio_bars("portoalegre", PORTO_ALEGRE, "pynigiri 4.4 ms"),
    *_ratio_bars("newyork", NEW_YORK, "pynigiri 14.3 ms, cafein 42.7 ms"),
    _search_bar(
        "portoalegre-unlinked",
        "B. Porto Alegre, no footpaths",
        "ULTRA RAPTOR 0.09, trip-based 0.022, FLASH-TB 0.009",
        0.09,
        0.02,
    ),
    _search_bar(
        "transjakarta",
        "B. TransJakarta, walking 150 m",
        "ULTRA RAPTOR 0.68, trip-based 0.44–0.68, headways expanded",
        0.5,
        0.15,
    ),
    _search_bar("newyork-100m", SHORT_WALKS, "ULTRA RAPTOR 1.23, trip-based 0.68–0.75, CSA 0.53, nigiri 3.2", 1.0, 0.4),
    _search_bar(
        "london", "B. London-like, its transfers.txt", "ULTRA RAPTOR 5.6, trip-based 6.0, CSA 1.2, nigiri 12", 4.0, 1.2
    ),
    *_new_york_bars("newyork-100m", SHORT_WALKS),
    *_new_york_bars("newyork", NEW_YORK),
    Bar(
        "newyork",
        NEW_YORK,
        "matrix 1,000 × 1,000: two threads over one",
        "",
        of_search("matrix", "speedup"),
        1.8,
        None,
        "×",
        True,
    ),
    Bar("newyork", NEW_YORK, "state of a thread", "", of_search("state", "bytes", 2**-20), 64, None, "MB"),
    Bar("newyork", NEW_YORK, "precomputation", "trip-based 6.0 s", precomputation_s, 60, None, "s"),
    Bar("newyork", NEW_YORK, "snapshot", "", snapshot_mb, 1024, None, "MB"),
    *(
        Bar(set_id, condition, COMPLETE_BAR, "", objects_ms, 0.08, None, "ms")
        for set_id, condition in (
            ("portoalegre", PORTO_ALEGRE),
            ("newyork", NEW_YORK),
            ("transjakarta", "B. TransJakarta, walking 150 m"),
        )
    ),
)
