"""The comparison finds what one search for each set of providers finds."""

from __future__ import annotations

import csv
import os
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from benchmarks.sets import SETS, MissingFeedError, find_feeds
from ingest.pipeline import ingest_feeds
from routing import Query, Router
from routing.compare.options import find_options
from tests.property.test_neutrality import Case, query_of_asked
from tests.scenarios.drawn import network_of
from tests.support.every_subset import Option, options_of_every_subset
from tests.support.examples import thorough
from tests.support.strategies import cases

ASKED = os.environ.get("TIMBANG_SUBSET_PAIRS")
PAIRS = {"jakarta": int(ASKED or 40), "portoalegre": int(ASKED or 200), "newyork": int(ASKED or 0)}
"""New York has 511 sets, a second a pair: a plain run leaves it out."""


def _options(router: Router, query: Query) -> list[Option]:
    journeys = find_options(router, query, router.ends(query))
    return sorted(
        ((j.departure_s, j.arrival_s, j.transfers), tuple(sorted(j.providers))) for j in journeys if j.kind == "ride"
    )


@thorough(25)
@given(cases(max_feeds=6, max_trips=4, max_questions=2, headways=True))
def test_on_drawn_networks_of_up_to_six_providers(case: Case) -> None:
    network, questions = case
    router = Router(network_of(network))
    for query in map(query_of_asked, questions):
        assert _options(router, query) == options_of_every_subset(router, query)


@pytest.mark.real_feeds
@pytest.mark.parametrize("region", PAIRS)
def test_on_pairs_of_real_regions(region: str) -> None:
    if PAIRS[region] == 0:
        pytest.skip("takes minutes: asked for with TIMBANG_SUBSET_PAIRS=200")
    try:
        feeds = find_feeds(SETS[region])
    except MissingFeedError as error:
        pytest.skip(str(error))
    network = ingest_feeds(feeds).network
    assert network is not None
    router, found = Router(network), 0
    for number, query in enumerate(_drawn(SETS[region].queries, PAIRS[region])):
        options = _options(router, query)
        assert options == options_of_every_subset(router, query), number
        found += len({ridden for _, ridden in options})
    assert found >= PAIRS[region]


def _drawn(file: Path, n_pairs: int) -> list[Query]:
    with file.open(encoding="utf-8") as rows:
        every = list(csv.DictReader(rows))
    chosen = np.random.default_rng(7).choice(len(every), n_pairs, replace=False)
    return [
        Query(
            every[row]["from"],
            every[row]["to"],
            datetime.fromisoformat(every[row]["time"]),
            arrive_by=bool(number % 3 == 2),
        )
        for number, row in enumerate(chosen.tolist())
    ]
