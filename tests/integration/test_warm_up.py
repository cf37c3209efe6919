"""Who asks a warm router waits for no compiler."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from ingest.pipeline import ingest_feeds
from ingest.plain_kernels import are_plain
from ingest.region import embedded_region, read_region
from ingest.region_sources import locate_feed
from ingest.snapshot import write_snapshot

ASK = """
import json, sys
from datetime import datetime
from numba.core.dispatcher import Dispatcher
from routing import Query, Router

def compiled():
    found = {}
    for name, module in sorted(sys.modules.items()):
        if name.partition(".")[0] in ("routing", "ingest"):
            for kernel in vars(module).values():
                if isinstance(kernel, Dispatcher) and kernel.overloads:
                    found[f"{kernel.py_func.__module__}.{kernel.py_func.__name__}"] = len(kernel.overloads)
    return found

router = Router.open(sys.argv[1])
router.warm_up()
before = compiled()
ends = ("mrt_LBB", "krl_JAKK"), ("tj_BlokM", "lrtj_VEL"), ((-6.2, 106.82), (-6.28, 106.77))
ids = set(router.network.stops.id)
for arrive_by in (False, True):
    for origin, destination in ends:
        assert isinstance(origin, tuple) or {origin, destination} <= ids, (origin, destination)
        time = datetime.fromisoformat("2026-11-25T08:00:00+07:00")
        query = Query(origin, destination, time, arrive_by=arrive_by)
        assert [journey.to_dict() for journey in router.journeys(query)]
        router.compare(query).to_dict()
        router.compare(query, window_s=1800).to_dict()
        if isinstance(origin, tuple) and not arrive_by:  # the others take long
            router.compare(query, cheapest_within_s=600).to_dict()
        router.profile(query, 1800)
        router.reach(query)
        router.travel_s(query)
        if not arrive_by:
            router.duel(query, 4 * 3600).to_dict()
router.matrix([ends[0][0]], [ends[0][1]], [time])
print(json.dumps([before, compiled()]))
"""


@pytest.mark.skipif(are_plain(), reason="nothing is compiled here")
def test_nothing_is_compiled_after_warm_up(tmp_path: Path) -> None:
    region, today = read_region(embedded_region()), date(2026, 11, 25)
    sources = {feed.id: locate_feed(feed, embedded_region().parent, tmp_path, today, tmp_path) for feed in region.feeds}
    network = ingest_feeds(sources, region=region, today=today).network
    assert network is not None
    write_snapshot(network, tmp_path / "snapshot")
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(tmp_path / "snapshot")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    before, after = json.loads(done.stdout)
    assert "routing.kernels.pareto.pareto" in before
    assert after == before
