# Every word sets up what it needs, inside this folder, and does nothing twice.
PYTHON ?= python3

export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/node_modules/.bin:$(PATH)
export JSII_NODE := $(CURDIR)/.venv/bin/node
# The CDK unpacks its libraries once; the home folder may be read-only.
export JSII_RUNTIME_PACKAGE_CACHE_ROOT ?= $(CURDIR)/.cache/jsii
# Without .pyc files every command starts two to three times slower.
unexport PYTHONDONTWRITEBYTECODE

PYTHON_READY := .venv/.ready
NODE_READY := node_modules/.ready
FUZZ_READY := .venv/.fuzz
IMAGE_READY := .cache/environments/.ready
REQUIREMENTS := requirements.txt requirements-dev.txt constraints.txt $(wildcard container/requirements*.txt)

# How long `make fuzz` tries each format.
FUZZ_SECONDS ?= 60

.PHONY: help setup demo test check synth bench fuzz clean

help: ## these lines
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(PYTHON_READY) $(NODE_READY) $(IMAGE_READY) ## everything the other words need; they call it themselves

demo: setup ## the ten steps, from nothing to an answering endpoint, on this machine
	@./kiban demo

test: setup ## every test
	@python -m pytest -W error -n 3 --dist loadfile --no-loadscope-reorder -q

check: setup ## format, lint, types, tests
	@ruff format --check .
	@ruff check .
	@mypy .
	@python -m pytest -W error -n 3 --dist loadfile --no-loadscope-reorder -q

synth: setup ## the CloudFormation of every environment, checked by four rule packs
	@cdk synth '**' --quiet

bench: setup ## speed and size, as ratios measured side by side in one run
	@python -m bench

fuzz: setup $(FUZZ_READY) ## every parser of the container on bytes made to break it, FUZZ_SECONDS each
	@python -m tests.container.formats.fuzz_formats $(FUZZ_SECONDS)

clean: ## removes everything the other words made
	@test ! -e .sandbox/state.json || ./kiban down
	rm -rf .venv node_modules cdk.out* .cache .sandbox .hypothesis .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PYTHON_READY): $(REQUIREMENTS)
	@echo "Installing Python packages into .venv (a few minutes, once)"
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(FUZZ_READY): requirements-fuzz.txt $(PYTHON_READY)
	@echo "Installing the fuzzer into .venv"
	@python -m pip install --quiet --disable-pip-version-check -r requirements-fuzz.txt
	@touch $@

$(NODE_READY): package-lock.json $(PYTHON_READY)
	@echo "Installing the CDK command line into node_modules"
	@npm ci --no-audit --no-fund --loglevel=error >&2
	@touch $@

$(IMAGE_READY): $(wildcard container/requirements*.txt) $(PYTHON_READY)
	@echo "Installing the container's packages into .cache (once per lock file)"
	@python -m sandbox.environments $(sort $(wildcard container/requirements*.txt))
	@touch $@
