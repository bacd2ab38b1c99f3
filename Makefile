# Two commands matter: `make run` and `make test`. Nothing but Python 3.11+ and make is assumed.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
.DEFAULT_GOAL := help

help:  ## show the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "make %-8s %s\n", $$1, $$2}'

run: .venv/run.stamp  ## set everything up and start the app at 127.0.0.1:8000
	$(BIN)/visamatch serve --port $(PORT)

test: .venv/dev.stamp  ## run all tests
	$(BIN)/python -m pytest $(ARGS)

check: .venv/dev.stamp  ## style, types, and the order of the rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev.stamp  ## measure against peers and floors, write docs/performance.md
	$(BIN)/python -m bench

facts: .venv/dev.stamp  ## rebuild the shipped tables from the raw data (DATA=folder)
	$(BIN)/python scripts/build_facts.py $(if $(DATA),--data $(DATA))
	$(BIN)/python scripts/build_registers.py $(if $(DATA),--data $(DATA))
	$(BIN)/python scripts/build_facts.py $(if $(DATA),--data $(DATA))
	$(BIN)/python scripts/estimate_persistence.py $(if $(DATA),--data $(DATA))
	$(BIN)/python scripts/estimate_p_sponsor.py $(if $(DATA),--data $(DATA))
	$(BIN)/python scripts/validate_p_sponsor.py $(if $(DATA),--data $(DATA))
	$(BIN)/visamatch facts check

lock: .venv/dev.stamp  ## renew the lock files after a change of pyproject.toml
	$(BIN)/python scripts/lock.py

.venv/run.stamp: requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

clean:  ## remove what the commands above made
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

.PHONY: help run test check bench facts lock clean
