# The one list of commands. Each only calls something that also works alone.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STACK ?=
PORT ?= 0
READY := $(VENV)/.ready
# Where Debian keeps its programs, off the PATH.
POSTGRESQL := /usr/lib/postgresql
# Any Python will do for what needs no library.
ANY := $(or $(wildcard $(PY)),$(PYTHON))
ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, got " + sys.version.split()[0])'
# No unit test needs other plugins than Hypothesis's, which take 0.15 s to load, or looks at logs:
# pytest's catching of them takes a fiftieth of the time.
UNITS := PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 $(PY) -m pytest -q -p _hypothesis_pytestplugin -p no:logging \
	-m "not moto and not slow" --hypothesis-profile quick \
	$(addprefix --ignore=tests/,end_to_end sandbox/aws sandbox/services)
HALF := tests/operations tests/settings tests/sandbox
# Without bytecode of the project each command compiles it anew.
unexport PYTHONDONTWRITEBYTECODE

help: ## Show these commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  STACK=staging narrows a command to one stack, PORT=5055 fixes the port of the sandbox's AWS."

$(READY): requirements.txt requirements-operations.txt requirements-dev.txt
	@echo "setting up $(VENV) (about a minute, once)"
	@"$(PYTHON)" $(ENOUGH)
	@$(PY) -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

setup: $(READY) ## Install what everything below needs, into .venv

engine: ## Find the Pulumi engine, or build it where there is none, once
	@"$(ANY)" $(ENOUGH)
	@"$(ANY)" -m sandbox.engine

# At once: pip works on one processor alone, and the engine's build begins with what it fetches.
ready:
	@$(MAKE) -s -j 2 setup engine

up: ready ## Bring production and staging up in the sandbox, and show what runs where
	@$(PY) -m sandbox up --port $(PORT) $(STACK)

# First of all: hundreds of tests would say so one by one.
postgresql:
	@command -v initdb >/dev/null && exit; for each in $(POSTGRESQL)/*/bin/initdb; do \
		test -x "$$each" && exit; \
	done; echo "the tests need PostgreSQL, which is not installed (apt-get install postgresql)" >&2; exit 1

test: postgresql ready ## Run every test: units in seconds, the real engine in minutes
	@$(PY) -m pytest -n 3 --dist loadscope

validate: $(READY) ## Check the settings alone: no engine, no network
	@$(PY) -m settings validate

policy: $(READY) ## Hold the rules and parity against both environments: no engine, no network
	@$(PY) -m policies.command --write .reports

preview: $(READY) ## Show what an update would change
	@$(PY) -m sandbox preview --port $(PORT) $(STACK)

refresh: $(READY) ## Find what was changed behind Pulumi's back; 1 when something was
	@$(PY) -m sandbox refresh --port $(PORT) $(STACK)

status: $(READY) ## Show what runs where
	@$(PY) -m sandbox status

recover: $(READY) ## After a crash: adopt what was created, and finish
	@$(PY) -m sandbox recover --port $(PORT) $(STACK)

destroy: $(READY) ## Delete a stack's resources: make destroy STACK=staging (DRY_RUN=1 only says what)
	@$(PY) -m sandbox destroy --port $(PORT) $(if $(DRY_RUN),--dry-run) $(STACK)

down: $(READY) ## Throw the sandbox away, both stacks with it
	@$(PY) -m sandbox down

shell: $(READY) ## A shell in which plain pulumi and AWS SDKs reach the sandbox
	@$(PY) -m sandbox shell --port $(PORT)

check: $(READY) ## Format, lint, types, generated pages, unit tests: under a minute
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy .
	@$(PY) -m settings schema --check
	@$(PY) -m settings variables --check
	@$(PY) -m sandbox coverage --check
	@$(PY) -m policies.pages --check
	@$(PY) -m operations diagram --check
	@$(MAKE) -s units

# By two processes, the second of which is heard at the end. Those of xdist would each read all tests,
# and tell a third of every one: a third more of work.
units: $(READY) ## Run the unit tests
	@log=$$(mktemp); $(UNITS) $(HALF) >"$$log" 2>&1 & half=$$!; \
	$(UNITS) tests $(addprefix --ignore=,$(HALF)); code=$$?; \
	wait $$half || code=$$?; cat "$$log"; rm "$$log"; exit $$code

lint-workflows: $(READY) ## Run the linters of the workflows; fetched once, into the cache
	@$(PY) -m operations github lint

format: $(READY) ## Format and mend what the linter can mend
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix .

generate: $(READY) ## Write the pages and schemas that are made from code
	@$(PY) -m settings schema
	@$(PY) -m settings variables
	@$(PY) -m sandbox coverage
	@$(PY) -m policies.pages
	@$(PY) -m operations diagram --pages

gate: $(READY) ## Preview a stack with every policy, then update it to that: make gate STACK=staging
	@$(PY) -m operations gate $(STACK) --sandbox

bench: $(READY) ## Measure the sandbox against providers that only echo, and the policies
	@$(PY) -m benchmarks.overhead
	@$(PY) -m benchmarks.policies

mutants: $(READY) ## Change the code of rules and parity in thousands of ways; count what tests miss
	@$(PY) -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	@$(PY) -m benchmarks.mutants

.PHONY: help setup engine ready up postgresql test validate policy preview refresh status recover destroy down shell check units lint-workflows format generate gate bench mutants
