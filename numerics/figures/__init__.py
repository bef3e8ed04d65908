"""The figures of the paper and those it lacks: files, captions, and all the numbers drawn."""

from numerics.figures.drawing import Drawing, Picture, Row, Settings
from numerics.figures.make import make_figures, names

__all__ = ["Drawing", "Picture", "Row", "Settings", "make_figures", "names"]
