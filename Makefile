# Kepan. `make` lists the targets.
PYTHON ?= python3
VENV ?= .venv

BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
ASSETS := $(VENV)/.assets
PO := translations/zh/LC_MESSAGES/messages.po
POT := $(VENV)/messages.pot
KEYWORDS := -k lazy_gettext -k lazy_ngettext:1,2
# Hashes come from the index alone, never from wheels that happen to lie on this machine.
PIP_COMPILE := CUSTOM_COMPILE_COMMAND="make lock" PIP_CONFIG_FILE=/dev/null PIP_FIND_LINKS= PIP_EXTRA_INDEX_URL= \
	$(BIN)/pip-compile --quiet \
	--generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.DEFAULT_GOAL := help

# Every start reads compiled modules: an environment that forbids to keep them would compile all at each start.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help run assets test quick test-left-out lint lint-web types check bench bench-channel demo-data docs format i18n lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  \033[1m%-13s\033[0m %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(STAMP) $(ASSETS) ## Install what is missing, then serve with demo data (first start takes about a minute)
	@exec $(BIN)/python run.py --demo

$(ASSETS): package-lock.json $(wildcard app/static/kepan/*.* app/static/kepan/*/*.*) | $(STAMP)
	@$(BIN)/python -m app.cli.assets
	@touch $@

assets: $(STAMP) ## Fetch the scripts of charts and QR scanner with npm, shorten our own (make run does it too)
	@$(BIN)/python -m app.cli.assets

# Servers and browsers run beside the rest, before it in rank: they wait for each other and for the clock.
define both_runs
	shown=$$(mktemp); \
	$(BIN)/python -m pytest $(1) -n 1 -m "process or browser" >$$shown 2>&1 & beside=$$!; \
	trap 'kill $$beside' INT TERM; \
	failed=0; \
	nice $(BIN)/python -m pytest $(1) -m "not process and not browser" || failed=1; \
	wait $$beside || failed=1; \
	cat $$shown; rm -f $$shown; \
	exit $$failed
endef

test: $(DEV_STAMP) $(ASSETS) ## Run the tests (one file: make test T=tests/pool/test_policies.py)
ifdef T
	@$(BIN)/python -m pytest $(T)
else
	@$(call both_runs,)
endif

quick: $(DEV_STAMP) ## Run what needs neither PostgreSQL nor a browser nor processes (two minutes)
	@$(BIN)/python -m pytest -m "not postgres and not process and not browser and not slow"

test-left-out: $(DEV_STAMP) $(ASSETS) ## Run what `make test` leaves out: the rest on PostgreSQL, and long tests
	@$(call both_runs,--left-out)

lint: $(DEV_STAMP) ## Check format, lint rules and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	@if command -v npm >/dev/null || [ "$$KEPAN_CI" = 1 ]; then $(MAKE) --no-print-directory lint-web; \
		else echo "npm was not found: scripts and styles are not checked (install Node 20.19 or newer)"; fi

lint-web: tools/web/node_modules/.package-lock.json ## Check scripts and styles with eslint and stylelint
	@npm run --silent --prefix tools/web lint

tools/web/node_modules/.package-lock.json: tools/web/package-lock.json
	@npm ci --prefix tools/web --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

types: $(DEV_STAMP) ## Check types
	$(BIN)/python -m mypy

check: ## Everything that CI runs: lint, types, tests, and every database test on PostgreSQL too
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory types
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory test-left-out

bench: $(DEV_STAMP) ## Measure speed beside a bare page and the stock framework (about a minute: make bench BENCH=--quick)
	@$(BIN)/python benchmarks/run.py $(BENCH)

bench-channel: $(DEV_STAMP) ## Measure channel sales at a million referrals and 20,000 brokers (BENCH="--engine postgres")
	@$(BIN)/python benchmarks/channel.py $(BENCH)

demo-data: $(STAMP) ## Let the services write the demo data anew and pack it (some minutes; after changes of schema or plans)
	@$(BIN)/python tools/pack_demo.py

docs: $(DEV_STAMP) ## Write the documents that are made from code and tests
	@$(BIN)/python -m tools.documents

format: $(DEV_STAMP) ## Format the code and mend what ruff can mend
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

i18n: $(DEV_STAMP) ## Bring the Chinese catalogue up to date with the code
	$(BIN)/pybabel --quiet extract -F babel.cfg $(KEYWORDS) --sort-output --no-location --no-wrap --project=Kepan --version=0 -o $(POT) .
	$(BIN)/pybabel --quiet update -i $(POT) -o $(PO) -l zh --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap --init-missing
	@$(BIN)/python -c "from babel.messages.pofile import read_po; print(sum(not m.string for m in read_po(open('$(PO)', 'rb')) if m.id), 'messages lack Chinese')"

lock: $(DEV_STAMP) ## Compile requirements*.in into the pinned files (LOCK=--upgrade takes newer versions)
	$(PIP_COMPILE) $(LOCK) -o requirements.txt requirements.in
	$(PIP_COMPILE) $(LOCK) -o requirements-gunicorn.txt requirements-gunicorn.in
	$(PIP_COMPILE) $(LOCK) -o requirements-dev.txt requirements-dev.in

clean: ## Remove the environment and every cache
	rm -rf $(VENV) tools/web/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Kepan needs Python 3.11 or newer; set PYTHON=…")'
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(STAMP): requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(DEV_STAMP): requirements-dev.txt $(STAMP) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
