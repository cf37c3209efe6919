"""Kernels over segments: connected pieces, and chains of segments between junctions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.arrays import Int32s
from ingest.compiled import kernel

Flags = NDArray[np.bool_]


class Chains(NamedTuple):
    """Chain c passes nodes[ptr[c]:ptr[c + 1]] and begins with segment first[c]."""

    ptr: Int32s
    nodes: Int32s
    first: Int32s


@kernel
def mark_components(n_nodes: int, start: Int32s, end: Int32s) -> Int32s:
    """A number for each node, the same where segments connect them. Union by lower root, paths halved."""
    root = np.empty(n_nodes, np.int32)
    for node in range(n_nodes):
        root[node] = node
    for i in range(len(start)):
        a, b = start[i], end[i]
        while root[a] != a:
            root[a] = root[root[a]]
            a = root[a]
        while root[b] != b:
            root[b] = root[root[b]]
            b = root[b]
        if a < b:
            root[b] = a
        else:
            root[a] = b
    for node in range(n_nodes):  # a root is lower than what hangs on it, so it is final already
        root[node] = root[root[node]]
    return root


@kernel
def join_chains(
    ptr: Int32s, order: Int32s, start: Int32s, end: Int32s, one_way: Flags, is_junction: Flags, chains: Chains
) -> tuple[int, int]:
    """Chains from junction to junction: fills `chains`, returns how many chains and how many nodes in all.

    Node n has the segment ends order[ptr[n]:ptr[n + 1]]: i for the start of segment i, i + len(start) for its end.
    A ring without a junction becomes one chain that begins and ends at its lowest node.
    """
    n_segments = len(start)
    is_used = np.zeros(n_segments, np.uint8)
    n_chains, n_points = 0, 0
    for round_number in range(2):  # first from junctions, then the rings that are left
        for node in range(len(ptr) - 1):
            if round_number == 0 and not is_junction[node]:
                continue
            for place in range(ptr[node], ptr[node + 1]):
                segment = order[place] % n_segments
                if is_used[segment] or (one_way[segment] and order[place] >= n_segments):
                    continue
                chains.first[n_chains] = segment
                chains.nodes[n_points] = node
                n_points += 1
                here = np.int32(node)
                while True:
                    is_used[segment] = 1
                    here = end[segment] if start[segment] == here else start[segment]
                    chains.nodes[n_points] = here
                    n_points += 1
                    if is_junction[here] or here == node:
                        break
                    one = order[ptr[here]] % n_segments
                    other = order[ptr[here] + 1] % n_segments
                    segment = other if one == segment else one
                n_chains += 1
                chains.ptr[n_chains] = n_points
    return n_chains, n_points
