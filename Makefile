PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check bench drill lock clean

run: $(VENV)/run.stamp  ## answer calls: a database, the sample menus, the voice server, the phone page, the job process
	$(BIN)/ivr prepare
	exec $(BIN)/ivr serve

test: $(VENV)/test.stamp  ## every test that this machine can run
	$(BIN)/pytest -n 2 --dist loadgroup $(PYTEST)

check: $(VENV)/test.stamp  ## lint and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/test.stamp  ## speeds as ratios to a floor, written to bench/results.md
	$(BIN)/python -m bench

drill: $(VENV)/test.stamp  ## the long campaigns: mutants, kills, malformed requests
	$(BIN)/pytest -m campaign $(PYTEST)

lock: $(VENV)/test.stamp  ## renew the versions and hashes that are installed
	$(BIN)/python -m bench.lock

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/test.stamp: requirements-test.lock $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	touch $@

clean:
	rm -rf $(VENV) build *.egg-info
