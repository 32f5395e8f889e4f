# Two commands on a fresh machine: `make demo` and `make test`. Both set everything up by themselves.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
RUN := $(VENV)/bin
WORKERS ?= auto

.PHONY: setup page page-check demo demo-partners test check bench simulate clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "offing needs Python 3.11 or newer: install it, or name it with PYTHON=..."; exit 2; }
	$(PYTHON) -m venv $(VENV)
	PIP_CONSTRAINT=constraints.txt $(RUN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@echo "Compiling kernels for this processor (once, about half a minute) ..."
	$(RUN)/python -m offing.pipeline.warm
	@touch $@

STATIC := src/offing/faces/http/static
NODE_IS_HERE := command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null

page: # the page that `offing serve` shows; a wheel has it already
	@if $(NODE_IS_HERE); then $(MAKE) --no-print-directory $(STATIC)/index.html; \
	else echo "Node 20 or newer is not here: the page is not built. Commands and the HTTP API work without it."; fi

web/node_modules/.ready: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(STATIC)/index.html: web/node_modules/.ready web/index.html web/vite.config.ts $(shell find web/src web/scripts -type f 2>/dev/null)
	cd web && npm run --silent build

page-check: page
	@if $(NODE_IS_HERE); then cd web && npx tsc --noEmit && npx biome check . && npx vitest run; \
	else echo "The page's own checks and tests are skipped: Node is not here."; fi

demo: setup page
	$(RUN)/offing demo

demo-partners: setup
	$(RUN)/offing demo-partners

test: setup check page-check
	$(RUN)/python -m pytest -n $(WORKERS)

check: setup
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/mypy
	$(RUN)/lint-imports

bench: setup
	$(RUN)/python -m benchmarks
	$(RUN)/python -m benchmarks.exchange

simulate: setup
	$(RUN)/python -m offing.testing.federation --seeds 10000

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .hypothesis
