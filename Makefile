# `make help` lists what there is. Everything is set up by the target that needs it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
export DJANGO_SETTINGS_MODULE := madoguchi.settings

## setup: build .venv with the pinned packages (runtime and development)
.PHONY: setup
setup: .venv/ready-dev

# The package is found where it lies and .venv/bin/madoguchi is its command, as an editable installation would do it,
# but without a build tool to fetch.
.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or later is needed")'
	$(PYTHON) -m venv .venv
	echo "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/madoguchi.pth"
	printf '%s\n' '#!/bin/sh' 'exec "$$(dirname "$$0")/python" -m madoguchi "$$@"' > $(BIN)/madoguchi
	chmod +x $(BIN)/madoguchi

.venv/ready: requirements.txt | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

# Compiled as it is used: of what the tools bring, most never is.
.venv/ready-dev: requirements-dev.txt | .venv/bin/python
	$(BIN)/pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@ .venv/ready

## setup-production: build .venv with what an installation needs, and compile the translations
.PHONY: setup-production
setup-production: .venv/ready .venv/catalogues

# Catalogues are compiled from their .po files by Babel, so that no gettext is needed to run.
CATALOGUES := $(shell find madoguchi -name django.po)
.venv/catalogues: $(CATALOGUES) | .venv/ready
	$(BIN)/python -m madoguchi.shell.catalogues compile
	touch $@

## demo: the whole counter with a sample operator on http://127.0.0.1:8000 (PORT), until Ctrl-C
.PHONY: demo
demo: .venv/ready .venv/catalogues
	$(BIN)/python -m madoguchi demo

## demo-reset: forget the demo's data
.PHONY: demo-reset
demo-reset: .venv/ready
	$(BIN)/python -m madoguchi demo_reset

## test: every test, browser included
.PHONY: test
test: .venv/ready-dev .venv/catalogues
	tests/install-browser
	tests/install-peers
	$(MAKE) --no-print-directory --jobs=2 test-rooms test-journeys

# Side by side, since a journey waits for the browser half of its time. Both print their dots as they go.
.PHONY: test-rooms test-journeys
test-rooms:
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder madoguchi tests bench
test-journeys:
	$(BIN)/python -m pytest -n auto --dist worksteal journeys

## check: style, types, imports, translations, migrations, security
.PHONY: check
check: .venv/ready-dev .venv/catalogues
	$(MAKE) --no-print-directory --jobs=2 check-types check-rest

.PHONY: check-types check-rest
check-types:
	$(BIN)/mypy
check-rest:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djade --target-version 5.2 --check $$(git ls-files 'madoguchi/*.html')
	$(BIN)/lint-imports
	$(BIN)/python -m madoguchi.shell.catalogues check
	$(BIN)/python -m madoguchi makemigrations --check --dry-run
	$(BIN)/python -m tests.check_deploy

## messages: bring the message catalogues up to the code; new ones wait untranslated
.PHONY: messages
messages: .venv/ready
	$(BIN)/python -m madoguchi.shell.catalogues update

## fix: mend what the tools can mend
.PHONY: fix
fix: .venv/ready-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djade --target-version 5.2 $$(git ls-files 'madoguchi/*.html') || true

## bench: the benchmarks of audience, delivery, rating, call records and login, one after the other; bench-NAME runs one
## bench-statement: a statement's page with 50,000,000 calls stored beside 1,000,000 (half an hour, 25 GB)
.PHONY: bench
bench: bench-audience bench-fanout bench-rate bench-load bench-login bench-answers bench-rush

.PHONY: bench-rush
bench-rush: .venv/ready-dev .venv/catalogues
	bench/install-peers
	$(BIN)/python -m bench.rush

.PHONY: bench-spark
bench-spark: .venv/ready-dev .venv/catalogues
	tests/install-peers
	$(BIN)/python -m bench.spark

.PHONY: bench-%
bench-%: .venv/ready-dev .venv/catalogues
	$(BIN)/python -m bench.$*

## golden-mails: write every mail anew as the tests compare it; read the difference
.PHONY: golden-mails
golden-mails: .venv/ready-dev
	MADOGUCHI_GOLDEN=write $(BIN)/python -m pytest -q tests/mails -k what_it_was
	$(BIN)/python -m pytest -q tests/mails

## lock: pin the dependencies anew from pyproject.toml
.PHONY: lock
lock: .venv/ready-dev
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --quiet pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --quiet pyproject.toml --group dev -o requirements-dev.txt

## help: this list
.PHONY: help
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)
