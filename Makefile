# Two commands matter: `make demo` and `make test`. Both set up everything they need, once.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MARK := .make

.PHONY: demo test check setup assets i18n gallery bench lock format clean e2e

demo: $(MARK)/app
	$(BIN)/jpmirai demo

test: $(MARK)/app $(MARK)/system
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup $(ARGS)

check: $(MARK)/app
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint src/jpmirai_compliance/templates
	$(BIN)/python tools/translations.py --check

setup: $(MARK)/app $(MARK)/system

gallery: $(MARK)/app $(MARK)/system
	$(BIN)/python -m tests.e2e.gallery

bench: $(MARK)/app $(MARK)/system $(MARK)/bench
	$(BIN)/python -m benchmarks

assets: $(MARK)/assets
i18n: $(MARK)/venv
	$(BIN)/python tools/translations.py

lock:
	$(BIN)/uv pip compile setup.cfg --extra production --generate-hashes --no-annotate --no-strip-extras --universal --python-version 3.11 -q -o requirements/production.txt
	$(BIN)/uv pip compile setup.cfg --extra production --extra test --extra dev --generate-hashes --no-annotate --no-strip-extras --universal --python-version 3.11 -q -o requirements/development.txt
	$(BIN)/uv pip compile setup.cfg --extra bench -c requirements/development.txt --generate-hashes --no-annotate --no-strip-extras --universal --python-version 3.11 -q -o requirements/bench.txt

format:
	$(BIN)/ruff check --fix-only -q
	$(BIN)/ruff format

clean:
	rm -rf $(MARK) $(VENV) node_modules build dist src/*.egg-info src/jpmirai_compliance/static/dist src/jpmirai_compliance/typesetting/fonts

$(MARK)/venv: requirements/development.txt setup.cfg
	@mkdir -p $(MARK)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/development.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(MARK)/node: $(MARK)/venv package.json package-lock.json
	$(BIN)/python tools/npm.py ci --no-audit --no-fund --loglevel=error
	@touch $@

$(MARK)/assets: $(MARK)/node $(shell find assets tools -type f 2>/dev/null)
	$(BIN)/python tools/assets.py
	$(BIN)/python tools/build_fonts.py
	@touch $@

$(MARK)/i18n: $(MARK)/venv $(wildcard translations/*/LC_MESSAGES/*.po)
	$(BIN)/pybabel -q compile -f -d translations
	@touch $@

$(MARK)/app: $(MARK)/venv $(MARK)/assets $(MARK)/i18n

.PHONY: $(MARK)/app

$(MARK)/system: tools/system.sh
	bash tools/system.sh chromium postgresql nginx libreoffice
	@touch $@

$(MARK)/bench: $(MARK)/venv requirements/bench.txt tools/system.sh
	bash tools/system.sh pango
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

.PHONY: wheel
wheel: $(MARK)/app
	$(BIN)/python -m build --wheel --no-isolation
