# What a shell must do. Everything that touches data is a manage.py command.
PYTHON ?= python3
BIN := .venv/bin
QUIET := -qq --no-compile --disable-pip-version-check
# Where bytecode is forbidden every process compiles every library anew: seconds for each of a dozen processes.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help run stop setup test walk lint lint-types lint-rest soak bench lock

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## +/make \1\t/'

run: .venv/.run-ready  ## the whole portal with demo data on http://127.0.0.1:8000 (PORT=...); Ctrl-C ends it
	@exec $(BIN)/python -m certportal.run

stop:  ## end a running portal and the embedded servers
	@test ! -x $(BIN)/python || $(BIN)/python -m certportal.run --stop

# What the portal needs to run; tests and lint need the rest.
.venv/.run-ready: requirements.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: PYTHON=/path/to/python3.11 make run")'
	@echo "» virtual environment and requirements (once; needs a package index)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install $(QUIET) -r requirements.txt
	@touch $@

.venv/.ready: .venv/.run-ready requirements-dev.txt
	@echo "» requirements of tests and lint (once)"
	@$(BIN)/python -m pip install $(QUIET) -r requirements-dev.txt
	@touch $@

setup: .venv/.ready

test: setup  ## the whole suite, browser tests included, on throw-away servers
	@$(BIN)/python -m tests.browser
	$(BIN)/python -m pytest -n auto --dist loadgroup

walk: setup  ## every page in every language, theme and width, and what forms refuse: var/walk (ONLY=word)
	@$(BIN)/python -m tests.browser
	nice $(BIN)/python -m pytest tests/e2e/walking.py --tb=line $(if $(ONLY),-k "$(ONLY)")

# Addresses where nothing listens: no check may need a server.
lint: export DATABASE_URL = postgres://127.0.0.1:1/lint
lint: export REDIS_URL = redis://127.0.0.1:1
lint: setup  ## style, types, layers, migrations, translations, templates, deployment checks
	@+$(MAKE) --no-print-directory -j2 lint-types lint-rest

lint-types:
	$(BIN)/mypy

lint-rest:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -W ignore manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py messages --check
	$(BIN)/python manage.py check_templates
	DJANGO_SETTINGS_MODULE=certportal.settings.prod ALLOWED_HOSTS=portal.example.org \
	  SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
	  $(BIN)/python manage.py check --deploy --fail-level WARNING

soak: setup  ## the fault test of the outbox for hours: SEEDS=3-10 MESSAGES=4000
	$(BIN)/python -m tests.fault.soak --messages $(or $(MESSAGES),4000) --seeds $(or $(SEEDS),1-10)

bench: setup  ## every benchmark as a JSON line beside its yardstick
	$(BIN)/python manage.py bench

lock: setup  ## renew constraints.txt from the pinned requirements
	$(BIN)/python -m pip freeze --exclude-editable > constraints.txt
