"""The compiled kernels and their plain twin agree label by label, and journey by journey."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.model import Int32s
from routing import Query, Router
from routing.kernels.layout import UNREACHED
from routing.kernels.overtaking import split_overtaking
from routing.least import NOTHING_KNOWN
from routing.places import Reach
from routing.search import HORIZON_S, Searcher, SearchTask
from routing.timetable import Timetable
from routing.walks import walk_table
from tests.scenarios.drawn import network_of, query_of, router_of
from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed
from tests.support.naive_raptor import Task, Twin, overtaking_chains
from tests.support.records import rounds_of
from tests.support.strategies import Asked, cases


@thorough(14)
@given(cases())
def test_labels_and_journeys_are_the_twins(case: tuple[dict[str, GtfsFeed], list[Asked]]) -> None:
    network, questions = case
    router = Router(network_of(network))
    searcher = Searcher()
    for asked in questions:
        query = _query(asked)
        ends, timetable = router.ends(query), router.timetable(query)
        walks = router.walks(query)
        time = int(query.time.timestamp()) - timetable.epoch_s
        twin = Twin(timetable, walks.forward)
        access, egress = (reach.at_copies(timetable.stops) for reach in (ends.access, ends.egress))
        task = Task(
            _seconds(access),
            _seconds(egress),
            query.max_transfers + 1,
            query.transfer_slack_s,
            query.max_walk_s,
        )
        for arrive_by in (False, True):
            search = _search_task(query, access, egress, time, arrive_by, timetable)
            bounded = dataclasses.replace(
                search, least=router.least(dataclasses.replace(query, arrive_by=arrive_by), ends)
            )
            rides, readies = rounds_of(*reversed(searcher.fill(timetable, walks, search)))
            if arrive_by:
                rounds = twin.arriving(task, time, time - HORIZON_S)
            else:
                rounds = twin.departing(task, time, time + HORIZON_S)
            sign = -1 if arrive_by else 1
            limit = sign * time + HORIZON_S
            assert _labels(rides, limit, sign) == _padded(rounds.ride)
            # Nobody boards after the last round.
            assert _labels(readies, limit, sign)[: task.max_rounds] == _padded(rounds.ready)[: task.max_rounds]
            first: dict[int, int] = {}
            for labels in rounds.ride:
                for stop, at in labels.items():
                    first[stop] = min(first.get(stop, UNREACHED), sign * at)
            ready = [_first_ready(readies[: k + 1], sign * time) for k in range(len(readies))]
            assert list(map(_where_known, searcher.ready_s(timetable, walks, search))) == ready
            # Where he is too late, or has had too many vehicles, to be at the far end in time, nobody may be told.
            for k, told in enumerate(map(_where_known, searcher.ready_s(timetable, walks, bounded))):
                assert all(took >= ready[k][stop] for stop, took in told.items())
            swept = searcher.one_to_all(timetable, walks, search)
            assert {stop: at for stop, at in enumerate(swept.tolist()) if at < UNREACHED} == first
            expected = twin.arrive_by(task, time) if arrive_by else twin.depart_at(task, time)
            for asked_for in (search, bounded):
                found = searcher.pareto(timetable, walks, asked_for)
                assert [(s.departure, s.arrival, s.transfers) for s in found] == expected
                first_there = searcher.pareto(timetable, walks, dataclasses.replace(asked_for, is_first_enough=True))
                assert first_there == found[-1:]


def _query(asked: Asked) -> Query:
    return Query(
        asked.origin,
        asked.destination,
        asked.time,
        max_transfers=asked.max_transfers,
        max_walk_s=asked.max_walk_s,
        walk_speed_m_per_s=asked.walk_speed,
        transfer_slack_s=asked.slack,
        headway_wait=asked.headway_wait,
    )


def _search_task(
    query: Query, access: Reach, egress: Reach, time: int, arrive_by: bool, timetable: Timetable
) -> SearchTask:
    return SearchTask(
        access,
        egress,
        time,
        arrive_by,
        np.ones(timetable.n_patterns, np.uint8),
        query.max_transfers + 1,
        query.transfer_slack_s,
        query.max_walk_s,
        NOTHING_KNOWN,
        HORIZON_S,
    )


def _seconds(reach: Reach) -> dict[int, int]:
    return dict(zip(reach.stops.tolist(), reach.seconds.tolist(), strict=True))


def _first_ready(rounds: list[dict[int, int]], time: int) -> dict[int, int]:
    """Seconds after `time` until somebody may board at a stop, by the labels of all rounds."""
    first: dict[int, int] = {}
    for labels in rounds:
        for stop, at in labels.items():
            first[stop] = min(first.get(stop, UNREACHED), at - time)
    return first


def _where_known(seconds: Int32s) -> dict[int, int]:
    return {stop: took for stop, took in enumerate(seconds.tolist()) if took < UNREACHED}


def _labels(rounds: list[dict[int, int]], limit: int, sign: int) -> list[dict[int, int]]:
    """Each round's labels, less those beyond the limit, which no answer is made of."""
    return _padded([{stop: sign * time for stop, time in labels.items() if time <= limit} for labels in rounds])


def _padded(rounds: list[dict[int, int]]) -> list[dict[int, int]]:
    """Without the empty rounds at the end."""
    kept = [dict(sorted(labels.items())) for labels in rounds]
    while kept and not kept[-1]:
        kept.pop()
    return kept


RUNS = st.integers(1, 4).flatmap(
    lambda n_times: st.lists(
        st.lists(st.integers(0, 12), min_size=2 * n_times, max_size=2 * n_times).map(lambda t: tuple(sorted(t))),
        min_size=1,
        max_size=7,
    )
)


@given(st.lists(RUNS, min_size=1, max_size=3))
def test_runs_are_split_as_the_twin_splits_them_and_none_overtakes_in_a_chain(
    groups: list[list[tuple[int, ...]]],
) -> None:
    groups = [sorted(runs, key=lambda run: (run[1], run[-2])) for runs in groups]
    expected = overtaking_chains(groups)
    runs = [run for group in groups for run in group]
    chain = split_overtaking(
        np.arange(len(runs)),
        np.repeat(np.arange(len(groups)), [len(group) for group in groups]),
        np.concatenate([[0], np.cumsum([len(run) // 2 for run in runs])]).astype(np.int64),
        np.array([time for run in runs for time in run[::2]], np.int32),
        np.array([time for run in runs for time in run[1::2]], np.int32),
    ).tolist()
    assert chain == [number for numbers in expected for number in numbers]
    for group, numbers in zip(groups, expected, strict=True):
        _check_chains(group, numbers)


def _check_chains(group: list[tuple[int, ...]], numbers: list[int]) -> None:
    members = [[run for run, n in zip(group, numbers, strict=True) if n == chain] for chain in range(max(numbers) + 1)]
    for chain in members:
        assert all(a <= b for first, second in pairwise(chain) for a, b in zip(first, second, strict=True))
    # No chain more than needed where none overtakes; and never more than the runs that overtake one another need.
    if not any(_is_overtaken(a, b) for index, b in enumerate(group) for a in group[:index]):
        assert len(members) == 1


def _is_overtaken(earlier: tuple[int, ...], later: tuple[int, ...]) -> bool:
    return any(b < a for a, b in zip(earlier, later, strict=True))


def test_the_twin_rides_what_can_be_ridden_and_nothing_else() -> None:
    """The judge itself, on one trip a day. Timetables begin at midnight UTC: 08:00 in Jakarta is 01:00."""
    router = router_of("A 08:00 > B 08:10 / x")
    timetable = router.timetable(query_of("x_A", "x_B", "08:00"))
    twin = Twin(timetable, walk_table(router.network, 1.2).forward)
    hour, task = 3600, Task({0: 0}, {1: 0})
    assert twin.depart_at(task, hour) == [(hour, hour + 600, 0)]
    # A second later the next one is tomorrow's, and that arrives beyond the horizon.
    assert twin.depart_at(task, hour + 1) == []
    assert twin.arrive_by(task, hour + 600) == [(hour, hour + 600, 0)]
    assert twin.arrive_by(task, hour + 599) == []
    assert twin.departing(Task({}, {}), 0, HORIZON_S).ride == [{}] * 9
    assert twin.departing(task, 0, HORIZON_S).ride == [{}, {1: hour + 600}, *[{}] * 7]
