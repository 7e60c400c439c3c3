SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

# The newest working Python from 3.11 on; `make PYTHON=/path/to/python …` to choose another.
PYTHON ?= $(shell sh tests/gates/pythons.sh 3.11 | head -n 1 | cut -d' ' -f2)
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: venv
venv: ## make .venv: locked dependencies and the link to this checkout
	@[ -n "$(PYTHON)" ] || { echo "no working Python 3.11 or newer (with ensurepip) found on PATH" >&2; exit 1; }
	@sh tests/gates/venv.sh .venv requirements/newest.txt "$(PYTHON)"
	@mkdir -p .venv/collections/ansible_collections/gitops
	@ln -sfn ../../../.. .venv/collections/ansible_collections/gitops/flux
