# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# "make" lists what there is. PYTHON=/path/to/python3 chooses the interpreter of .venv, CORE=2.18 its ansible-core, ARGS="..." goes
# to the program.

.DEFAULT_GOAL := help
# Tools start often: compiling what they import each time would cost minutes.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
GATE := $(BIN)/python -m tests.tools.gate
PORT ?= 8470
SPEED ?= 60
COLLECTIONS = "$(CURDIR)/.venv/collections:$${ANSIBLE_COLLECTIONS_PATH:-$$HOME/.ansible/collections:/usr/share/ansible/collections}"

# Where this Makefile starts Ansible: no inventory is fine, one that cannot be read is an error.
QUIET := ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true

.PHONY: help setup demo test play sandbox bench docs lint sanity unit molecule faults mutants build release clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## /\1 /p' Makefile | while read -r name text; do printf 'make %-9s %s\n' "$$name" "$$text"; done

setup: ## create .venv with everything the other targets need; again only when the requirements change
	@python3 -m tests.tools.setup --python "$(PYTHON)" --core "$(CORE)"

demo: setup ## run the main jobs on the sandbox, twice, and check mode with a diff
	@$(BIN)/python -m tests.demo $(ARGS)

test: setup ## run all checks of the project, in a quarter of an hour; .ci/run calls exactly this
	@$(GATE) $(ARGS)

play: setup ## run one playbook with the collection of this checkout: make play P=my/site.yml [ARGS="--check --diff"]
	@test -n "$(P)" || { echo 'which playbook? make play P=my/site.yml [ARGS="--check --diff"]'; exit 2; }
	@$(QUIET) ANSIBLE_COLLECTIONS_PATH=$(COLLECTIONS) $(BIN)/ansible-playbook "$(P)" $(ARGS)

sandbox: setup ## an imitation of the Dynatrace API to try playbooks on; stop it with Ctrl-C [PORT=8470 SPEED=60 ARGS=...]
	@exec $(BIN)/python -m tests.sandbox --port $(PORT) --speed $(SPEED) --exports $(ARGS)

bench: setup ## requests, time and memory of settings as code and fleets on the sandbox, compared; some seconds: make bench ARGS=--quick
	@$(BIN)/python -m benchmarks $(ARGS)

docs: setup ## the documentation site, in build/docs/html; a warning is an error
	@$(BIN)/python -m tests.tools.docs

lint: setup ## ruff, mypy, yamllint, ansible-lint, antsibull-changelog, reuse
	@$(GATE) lint

sanity: setup ## ansible-test sanity of the built artifact, on the newest ansible-core and what differs on the oldest
	@$(GATE) sanity

unit: setup ## pytest with coverage; a part of it: make unit ARGS="tests/unit/test_x.py -k name"
	@$(BIN)/python -m pytest $(if $(ARGS),$(ARGS),--numprocesses 2 --dist worksteal --cov=plugins)

molecule: setup ## end-to-end scenarios on a sandbox; one of them: make molecule ARGS="settings_schema_info"
	@$(BIN)/python -m tests.tools.molecule $(ARGS)

faults: setup ## every fault at every request of every module that writes; one of them: make faults ARGS="settings_object --kind 502"
	@$(BIN)/python -m tests.tools.faults $(ARGS)

mutants: setup ## small changes of plans, identity, secrets, order, client and rollout that no test notices; a part of it: make mutants ARGS="--files _settings/order.py --limit 0"
	@$(BIN)/python -m tests.tools.mutants $(ARGS)

build: setup ## what git tracks of the collection as dist/*.tar.gz, installed from there and checked as Galaxy checks it
	@$(BIN)/python -m tests.tools.artifact $(ARGS)

release: setup ## changelog, version and dist/*.tar.gz of a release; from a clean checkout, nothing is published: make release VERSION=1.2.0
	@$(BIN)/python -m tests.tools.release "$(VERSION)"

clean: ## remove everything that setup, tests and builds have created
	rm -rf .venv .venvs .ansible .cache .coverage .mypy_cache .pytest_cache .ruff_cache build changelogs/.plugin-cache.yaml \
	  collections context dist tests/output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
