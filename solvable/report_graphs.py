"""What rests on what: one graph of the chapters, one of each chapter's claims, in layers from left to right."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import derivations
from derivations.chapter import Chapter
from numerics.figures.drawing import Picture
from solvable.document.chapters import numbers

Graph = Mapping[str, frozenset[str]]  # node -> what it uses
WIDTH, ROW, LEAST = 7.4, 0.36, 1.1  # inches: of the page, of a row of nodes, of the lowest graph
SWEEPS = 8
OWN, OTHER, EDGE = "#E6F0F7", "#EFEFEF", "#7A8791"


def graph_pictures(chapters: Sequence[Chapter], folder: Path) -> tuple[Picture, ...]:
    """The graphs as files in `folder` (made if missing): of all chapters if there are several, then of each."""
    folder.mkdir(parents=True, exist_ok=True)
    known = numbers(derivations.CHAPTERS, tuple(chapters))
    home = {claim.name: chapter.name for chapter in chapters for claim in chapter.claims()}
    pictures = []
    if len(chapters) > 1:
        uses: dict[str, frozenset[str]] = {
            chapter.name: frozenset(
                home[name] for claim in chapter.claims() for name in claim.uses if name in home
            ) - {chapter.name}
            for chapter in chapters
        }  # fmt: skip
        labels = {chapter.name: f"{known.chapters[chapter.name]} {chapter.title}" for chapter in chapters}
        pictures.append(_picture("uses", "The chapters.", reduced(uses), labels, frozenset(labels), folder))
    for chapter in chapters:
        claims = {claim.name: frozenset(claim.uses) for claim in chapter.claims()}
        others = frozenset(name for uses in claims.values() for name in uses) - set(claims)
        graph = reduced(claims | dict.fromkeys(others, frozenset()))
        if not any(graph.values()):
            continue
        labels = {name: f"{known.claims[name]} {name}" for name in graph}
        title = f"Chapter {known.chapters[chapter.name]}: {chapter.title}."
        pictures.append(_picture(f"uses-{chapter.name}", title, graph, labels, frozenset(claims), folder))
    return tuple(pictures)


def reduced(graph: Graph) -> Graph:
    """Without the edges that longer ways imply."""
    reach: dict[str, frozenset[str]] = {}

    def below(node: str) -> frozenset[str]:
        if node not in reach:
            reach[node] = frozenset().union(*(below(used) | {used} for used in graph.get(node, ())))
        return reach[node]

    return {
        node: frozenset(one for one in uses if not any(one in below(other) for other in uses))
        for node, uses in graph.items()
    }


def layers(graph: Graph) -> list[list[str]]:
    """Each node one layer after the last that it uses; within layers, ordered so that few edges cross."""
    depth: dict[str, int] = {}

    def layer(node: str) -> int:
        if node not in depth:
            depth[node] = 1 + max((layer(used) for used in graph[node]), default=-1)
        return depth[node]

    for node in graph:
        layer(node)
    users: dict[str, list[str]] = {node: [user for user in graph if node in graph[user]] for node in graph}
    for node in graph:  # what uses nothing stands next to its first user
        if not graph[node] and users[node]:
            depth[node] = min(depth[user] for user in users[node]) - 1
    found: list[list[str]] = [[] for _ in range(1 + max(depth.values()))]
    for node in graph:
        found[depth[node]].append(node)
    place = {node: (index + 0.5) / len(column) for column in found for index, node in enumerate(column)}
    for sweep in range(SWEEPS):
        for column in found if sweep % 2 == 0 else reversed(found):

            def middle(node: str) -> float:
                near = [place[one] for one in (*sorted(graph[node]), *users[node])]
                return sum(near) / len(near) if near else place[node]

            column.sort(key=middle)
            place |= {node: (index + 0.5) / len(column) for index, node in enumerate(column)}
    return found


def _picture(
    name: str, caption: str, graph: Graph, labels: Mapping[str, str], own: frozenset[str], folder: Path
) -> Picture:
    from numerics.plots import save

    png, pdf = save(_figure(graph, labels, own), folder, name)
    return Picture(name, caption, png, pdf, pdf, "")


def _figure(graph: Graph, labels: Mapping[str, str], own: frozenset[str]) -> Any:
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyArrowPatch

    from numerics.plots import STYLE

    columns = layers(graph)
    rows = max(map(len, columns))
    height = max(LEAST, ROW * rows)
    with rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, height))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, len(columns)), ylim=(0, 1))
        axes.axis("off")
        size = min(9.0, 84 / len(columns) / max(8, max(len(text) for text in labels.values()) * 0.105 * 9) * 9)
        boxes = {}
        for x, column in enumerate(columns):
            for y, node in enumerate(column):
                boxes[node] = axes.text(
                    x + 0.5, 1 - (y + 0.5) / len(column), labels[node], fontsize=size, ha="center", va="center",
                    bbox={"boxstyle": "round,pad=0.25", "fc": OWN if node in own else OTHER, "ec": EDGE, "lw": 0.5},
                    zorder=3,
                )  # fmt: skip
        for node, uses in graph.items():
            for used in uses:
                arrow = FancyArrowPatch(
                    boxes[used].get_position(), boxes[node].get_position(), arrowstyle="-|>", mutation_scale=7,
                    color=EDGE, lw=0.7, patchA=boxes[used].get_bbox_patch(), patchB=boxes[node].get_bbox_patch(),
                    shrinkA=1, shrinkB=1, zorder=2,
                )  # fmt: skip
                axes.add_patch(arrow)
        return figure
