"""Which code makes the draws, as a short text that changes whenever their values may.

A digest of the sources of `numerics.simulation.draw` and of all that it imports from this toolkit, and
the versions of the two libraries that generate and factorise. Results under two such texts are never mixed.
"""

import ast
import hashlib
import sys
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec

from theory.errors import SolvableError

ROOT = "numerics.simulation.draw"
OURS = ("numerics", "theory")


@cache
def code_version() -> str:
    """`draws-<digest> numpy-<version> scipy-<version>`. Raises SolvableError where the sources are not at hand."""
    import numpy
    import scipy

    digest = hashlib.sha256()
    for name, source in sorted(sources().items()):
        digest.update(f"{name}\0{len(source)}\0".encode() + source)
    return f"draws-{digest.hexdigest()[:16]} numpy-{numpy.__version__} scipy-{scipy.__version__}"


def sources(root: str = ROOT) -> dict[str, bytes]:
    """The source of each module of the toolkit that `root` imports, itself included."""
    found: dict[str, bytes] = {}
    queue = [root]
    while queue:
        name = queue.pop()
        if name in found:
            continue
        spec = find_spec(name)
        if spec is None or spec.origin is None or not isinstance(spec.loader, SourceFileLoader):
            raise SolvableError(f"the version of the code is unknown: no source of {name} (install it unpacked)")
        found[name] = spec.loader.get_data(spec.origin)
        queue += _imported(found[name])
    return found


def _imported(source: bytes) -> list[str]:
    """The toolkit's modules that a source imports, wherever in it; a package's page only if a name is taken there."""
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            names += [name if _is_module(name) else node.module for name in inner]
    return [name for name in names if _is_module(name)]


def _is_module(name: str) -> bool:
    if name.split(".")[0] not in OURS:
        return False
    if name in sys.modules:
        return True
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # an attribute of a module, not of a package
        return False
