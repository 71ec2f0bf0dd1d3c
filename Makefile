PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
COMPILE = $(VENV)/lock/bin/pip-compile --quiet --upgrade --strip-extras --generate-hashes --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

# Without it each process of ours compiles all of our modules anew, which takes as long as all else at its start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check audit bench drill lock assets clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*##/make \1  /p' Makefile

run: $(VENV)/run.stamp  ## answer calls: database, sample menus, voice server, phone page, job process
	@$(BIN)/ivr prepare
	@exec $(BIN)/ivr serve

# A module's tests stay in one process: what it sets up (a server, a browser, a campaign) is set up once.
test: $(VENV)/test.stamp  ## every test that this machine can run (PYTEST="-k words" for some)
	$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder $(PYTEST)

check: $(VENV)/test.stamp  ## lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

audit: $(VENV)/audit.stamp  ## what a scanner says of our code, and an advisory service of the packages that we ship
	@$(PYTHON) .ci/audit.py $(VENV)/audit/bin

bench: $(VENV)/test.stamp  ## speeds as ratios to a floor, written to bench/results.md
	$(BIN)/python -m bench

drill: $(VENV)/test.stamp $(VENV)/scan.stamp  ## the long campaigns: faults at random, load, a soak, mutants, kills, malformed requests
	$(BIN)/python -m pytest -m campaign $(PYTEST)

lock: $(VENV)/bin/python  ## renew the versions and hashes that are installed
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install --quiet --disable-pip-version-check pip-tools
	$(COMPILE) --build-deps-for editable --only-build-deps -o requirements-build.lock pyproject.toml
	$(COMPILE) -o requirements.lock pyproject.toml
	$(COMPILE) --extra s3 -c requirements.lock -o requirements-s3.lock pyproject.toml
	$(COMPILE) --extra test --extra otel -c requirements.lock -o requirements-test.lock pyproject.toml
	printf '%s\n' bandit pip-audit | $(COMPILE) -o requirements-audit.lock -
	printf '%s\n' wapiti3 | $(COMPILE) -o requirements-scan.lock -

assets:  ## other people's style sheet, fonts, phone and editor, from the lock in console/assets (needs npm)
	cd console/assets && npm ci --ignore-scripts
	cp console/assets/node_modules/@picocss/pico/css/pico.min.css console/static/pico.min.css
	cp console/assets/node_modules/@picocss/pico/LICENSE.md console/static/LICENSE-pico.md
	cp console/assets/node_modules/@twilio/voice-sdk/dist/twilio.min.js console/static/twilio.min.js
	cp console/assets/node_modules/@twilio/voice-sdk/LICENSE.md console/static/LICENSE-twilio-voice-sdk.md
	cd console/assets && npx rollup --silent -c rollup.config.mjs
	cp console/assets/node_modules/@codemirror/view/LICENSE console/static/LICENSE-codemirror.md
	rm -rf console/assets/node_modules

clean:  ## forget the environment (the data folder stays)
	rm -rf $(VENV) build ivr_hotline.egg-info

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements-build.lock requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) --require-hashes -r requirements-build.lock -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/test.stamp: requirements-test.lock $(VENV)/run.stamp
	$(PIP) --require-hashes -r requirements-test.lock
	@touch $@

# Scanners bring versions of their own of what we use too: bandit and pip-audit (audit), and wapiti (scan).
$(VENV)/audit.stamp $(VENV)/scan.stamp: $(VENV)/%.stamp: requirements-%.lock | $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)/$*
	$(VENV)/$*/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r $<
	@touch $@
