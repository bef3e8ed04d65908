"""What rests on what: one picture of the chapters, one of each chapter's claims."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from textwrap import fill
from typing import Any

import derivations
from derivations.chapter import Chapter
from solvable.document.blocks import Picture
from solvable.document.chapters import numbers
from solvable.graph_layers import Graph, Layout, layout, reduced

WIDTH, ROW, GAP, FONT = 6.06, 0.27, 0.3, 8.0  # inches of a line of the article, of a row, between boxes; points
MARGIN = 0.05
NARROW = 16  # characters to which labels are broken where the layers are many
OWN, OTHER, EDGE = "#E6F0F7", "#EFEFEF", "#7A8791"


def graph_pictures(chapters: Sequence[Chapter], folder: Path) -> tuple[Picture, ...]:
    """The graphs as files in `folder` (made if missing): of all chapters if there are several, then of each."""
    folder.mkdir(parents=True, exist_ok=True)
    known = numbers(derivations.CHAPTERS, tuple(chapters))
    pictures = []
    if len(chapters) > 1:
        labels = {chapter.name: f"{known.chapters[chapter.name]} {chapter.title}" for chapter in chapters}
        graph = reduced(chapter_uses(chapters))
        pictures.append(_picture("uses", "The chapters.", graph, labels, frozenset(labels), folder))
    for chapter in chapters:
        claims = {claim.name: frozenset(claim.uses) for claim in chapter.claims()}
        others = frozenset(name for uses in claims.values() for name in uses) - set(claims)
        graph = reduced(dict.fromkeys(sorted(others), frozenset()) | claims)
        if any(graph.values()):
            labels = {name: f"{known.claims[name]} {name}" for name in graph}
            title = f"Chapter {known.chapters[chapter.name]}: {chapter.title}."
            pictures.append(_picture(f"uses-{chapter.name}", title, graph, labels, frozenset(claims), folder))
    return tuple(pictures)


def chapter_uses(chapters: Sequence[Chapter]) -> dict[str, frozenset[str]]:
    """The other chapters that each one's claims use."""
    home = {claim.name: chapter.name for chapter in chapters for claim in chapter.claims()}
    return {
        chapter.name: frozenset(
            home[name] for claim in chapter.claims() for name in claim.uses if name in home
        ) - {chapter.name}
        for chapter in chapters
    }  # fmt: skip


def _picture(
    name: str, caption: str, graph: Graph, labels: Mapping[str, str], own: frozenset[str], folder: Path
) -> Picture:
    from numerics.plots import save

    found = layout(graph)
    figure, width = _figure(found, labels, own)
    if width >= WIDTH:  # letters would be small
        figure, width = _figure(found, {node: fill(text, NARROW) for node, text in labels.items()}, own)
    png, pdf = save(figure, folder, name)
    return Picture(0, caption, png, pdf, share=width / WIDTH)


def _widths(labels: Mapping[str, str]) -> dict[str, float]:
    """Inches of the boxes around the labels, in the style of the moment."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    trial = Figure(figsize=(WIDTH, 1))
    renderer = FigureCanvasAgg(trial).get_renderer()
    return {
        node: trial.text(0, 0, text, fontsize=FONT).get_window_extent(renderer).width / trial.dpi + 2 * MARGIN
        for node, text in labels.items()
    }


def _figure(found: Layout, labels: Mapping[str, str], own: frozenset[str]) -> tuple[Any, float]:
    """The drawing, and its width in inches: that of the line, or less where it needs less."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    from numerics.plots import STYLE

    with rc_context(STYLE):
        wide = _widths(labels)
        columns = [max((wide[one] for one in layer if isinstance(one, str)), default=0.0) for layer in found.layers]
        gap = max(GAP, min(3 * GAP, (WIDTH - sum(columns)) / max(1, len(columns) - 1)))
        needed = sum(columns) + gap * (len(columns) - 1) + 2 * MARGIN
        scale = min(1.0, WIDTH / needed)
        lines = 1 + max(text.count("\n") for text in labels.values())
        width, height = needed * scale, ROW * (1 + 0.5 * (lines - 1)) * found.rows + 2 * MARGIN
        figure = Figure(figsize=(width, height))
        axes = figure.add_axes((0, 0, 1, 1), xlim=(-MARGIN, needed - MARGIN), ylim=(height, 0))
        axes.axis("off")
        ends: dict[Any, tuple[float, float, float]] = {}  # left, right, height
        left = 0.0
        for layer, column in zip(found.layers, columns, strict=True):
            for place in layer:
                y = MARGIN + found.height[place] * (height - 2 * MARGIN)
                half = wide[place] / 2 if isinstance(place, str) else column / 2
                ends[place] = left + column / 2 - half, left + column / 2 + half, y
                if isinstance(place, str):
                    axes.text(
                        left + column / 2, y, labels[place], fontsize=FONT * scale, ha="center", va="center", zorder=3,
                        bbox={"boxstyle": "round,pad=0.2", "fc": OWN if place in own else OTHER, "ec": EDGE, "lw": 0.5},
                    )  # fmt: skip
            left += column + gap
        for line in found.lines:
            axes.add_patch(_arrow([ends[place] for place in line]))
        return figure, width


def _arrow(places: Sequence[tuple[float, float, float]]) -> Any:
    """A curve that leaves each place to the right and enters the next from the left."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path as Curve

    points, codes = [(places[0][1], places[0][2])], [Curve.MOVETO]
    for before, after in pairwise(places):
        start, end = (before[1], before[2]), (after[0], after[2])
        bend = 0.5 * (end[0] - start[0])
        points += [(start[0] + bend, start[1]), (end[0] - bend, end[1]), end]
        codes += [Curve.CURVE4] * 3
        if after is not places[-1]:
            points.append((after[1], after[2]))
            codes.append(Curve.LINETO)
    look: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 6, "color": EDGE, "lw": 0.6, "zorder": 2}
    return FancyArrowPatch(path=Curve(points, codes), shrinkA=0, shrinkB=0, **look)
