# The verbs of this project. They talk to the sandbox on this machine, never to a real account.
STAGE ?= staging
JOBS ?= 2
python := .venv/bin/python

.PHONY: help setup up preview down test check bench lock
help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

.venv/ready: requirements.lock pyproject.toml
	@python3 -c 'import sys; sys.exit("Python 3.11 or later is needed; python3 is %d.%d" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@echo "python: installing what requirements.lock names into .venv (about a minute)"
	@test -x $(python) || python3 -m venv .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	@.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: .venv/ready ## the virtual environment and the engine, once
	@$(python) -m sandbox.setup

up: setup ## build STAGE (default staging) in the sandbox
	@$(python) -m sandbox up $(STAGE)

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
	@.venv/bin/pytest -n $(JOBS) tests/unit tests/policies

bench: setup ## seconds and ratios, as JSON
	@$(python) -m benchmarks.preview

lock: .venv/ready ## pin the dependencies of pyproject.toml anew
	@.venv/bin/pip-compile --quiet --all-extras --allow-unsafe --generate-hashes --no-emit-find-links --no-emit-index-url --no-emit-trusted-host --strip-extras --output-file=requirements.lock pyproject.toml
