# What a shell must do. Everything that touches data is a manage.py command.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup run test lint bench stop lock

setup: .venv/.ready  ## virtual environment with pinned requirements

.venv/.ready: requirements.txt requirements-dev.txt constraints.txt
	@echo "» virtual environment and requirements"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

test: setup  ## the whole suite, in parallel, on throw-away servers
	$(BIN)/python -m pytest -n auto

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	DATABASE_URL=postgres://lint REDIS_URL=redis://lint $(BIN)/mypy
	$(BIN)/lint-imports
