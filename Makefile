# Suyuan: everything a newcomer needs. Python >= 3.11 and make are enough; `make help` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STORE ?= .suyuan/demo

.PHONY: help setup demo demo-check test test-spark check format generate bench clean

help:            ## list the targets
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed 's/: .*## /\t/'

setup: $(VENV)/.runtime ## install what running needs, and the command .venv/bin/suyuan

$(VENV)/.runtime: requirements.lock scripts/launcher.sh
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Suyuan needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	cp scripts/launcher.sh $(BIN)/suyuan && chmod +x $(BIN)/suyuan
	touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

demo: $(VENV)/.runtime ## make a small world, find its networks and labs, serve GraphQL on loopback
	$(BIN)/suyuan demo --store $(STORE)

demo-check: $(VENV)/.runtime ## the same without staying up; fails unless the README's question is answered right
	$(BIN)/suyuan demo --store $(STORE)-check --check

test: $(VENV)/.dev ## all tests, against a real Neo4j
	$(BIN)/python -m pytest

test-spark: $(VENV)/.spark ## the engine on Spark against the one on this machine (fetches 450 MB)
	$(BIN)/python -m pytest tests/unit/detect/network/test_spark.py

$(VENV)/.spark: $(VENV)/.dev requirements-spark.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.lock
	touch $@

check: $(VENV)/.dev ## lint, types, import layers, freshness of generated files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m suyuan.generated --check

format: $(VENV)/.dev ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

generate: $(VENV)/.dev ## write the files that are derived from the ontology and the schema
	$(BIN)/python -m suyuan.generated

bench: $(VENV)/.runtime ## measure what the documents claim
	$(BIN)/suyuan bench networks

clean:           ## forget the demo's stores (the environment and downloads stay)
	rm -rf .suyuan
