# Greenroom. `make demo` shows the whole product; `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo screenshots test bench lint types check lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(VENV)/installed ## Build .venv with the pinned requirements

install-dev: $(VENV)/installed-dev ## The same, with what tests and checks need

demo: install ## Start everything against the sandbox; ARGS=--once syncs, compares the counts and stops
	ALLOW_SANDBOX=1 $(BIN)/python -m config.demo $(ARGS)

screenshots: install-dev ## Photograph the demo's pages into docs/screenshots; CHROMIUM names the browser
	ALLOW_SANDBOX=1 $(BIN)/python -m config.screenshots

test: install-dev ## Run the tests; DATABASE_URL, REDIS_URL and CHROMIUM add those that need a server or a browser
	ALLOW_SANDBOX=1 $(BIN)/python -m pytest -n 2 $(ARGS)

bench: install-dev ## Measure; DATABASE_URL names a PostgreSQL
	ALLOW_SANDBOX=1 $(BIN)/python -m benchmarks.sync_throughput
	ALLOW_SANDBOX=1 $(BIN)/python -m benchmarks.incremental_cost

lint: install-dev ## Look for mistakes, layout and forbidden imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: install-dev ## Check the types
	ALLOW_SANDBOX=1 $(BIN)/mypy .

check: lint types ## Everything but the tests: lint, types, migrations, production settings
	ALLOW_SANDBOX=1 $(BIN)/python manage.py makemigrations --check --dry-run
	ALLOW_SANDBOX=0 DEBUG=0 ALLOWED_HOSTS=greenroom.example.org SITE_URL=https://greenroom.example.org \
	  SECRET_KEY=only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz \
	  TOKEN_KEYS=check:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff \
	  $(BIN)/python manage.py check --deploy --fail-level WARNING

COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

lock: install-dev ## Pin the requirements anew
	$(BIN)/$(COMPILE) requirements.in --output-file requirements.txt
	$(BIN)/$(COMPILE) requirements-dev.in --output-file requirements-dev.txt

clean: ## Remove .venv and what tools left behind
	rm -rf $(VENV) .demo .mypy_cache .pytest_cache .ruff_cache .import_linter_cache staticfiles

# --- The environment. A stamp file each, so that the second time is quick.

$(VENV)/installed: requirements.txt
	@$(MAKE) --no-print-directory venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.PHONY: venv
venv:
	@command -v $(PYTHON) >/dev/null || { echo "Greenroom needs CPython 3.11, 3.12 or 3.13: $(PYTHON) was not found. Name yours with PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (sys.implementation.name == "cpython" and (3, 11) <= sys.version_info < (3, 14)))' \
	  || { echo "Greenroom needs CPython 3.11, 3.12 or 3.13; $(PYTHON) is `$(PYTHON) --version 2>&1`. Name another with PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "$(PYTHON) has no venv module. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
