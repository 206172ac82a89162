# make run: the whole campaign, rehearsed, then the pages to look at. make test: everything CI checks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed-by-make

# A kill loses nothing that was written, synced or not: worlds of the fault tests may lie in memory.
FAULTS = TMPDIR=$(firstword $(wildcard /dev/shm) /tmp) $(BIN)/pytest -m faults -s -o tmp_path_retention_policy=none

export PIP_DISABLE_PIP_VERSION_CHECK := 1

# The tests start hundreds of processes; each would compile the libraries anew.
unexport PYTHONDONTWRITEBYTECODE

# What lies in memory is quick to write; where there is little of it, the disk serves.
MEMORY := $(shell df --output=avail --block-size=G /dev/shm 2>/dev/null | awk '$$1 + 0 >= 4 { print "/dev/shm" }')
PYTEST = TMPDIR=$(firstword $(MEMORY) $(TMPDIR) /tmp) $(BIN)/pytest -q -n 2 --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help setup run test test-all test-fast test-faults test-faults-storms test-faults-points lint bench lock

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(firstword $(MAKEFILE_LIST)) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(STAMP) ## make the virtual environment from requirements.lock

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Cần Python 3.11 trở lên; đang dùng " + sys.version.split()[0] + ". Đặt PYTHON=<đường dẫn tới python3.11>, ví dụ: make run PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install -qq --no-deps --no-build-isolation -e .
	@touch $@

run: setup ## rehearse the first plan and serve the result
	$(BIN)/dondoc rehearse bat-mot-2026 --serve

lint: setup ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: setup ## lint and every test, with coverage of models/ and services/
	bash tests/system_packages.sh
	$(MAKE) --jobs 2 lint test-all

test-all: # the tests' part of test, beside its lint
	$(PYTEST) --no-loadscope-reorder -m "not faults" --cov --cov-report=term

test-fast: setup ## what needs no browser, database server or Prefect server
	$(PYTEST) -m "not slow and not faults" --hypothesis-profile quick

test-faults: setup ## the long form of fault injection, with its figures and seeds (about an hour)
	bash tests/system_packages.sh
	$(MAKE) --jobs 2 test-faults-storms test-faults-points

test-faults-storms: # half of test-faults: random kills, and what goes away for a while
	$(FAULTS) tests/faults/test_storms.py tests/faults/test_[dr]*.py

test-faults-points: # the other half: every chosen point
	$(FAULTS) tests/faults --ignore-glob='*/test_[dr]*.py' --ignore=tests/faults/test_storms.py

bench: setup ## the benchmarks
	$(BIN)/python -m benchmarks

lock: ## pin every dependency anew, with hashes and without index addresses
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-annotate --no-header --no-strip-extras --quiet --output-file requirements.lock
	@! grep -nE 'https?:|--(extra-)?index|--find-links' requirements.lock
