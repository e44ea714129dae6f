# Rolecall's tasks. `make` lists them. Each sets up what it needs, once, and says what it is doing.
#
# Needed beforehand: rustup (or Rust with the version in rust-toolchain.toml) and, for tests and releases, Node.js 20;
# for tests Python 3.10, too.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The tools of the build are kept outside the repository, so that all clones share them.
TOOLS ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/rolecall/tools
export TOOLS
export PATH := $(TOOLS)/bin:$(CURDIR)/end2end/node_modules/.bin:$(PATH)

.PHONY: help
help: ## List the tasks
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## Build and start Rolecall on http://127.0.0.1:3000 (TLS=1: on https)
	@scripts/setup rust leptos
ifdef TLS
	@cargo leptos build
	@settings=$$(target/debug/rolecall certificate) && set -a && eval "$$settings" && cargo leptos serve
else
	@cargo leptos serve
endif

.PHONY: dev
dev: ## The same, rebuilding and reloading the browser at every change
	@scripts/setup rust leptos
	@cargo leptos watch

.PHONY: test
test: ## Run everything: format, lints, unit, API and documentation tests, end-to-end
	@scripts/setup rust leptos nextest npm python chromium nginx
	@scripts/test

.PHONY: lint
lint: format-check clippy rustdoc syntax arrows-check links-check cases-check deny ## Check format, lints, arrows between files, links, cases, licences and advisories of dependencies

.PHONY: e2e
e2e: ## Run the end-to-end tests in Chromium (ARGS="-g note" for some of them)
	@scripts/setup rust leptos npm python chromium nginx
	@cargo leptos build
	@cd end2end && playwright test $(ARGS)

.PHONY: cases
cases: ## Make docs/CASES.md: every case beside the tests that show it
	@node scripts/cases.mjs

.PHONY: dist
dist: ## Make a folder and a tar.gz in dist/ that run without Rust
	@scripts/setup rust leptos npm
	@scripts/dist

.PHONY: bench
bench: ## Measure a release build: CPU time per request, throughput, start, memory, sizes
	@scripts/setup rust leptos npm
	@bench/run

.PHONY: clean
clean: ## Remove what was built (not the data, not the shared tools)
	@rm -rf target dist end2end/node_modules end2end/.venv end2end/artefacts end2end/test-results

# The parts of `lint` and `test`.

.PHONY: format-check
format-check:
	@scripts/setup rust
	@echo "Checking the format"
	@cargo fmt --all --check

# The library for the browser is checked beside its build, in target/front, to share its build-time dependencies.
.PHONY: clippy
clippy:
	@scripts/setup rust
	@echo "Linting the server"
	@cargo clippy --locked --workspace --all-targets -- -D warnings
	@echo "Linting the sign-in alone"
	@cargo clippy --locked -p rolecall-sign-in --lib --example drop_in_axum -- -D warnings
	@echo "Linting the library for the browser"
	@cargo clippy --locked -p rolecall-model -p rolecall-routes -p rolecall-ui -p rolecall-browser --lib --features rolecall-ui/hydrate \
		--target wasm32-unknown-unknown --target-dir target/front -- -D warnings

.PHONY: rustdoc
rustdoc:
	@echo "Making the documentation of the sign-in, as those read it who take it along"
	@RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps -p rolecall-sign-in -p rolecall-model

.PHONY: syntax
syntax:
	@echo "Checking the syntax of scripts"
	@for file in .ci/run bench/run $(filter-out %.mjs,$(wildcard scripts/*)); do bash -n "$$file"; done
	@find end2end bench public scripts \( -name node_modules -o -name .venv \) -prune -o \( -name '*.js' -o -name '*.mjs' \) -print | xargs -n 1 node --check

.PHONY: arrows-check
arrows-check:
	@echo "Checking which crates, folders and files use which, and that there is no circle"
	@node scripts/arrows.mjs

.PHONY: links-check
links-check:
	@echo "Checking that links between documents lead somewhere"
	@node scripts/links.mjs --check

.PHONY: cases-check
cases-check:
	@echo "Checking that every case has a test"
	@node scripts/cases.mjs --check

.PHONY: deny
deny:
	@scripts/setup rust deny
	@echo "Checking licences, bans and sources of dependencies"
	@cargo deny --all-features check bans licenses sources
	@echo "Checking advisories against dependencies"
	@if cargo deny fetch db >/dev/null 2>&1; then cargo deny --all-features check --disable-fetch advisories; \
	else echo "Skipped: the advisory database cannot be fetched from here"; fi

# Tests that need PostgreSQL have the word in their names. CI runs them; elsewhere they are skipped where its programs are
# not installed. A full disk is a small file system that the test mounts, which mostly only root may.
HAS_POSTGRES = $(or $(filter true,$(CI)),$(shell sh -c 'command -v initdb'),$(wildcard /usr/lib/postgresql/*/bin/initdb))

CAN_MOUNT = $(shell sh -c 'd=$$(mktemp -d) && mount -t tmpfs -o size=1m tmpfs "$$d" 2>/dev/null && umount "$$d" && echo yes; rmdir "$$d"')

.PHONY: rust-tests
rust-tests:
	@echo "Building the example that is a package of its own"
	@cargo build --locked --workspace --bin drop_in_leptos
	@echo "Running unit and API tests"
	@$(if $(HAS_POSTGRES),,echo "PostgreSQL is not installed: its tests are skipped")
	@$(if $(CAN_MOUNT),,echo "No file system can be mounted: the tests of a full disk are skipped")
	@cargo nextest run --locked --workspace --no-fail-fast \
		-E 'all() $(if $(HAS_POSTGRES),,and not test(postgres)) $(if $(CAN_MOUNT),,and not test(a_full_disk))'

.PHONY: doc-tests
doc-tests:
	@echo "Running documentation tests"
	@cargo test --locked --doc --workspace --no-fail-fast
