# make run    the tracker on this machine, at http://127.0.0.1:8000 (PORT= changes it), and what sends its mails
# make test   the tests, browser tests included, on SQLite, and on a throw-away PostgreSQL what can differ there
# make test-next  the tests on the next Python and Django, in an environment of their own (PYTHON_NEXT= names the Python)
# make check  formatting, lint, types, migrations, translations, production settings
# make bench  our figures beside the stock way and the floor
# make slow   the tests that take minutes: faults, replica, deployment, servers, query plans, large imports, fuzzing
# make coverage  the tests that need no process of their own, and which branches of the application they run
# make mutants   what the tests are worth: faults planted at random, and how many of them are caught (FAULTS=, SEED=)
# make soak   the long runs: many who publish, crowds of readers, memory; generated questions to the API (SOAK_CASES=
#             for each address), to all public addresses and to the forms of staff (FUZZ_REQUESTS=, 20,000 of each)
# make pictures  the packages and tables as docs/architecture.md shows them
# make help-pictures  the pictures of the pages under Help (docs/staff/), taken of the real pages
# make messages  the catalogues of both forms of Chinese in line with the code (needs gettext)
# make screenshots  every page at two widths, light and dark, into var/screenshots/
PYTHON ?= python3
PYTHON_NEXT ?= python3.13
PORT ?= 8000
FUZZ_REQUESTS ?= 20000
FAULTS ?= 60
SEED ?= 1
BIN := .venv/bin
STATIC := var/static/staticfiles.json
CATALOGUES := $(wildcard tracker/locale/*/LC_MESSAGES/django.po)
COMPILED := $(CATALOGUES:.po=.mo)
# No address may tell gunicorn that a connection is HTTPS, not even this machine's: TRUST_PROXY alone says so, to Django.
# Threads, because a slow reader of a long export must hold up nobody else (docs/performance.md); for slow senders there
# is an end to each request (tracker/server.py), but only nginx keeps them from holding threads until then.
SERVE := $(BIN)/gunicorn tracker.wsgi --worker-class tracker.server.DeadlineWorker --workers 2 --threads 4 --no-control-socket --preload --log-level error --forwarded-allow-ips ""

.PHONY: run test test-next slow coverage mutants check bench soak screenshots messages pictures help-pictures lock system

run: .venv/runtime $(STATIC) $(COMPILED)
	@$(BIN)/python manage.py set_up fixtures/4th-plenary-2018.json fixtures/finance-meeting-2024.json
	@echo "Serving http://127.0.0.1:$(PORT)/ (Ctrl-C stops it). For this machine alone: a few slow senders hold all of"
	@echo "it up for seconds. For the public put nginx in front, as docs/deploy.md says."
	@$(BIN)/python manage.py send_outbox --every 5 & exec $(SERVE) --bind 127.0.0.1:$(PORT)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed: make PYTHON=python3.11 run" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

.venv/runtime: requirements.txt | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

# With uv, which takes seconds where pip takes a minute; pip brings it, by the digests of the same file.
.venv/development: requirements-dev.txt requirements.txt | .venv/bin/python
	@sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.txt > .venv/uv.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r .venv/uv.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements-dev.txt
	@touch .venv/runtime $@

# Beside ours, with all libraries as they are locked but those of requirements-next.in.
.venv-next/development: requirements-dev.txt requirements-next.in | .venv/development
	@$(PYTHON_NEXT) -c 'import sys; sys.exit(sys.version_info < (3, 13))' 2>/dev/null || \
		{ echo "make test-next needs Python 3.13 or later, and $(PYTHON_NEXT) is none: make PYTHON_NEXT=… test-next"; exit 1; }
	$(PYTHON_NEXT) -m venv .venv-next
	$(BIN)/uv pip install --quiet --python .venv-next/bin/python -r requirements-dev.txt --override requirements-next.in
	@touch $@

$(STATIC): .venv/runtime $(shell find commitments/static docs/staff/pictures -type f)
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@touch $@

# With Babel, because a machine that only runs the tracker may have no gettext.
%.mo: %.po | .venv/runtime
	$(BIN)/pybabel --quiet compile --domain django --input-file $< --output-file $@

# After a change to words: brings the catalogues in line. What is new in them must then be translated.
# After a change to packages or models: the pictures of docs/architecture.md.
pictures: .venv/development
	$(BIN)/python -m tests.helpers.pictures

messages: .venv/development
	$(BIN)/python manage.py makemessages --locale zh_Hant --locale zh_Hans --no-obsolete --no-wrap --add-location file --ignore tests --ignore var

# A file's tests stay in one process, which makes what they share once. Their order is drawn anew by each run, but that
# what takes minutes begins first (tests/conftest.py).
PYTEST := $(BIN)/python -m pytest --dist loadfile --no-loadscope-reorder
# One more than there are cores: browsers, servers and commands are waited for.
AT_ONCE := --numprocesses $(shell echo $$(($$(nproc) + 1)))
ON_POSTGRESQL := $(BIN)/python tests/helpers/postgresql.py

test: .venv/development $(STATIC) $(COMPILED) system
	$(PYTEST) $(AT_ONCE)
	$(ON_POSTGRESQL) $(PYTEST) $(AT_ONCE) -m "postgresql and not slow"

# What is deprecated fails here, but for what both versions cannot have: from Django 6.1 on the settings of mail are
# MAILERS, administrators are addresses, and get_actions() is told of a place that 5.2 does not know.
IN_BOTH := -W "ignore:The EMAIL_:PendingDeprecationWarning" -W "ignore:get_connection:PendingDeprecationWarning" \
	-W "ignore:Using (name, address) pairs:PendingDeprecationWarning" \
	-W "ignore:Overriding get_actions:PendingDeprecationWarning"

test-next: .venv-next/development $(STATIC) $(COMPILED) system
	.venv-next/bin/python -W error::DeprecationWarning -W error::PendingDeprecationWarning $(IN_BOTH) manage.py check
	.venv-next/bin/python -m pytest --dist loadfile --no-loadscope-reorder --numprocesses auto $(IN_BOTH)

# One after the other: they measure, fill disks and kill what others would need.
slow: .venv/development $(STATIC) $(COMPILED) system
	$(PYTEST) -m slow tests/slow
	$(ON_POSTGRESQL) $(PYTEST) -m "slow and postgresql" tests/slow

coverage: .venv/development $(STATIC) $(COMPILED)
	$(PYTEST) --numprocesses auto -m "not browser and not processes and not slow" --cov --cov-report=term

mutants: .venv/development $(STATIC) $(COMPILED)
	$(BIN)/python -m tests.mutants --faults $(FAULTS) --seed $(SEED)

check: .venv/development $(COMPILED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djade --check --target-version 5.2 $$(find templates -name '*.html')
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python tests/check_translations.py
	PRODUCTION=1 SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') ALLOWED_HOSTS=tracker.localhost $(BIN)/python manage.py check --deploy --fail-level DEBUG

bench: .venv/development $(STATIC) $(COMPILED)
	$(BIN)/python -m tests.benchmarks.run

soak: .venv/development $(STATIC) $(COMPILED)
	$(BIN)/python -m tests.soak.publishing
	$(ON_POSTGRESQL) $(BIN)/python -m tests.soak.publishing
	$(BIN)/python -m tests.soak.load
	$(ON_POSTGRESQL) $(BIN)/python -m tests.soak.load
	$(BIN)/python -m tests.soak.memory
	$(BIN)/python -m tests.soak.api
	$(BIN)/python -m tests.soak.sign_in_times
	FUZZ_REQUESTS=$(FUZZ_REQUESTS) $(BIN)/python -m pytest -m slow tests/slow/test_fuzz.py

screenshots: .venv/development $(STATIC) $(COMPILED) system
	$(BIN)/python -m tests.browser.screenshots

help-pictures: .venv/development $(STATIC) $(COMPILED) system
	$(BIN)/python -m tests.browser.help_pictures

# Chromium and a font with Chinese, where apt may be used; elsewhere browser tests say how to get them.
system:
	@tests/install_system.sh

# UPGRADE=--upgrade for newer versions. With the digest of each file, so that pip installs these very files or none.
lock: .venv/development
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" $(UPGRADE) requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" $(UPGRADE) requirements-dev.in -o requirements-dev.txt
