"""The paper's loss figures: exact planar theory, the form the paper draws, simulated stars."""

from dataclasses import dataclass

from numerics.figures.drawing import Drawing, Row, Settings, Tick, curve_rows
from numerics.mrs import Figure
from numerics.plots import Line, loss_figure, plain_label
from numerics.scores import normal_score
from numerics.simulation.ladder import Judged, judge_all


@dataclass(frozen=True)
class Star:
    """A simulated point: where it stands in its figure, and what it says about the theory."""

    figure: str
    curve: str
    x: int
    point: Judged

    @property
    def name(self) -> str:
        return f"{self.figure}, {self.curve} at {self.x}"

    @property
    def score(self) -> float | None:
        """The normal score of mean against theory, extrapolated in 1/N; None if the point is not judged."""
        point = self.point
        if not point.judged or point.z_corrected is None or point.dof is None:
            return None
        return normal_score(point.z_corrected, point.dof)

    @property
    def row(self) -> Row:
        point = self.point
        return Row(self.curve, "simulated", self.x, point.mean, point.stderr, point.theory, self.score)


def loss_drawing(
    figure: Figure, settings: Settings, tick: Tick, stars: int | None = None
) -> tuple[Drawing, tuple[Star, ...]]:
    """Simulate the stars (the first `stars` of each curve, None for all) and draw the figure.

    Each star is drawn at two sizes (numerics.simulation.ladder); the figure shows its own. Raises as judge_all.
    """
    places = [(curve, x) for curve in figure.curves for x in curve.stars[:stars]]
    points = judge_all(
        [curve.model(x) for curve, x in places],
        settings.draws,
        settings.seed_of(figure.name),
        jobs=settings.jobs,
        progress=lambda done, total: tick(f"{figure.name}: {done} of {total} draws"),
    )
    found = tuple(Star(figure.name, curve.label, x, point) for (curve, x), point in zip(places, points, strict=True))
    tick(f"{figure.name}: lines")
    lines: list[Line] = []
    rows: list[Row] = []
    for curve in figure.curves:
        xs = curve.grid(figure.low, figure.high)
        exact = curve.exact_loss(xs) if curve.subtract_end else None  # the same curve with another law of the paper
        drawn = curve.drawn_loss(xs)
        own = [star for star in found if star.curve == curve.label]
        columns = tuple(zip(*((s.x, s.point.mean, s.point.stderr or 0.0) for s in own), strict=True)) or ((), (), ())
        lines.append(Line(curve.label, xs, exact, drawn, *columns))
        rows += curve_rows(curve.label, "theory", xs, exact) if exact is not None else []
        rows += curve_rows(curve.label, "drawn", xs[drawn > 0], drawn[drawn > 0])
        rows += [star.row for star in own]
    caption = (
        f"{plain_label(figure.title)}. Lines: exact planar theory; dotted: the continuum form that the paper draws. "
        f"Stars: mean and standard error of {settings.draws} draws of features and samples, averaged exactly over "
        "teacher, label noise and test point."
    )
    return Drawing(figure.name, caption, loss_figure(figure.title, figure.xlabel, lines), tuple(rows)), found
