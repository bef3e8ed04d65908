"""Every strictness on, once for all tests."""

import numpy as np
from hypothesis import settings

np.seterr(divide="raise", over="raise", invalid="raise")  # library code silences what it means
settings.register_profile("strict", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("strict")
