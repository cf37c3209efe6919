"""Articulation places: what falls off the network when one of them closes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import networkx as nx


def find_cuts(graph: Any) -> dict[int, int]:
    """For each articulation point of an undirected networkx.Graph the nodes that lose the largest part left.

    Linear in the graph: sizes are summed over the tree of its blocks.
    """
    blocks = [tuple(block) for block in nx.biconnected_components(graph)]
    seen = Counter(node for block in blocks for node in block)
    cuts = {node for node, times in seen.items() if times > 1}
    tree = nx.Graph()
    for number, block in enumerate(blocks):
        tree.add_node(("block", number), size=sum(node not in cuts for node in block))
        for node in cuts.intersection(block):
            tree.add_node(("cut", node), size=1)
            tree.add_edge(("block", number), ("cut", node))
    found: dict[int, int] = {}
    for component in nx.connected_components(tree):
        found |= _cut_off(tree, min(component))
    return found


def _cut_off(tree: Any, root: tuple[str, int]) -> dict[int, int]:
    """Of one tree of blocks, hung up at `root`."""
    parents: dict[Any, Any] = dict(nx.dfs_predecessors(tree, root))
    order = list(nx.dfs_postorder_nodes(tree, root))
    below = {node: tree.nodes[node]["size"] for node in order}
    children: dict[Any, list[int]] = {}
    for node in order:
        if node in parents:
            below[parents[node]] += below[node]
            children.setdefault(parents[node], []).append(below[node])
    total = below[root]
    found = {}
    for node in order:
        if node[0] == "cut":
            parts = [*children.get(node, []), total - below[node]]
            found[node[1]] = sum(parts) - max(parts)
    return found
