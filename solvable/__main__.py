"""`python -m solvable`."""

import sys

from solvable.cli import main

sys.exit(main())
