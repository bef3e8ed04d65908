"""A graph of what uses what in layers: each node to the right of all that it uses, few lines crossing.

A line that skips layers passes each of them at a place of its own, so that it runs around nodes and not behind them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

Graph = Mapping[str, frozenset[str]]  # node -> what it uses
Place = str | tuple[str, str, int]  # a node, or the line from a used node to its user in a layer between them
SWEEPS = 24
BEND = 0.35  # height that a passing line takes, against a node's


@dataclass(frozen=True)
class Layout:
    """The layers from left to right, the heights of all places (0 at the top), and the lines through them."""

    layers: tuple[tuple[Place, ...], ...]
    height: Mapping[Place, float]
    lines: tuple[tuple[Place, ...], ...]

    @property
    def rows(self) -> float:
        """How many nodes the highest layer is high."""
        return max(sum(map(_weight, layer)) for layer in self.layers)


def reduced(graph: Graph) -> Graph:
    """Without the edges that longer ways imply."""
    reach: dict[str, frozenset[str]] = {}

    def below(node: str) -> frozenset[str]:
        if node not in reach:
            reach[node] = frozenset().union(*(below(used) | {used} for used in graph[node]))
        return reach[node]

    return {
        node: frozenset(one for one in uses if not any(one in below(other) for other in uses))
        for node, uses in graph.items()
    }


def layout(graph: Graph) -> Layout:
    depth = _depths(graph)
    passing = [
        (used, node, [(used, node, layer) for layer in range(depth[used] + 1, depth[node])])
        for node, uses in graph.items()
        for used in sorted(uses)
    ]
    lines: list[tuple[Place, ...]] = [(used, *between, node) for used, node, between in passing]
    columns: list[list[Place]] = [[] for _ in range(1 + max(depth.values()))]
    for node in graph:
        columns[depth[node]].append(node)
    near: dict[Place, list[Place]] = {node: [] for node in graph}
    for *_, between in passing:
        for place in between:
            columns[place[2]].append(place)
    for line in lines:
        for left, right in pairwise(line):
            near.setdefault(left, []).append(right)
            near.setdefault(right, []).append(left)
    height = _heights(columns)
    best = _crossings(columns, near, height), [list(column) for column in columns]
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            means = {one: _mean((height[other] for other in near[one]), height[one]) for one in column}
            column.sort(key=means.__getitem__)
            height |= _heights([column])
        found = _crossings(columns, near, height)
        if found < best[0]:
            best = found, [list(column) for column in columns]
    return Layout(tuple(map(tuple, best[1])), _heights(best[1]), tuple(lines))


def _depths(graph: Graph) -> dict[str, int]:
    """The layer of each node; what uses nothing stands just left of its first user."""
    depth: dict[str, int] = {}

    def layer(node: str) -> int:
        if node not in depth:
            depth[node] = 1 + max((layer(used) for used in graph[node]), default=-1)
        return depth[node]

    for node in graph:
        layer(node)
    for node in graph:
        users = [depth[user] for user in graph if node in graph[user]]
        if not graph[node] and users:
            depth[node] = min(users) - 1
    return depth


def _weight(place: Place) -> float:
    return 1.0 if isinstance(place, str) else BEND


def _heights(columns: Iterable[list[Place]]) -> dict[Place, float]:
    """In each column from 0 to 1, by the height of what stands above."""
    found: dict[Place, float] = {}
    for column in columns:
        total = sum(map(_weight, column))
        above = 0.0
        for place in column:
            found[place] = (above + _weight(place) / 2) / total
            above += _weight(place)
    return found


def _crossings(columns: list[list[Place]], near: Mapping[Place, list[Place]], height: Mapping[Place, float]) -> int:
    """How many pairs of lines cross between neighbouring columns."""
    count = 0
    for left, right in pairwise(columns):
        members = set(right)
        pairs = [(height[a], height[b]) for a in left for b in near[a] if b in members]
        count += sum((a - c) * (b - d) < 0 for i, (a, b) in enumerate(pairs) for c, d in pairs[:i])
    return count


def _mean(values: Iterable[float], default: float) -> float:
    found = list(values)
    return sum(found) / len(found) if found else default
