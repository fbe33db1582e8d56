PYTHON ?= python3
BIN := .venv/bin

# Without what was compiled before, whatever starts compiles all modules anew.
unexport PYTHONDONTWRITEBYTECODE

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --custom-compile-command 'make lock'

.PHONY: help install run light test all-tests quick quick-tests lint lock advisories clean system-packages

help: ## Show these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: .venv/installed ## Install what runs, without starting it

run: .venv/installed ## Start the service (HOST, PORT, DATABASE_URL and DEMO are heeded)
	@exec $(BIN)/python app.py

light: .venv/installed ## Start the citizens' light door alone (HOST, PORT, WORKERS, DATABASE_URL)
	@exec $(BIN)/python light.py

# Side by side, since both together have two cores; the plus lets the tests speak meanwhile.
test: system-packages .venv/installed-spark ## Check style, types and layers, and run all tests
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target all-tests lint

# Three on two cores, since journeys wait; loadgroup keeps those of one server on one worker.
all-tests: .venv/installed-spark
	+$(BIN)/pytest -n 3 --dist loadgroup

# Side by side; what either prints stands together.
quick: .venv/installed-test ## Check the same, and run what needs no database, browser, office suite, Spark or seconds
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target quick-tests lint

quick-tests: .venv/installed-test
	$(BIN)/pytest -n 2 -m 'not (database or browser or office or model or spark or long)' --hypothesis-profile quick

lint: .venv/installed-test ## Check style, types and layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

lock: .venv/installed-test ## Write the requirements files and the list of parts anew from pyproject.toml
	$(LOCK) --output-file requirements.txt pyproject.toml
	$(LOCK) --group test --output-file requirements-test.txt pyproject.toml
	$(LOCK) --group spark --output-file requirements-spark.txt
	rm -rf .venv/parts && $(BIN)/uv venv --quiet --python $(BIN)/python .venv/parts
	$(BIN)/uv pip install --quiet --python .venv/parts/bin/python -r requirements.txt
	$(BIN)/uv tool run --quiet --from cyclonedx-bom==7.5.0 cyclonedx-py environment --output-reproducible \
		--pyproject pyproject.toml --mc-type application --output-file docs/sbom.cdx.json .venv/parts/bin/python
	rm -r .venv/parts

advisories: .venv/installed-test ## Ask a database of advisories about what is installed to run
	$(BIN)/uv tool run --from pip-audit==2.10.1 pip-audit --disable-pip --requirement requirements.txt

clean: ## Remove the virtual environment and all caches, never data/
	rm -rf .venv .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

system-packages:
	@tests/system-packages.sh

.venv/installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or newer is needed, as $(PYTHON). Another one: make PYTHON=python3.12 run' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
		|| { echo 'The venv module of $(PYTHON) is needed. On Debian or Ubuntu: apt-get install python3-venv' >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@echo 'Installing what runs into .venv, this once: about 280 MB to fetch, some minutes on a slow line.'
	@$(BIN)/python -m pip install --disable-pip-version-check -r $<
	@echo 'Compiling it, so that the first start need not.'
	@$(BIN)/python -OO -c 'import light'  # compiled now, not in the memory of the first worker
	@touch $@

.venv/installed-test: requirements-test.txt .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

.venv/installed-spark: requirements-spark.txt .venv/installed-test
	@echo 'Installing Spark for its tests, this once: 456 MB to fetch.'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@
