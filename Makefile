# Every word sets up what it needs, inside this folder, and does nothing twice.

# 3.11.5 or later: before 3.11.4 tarfile had no filter for what an archive may do.
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
BENCH_READY := .cache/bench/.ready
# The image's version; elsewhere another XGBoost would be measured.
PYTHON_3_12 ?= $(firstword $(wildcard $(HOME)/.pyenv/versions/3.12.*/bin/python) $(shell command -v python3.12))
IMAGE_READY := .cache/environments/.ready
REQUIREMENTS := requirements.txt requirements-dev.txt constraints.txt $(wildcard container/requirements*.txt)

EXAMPLE := container/examples/scikit_learn
LOCK := uv pip compile --quiet --python-version 3.12 --python-platform x86_64-manylinux_2_28 \
	--only-binary :all: --generate-hashes --no-annotate --custom-compile-command "make lock"

# How long `make fuzz` tries each format.
FUZZ_SECONDS ?= 60

.PHONY: help setup demo test check synth review docs bench bench-container fuzz image lock clean

help: ## these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

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

review: setup ## the sheets that a reviewer reads, in sheets/
	@./kiban review

docs: setup ## the site in site/, in English and Japanese, and the reference of every setting
	@python -m tools.docs_site

bench: setup ## speed and size, as ratios measured side by side in one run
	@python -m tools.bench

bench-container: $(BENCH_READY) ## speed and size of the container beside a conventional server; needs Python 3.12 and wrk
	@.cache/bench/bin/python -m container.bench --image .cache/bench/image

fuzz: setup $(FUZZ_READY) ## every parser of the container on bytes made to break it, FUZZ_SECONDS each
	@python -m tests.container.formats.fuzz_formats $(FUZZ_SECONDS)

image: setup ## the image's file system, made without Docker, measured, and held to SageMaker's contract
	@python -m pytest -q -rs -s tests/container/image/check_image.py

# The example keeps the lock of a container that begins with it: ours without our own algorithm's library.
lock: setup ## the image's packages with their hashes, after a change of container/requirements*.txt
	@$(LOCK) --output-file container/requirements.lock container/requirements*.txt
	@$(LOCK) --output-file $(EXAMPLE)/requirements.lock --no-emit-package xgboost-cpu \
		container/requirements*.txt $(EXAMPLE)/requirements.txt

clean: ## removes everything the other words made
	@test ! -e .sandbox/state.json || ./kiban down
	rm -rf .venv node_modules cdk.out* site .cache .sandbox .hypothesis .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PYTHON_READY): $(REQUIREMENTS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 5))' 2>/dev/null || { \
		echo "setup: $(PYTHON) is $$($(PYTHON) -V 2>&1); Python 3.11.5 or later is needed: name one with make PYTHON=/path/to/python3" >&2; exit 2; }
	@echo "Installing Python packages into .venv (a few minutes, once)"
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(FUZZ_READY): requirements-fuzz.txt $(PYTHON_READY)
	@echo "Installing the fuzzer into .venv"
	@python -m pip install --quiet --disable-pip-version-check -r requirements-fuzz.txt
	@touch $@

$(BENCH_READY): $(wildcard container/requirements*) container/bench/requirements.txt $(wildcard container/image/*.py)
	@test -n "$(PYTHON_3_12)" || { echo "bench-container: no Python 3.12 here; install one or set PYTHON_3_12"; exit 2; }
	@echo "Installing what the image holds, and what it is compared with, into .cache/bench"
	@rm -rf .cache/bench && $(PYTHON_3_12) -m venv .cache/bench
	@.cache/bench/bin/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --only-binary :all: -r container/requirements.lock
	@.cache/bench/bin/python -m pip install --quiet --disable-pip-version-check -r container/bench/requirements.txt
	@$(PYTHON_3_12) -m container.image system .cache/bench/image
	@touch $@

$(NODE_READY): package-lock.json $(PYTHON_READY)
	@echo "Installing the CDK command line into node_modules"
	@npm ci --no-audit --no-fund --loglevel=error >&2
	@touch $@

$(IMAGE_READY): $(wildcard container/requirements*.txt) $(PYTHON_READY)
	@echo "Installing the container's packages into .cache (once per lock file)"
	@python -m sandbox.ecr.environments $(sort $(wildcard container/requirements*.txt))
	@touch $@
