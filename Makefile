SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory
export PYTHONDONTWRITEBYTECODE := 1

GATES := .venv/bin/python -m tests.gates
TESTBED := .venv/bin/python -m tests.testbed
KUBECONFIG_FILE := $(CURDIR)/.testbed/kubeconfig
# Each core between the oldest and the newest, for the unit tests on every Python.
CORES := 2.17 2.18 2.19 2.20 2.21

.PHONY: help
help: ## this list
	@echo "gitops.flux: operates Flux CD on a fleet of clusters. With nothing but git, make and Python 3.11 or newer:"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "PYTHON=/path/to/python3 chooses the Python of .venv (otherwise the newest working one)."

.PHONY: demo
demo: ## three real clusters, some faults, the health check, a repair, and the health check again
	@begun=$$(date +%s); \
	say() { echo; echo "[$$1/6] $$2 ($$(( $$(date +%s) - begun )) s since the start)"; }; \
	play() { \
		touch .testbed/demo-played; code=0; \
		K8S_AUTH_KUBECONFIG=$(KUBECONFIG_FILE) .venv/bin/ansible-playbook "$$@" -i inventory/fleet.yml || code=$$?; \
	}; \
	say 1 "environment: .venv with locked dependencies"; \
	$(MAKE) venv; \
	say 2 "test bed: programs, three clusters, Flux (the first time this takes about 20 minutes), and some faults"; \
	[ ! -e .testbed/demo-repaired ] || $(TESTBED) up; \
	rm -f .testbed/demo-repaired; \
	$(TESTBED) scenario demo; \
	say 3 "health check: .venv/bin/ansible-playbook gitops.flux.health_check -i inventory/fleet.yml"; \
	play gitops.flux.health_check; \
	sh tests/gates/demo-end.sh broken "$$code"; \
	touch .testbed/demo-repaired; \
	say 4 "repair: what broke Robbinsdale is mended in Git, then gitops.flux.reconcile_all --limit robbinsdale"; \
	$(TESTBED) scenario demo_repair; \
	play gitops.flux.reconcile_all --limit robbinsdale; \
	sh tests/gates/demo-end.sh reconciled "$$code"; \
	say 5 "the forgotten suspension: gitops.flux.maintenance_end --limit robbinsdale -e maintenance_window_change=CHG-7"; \
	play gitops.flux.maintenance_end --limit robbinsdale -e maintenance_window_change=CHG-7; \
	sh tests/gates/demo-end.sh resumed "$$code"; \
	say 6 "health check again: what was fixed, and what is left"; \
	play gitops.flux.health_check; \
	sh tests/gates/demo-end.sh repaired "$$code" "$$(( $$(date +%s) - begun ))"

.PHONY: test
test: venv ## every gate and test (about 40 minutes, 70 the first time)
	@$(GATES) test

.PHONY: test-all
test-all: venv ## the same, what takes longer, every ansible-core on every Python, and the benchmarks
	@$(GATES) test-all

.PHONY: truth
truth: venv ## make every fault, ask the health check and other tools about it, write docs/truth.md
	@.venv/bin/python -m tests.truth

.PHONY: lint
lint: venv ## only the gates that read files
	@$(GATES) lint

.PHONY: testbed-up
testbed-up: venv ## start the three clusters, or heal them
	@$(TESTBED) up

.PHONY: testbed-down
testbed-down: ## end the clusters; the programs stay in the cache
	@[ ! -x .venv/bin/python ] || $(TESTBED) down

.PHONY: testbed-status
testbed-status: venv ## what runs
	@$(TESTBED) status

.PHONY: venv
venv: ## make .venv: locked dependencies and the link to this checkout
	@python="$(PYTHON)"; \
	[ -n "$$python" ] || python=$$(sh tests/gates/pythons.sh 3.11 | head -n 1 | cut -d' ' -f2-); \
	[ -n "$$python" ] || { echo "no working Python 3.11 or newer (with ensurepip) found on PATH" >&2; exit 1; }; \
	sh tests/gates/venv.sh .venv requirements/newest.txt "$$python"
	@mkdir -p .venv/collections/ansible_collections/gitops
	@ln -sfn ../../../.. .venv/collections/ansible_collections/gitops/flux

.PHONY: format
format: venv ## write the code the way the formatter wants it
	@.venv/bin/ruff format
	@.venv/bin/ruff check --fix

.PHONY: changelog
changelog: venv ## write the fragments into the changelog of the version in galaxy.yml
	@PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/python -m tests.gates.changelog

.PHONY: locks
locks: ## make the locks in requirements/ again, with the newest versions there are
	@sh tests/gates/locks.sh $(CORES)
