# Every word sets up what it needs, inside this folder, and does nothing twice.

# 3.11.5 or later: before 3.11.4 tarfile had no filter for what an archive may do.
PYTHON ?= python3

export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/node_modules/.bin:$(PATH)
export JSII_NODE := $(CURDIR)/constructs_lib/synthesis/cdk-node
# The CDK unpacks its libraries once; the home folder may be read-only.
export JSII_RUNTIME_PACKAGE_CACHE_ROOT ?= $(CURDIR)/.cache/jsii
# Without .pyc files every command starts two to three times slower.
unexport PYTHONDONTWRITEBYTECODE

# Each is a file that says what is installed, and each of the three for .venv holds the one before.
PLATFORM_READY := .venv/.platform
DOCS_READY := .venv/.docs
TOOLS_READY := .venv/.tools
FUZZ_READY := .venv/.fuzz
IMPORTED := .venv/.imported
NODE_READY := node_modules/.ready
IMAGE_READY := .cache/environments/.ready
# What users run, each in an environment of its own: the sandbox is tried with them.
CLIENTS := notebook sagemaker-2
# Deployed as they are, beside the platform's own CDK.
CONSTRUCTS := cdk-alpha
CLIENTS_READY := .cache/environments/.clients
BENCH_READY := .cache/bench/.ready
OPINION_READY := .cache/opinion/.ready
SETUP := $(PLATFORM_READY) $(NODE_READY) $(IMAGE_READY) $(IMPORTED)
# The image's version; elsewhere another XGBoost would be measured.
PYTHON_3_12 ?= $(firstword $(wildcard $(HOME)/.pyenv/versions/3.12.*/bin/python) $(shell command -v python3.12))

# Installs as pip would, from where pip would, in parallel and by hash.
UV := python -m sandbox.ecr.installer
SYNC := $(UV) pip sync --quiet --require-hashes --python .venv/bin/python
# A file that git wrote again with the same content installs nothing.
SAME = cmp -s $< $@
AGAIN = { echo "setup: $(1); see above, then run the same word again: it goes on from here" >&2; exit 1; }
RECENT := -c 'import sys; sys.exit(sys.version_info < (3, 11, 5))' 2>/dev/null
# uv by the pip of the Python that .venv was made with, which starts at once, or by one of its own.
BOOTSTRAP = awk '/^uv==/, !/\\$$/' $< >.venv/uv.lock; python=$$(sed -n 's/^executable = //p' .venv/pyvenv.cfg); \
	"$$python" -m pip --version >/dev/null 2>&1 || { python=.venv/bin/python; $$python -m ensurepip >/dev/null; }; \
	"$$python" -m pip --python .venv/bin/python --disable-pip-version-check install --quiet --no-deps \
		--require-hashes --force-reinstall --requirement .venv/uv.lock
# One process installs at a time; a second one waits, and then finds everything done.
LOCKED := -c 'import fcntl, os, sys; \
	os.makedirs(".cache", exist_ok=True); lock = os.open(".cache/setup.lock", os.O_CREAT | os.O_RDWR); \
	os.set_inheritable(lock, True); fcntl.flock(lock, fcntl.LOCK_EX); os.execvp(sys.argv[1], sys.argv[1:])'
INSTALL = @$(MAKE) --question $(1) 2>/dev/null || { \
	$(PYTHON) $(RECENT) || { \
		echo "setup: $(PYTHON) is $$($(PYTHON) -V 2>&1); Python 3.11.5 or later is needed: name one with make PYTHON=/path/to/python3" >&2; exit 2; }; \
	$(PYTHON) $(LOCKED) $(MAKE) --silent --no-print-directory -j3 $(1); }

EXAMPLE := container/examples/scikit_learn
COMPILE := $(UV) pip compile --quiet --generate-hashes --no-annotate --custom-compile-command "make lock"
LOCK := $(COMPILE) --universal --python-version 3.11.5
LOCK_IMAGE := $(COMPILE) --python-version 3.12 --python-platform x86_64-manylinux_2_28 --only-binary :all:

# Each file's tests stay in one process, which makes once what they share.
# On two processors `make acceptance` has three: its tests wait for commands, limits and clocks.
TESTS := python -m pytest -W error -n 2 --dist loadfile --no-loadscope-reorder -q --durations 10

# How long `make fuzz` tries each format.
FUZZ_SECONDS ?= 60

# How many weakenings `make mutants` tries, and which.
MUTANTS ?= 200
MUTANTS_SEED ?= 1

.PHONY: help setup tools demo test acceptance check synth review docs bench bench-container bench-shapes fuzz differential own-data mutants corpus image lock clean

help: ## these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## what the platform, its sandbox and ./kiban run with; every word calls what it needs itself
	+$(call INSTALL,$(SETUP))

tools: ## the same, and what tests, checks and builds the site
	+$(call INSTALL,$(SETUP) $(TOOLS_READY))

demo: setup ## the ten steps, from nothing to an answering endpoint, on this machine
	@./kiban demo

test: tools ## every test but those of `make acceptance`, and the ten slowest of them
	@$(TESTS) -m "not acceptance"

acceptance: ## the tests that are long journeys, or need a browser, Jupyter, clients of others, another emulator or much memory
	+$(call INSTALL,$(SETUP) $(TOOLS_READY) $(CLIENTS_READY) $(OPINION_READY))
	@$(TESTS) -n 3 -m acceptance

check: tools ## format, lint, types, tests
	@ruff format --check .
	@ruff check .
	@mypy .
	@$(TESTS) -m "not acceptance"

synth: setup ## the CloudFormation of every environment, checked by four rule packs
	@cdk synth '**' --quiet

review: setup ## the sheets that a reviewer reads, in sheets/
	@./kiban review

docs: ## the site in site/, in English and Japanese, and the reference of every setting
	+$(call INSTALL,$(SETUP) $(DOCS_READY))
	@python -m tools.docs_site

bench: tools ## speed and size, as ratios measured side by side in one run
	@python -m tools.bench

bench-container: tools $(BENCH_READY) ## speed and size of the container beside a conventional server; needs Python 3.12 and wrk
	@.cache/bench/bin/python -m container.bench --image .cache/bench/image

bench-shapes: tools $(BENCH_READY) ## one row, one column, many of either, one class, all missing: cost beside bare XGBoost
	@.cache/bench/bin/python -m container.bench.shapes

fuzz: ## every parser of the container on bytes made to break it, FUZZ_SECONDS each
	+$(call INSTALL,$(SETUP) $(TOOLS_READY) $(FUZZ_READY))
	@python -m tests.container.formats.fuzz_formats $(FUZZ_SECONDS)

corpus: tools ## changes planted in prod, and which of them a review does not name; EVERY=1 on every resource
	@python -m tools.review_corpus $(if $(EVERY),--every)

own-data: tools ## ten files of different kinds, each from the file to right predictions, with the figures of each
	@EVERY_KIND=1 python -m pytest -W error -q -s tests/journeys/test_own_data.py

differential: tools ## the container beside SageMaker's built-in XGBoost: every case, what differs, and the table of it
	@python -m tools.differential

mutants: tools ## one-line weakenings of the code, and which of them no test notices; ALL=1 takes hours
	@python -m tools.mutants --count $(MUTANTS) --seed $(MUTANTS_SEED) $(if $(ALL),--all)

image: tools ## the image's file system, made without Docker, measured, and held to SageMaker's contract
	@python -m pytest -q -rs -s tests/container/image/check_image.py

# The example keeps the lock of a container that begins with it: ours without our own algorithm's library.
lock: setup ## every package with its hashes, after a change of a requirements file
	@$(LOCK) --output-file requirements.lock requirements.txt
	@$(LOCK) --output-file requirements-docs.lock --constraints requirements.lock requirements-docs.txt
	@$(LOCK) --output-file requirements-dev.lock --constraints requirements-docs.lock requirements-dev.txt
	@$(LOCK) --output-file requirements-fuzz.lock --constraints requirements-dev.lock requirements-fuzz.txt
	@$(LOCK) --output-file requirements-opinion.lock requirements-opinion.txt
	@$(LOCK) --output-file requirements-cdk-alpha.lock --constraints requirements.lock requirements-cdk-alpha.txt
	@for name in $(CLIENTS); do printf 'mlflow\nsagemaker-mlflow\n' | \
		$(LOCK) --excludes /dev/stdin --output-file requirements-$$name.lock requirements-$$name.txt || exit 1; done
	@$(LOCK_IMAGE) --output-file container/requirements.lock container/requirements*.txt
	@$(LOCK_IMAGE) --output-file $(EXAMPLE)/requirements.lock --no-emit-package xgboost-cpu \
		container/requirements*.txt $(EXAMPLE)/requirements.txt

clean: ## removes everything the other words made
	@test ! -e .sandbox/state.json || ./kiban down
	rm -rf .venv node_modules cdk.out* site .cache .sandbox .hypothesis .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PLATFORM_READY): requirements.lock
	@$(SAME) || echo "Installing $$(grep -c == $<) Python packages into .venv"
	@.venv/bin/python $(RECENT) || { rm -rf .venv && $(PYTHON) -m venv --without-pip .venv; } || $(call AGAIN,cannot make .venv)
	@.venv/bin/uv --version >/dev/null 2>&1 || { $(BOOTSTRAP); } || $(call AGAIN,cannot install uv)
	@$(SAME) || { rm -f $@ $(DOCS_READY) $(TOOLS_READY) $(FUZZ_READY); $(SYNC) $<; } || $(call AGAIN,cannot install the packages of $<)
	@cp $< $@

$(DOCS_READY): requirements-docs.lock $(PLATFORM_READY)
	@$(SAME) || echo "Installing what builds the site, $$(grep -c == $<) packages in all, into .venv"
	@$(SAME) || { rm -f $@ $(TOOLS_READY) $(FUZZ_READY); $(SYNC) $<; } || $(call AGAIN,cannot install the packages of $<)
	@cp $< $@

$(TOOLS_READY): requirements-dev.lock $(PLATFORM_READY)
	@$(SAME) || echo "Installing what tests and checks, $$(grep -c == $<) packages in all, into .venv"
	@$(SAME) || { rm -f $@ $(FUZZ_READY); $(SYNC) $<; } || $(call AGAIN,cannot install the packages of $<)
	@cp requirements-docs.lock $(DOCS_READY) && cp $< $@

$(FUZZ_READY): requirements-fuzz.lock $(TOOLS_READY)
	@echo "Installing the fuzzer into .venv"
	@$(UV) pip install --quiet --require-hashes --no-deps --python .venv/bin/python -r $< || $(call AGAIN,cannot install the fuzzer)
	@touch $@

# Without it the other tests run all the same; those that ask it say why they do not.
$(OPINION_READY): requirements-opinion.lock $(PLATFORM_READY)
	@$(SAME) || echo "Installing another emulator of AWS, which is asked for a second opinion, into .cache"
	@$(SAME) || { rm -rf $(@D) && python -m venv --without-pip $(@D) && \
		$(UV) pip sync --quiet --require-hashes --python $(@D)/bin/python $<; } || \
		{ rm -rf $(@D); echo "acceptance: no second opinion, cannot install the packages of $<; see above" >&2; }
	@test ! -d $(@D) || cp $< $@

$(BENCH_READY): $(wildcard container/requirements*) container/bench/requirements.txt $(wildcard container/image/*.py)
	@test -n "$(PYTHON_3_12)" || { echo "bench-container: no Python 3.12 here; install one or set PYTHON_3_12"; exit 2; }
	@echo "Installing what the image holds, and what it is compared with, into .cache/bench"
	@rm -rf .cache/bench && $(PYTHON_3_12) -m venv .cache/bench
	@.cache/bench/bin/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --only-binary :all: -r container/requirements.lock
	@.cache/bench/bin/python -m pip install --quiet --disable-pip-version-check -r container/bench/requirements.txt
	@$(PYTHON_3_12) -m container.image system .cache/bench/image
	@touch $@

# The system's certificates, as for Python's packages.
$(NODE_READY): package-lock.json | $(PLATFORM_READY)
	@echo "Installing the CDK command line into node_modules"
	@NODE_USE_SYSTEM_CA=1 npm ci --no-audit --no-fund --loglevel=error >&2 || $(call AGAIN,cannot install the packages of $<)
	@touch $@

$(IMAGE_READY): $(wildcard container/requirements*.txt) $(PLATFORM_READY)
	@echo "Installing the container's packages into .cache (once per content)"
	@python -m sandbox.ecr.environments $(sort $(wildcard container/requirements*.txt))
	@touch $@

$(CLIENTS_READY): $(patsubst %,requirements-%.lock,$(CLIENTS) $(CONSTRUCTS)) | $(PLATFORM_READY)
	@echo "Installing JupyterLab, the SageMaker SDKs and constructs of the CDK into .cache (once per content)"
	@for lock in $^; do python -m sandbox.ecr.environments $$lock || exit 1; done
	@touch $@

# Compiles what is imported, which is a fifth of everything, and unpacks the CDK's libraries.
$(IMPORTED): $(PLATFORM_READY)
	@echo "Unpacking the CDK into .cache"
	@python -c 'import app, sandbox.server.server'
	@touch $@
