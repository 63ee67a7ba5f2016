# Needs make and Python 3.11 or newer, nothing else. Everything is installed into .venv, from locked and hashed requirements.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Races and faults take their time, and count only on a database that refuses what DynamoDB refuses.
PROOFS := tests/concurrency tests/faults
LOCK := $(BIN)/uv --quiet pip compile --generate-hashes --no-header --upgrade

export PORT ?= 3000
export DYNAMODB_PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help serve test test-dynamodb-local check format lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-19s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: $(VENV)/serve-installed ## Run the API on this machine (PORT=3000 DYNAMODB_PORT=8000); nothing is kept
	@$(BIN)/python -m leads_tools.local

test: $(VENV)/dev-installed $(VENV)/ministack-installed ## Run all tests that need Python alone (ARGS="-k name" for some)
	$(BIN)/pytest $(addprefix --ignore=,$(PROOFS)) $(ARGS)

test-dynamodb-local: $(VENV)/dev-installed ## Run the database's tests on DynamoDB Local: needs Java 17 and npm, or DYNAMODB_LOCAL_URL
	$(BIN)/python -m leads_tools.local.dynamodb_local $(BIN)/pytest tests/adapters tests/tools/test_workspaces.py $(PROOFS) $(ARGS)

check: $(VENV)/dev-installed ## Lint, check types, the direction of imports, and the template
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cfn-lint template.yaml

format: $(VENV)/dev-installed ## Format the code and fix what can be fixed
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: $(VENV)/dev-installed ## Take the newest versions of all dependencies into the lock files
	$(LOCK) pyproject.toml --extra local --group dev --universal --python-version 3.11 -o requirements/dev.txt
	$(LOCK) pyproject.toml --extra local --group build --universal --python-version 3.11 \
		-c requirements/dev.txt -o requirements/serve.txt
	$(LOCK) requirements/ministack.in --universal --python-version 3.11 -o requirements/ministack.txt
	$(LOCK) layers/dependencies/requirements.in --python-version 3.13 --python-platform x86_64-manylinux_2_28 \
		-c requirements/dev.txt -o layers/dependencies/requirements.txt

clean: ## Remove everything that was installed or built
	rm -rf $(VENV) .aws-sam .local

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"Python 3.11 or newer is needed, this is %d.%d: make PYTHON=/path/to/a/newer/python3" % sys.version_info[:2])'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/serve-installed: requirements/serve.txt pyproject.toml | $(VENV)/bin/python
	@echo "Setting up $(VENV); this happens once."
	@$(PIP) install --require-hashes -r requirements/serve.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# Holds all that serving needs, in the same versions.
$(VENV)/dev-installed: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	@echo "Setting up $(VENV) for development; this happens once."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $(VENV)/serve-installed $@

# A database for the tests. It pins its own botocore, hence an environment of its own.
$(VENV)/ministack-installed: requirements/ministack.txt | $(VENV)/bin/python
	@$(BIN)/python -m venv --clear --without-pip $(VENV)/ministack
	@$(PIP) --python $(VENV)/ministack/bin/python install --require-hashes -r requirements/ministack.txt
	@touch $@
