# Two commands on a machine with Python >= 3.11 and make: `make verify` and `make test`.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: verify verify-full report test audit lint docs benchmark clean

verify: $(VENV)/ready
	$(RUN)/solvable verify

verify-full: $(VENV)/ready
	$(RUN)/solvable verify --full

report: $(VENV)/ready
	$(RUN)/solvable report --out report

test: $(VENV)/ready
	$(RUN)/python -m pytest -n 2 --dist loadscope -m "not audit"

audit: $(VENV)/ready
	$(RUN)/python -m pytest

lint: $(VENV)/ready
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy

docs: $(VENV)/ready
	$(RUN)/python -m docs.api

benchmark: $(VENV)/ready
	$(RUN)/python -m benchmarks.grid
	$(RUN)/python -m benchmarks.asymptotics
	$(RUN)/python -m benchmarks.certified
	$(RUN)/python -m benchmarks.density
	$(RUN)/python -m benchmarks.simulation
	$(RUN)/python -m benchmarks.finite_size
	$(RUN)/python -m benchmarks.universality
	$(RUN)/python -m benchmarks.regularisers
	$(RUN)/python -m benchmarks.nonlinear

$(VENV)/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "error: $(PYTHON) is older than 3.11: run make with PYTHON=python3.11 (or newer)"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --editable ".[dev]"
	@touch $@

clean:
	rm -rf $(VENV) report build *.egg-info
