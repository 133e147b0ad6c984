# Each target is one call of a script, the same on a laptop and in CI. `make help` lists them.
PREFIX ?= /usr/local
NODE = node_modules/.bin/node

build: setup ## dist/tsdocker, one file; nothing is done when nothing changed
	@$(NODE) scripts/build.ts
test: setup-tests build ## every test; as root, tsdocker still runs as an unprivileged user
	@$(NODE) scripts/test.ts
test-unit: setup ## the tests that need no container
	@$(NODE) scripts/test.ts unit
test-cli: setup-tests build ## the tests of the binary (TSDOCKER_TEST_BIN=… takes another one)
	@$(NODE) scripts/test.ts cli
lint: setup ## format, rules, direction of imports, types
	@npm run --silent lint
fix: setup ## what lint can mend by itself
	@npm run --silent fix
bench: setup-tests build ## against podman and docker, where installed: table and dist/bench.json
	@$(NODE) scripts/bench.ts
demo: build ## a real container, as an unprivileged user, without a registry
	@scripts/demo.sh
install: build ## into PREFIX (default /usr/local), with completions; ALIAS=1 adds `docker`
	@scripts/install.sh "$(DESTDIR)$(PREFIX)" "$(ALIAS)"
clean: ## what was built
	@rm -rf dist
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12
setup:
	@scripts/setup.sh
setup-tests:
	@scripts/setup.sh tests

.PHONY: build test test-unit test-cli lint fix bench demo install clean help setup setup-tests
.DEFAULT_GOAL := build
