# Tanfeng (碳峰). Two commands do everything:  make  and  make test.   `make help` lists the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := all
PYTHON ?= python3
VENV ?= .venv
JOBS ?= 0
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Keep this project's tools apart from whatever the shell has set up.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: all test explore house check figures docs lab bench verify lock hooks clean distclean help

all: $(READY) ## environment, then every report that is out of date (reports/index.html)
	@$(BIN)/tanfeng build --jobs $(JOBS)

test: all ## run the whole test suite, on reports that are up to date
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --durations=20 --junitxml=build/tests.xml

explore: all ## run the property tests on new random cases, four times as many, and axe-core on every page in every way
	@$(BIN)/python -m pytest -n auto --hypothesis-profile new -m "not build and not browser" tests
	@$(BIN)/python -m pytest -n auto --hypothesis-profile new tests/pages/test_accessible.py

check: $(READY) ## ruff, mypy, notebooks, data tables, data package, lock file
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/tanfeng data check
	@$(BIN)/python -m pytest -q -p no:cacheprovider tests/test_notebooks.py tests/test_rooms.py tests/test_repository.py

figures: $(READY) ## today's figures into docs/figures.csv, the READMEs, and counts and tables in docs/
	@$(BIN)/tanfeng data figures

house: $(READY) ## the yardsticks of the structure: rooms, directions, reach, sizes, import times
	@$(BIN)/python -m tests.house

docs: $(READY) ## the site of the documents, without the network: build/docs/index.html
	@$(BIN)/python -m sphinx -W --keep-going -q -b html -d build/doctrees docs build/docs

lab: $(READY) ## JupyterLab on notebooks/explore/start.ipynb
	@$(BIN)/tanfeng lab

bench: $(READY) ## measure the build beside the plain papermill and nbconvert commands
	@$(BIN)/python -m tests.bench

verify: $(READY) ## build everything twice under different conditions and compare every file
	@$(BIN)/python -m tests.verify

lock: $(READY) ## write requirements.lock anew from requirements.in
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-annotate --custom-compile-command "make lock" requirements.in -o requirements.lock

hooks: $(READY) ## install the git hooks (local commands only)
	@$(BIN)/pre-commit install

clean: ## remove the built reports and caches; the environment stays
	@rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find reports -mindepth 1 ! -name README.md -delete
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## remove the environment too
	@rm -rf $(VENV)

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The environment: uv from the lock if it can be had, plain pip from the same lock if not. Every file is checked by hash.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; set one with: make PYTHON=/path/to/python3.11" >&2; exit 2; }
	@echo "environment in $(VENV): $$(grep -c '^[A-Za-z].*==' requirements.lock) packages, each checked by its hash"
	@test -x $(BIN)/python || { echo "  1 of 4: an empty environment" && $(PYTHON) -m venv $(VENV); }
	@awk '/^[^ ]/{p=/^uv==/} p' requirements.lock > $(VENV)/uv.txt
	@{ test -z "$(NO_UV)" && echo "  2 of 4: the installer uv" && \
		$(BIN)/python -m pip install -q --require-hashes -r $(VENV)/uv.txt && \
		echo "  3 of 4: the packages, which take longest" && \
		$(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock && \
		echo "  4 of 4: this project" && \
		$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e . ; } || \
	{ echo "  the packages and this project with pip: a minute or two" && \
		$(BIN)/python -m pip install -q --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e . ; }
	@touch $(READY) && echo "environment ready"
