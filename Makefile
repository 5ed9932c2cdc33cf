# The verbs of this project. They talk to the sandbox on this machine, never to a real account.
STAGE ?= staging
JOBS ?= 2
python := .venv/bin/python
# A plain `pulumi` that a recipe starts is judged too; the sandbox names the pack by itself.
export PULUMI_OPTION_POLICY_PACK := $(CURDIR)/policies
# Without its bytecode the AWS SDK is compiled anew by every program that starts: 3 s of 6.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup up preview down test check second-opinion mutants bench lock
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

.venv/ready: requirements.lock pyproject.toml
	@python3 -c 'import sys; sys.exit("Python 3.11 or later is needed; python3 is %d.%d" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@echo "python: installing what requirements.lock names into .venv (about a minute)"
	@test -x $(python) || python3 -m venv .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	@.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: .venv/ready ## the virtual environment and the engine, once
	@$(python) -m sandbox.setup

up: setup ## build STAGE (default staging) in the sandbox; REFRESH=1 looks first at what is there
	@$(python) -m sandbox up $(STAGE) $(if $(REFRESH),--refresh)

preview: setup ## what an up of STAGE would change, or what the policy pack refuses
	@$(python) -m sandbox preview $(STAGE)

down: setup ## destroy the stacks, stop every process
	@$(python) -m sandbox down

test: setup ## every test
	@.venv/bin/pytest -n $(JOBS)

check: setup ## format, lint, import contracts, types, fast tests
	@.venv/bin/ruff format --check
	@.venv/bin/ruff check
	@.venv/bin/lint-imports
	@.venv/bin/mypy
	@.venv/bin/pytest -n $(JOBS) -m "not thorough" tests/unit tests/policies

second-opinion: setup ## 10,000 random stage files, judged by the pack and by the tests' own oracle
	@SECOND_OPINION_FILES=10000 .venv/bin/pytest -n $(JOBS) tests/policies/test_second_opinion.py

mutants: .venv/ready ## mutation testing of the capacity, cooldown and scaling policies (long)
	@.venv/bin/mutmut run
	@$(python) -m tests.support.mutants

bench: setup ## seconds and ratios, as JSON
	@$(python) -m benchmarks.preview
	@$(python) -m benchmarks.traffic
	@$(python) -m benchmarks.rolling
	@$(python) -m benchmarks.sandbox

lock: .venv/ready ## pin the dependencies of pyproject.toml anew
	@.venv/bin/pip-compile --quiet --all-extras --allow-unsafe --generate-hashes --no-emit-find-links --no-emit-index-url --no-emit-trusted-host --strip-extras --output-file=requirements.lock pyproject.toml
