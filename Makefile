# Needs python3 (3.11 or newer), make and a package index. Everything else is installed into .venv, and again when
# what it is built from has changed.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# On all processors; tests of one file stay together, since they share what is slow to make.
PYTEST ?= $(BIN)/python -m pytest -n auto --dist loadfile
ARGS ?=

BUILT_FROM := pyproject.toml setup.py $(wildcard src/loopscope/recorder/_probe*.[ch])
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
MAKEFLAGS += --no-print-directory

.PHONY: help demo test lint bench docs pictures clean install install-dev install-docs
.DELETE_ON_ERROR:

help:
	@echo 'make demo    ask ten simulated exchanges for a price, recorded, and show where the time went'
	@echo 'make test    run the whole test suite (ARGS="-k stall" for a part of it)'
	@echo 'make lint    ruff, mypy and the import contracts'
	@echo 'make bench   measure what recording costs'
	@echo 'make docs    build the documentation into build/site'
	@echo 'make pictures  make the pictures of README and docs again, from real runs (needs Chromium)'
	@echo 'make clean   remove everything that was installed or built'

demo: install
	@mkdir -p build && rm -f build/sequential.loopscope build/spotprice.loopscope
	@echo '$$ loopscope run examples/sequential.py'
	@$(BIN)/loopscope run --out build/sequential.loopscope examples/sequential.py
	@echo
	@echo '$$ loopscope run -m spotprice --simulated BTC-USD'
	@$(BIN)/loopscope run --quiet --out build/spotprice.loopscope -m spotprice --simulated BTC-USD
	@echo
	@echo '$$ loopscope show build/spotprice.loopscope'
	@$(BIN)/loopscope show build/spotprice.loopscope

test: install-dev
	@$(PYTEST) $(ARGS)

lint: install-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: install-dev
	@$(PIP) install -e '.[bench]'
	@missed=0; for program in bench/[a-z]*.py bench/findings/compare.py; do echo "== $$program"; $(BIN)/python "$$program" $(ARGS) || missed=1; done; exit $$missed

docs: install-docs
	@$(BIN)/zensical build --clean --strict

pictures: install-dev
	@$(BIN)/python tools/pictures.py
	@$(BIN)/python tools/page_pictures.py
	@$(BIN)/python tools/learn_pictures.py

clean:
	@rm -rf .venv build dist .cache .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@rm -rf src/*.egg-info
	@rm -f src/loopscope/recorder/_probe*.so
	@find src tests bench examples -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev
install-docs: $(VENV)/.installed-docs

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo 'loopscope needs Python 3.11 or newer, which "$(PYTHON)" is not; name another one with "make PYTHON=...".' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo '"$(PYTHON)" cannot make a virtual environment (Debian and Ubuntu have that in the package python3-venv): install it and run make again.' >&2; exit 1; }
	@echo 'Making $(VENV) ...'
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.made $(BUILT_FROM)
	@echo 'Installing loopscope ...'
	@$(PIP) install -e '.[spotprice]'
	@$(call say_which_probe)
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.made $(BUILT_FROM)
	@echo 'Installing loopscope and its development tools ...'
	@$(PIP) install -e '.[dev]'
	@$(call say_which_probe)
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-docs: $(VENV)/.made $(BUILT_FROM)
	@echo 'Installing loopscope and its documentation tools ...'
	@$(PIP) install -e '.[docs]'
	@touch $@ $(VENV)/.installed

# Setuptools goes on without a word of it where the C extension cannot be built.
define say_which_probe
$(BIN)/python -c 'import loopscope.recorder._probe' 2>/dev/null || \
	echo 'The C probe could not be built (is there a C compiler, and the Python headers?): the slower pure-Python probe will record.'
endef
