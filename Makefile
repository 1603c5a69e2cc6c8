# What people and CI call. Only relative paths, so that any folder will do.

MAKEFLAGS += --no-print-directory
.NOTPARALLEL:
.PHONY: help run password check test bench venv dev-venv lint style migrations deployment all-tests

PY := .venv/bin/python
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --no-input
# Which Pythons to try, in this order; PYTHON=… names another.
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11 python

help: ## lists the targets
	@sed -n 's/^\([a-z]*\):.* ## /\1	/p' Makefile | while IFS='	' read -r target words; do printf 'make %-10s %s\n' "$$target" "$$words"; done

run: venv ## installs and prepares what is missing, then serves on http://127.0.0.1:8000 (PORT=… changes it)
	@exec $(PY) manage.py serve

password: venv ## gives the admin's account a new password and shows it
	@exec $(PY) manage.py set_admin_password

bench: dev-venv ## measures this server beside what one would write otherwise (ONLY=decisions, imports, calls, pages, faults: a part)
	@exec $(PY) -m bench $(if $(ONLY),--only $(ONLY))

check: style ## lint, types and the tests without server, browser and database, in about a minute
	@said=$$(mktemp); status=0; trap 'kill $$below; rm -f "$$said"; exit 130' INT TERM; \
	$(PY) -m pytest -q -m '$(QUICK) and not database' $(BELOW) >"$$said" 2>&1 & below=$$!; \
	$(TYPES) || status=1; \
	$(PY) -m pytest -q -m '$(QUICK) and not database' $(BELOW:%=--ignore=%) || status=1; \
	wait $$below || status=1; cat "$$said"; rm -f "$$said"; exit $$status

test: style migrations deployment all-tests ## everything that CI checks, with the slowest tests

# The environment of commands that only look at the code: settings need values, but nothing is connected to.
LOOKING := ENV_FILE=/dev/null SECRET_KEY=only-for-looking-at-the-code-and-never-for-serving-anything-to-anyone \
	DATABASE_URL=postgres://nobody@127.0.0.1:1/none

lint: style
	@echo 'Types …'
	@$(TYPES)

TYPES = $(LOOKING) $(PY) -m mypy
style: dev-venv
	@echo 'Formatting, lint, imports …'
	@$(PY) -m ruff format --check --quiet --output-format concise .
	@$(PY) -m ruff check --quiet --output-format concise .
	@$(PY) -m djlint --check --lint --quiet .
	@$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --no-logo

migrations: dev-venv
	@$(LOOKING) $(PY) -W ignore::RuntimeWarning manage.py makemigrations --check

deployment: dev-venv
	@$(LOOKING) VAPI_WEBHOOK_SECRETS=as-long-as-a-secret-made-by-make-run PUBLIC_URL=https://voice.example.com $(PY) manage.py check --deploy --fail-level WARNING

# Four parts side by side, each with a database of its own; then the faults, beside which only the types are looked at,
# with what the faults leave of the processors.
# The copies that are run stay in front: a shell lets what it starts behind no longer hear Ctrl-C.
QUICK := not server and not browser and not faults
RUN_COPIES := tests/personalization/test_make_run.py
BELOW := tests/customers tests/assistants
TESTS = $(PY) -m pytest -q --durations=10
# Whoever wants a few only need not collect all, which takes longer than many a test.
FILES_WITH = $$(grep -rlE --include='*.py' 'mark\.($(1))\>' tests)
all-tests: dev-venv
	@said=$$(mktemp -d); status=0; trap 'kill $$types $$below $$above $$slow; rm -rf "$$said"; exit 130' INT TERM; \
	$(TESTS) -m '$(QUICK)' $(BELOW) >"$$said/below" 2>&1 & below=$$!; \
	$(TESTS) -m '$(QUICK)' $(BELOW:%=--ignore=%) >"$$said/above" 2>&1 & above=$$!; \
	$(TESTS) -m '(server or browser) and not faults' --deselect $(RUN_COPIES) $(call FILES_WITH,server|browser) >"$$said/slow" 2>&1 & slow=$$!; \
	$(TESTS) $(RUN_COPIES) || status=1; \
	for part in $$below $$above $$slow; do wait $$part || status=1; done; \
	cat "$$said"/*; \
	nice -n 19 env $(TYPES) >"$$said/types" 2>&1 & types=$$!; \
	$(TESTS) -m faults $(call FILES_WITH,faults) || status=1; \
	wait $$types || status=1; cat "$$said/types"; rm -rf "$$said"; \
	exit $$status

# .venv/installed.txt tells what is installed; .venv/unfinished that an installation was cut short.
venv:
	@if cmp -s requirements.txt .venv/installed.txt && $(PY) -c 'import django' 2>/dev/null; then exit 0; fi; \
	if [ -e .venv/unfinished ] || ! $(PY) -m pip --version >/dev/null 2>&1; then \
		for python in $(PYTHON) ''; do \
			"$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
		done; \
		if [ -z "$$python" ]; then \
			echo 'No Python 3.11 or newer with venv was found: install one (Debian, Ubuntu: apt install python3-venv), or name it as in `make run PYTHON=/usr/bin/python3.12`.' >&2; exit 1; \
		fi; \
		echo "Making the virtual environment .venv ($$("$$python" --version)) …"; \
		"$$python" -m venv --clear .venv || exit 1; \
	fi; \
	echo 'Installing the requirements …'; \
	touch .venv/unfinished; \
	$(PIP_INSTALL) -r requirements.txt >.venv/pip.log 2>&1 || { \
		echo "The requirements could not be installed ($$(sed -n 's/^ERROR: //p' .venv/pip.log | tail -n 1)): is there a network? All that pip said is in .venv/pip.log." >&2; exit 1; \
	}; \
	cp requirements.txt .venv/installed.txt && rm .venv/unfinished

dev-venv: venv
	@if cmp -s pyproject.toml .venv/installed.toml; then exit 0; fi; \
	echo 'Installing the tools of pyproject.toml …'; \
	{ $(PIP_INSTALL) 'pip>=25.1' && $(PIP_INSTALL) -r requirements.txt --group dev; } >.venv/pip.log 2>&1 || { \
		echo "The tools could not be installed ($$(sed -n 's/^ERROR: //p' .venv/pip.log | tail -n 1)): is there a network? All that pip said is in .venv/pip.log." >&2; exit 1; \
	}; \
	cp pyproject.toml .venv/installed.toml
