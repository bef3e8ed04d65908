"""Data sets: what is written is what is read, in blocks too; whatever cannot be read is one clear line."""

import gzip
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest

from numerics.activations import ACTIVATIONS, activation
from numerics.data import Dataset, load
from numerics.data.named import FASHION_FOLDER, FASHION_VARIABLE
from theory.errors import InvalidInput

X = np.random.default_rng(0).standard_normal((23, 5))
CLASSES = np.array(["cat", "dog"])[np.arange(23) % 2]


def write_csv(path: Path, rows: list[list[object]]) -> str:
    path.write_text("\n".join(",".join(map(str, row)) for row in rows) + "\n", encoding="utf-8")
    return str(path)


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">2xBB{array.ndim}I", 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


@pytest.mark.parametrize("dtype", ["f8", "f4", "f2", ">f8", "i2", "u1", "?"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_is_mapped_and_read_in_blocks(tmp_path: Path, dtype: str, order: str) -> None:
    array = np.asarray((X * 20 if dtype == "i2" else np.abs(X)).astype(dtype), order=order)
    np.save(tmp_path / "x.npy", array)
    data = load(str(tmp_path / "x.npy"))
    assert isinstance(data.samples, np.memmap)
    blocks = list(data.blocks(rows=4))
    assert all(block.dtype == float and len(block) <= 4 for block in blocks)
    assert np.array_equal(np.concatenate(blocks), array.astype(float))
    assert (data.n, data.d, data.labels) == (23, 5, None)


def test_npy_labels_and_further_axes(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.arange(60).reshape(5, 3, 4))
    np.save(tmp_path / "y.npy", np.arange(5))
    data = load(str(tmp_path / "x.npy"), labels=str(tmp_path / "y.npy"))
    assert data.samples.shape == (5, 12)
    assert np.array_equal(data.labels, np.arange(5))


def test_npz(tmp_path: Path) -> None:
    path = str(tmp_path / "x.npz")
    np.savez(path, X=X, y=CLASSES, other=X[:, 0])
    assert np.array_equal(load(path).samples, X)
    assert np.array_equal(load(path).labels, CLASSES)
    assert np.array_equal(load(path, labels="other").labels, X[:, 0])
    np.savez_compressed(path, anything=X)
    assert np.array_equal(load(path).samples, X)


def test_csv_with_and_without_header(tmp_path: Path) -> None:
    rows = [list(map(repr, map(float, row))) for row in X]
    plain = load(write_csv(tmp_path / "x.csv", rows))
    assert np.array_equal(plain.samples, X)
    named = [
        ["a", "b", "label", "c", "d", "e"],
        *([*row[:2], name, *row[2:]] for row, name in zip(rows, CLASSES, strict=True)),
    ]
    data = load(write_csv(tmp_path / "y.csv", named))
    assert np.array_equal(data.samples, X)
    assert np.array_equal(data.labels, CLASSES)
    chosen = load(write_csv(tmp_path / "z.csv", [["a", "b", "c", "d", "kind"], *rows]), labels="kind")
    assert np.array_equal(chosen.samples, X[:, :4])
    assert np.array_equal(chosen.labels, X[:, 4])
    integers = load(write_csv(tmp_path / "i.csv", [["0", "y"], [1.5, 3], [2.5, 4]]))
    assert integers.labels.dtype == np.int64
    (tmp_path / "bom.csv").write_bytes(b"\xef\xbb\xbf1,2\r\n\r\n3,4\r\n")
    assert np.array_equal(load(str(tmp_path / "bom.csv")).samples, [[1, 2], [3, 4]])


def test_parquet(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = str(tmp_path / "x.parquet")
    columns = {f"c{j}": X[:, j] for j in range(5)} | {"target": CLASSES}
    parquet.write_table(pyarrow.table(columns), path)
    data = load(path)
    assert np.array_equal(data.samples, X)
    assert np.array_equal(data.labels, CLASSES)
    with pytest.raises(InvalidInput, match="column 'target' holds string"):
        load(path, labels="c0")
    parquet.write_table(pyarrow.table({"a": [1.0, None], "b": [1, 2]}), path)
    with pytest.raises(InvalidInput, match="missing values"):
        load(path)
    Path(path).write_bytes(b"PAR1 no")
    with pytest.raises(InvalidInput, match="Parquet"):
        load(path)


@pytest.mark.parametrize("packed", [False, True])
def test_idx_folder(tmp_path: Path, packed: bool) -> None:
    rng = np.random.default_rng(1)
    for part, n in (("train", 6), ("t10k", 3)):
        for name, array in (("images-idx3", rng.integers(0, 256, (n, 2, 4))), ("labels-idx1", np.arange(n))):
            content = idx(array)
            path = tmp_path / f"{part}-{name}-ubyte{'.gz' if packed else ''}"
            path.write_bytes(gzip.compress(content) if packed else content)
            if part == "train" and "images" in name:
                expected = array.reshape(n, -1) / 255
    data = load(str(tmp_path))
    assert np.allclose(data.samples, expected, rtol=1e-6, atol=0)
    assert np.array_equal(data.labels, np.arange(6))
    assert data.test is not None
    assert data.test.n == 3
    assert data.values == "grey 0..1"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "missing"), (b"\0\0", "0000"), (b"\1\0\x08\3" + bytes(20), "01000803"),
        (b"\0\0\x07\1" + bytes(20), "00000701"),
        (b"\0\0\x08\3\0\0\0\1", "header"), (idx(np.ones((2, 2, 2)))[:-1], "8 bytes announced, 7"),
        (idx(np.ones((2, 2, 2))) + b"1", "more"), (b"\0\0\x08\3" + b"\xff" * 12, "announced"),
        (b"\0\0\x08\0", "00000800"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("packed", [False, True])
def test_broken_idx_files(tmp_path: Path, content: bytes, why: str, packed: bool) -> None:
    path = tmp_path / ("train-images-idx3-ubyte" + (".gz" if packed else ""))
    path.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(InvalidInput, match=why):
        load(str(tmp_path))


def test_broken_archives_and_folders(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="IDX"):
        load(str(tmp_path))
    path = tmp_path / "train-images-idx3-ubyte.gz"
    whole = gzip.compress(idx(np.random.default_rng(0).integers(0, 256, (50, 9, 9))))
    for content in (whole[: len(whole) // 2], b"not gzip at all", whole[:-6] + b"\0" * 6, whole[:20] + b"\xff" * 40):
        path.write_bytes(content)
        with pytest.raises(InvalidInput, match="whole IDX file"):
            load(str(tmp_path))
    path.write_bytes(whole)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(np.arange(49)))
    with pytest.raises(InvalidInput, match="labels for each of the 50"):
        load(str(tmp_path))


class Trap:
    """Unpickling it would be seen."""

    def __reduce__(self) -> tuple:
        return pytest.fail, ("unpickled",)


def test_pickles_are_refused_not_opened(tmp_path: Path) -> None:
    objects = np.array([[Trap(), Trap()]] * 3)
    np.save(tmp_path / "o.npy", objects, allow_pickle=True)
    np.savez(tmp_path / "o.npz", X=objects)
    np.savez(tmp_path / "l.npz", X=X, y=objects[:, 0])
    (tmp_path / "p.npy").write_bytes(pickle.dumps(Trap()))
    (tmp_path / "p.npz").write_bytes(pickle.dumps(Trap()))
    (tmp_path / "p.csv").write_bytes(pickle.dumps(Trap()))
    for name in ("o.npy", "o.npz", "l.npz", "p.npy", "p.npz"):
        with pytest.raises(InvalidInput, match="pickled and object arrays are not read"):
            load(str(tmp_path / name))
    with pytest.raises(InvalidInput, match="DATA"):
        load(str(tmp_path / "p.csv"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1,2\n3\n", "columns changed"), ("1,2\n3,4,5\n", "columns changed"), ("1,2\n3,x\n", "could not convert"),
        ("1,2\n3,\n", "could not convert"), ("1,nan\n3,4\n", "row 0, column 1.*nan"), ("1,2\n-inf,4\n", "-inf"),
        ("1,2\n", "2 samples"), ("a,b\n", "2 samples"), ("", "not empty"), ("\n\n", "not empty"),
        ("a,b\n1,2\n", "2 samples"),
        ("a,b,c\n1,2\n3,4\n", "3 names above 2"), ("1,2\n3,1_0\n", "could not convert"), ("a,y\n1,\n2,3\n", "missing"),
        ("a,y\n1,nan\n2,inf\n", ""), ("label\n1\n2\n", "samples x dim"), ("1,2\n3,4\x00\n", "DATA"),
    ],
)  # fmt: skip
def test_bad_csv(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    if why == "":  # classes called nan and inf are strings
        assert load(str(path)).labels.dtype.kind == "U"
        return
    with pytest.raises(InvalidInput, match=why) as refusal:
        load(str(path))
    assert len(str(refusal.value).splitlines()) == 1


def test_other_bad_files(tmp_path: Path) -> None:
    arrays = {
        "one": X[:1], "flat": X[0], "scalar": np.array(1.0), "none": np.empty((0, 3)), "thin": np.empty((3, 0)),
        "complex": X * 1j, "text": X.astype(str), "struct": np.zeros(4, dtype=[("a", float)]),
        "date": np.zeros((3, 2), "M8[s]"),
    }  # fmt: skip
    for name, array in arrays.items():
        np.save(tmp_path / f"{name}.npy", array)
        with pytest.raises(InvalidInput, match="DATA"):
            load(str(tmp_path / f"{name}.npy"))
    np.save(tmp_path / "nan.npy", np.where(X > 2, np.nan, X))
    with pytest.raises(InvalidInput, match="finite numbers only"):
        list(load(str(tmp_path / "nan.npy")).blocks())
    np.savez(tmp_path / "long.npz", X=X, y=np.arange(22))
    np.savez(tmp_path / "many.npz", a=X, b=X)
    whole = (tmp_path / "nan.npy").read_bytes()
    (tmp_path / "cut.npy").write_bytes(whole[:-8])
    (tmp_path / "head.npy").write_bytes(whole[:40])
    (tmp_path / "bad.npz").write_bytes(b"PK\x03\x04 nonsense")
    (tmp_path / "empty.npy").write_bytes(b"")
    (tmp_path / "x.txt").write_text("1")
    (tmp_path / "latin.csv").write_bytes(b"\xff\xfe1,2")
    files = ("long.npz", "many.npz", "cut.npy", "head.npy", "bad.npz", "empty.npy", "x.txt", "latin.csv", "missing.npy")
    odd = ("", "\0", "x" * 5000, "image-patches:4", "image-patches:", "image-patches:٣", "digits:8", "/dev/null")
    for name in [*(str(tmp_path / name) for name in files), *odd]:
        with pytest.raises(InvalidInput, match="DATA"):
            load(name)
    for labels in ("nothing", "", str(tmp_path / "missing.npy")):
        with pytest.raises(InvalidInput, match="--labels"):
            load(str(tmp_path / "many.npz"), labels=labels)
        with pytest.raises(InvalidInput, match="--labels"):
            load(str(tmp_path / "one.npy"), labels=labels)
    with pytest.raises(InvalidInput, match="--labels"):
        load("digits", labels="y")


def test_named_sources() -> None:
    patches = load("image-patches:5")
    assert patches.samples.shape == (21760, 25)
    assert load("image-patches").samples.shape == (6674, 81)
    digits = load("digits")
    assert digits.samples.shape == (1797, 64)
    assert np.bincount(digits.labels).size == 10
    for data in (patches, digits):
        assert data.samples.min() >= 0
        assert data.samples.max() == 1


def test_subset_and_groups() -> None:
    data = Dataset("x", X, np.arange(23), np.arange(23) // 2)
    part = data.subset(np.array([1, 5, 7]))
    assert np.array_equal(part.samples, X[[1, 5, 7]])
    assert np.array_equal(part.labels, [1, 5, 7])
    assert np.array_equal(part.groups, [0, 2, 3])
    with pytest.raises(InvalidInput, match="groups"):
        Dataset("x", X, groups=np.arange(3))


def test_fashion_mnist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(FASHION_VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(InvalidInput, match="apt-get install dataset-fashion-mnist"):
        load("fashion-mnist")
    monkeypatch.delenv(FASHION_VARIABLE)
    if not Path(FASHION_FOLDER).is_dir():
        pytest.skip("Fashion-MNIST is not installed: apt-get install dataset-fashion-mnist")
    data = load("fashion-mnist")
    assert data.samples.shape == (60000, 784)
    assert data.test is not None
    assert data.test.samples.shape == (10000, 784)
    assert np.array_equal(np.bincount(data.labels), np.full(10, 6000))


def test_activations_by_name() -> None:
    x = np.linspace(-3, 3, 25, dtype=np.float32)
    for name, function in ACTIVATIONS.items():
        assert activation(name) is function
        assert function(x).dtype == np.float32
        if name not in ("relu", "gelu"):
            assert np.allclose(function(x), -function(-x), atol=1e-6)
    for name in ("relu", "gelu"):  # f(x) - f(-x) = x
        assert np.allclose(ACTIVATIONS[name](x) - ACTIVATIONS[name](-x), x, atol=1e-6)
    with pytest.raises(InvalidInput, match="one of linear"):
        activation("RELU")
