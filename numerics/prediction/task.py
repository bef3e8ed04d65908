"""What is learnt from what: inputs, labels, and which samples belong together.

Labelled data: kinds become one-hot labels, one output each, their losses summed; numbers stay as they are.
Image patches: the patches of numerics.images, which share no pixel, whose surround has a given contrast;

    centre    the middle pixel from the others
    next      all pixels of the right neighbour on the grid from this patch, pairs without a common patch

Labels of patches are scaled so that their mean squares sum to one. A task is cut once into the part that is
measured and the part held out; groups stay whole, and centre and scale of the inputs come from the measured part.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from numerics.data import Dataset
from numerics.images import image_patches
from theory.errors import InvalidInput

IMAGE_TASKS = ("centre", "next")
CONTRAST = 0.1
KINDS = 100  # most classes that are read as such
LEAST = 64  # samples in either part


@dataclass(frozen=True, eq=False)
class Task:
    """inputs (n, d), labels (n, C), groups (n,) or None; `name`: what is learnt, `note`: how samples were chosen."""

    name: str
    inputs: np.ndarray
    labels: np.ndarray
    groups: np.ndarray | None = None
    note: str = ""

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, rows: np.ndarray) -> "Task":
        groups = None if self.groups is None else self.groups[rows]
        return replace(self, inputs=self.inputs[rows], labels=self.labels[rows], groups=groups)


def labelled_task(data: Dataset) -> Task:
    """Regression on labels: text, booleans and up to KINDS distinct integers are kinds, other numbers themselves.

    Raises InvalidInput where labels are missing or all alike, and at a NaN or infinity.
    """
    if data.labels is None:
        raise data.error("data with labels to learn (--labels names them)")
    inputs = np.concatenate(list(data.blocks()))
    kinds, member = np.unique(data.labels, return_inverse=True)
    if kinds.size == 1:
        raise InvalidInput("--labels", f"one class, {kinds[0]}", "labels of at least two values")
    kind = data.labels.dtype.kind
    if kind != "f" and (kind not in "iu" or kinds.size <= KINDS):
        if kinds.size > KINDS:
            raise InvalidInput("--labels", f"{kinds.size} classes", f"at most {KINDS} classes, or numbers")
        return Task(f"{kinds.size} classes of {data.name}, one-hot", inputs, np.eye(kinds.size)[member], data.groups)
    return Task(f"numeric labels of {data.name}", inputs, data.labels.astype(float)[:, None], data.groups)


def image_task(which: str = "centre", size: int = 5, contrast: float = CONTRAST) -> Task:
    """A task on image patches. Raises InvalidInput for another name, size or contrast."""
    if which not in IMAGE_TASKS:
        raise InvalidInput("--task", which, "centre or next")
    patches = image_patches(size)
    flat = patches.grey.reshape(len(patches.grey), -1)
    if which == "centre":
        middle = flat.shape[1] // 2
        inputs, labels = np.delete(flat, middle, axis=1), flat[:, middle : middle + 1]
        name = f"centre pixel of {size} x {size} patches from the {size * size - 1} around it"
    else:
        here = np.flatnonzero(patches.corner[:, 2] // size % 2 == 0)
        here = here[here + 1 < len(flat)]
        here = here[np.all(patches.corner[here + 1] - patches.corner[here] == [0, 0, size], axis=1)]
        inputs, labels = flat[here], flat[here + 1]
        name = f"right neighbour of {size} x {size} patches"
    kept = inputs.std(axis=1) >= contrast
    if kept.sum() < 2 * LEAST:
        raise InvalidInput("--contrast", contrast, f"a number that leaves {2 * LEAST} patches; it leaves {kept.sum()}")
    note = f"{kept.sum()} of {kept.size} patches, those with contrast >= {contrast:g}" if contrast else "all patches"
    labels = labels[kept] / math.sqrt(labels[kept].var(axis=0).sum())
    return Task(name, inputs[kept], labels, note=note)


def halves(task: Task, most: int, seed: int) -> tuple[Task, Task]:
    """The measured part and the part held out, of `most` samples in all, at random; no group in both.

    Inputs are centred and scaled to unit mean square, labels centred, by the measured part's moments. Rows of each
    part are in random order. Raises InvalidInput for too few samples or groups, and for inputs or labels that do
    not vary in the measured part.
    """
    rng = np.random.default_rng([seed, 0])
    order = shuffled(len(task), task.groups, rng)[:most]
    cut = order.size // 2
    if task.groups is not None:
        member = task.groups[order]
        ends = np.flatnonzero(member[1:] != member[:-1]) + 1  # where a group ends
        if ends.size == 0:
            raise InvalidInput("groups", "one group", "at least two: none may be in both parts")
        cut = int(ends[np.argmin(np.abs(ends - cut))])
    if min(cut, order.size - cut) < LEAST:
        raise InvalidInput("DATA", f"{order.size} samples", f"data with at least {LEAST} samples in either half")
    first, second = task[order[:cut]], task[order[cut:]]
    centre, label_mean = first.inputs.mean(axis=0), first.labels.mean(axis=0)
    scale = math.sqrt(np.square(first.inputs - centre).mean())
    for name, part, size in (("inputs", first.inputs, scale), ("labels", first.labels, first.labels.std())):
        if not np.isfinite(size) or size <= 1e-12 * np.abs(part).max():
            raise InvalidInput(name, "constant or not finite", "numbers that vary from sample to sample")
    one, two = (
        replace(part, inputs=(part.inputs - centre) / scale, labels=part.labels - label_mean)
        for part in (first, second)
    )
    return one, two


def shuffled(count: int, groups: np.ndarray | None, rng: np.random.Generator) -> np.ndarray:
    """A random order of the samples in which groups stay together."""
    order = rng.permutation(count)
    if groups is None:
        return order
    kinds, member = np.unique(groups, return_inverse=True)
    return order[np.argsort(rng.permutation(kinds.size)[member[order]], kind="stable")]
