"""Pareto journeys of one question: there for the best times at the far end, and back for the best at the near end.

The near end is where the rider starts at a given time: the origin when departing, the destination of a mirrored search
when arriving. What the search there finds bounds the searches back: a label later than its counterpart is of no use.

A pruned search needs an arrival to compare with, and early rounds know none. So where there are bounds on travel times
the first search guesses when the far end is reached at the latest. If nobody is there by then, who takes the fewest
vehicles is looked for: few stops can be on his way, so that no arrival is needed, and who takes more must be there
before him; if he is not found either, the next guess is higher. Journeys with fewer vehicles than any found by a guess
are later than it: one more search, with so few vehicles, finds them.
"""

from __future__ import annotations

import numpy as np

from routing.kernels.addressed import tuple_at, typed
from routing.kernels.compiled import kernel, part, wide
from routing.kernels.layout import (
    NEVER,
    NO_WAY,
    UNREACHED,
    Answer,
    Bits,
    Ends,
    Int64s,
    Least,
    Limits,
    Side,
    State,
    Typical,
    Walks,
)
from routing.kernels.raptor import SIDE, STATE, WALKS, open_limits, search

ANSWER = typed(Answer)

GUESS_OF_TYPICAL = 1.2
GUESS_MORE_S = 500
GUESS_OF_LEAST = 1.5
GUESS_MORE_OF_LEAST_S = 1200
"""Where no typical time is known."""
TIGHT = 1.1
GUESS_OF_TIGHT = 1.12
GUESS_MORE_OF_TIGHT_S = 450
"""Where journeys usually take hardly more than the bounds say, as with headway services, whose waits these count."""
GUESS_OF_KNOWN = 1.25
GUESSES = 2
"""After so many the horizon is tried."""
GUESS_AGAIN = 1.5
FEW_TRIED = 2
"""Journeys are looked for with as few vehicles as lead there at all, and one more."""


@kernel
def pareto(
    tables: Int64s,
    allowed: Bits,
    ends: Ends,
    time: int,
    least: Least,
    typical: Typical,
    limits: Limits,
    is_mirrored: int,
    known_s: int,
    within_s: int,
    is_first_enough: int,
    goes_back: int,
    flag: Bits,
) -> int:
    """Fill an Answer with the journeys of a rider who leaves the near end at `time`. Returns how many there are.

    tables: of the Side that the first search is on, its Walks and its State, those of the other side likewise, and the
    Answer. is_mirrored: 1 where the first side is the backward one. `limits` are those of the first search. known_s:
    seconds that the far end is known to be away at least, such as with more vehicles to choose from; 0 if nothing is
    known. within_s: in so many somebody is known to be there, UNREACHED if nobody is; it only saves time.
    is_first_enough: 1 where only the one who is there first is of interest. goes_back: 0 where Answer.soonest is all
    that is of interest, and there are no journeys. flag: as of routing.kernels.raptor.search, for what gives up a
    search gives up this.
    """
    side, walks, state = tuple_at(tables, 0, SIDE), tuple_at(tables, 1, WALKS), tuple_at(tables, 2, STATE)
    other_side, other_walks, other_state = (
        tuple_at(tables, 3, SIDE), tuple_at(tables, 4, WALKS), tuple_at(tables, 5, STATE)
    )  # fmt: skip
    answer = tuple_at(tables, 6, ANSWER)
    answer.soonest[:] = UNREACHED
    n_found, n_guesses, horizon, max_rounds = wide(0), 0, limits.horizon, limits.max_rounds
    few = _fewest_possible(ends, least, limits) - 1  # all journeys with so many vehicles or fewer are known
    guess = _first_guess(ends, time, least, typical, limits, is_mirrored, known_s)
    certain = min(horizon, time + within_s)
    guess = min(guess, certain)
    while guess >= time + known_s and max_rounds > few and flag[0] == 0:
        first = Limits(guess, max_rounds, limits.slack_s, limits.max_walk_s, limits.unit_s)
        fewest = _go(side, walks, allowed, ends, time, least, first, state, answer, flag)
        if fewest and goes_back:
            n_found = _bring_closer(
                other_side, other_walks, allowed, ends, time, least, first, is_mirrored, is_first_enough, state,
                other_state, answer, wide(0) if is_first_enough else n_found, flag,
            )  # fmt: skip
        if guess >= horizon or (is_first_enough and fewest):
            break
        if fewest:
            guess, max_rounds = horizon, fewest - 1
            continue
        if guess < certain < horizon:
            guess = certain
            continue
        n_guesses += 1
        most_of_few = min(few + FEW_TRIED, max_rounds) if n_guesses == 1 and limits.unit_s > 0 else few
        while few < most_of_few and horizon == limits.horizon and flag[0] == 0:
            few += 1
            first = Limits(horizon, few, limits.slack_s, limits.max_walk_s, limits.unit_s)
            if _go(side, walks, allowed, ends, time, least, first, state, answer, flag):
                horizon = state.reached[few] - 1
                if goes_back:
                    n_found = _bring_closer(
                        other_side, other_walks, allowed, ends, time, least, first, is_mirrored, is_first_enough, state,
                        other_state, answer, n_found, flag,
                    )  # fmt: skip
        is_last = n_guesses == GUESSES or horizon < limits.horizon
        guess = horizon if is_last else min(horizon, time + int((guess - time) * GUESS_AGAIN))
    for k in range(1, len(answer.soonest)):
        answer.soonest[k] = min(answer.soonest[k], answer.soonest[k - 1])
    return n_found


@part
def _go(
    side: Side,
    walks: Walks,
    allowed: Bits,
    ends: Ends,
    time: int,
    least: Least,
    limits: Limits,
    state: State,
    answer: Answer,
    flag: Bits,
) -> int:
    """Search from the near end. Returns the least number of vehicles that reach the far end in time, 0 if none do.

    answer.soonest: what is sooner than it says is noted there.
    """
    open_limits(least, limits, state)
    search(
        side, walks, allowed, ends.near_stops, ends.near_s, time, ends.far_stops, ends.far_s, least, limits, state, flag
    )
    fewest = 0
    for k in range(limits.max_rounds, 0, -1):
        answer.soonest[k] = min(answer.soonest[k], state.reached[k])
        if state.reached[k] < UNREACHED:
            fewest = k
    return fewest


@part
def _fewest_possible(ends: Ends, least: Least, limits: Limits) -> int:
    """With fewer vehicles than this no search finds anything: 1 where nothing is known."""
    if limits.unit_s == 0:
        return 1
    fewest = NO_WAY
    for stop in ends.near_stops:
        fewest = min(fewest, int(least.n_rides[stop]))
    return max(fewest, 1)


@part
def _first_guess(
    ends: Ends, time: int, least: Least, typical: Typical, limits: Limits, is_mirrored: int, known_s: int
) -> int:
    """When the far end is reached at the latest, perhaps. Before `time` if no way leads there."""
    if limits.unit_s == 0:
        return limits.horizon
    soonest = UNREACHED
    for index in range(len(ends.near_stops)):
        units = least.any_rides[ends.near_stops[index]]
        if units < NO_WAY:
            soonest = min(soonest, ends.near_s[index] + int(units) * limits.unit_s)
    if soonest == UNREACHED:
        return time - 1
    if known_s > 0:
        return min(limits.horizon, time + int(known_s * GUESS_OF_KNOWN))
    seconds = int(soonest * GUESS_OF_LEAST) + GUESS_MORE_OF_LEAST_S
    if len(typical.minutes) > 0 and len(ends.far_stops) > 0:
        near, far = np.argmin(ends.near_s), np.argmin(ends.far_s)
        one, other = typical.cell[ends.near_stops[near]], typical.cell[ends.far_stops[far]]
        minutes = typical.minutes[one, other] if is_mirrored == 0 else typical.minutes[other, one]
        if minutes < NO_WAY:
            usual = ends.near_s[near] + int(minutes) * 60 + ends.far_s[far]
            seconds = max(int(usual * GUESS_OF_TYPICAL) + GUESS_MORE_S, soonest)
            if usual < soonest * TIGHT:
                seconds = min(seconds, int(soonest * GUESS_OF_TIGHT) + GUESS_MORE_OF_TIGHT_S)
    return min(limits.horizon, time + seconds)


@part
def _bring_closer(
    side: Side,
    walks: Walks,
    allowed: Bits,
    ends: Ends,
    time: int,
    least: Least,
    limits: Limits,
    is_mirrored: int,
    is_first_enough: int,
    state: State,
    other_state: State,
    answer: Answer,
    n_found: int,
    flag: Bits,
) -> int:
    """Search back from each time at which the far end is reached. Returns the number of rows of `answer`.

    is_first_enough: only from the first of these times, with the most vehicles.
    """
    row = least.any_rides if limits.max_rounds > 1 else least.one_ride
    _limit_other(row, limits, state, other_state)
    rounds, most = wide(-1), wide(0)
    for k in range(1, limits.max_rounds + 1):
        if state.reached[k] < UNREACHED:
            most = k
    for k in range(1, most + 1):
        if state.reached[k] == UNREACHED or (is_first_enough and k < most):
            continue
        if rounds >= 0:
            _limit_again(rounds, state, other_state)
        far_time = state.reached[k]
        back = Limits(-time, k, limits.slack_s, limits.max_walk_s, 0)
        rounds = search(
            side, walks, allowed, ends.far_stops, ends.far_s, -far_time, ends.near_stops, ends.near_s, least, back,
            other_state, flag,
        )  # fmt: skip
        best = wide(0)
        for j in range(1, k + 1):
            if other_state.reached[j] < UNREACHED:
                best = j
        near_time = -other_state.reached[best]
        answer.departure[n_found] = near_time if is_mirrored == 0 else -far_time
        answer.arrival[n_found] = far_time if is_mirrored == 0 else -near_time
        answer.n_rides[n_found] = best
        follow(side, other_state, best, is_mirrored, answer.steps[n_found])
        n_found += 1
    return n_found


@part
def _limit_other(least: Bits, limits: Limits, state: State, other: State) -> None:
    """Seen from the other side, a vehicle must be boarded no sooner than the first search could be ready for it."""
    ride_limit, ready_limit = state.ride_limit, state.ready_limit
    other_ride, other_ready = other.ride_limit, other.ready_limit
    n_stops, unit_s, first = len(ready_limit), limits.unit_s, limits.horizon + 2
    never = np.int32(NEVER)
    other.ride_need[:n_stops] = state.ready_round
    other.ready_need[:] = state.ride_round[:n_stops]
    # What raptor.open_limits gave a stop is no label. Written first: processors compare many 32-bit numbers at a time.
    opened = other_ready
    if unit_s == 0:
        opened[:] = first
    else:
        for stop in range(n_stops):
            opened[stop] = first - int(least[stop]) * unit_s
    for stop in range(n_stops):
        ready, ride, end = ready_limit[stop], ride_limit[stop], opened[stop]
        other_ride[stop] = 1 - ready if (never < ready) & (ready < end) else never
        other_ready[stop] = 1 - ride if (never < ride) & (ride < end) else never
    other_ride[n_stops] = never


@part
def _limit_again(rounds: int, state: State, other: State) -> None:
    """As _limit_other, where the last search back has been in so many rounds."""
    for ride in range(other.ride_ptr[rounds + 1]):
        stop = other.rides[ride, 0]
        other.ride_limit[stop] = 1 - state.ready_limit[stop]
    for ready in range(other.ready_ptr[rounds + 1]):
        stop = other.readies[ready, 0]
        other.ready_limit[stop] = 1 - state.ride_limit[stop]


@part
def follow(side: Side, state: State, k: int, is_mirrored: int, steps: np.ndarray) -> None:
    """Write the rides that reach the end with k vehicles, as the forward side counts positions, in order of travel.

    The search that made `state` ran against the direction of travel unless is_mirrored.
    """
    record = state.reached_at[k]
    for ride in range(k, 0, -1):
        pattern = state.rides[record, 2]
        board, alight = state.rides[record, 3], state.rides[record, 4]
        last = side.calls_ptr[pattern + 1] - 1 - side.calls_ptr[pattern]
        if is_mirrored:
            row, start, end = ride - 1, board, alight
        else:
            row, start, end = k - ride, last - alight, last - board
        steps[row, 0], steps[row, 1], steps[row, 2] = pattern, start, end
        record = state.readies[state.rides[record, 5], 2]
