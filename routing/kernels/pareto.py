"""Pareto searches by number of vehicles: the best time at the far end, and for it the best at the near end.

A search runs one way first: forward for depart-at, backward for arrive-by. A second one, the other way, bounded by the
labels of the first, finds the latest departure for that arrival, or the earliest arrival for that departure.

With bounds on travel times the first search guesses when the far end is reached at the latest, and guesses higher until
it is. Journeys with fewer vehicles than any found so are later than the guess: one more search, which needs no guess
because so few vehicles reach little of a network, finds them.
"""

from __future__ import annotations

import numpy as np

from routing.kernels.compiled import kernel
from routing.kernels.layout import NO_WAY, UNREACHED, Answer, Bits, Int32s, Labels, Least, Limits, Side, Walks, Work
from routing.kernels.raptor import search

GUESS_OF_LEAST = 1.5
GUESS_MORE_S = 1200
GUESSES = 3
"""After so many the horizon is tried."""
GUESS_AGAIN = 1.3


@kernel
def pareto(
    side: Side,
    other_side: Side,
    walks: Walks,
    other_walks: Walks,
    allowed: Bits,
    near_stops: Int32s,
    near_s: Int32s,
    far_stops: Int32s,
    far_s: Int32s,
    time: int,
    least: Least,
    limits: Limits,
    is_mirrored: int,
    labels: Labels,
    work: Work,
    other_labels: Labels,
    other_work: Work,
    answer: Answer,
) -> int:
    """Fill `answer` with the journeys of a rider who leaves the near end at `time`. Returns how many there are.

    is_mirrored: 1 where `side` is the backward one. `limits` are those of the first search.
    """
    guess = limits.horizon
    if limits.unit_s:
        farthest = NO_WAY * limits.unit_s
        units = farthest
        for index in range(len(near_stops)):
            if least.any_rides[near_stops[index]] < NO_WAY:
                units = min(units, near_s[index] + least.any_rides[near_stops[index]] * limits.unit_s)
        if units == farthest:
            return 0
        guess = min(guess, time + int(units * GUESS_OF_LEAST) + GUESS_MORE_S)
    max_rounds = limits.max_rounds
    n_found, n_guesses = 0, 0
    while True:
        n_guesses += 1
        first = Limits(guess, max_rounds, limits.slack_s, limits.max_walk_s, limits.bounded, limits.unit_s)
        search(side, walks, allowed, near_stops, near_s, time, far_stops, far_s, least, first, labels, work)
        fewest = 0
        for k in range(max_rounds, 0, -1):
            if labels.reached[k] < UNREACHED:
                fewest = k
        if fewest:
            n_found = _bring_closer(
                other_side, other_walks, allowed, near_stops, near_s, far_stops, far_s, time, least, first, is_mirrored,
                labels, other_labels, other_work, answer, n_found,
            )  # fmt: skip
        if guess >= limits.horizon or fewest == 1:
            return n_found
        if fewest:
            max_rounds = fewest - 1
            guess = limits.horizon
        elif n_guesses < GUESSES:
            guess = min(limits.horizon, time + int((guess - time) * GUESS_AGAIN))
        else:
            guess = limits.horizon


@kernel
def _bring_closer(
    side: Side,
    walks: Walks,
    allowed: Bits,
    near_stops: Int32s,
    near_s: Int32s,
    far_stops: Int32s,
    far_s: Int32s,
    time: int,
    least: Least,
    limits: Limits,
    is_mirrored: int,
    labels: Labels,
    other_labels: Labels,
    other_work: Work,
    answer: Answer,
    n_found: int,
) -> int:
    """Search back from each time at which the far end is reached. Returns the number of rows of `answer`."""
    # Seen from the other side, a vehicle must be boarded no sooner than the first search could be ready for it.
    latest_ride, latest_ready = other_work.latest_ride, other_work.latest_ready
    best_ready, best_ride = labels.best_ready, labels.best_ride
    for stop in range(len(best_ready)):
        latest_ride[stop] = -best_ready[stop]
        latest_ready[stop] = -best_ride[stop]
    for k in range(1, limits.max_rounds + 1):
        if labels.reached[k] == UNREACHED:
            continue
        far_time = labels.reached[k]
        back = Limits(-time, k, limits.slack_s, limits.max_walk_s, 1, 0)
        search(
            side, walks, allowed, far_stops, far_s, -far_time, near_stops, near_s, least, back, other_labels, other_work
        )
        best = 0
        for j in range(1, k + 1):
            if other_labels.reached[j] < UNREACHED:
                best = j
        near_time = -other_labels.reached[best]
        answer.departure[n_found] = near_time if is_mirrored == 0 else -far_time
        answer.arrival[n_found] = far_time if is_mirrored == 0 else -near_time
        answer.n_rides[n_found] = best
        _follow(side, other_labels, best, is_mirrored, answer.steps[n_found])
        n_found += 1
    return n_found


@kernel
def _follow(side: Side, labels: Labels, k: int, is_mirrored: int, steps: np.ndarray) -> None:
    """Write the rides that reach the end with k vehicles, as the forward side counts positions, in order of travel.

    The search that made `labels` ran against the direction of travel unless is_mirrored.
    """
    stop = labels.reached_at[k]
    for ride in range(k, 0, -1):
        pattern = labels.ride_pattern[ride, stop]
        board, alight = labels.ride_board[ride, stop], labels.ride_alight[ride, stop]
        first, last = side.calls_ptr[pattern], side.calls_ptr[pattern + 1] - 1
        if is_mirrored:
            row, start, end = ride - 1, board, alight
        else:
            row, start, end = k - ride, last - first - alight, last - first - board
        steps[row, 0], steps[row, 1], steps[row, 2] = pattern, start, end
        stop = labels.ready_from[ride - 1, side.call_stops[first + board]]
