# The two commands of the README: `make demo` and `make test`. Python 3.11+ and make are all they need.
PYTHON ?= python3
BIN := .venv/bin
# what it takes to use the product, and what it takes to develop it (tests, docs, engines to test against)
READY := .venv/.ready
DEV := .venv/.ready-dev
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test assets lint types contracts unit docs format lock nightly mutation wheel clean

# a demonstration made earlier is made anew; a folder of yours called demo is left alone and refused
demo: $(READY) assets
	test ! -f demo/truth.csv || rm -rf demo
	$(BIN)/guangcheng demo demo

test: $(DEV) assets lint types contracts unit

# the browser's libraries, pinned and checked; uses the network only for what is not in place
assets: $(READY)
	$(BIN)/python -m tools.assets

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV)
	$(BIN)/mypy

contracts: $(DEV)
	$(BIN)/lint-imports

unit: $(DEV) assets
	$(BIN)/pytest -n 2 --dist loadfile -m "not nightly"

nightly: $(DEV) assets
	$(BIN)/pytest -m nightly

# Mutates the judging code and writes docs/reference/mutation.md (about an hour on two cores).
mutation: $(DEV)
	$(BIN)/python -m tools.mutation

docs: $(DEV)
	$(BIN)/python -m tools.docs
	$(BIN)/mkdocs build --strict --quiet

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

wheel: $(DEV) assets
	$(BIN)/python -m build --no-isolation --wheel --outdir dist .

# Re-pin every dependency (needs the package index); `make test` then runs on exactly these.
PIN := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --quiet
USED := --extra make --extra reader --extra planning --extra postgres --extra web
lock:
	$(BIN)/python -m pip install --quiet uv
	$(PIN) --all-extras -o requirements-dev.lock
	$(PIN) $(USED) -c requirements-dev.lock -o requirements.lock

$(READY): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-build-isolation --no-deps --editable .
	touch $(READY)

$(DEV): requirements-dev.lock $(READY)
	$(INSTALL) --require-hashes -r requirements-dev.lock
	touch $(DEV)

clean:
	rm -rf .venv build dist site demo
