"""Data by name: two sets shipped inside scikit-learn, and Fashion-MNIST where its files are installed."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from numerics.data.dataset import Dataset
from numerics.data.idx import read_folder
from theory.errors import InvalidInput

FASHION_VARIABLE = "SOLVABLE_FASHION_MNIST"
FASHION_FOLDER = "/usr/share/datasets/fashion-mnist"  # of Debian's package dataset-fashion-mnist
PATCH = 9  # pixels a side


def image_patches(size: int = PATCH) -> Dataset:
    """All size x size grey patches of scikit-learn's two photographs, on a grid: no two share a pixel. Grey 0..1."""
    from numerics.images import image_patches as cut

    grey = cut(size).grey
    return Dataset(f"image-patches:{size}", grey.reshape(len(grey), -1), values="grey 0..1")


def digits() -> Dataset:
    """scikit-learn's 1797 handwritten digits of 8 x 8 pixels, grey 0..1 (sixteenths), labelled 0..9."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    return Dataset("digits", bunch.data / 16, bunch.target.astype(np.int64), values="grey 0..1")


def fashion_mnist() -> Dataset:
    """Fashion-MNIST: 60000 images of 28 x 28 pixels, grey 0..1, labelled 0..9; 10000 more as `test`.

    Read from the folder in the environment variable SOLVABLE_FASHION_MNIST, else where Debian's package
    dataset-fashion-mnist puts it. Raises InvalidInput, which says how to get it, if it is not there.
    """
    folder = Path(os.environ.get(FASHION_VARIABLE) or FASHION_FOLDER)
    if not folder.is_dir():
        how = f"apt-get install dataset-fashion-mnist, or set {FASHION_VARIABLE} to its folder ({folder} is none)"
        raise InvalidInput("DATA", "fashion-mnist", f"data that is installed: {how}")
    found = read_folder(folder)
    return replace(found, name="fashion-mnist", test=found.test and replace(found.test, name="fashion-mnist test"))


NAMED: dict[str, Callable[[], Dataset]] = {
    "image-patches": image_patches,
    "digits": digits,
    "fashion-mnist": fashion_mnist,
}
