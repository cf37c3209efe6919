"""Are the answers of a run right? Ours against each other and the stored ones, and against those of every peer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.answers import ChangedAnswersError, Comparison, agree, check_expected, describe
from benchmarks.engines import Measured, SearchEngine
from benchmarks.peers.opening import Opened
from benchmarks.peers.peer import Peer, Site
from benchmarks.peers.process import PeerProcess
from benchmarks.plan import Plan
from benchmarks.queries import StopPair
from routing import Router

Arrivals = Sequence[int | None]
SHOWN = 10


def check_ours(plan: Plan, pairs: Sequence[StopPair], search: Measured, complete: Measured) -> int:
    """How many answers were compared with stored ones; none where there are none for these conditions.

    Raises ChangedAnswersError for an answer that is not the stored one, or where search and complete disagree.
    """
    check_each_other(pairs, search, complete)
    if not plan.is_fixed or not plan.bench.expected.exists():
        return 0
    return check_expected(plan.bench.expected, pairs, [describe(answer) for answer in complete.answers])


def check_each_other(pairs: Sequence[StopPair], search: Measured, complete: Measured) -> None:
    """Raises ChangedAnswersError where search and complete disagree."""
    different = [
        pair.id
        for pair, one, other, answer in zip(pairs, search.arrivals, complete.arrivals, complete.answers, strict=True)
        if one != other and all(journey.kind == "ride" for journey in answer)  # a walk may have dropped the ride
    ]
    if different:
        raise ChangedAnswersError(f"search and complete disagree on queries {', '.join(different[:SHOWN])}")


def check_travel_times(
    router: Router, plan: Plan, pairs: Sequence[StopPair], search: Measured, travel_time: Measured
) -> None:
    """Raises ChangedAnswersError where the one number is not the earliest arrival of search, or of a walk."""
    engine = SearchEngine(router, plan.conditions)
    walks = [engine.arrival_on_foot(engine.prepare(pair)) for pair in pairs]
    found = zip(pairs, or_walk(search.arrivals, walks), travel_time.arrivals, strict=True)
    different = [pair.id for pair, one, other in found if one != other]
    if different:
        raise ChangedAnswersError(f"search and travel time disagree on queries {', '.join(different[:SHOWN])}")


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison, and the arrivals that its last step compared: ours on the network as the peer reads it."""

    comparison: Comparison
    ours: Arrivals
    theirs: Arrivals


def compare_all(
    site: Site,
    pairs: Sequence[StopPair],
    ours: Measured,
    theirs: Sequence[Measured],
    peers: Opened,
    say: Callable[[str], None],
) -> list[Comparison]:
    """Agreement with every peer, as it is and rule by rule. `theirs` in the order of `peers`."""
    found = [
        compare(site, pairs, ours.arrivals, measured.arrivals, opened, say)
        for measured, opened in zip(theirs, peers, strict=True)
    ]
    exact = [each for each, (peer, _) in zip(found, peers, strict=True) if peer.resolution_s == 1]
    for each in exact:
        notes = [confirmed(each, other) for other in exact if other is not each]
        each.comparison.notes += [note for note in notes if note]
    return [each.comparison for each in found]


def confirmed(one: Compared, other: Compared) -> str:
    """On how many of the queries that ours answers earlier than one peer another agrees with ours; "" if on none."""
    earlier = [
        row for row, (ours, theirs) in enumerate(zip(one.ours, one.theirs, strict=True)) if _is_later(theirs, ours)
    ]
    same = sum(other.ours[row] == other.theirs[row] for row in earlier)
    name = other.comparison.peer
    return f"Where ours is earlier, {name} agrees with ours on {same} of {len(earlier)}." if same else ""


def compare(
    site: Site,
    pairs: Sequence[StopPair],
    ours: Arrivals,
    theirs: Arrivals,
    opened: tuple[Peer, PeerProcess],
    say: Callable[[str], None],
) -> Compared:
    """Agreement with one peer. From the first reading on, walking all the way counts as an arrival for both."""
    peer, process = opened
    found = Comparison(peer.name, agree(ours, theirs, peer.resolution_s), resolution_s=peer.resolution_s)
    walked = theirs
    for reading, network in peer.readings(site.network, site):
        say(f"comparing with {peer.name}, reading {reading}")
        engine = SearchEngine(Router(network), site.conditions)
        walks = [engine.arrival_on_foot(engine.prepare(pair)) for pair in pairs]
        ours, walked = or_walk(arrivals(engine, pairs), walks), or_walk(theirs, walks)
        found.steps.append((reading, agree(ours, walked, peer.resolution_s)))
    if peer.tells:
        early = [pair for pair, one, other in zip(pairs, ours, walked, strict=True) if _is_later(one, other)]
        found.told(process.tell(early))
    return Compared(found, ours, walked)


def _is_later(one: int | None, other: int | None) -> bool:
    return other is not None and (one is None or one > other)


def arrivals(engine: SearchEngine, pairs: Sequence[StopPair]) -> list[int | None]:
    """Earliest arrivals by vehicle."""
    queries = [engine.prepare(pair) for pair in pairs]
    return [engine.arrival(query, engine.run(query)) for query in queries]


def or_walk(rides: Arrivals, walks: Arrivals) -> list[int | None]:
    """Earliest arrivals when walking all the way counts, too: peers give no ride where a walk is as early."""
    return [min((time for time in both if time is not None), default=None) for both in zip(rides, walks, strict=True)]
