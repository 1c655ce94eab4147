# Each target sets itself up in .venv, says what it does, and is fast the second time.
# Another Python: make app PYTHON=python3.12

PYTHON ?= python3
BIN := .venv/bin
FILES ?=
DATA ?= ../shared/data
COUNT ?= 20000
SEED ?= 0
REQUIREMENTS ?= requirements.txt
TESTS ?=
UV := uv==0.13.9
LOCK := build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --no-annotate \
  --custom-compile-command "make lock (the input is in requirements/)"
# uv takes seconds where pip takes minutes; a mirror that only pip knows of is left to pip.
install = { $(BIN)/pip install --quiet --disable-pip-version-check $(UV) \
  && $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -r $(1); } \
  || $(BIN)/pip install --quiet --disable-pip-version-check -r $(1)

.PHONY: help app test coverage check lint types fuzz audit train zoo bench ablate bench-fast bench-speed bench-setup deploy-check screenshot lock clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

app: .venv/app.stamp ## Start the app in the browser
	$(BIN)/streamlit run app.py

test: .venv/dev.stamp browser ## Run every test on all cores; TESTS="tests/model" only some
	$(BIN)/python -m pytest -n auto --dist worksteal $(TESTS)

coverage: .venv/dev.stamp browser ## Run every test, and fail where they cover less than 94%
	$(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-fail-under=94 $(TESTS)

check: lint types test ## Lint, types and every test; what CI runs

lint: .venv/dev.stamp ## Check style, the Dockerfile too
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@if [ -x $(BIN)/hadolint ]; then echo $(BIN)/hadolint Dockerfile; $(BIN)/hadolint Dockerfile; fi

types: .venv/dev.stamp ## Check types
	$(BIN)/mypy

audit: ## Ask for known weaknesses of the pinned packages
	$(PYTHON) -m venv build/audit
	build/audit/bin/pip install --quiet --disable-pip-version-check pip-audit==2.10.1
	build/audit/bin/pip-audit --requirement requirements.txt

fuzz: .venv/dev.stamp ## Read COUNT damaged and hostile image files of this SEED
	$(BIN)/python -m tests.fuzz --count $(COUNT) --seed $(SEED)

train: .venv/app.stamp ## Train the default model; FILES="mnist.npz ..." takes local copies
	$(BIN)/python -m training --replace $(if $(FILES),--data $(FILES))

zoo: .venv/app.stamp ## Train the other recipes into model/zoo; DATA=folder with MNIST and Chars74K
	$(BIN)/python -m training.train_all --replace --data $(DATA)/mnist.npz \
	  --images $(DATA)/chars74k-hnd.zip $(DATA)/chars74k-fnt.zip

bench: .venv/dev.stamp build/peer.stamp ## Measure how well digits are read; DATA=folder of the sets
	$(BIN)/python -m benchmark.reading $(DATA)
	$(BIN)/python -m benchmark.mnist_c $(DATA)
	$(BIN)/python -m benchmark.metamorphic $(DATA)
	$(BIN)/python -m benchmark.peer $(DATA) build/peer/bin/python

ablate: .venv/dev.stamp ## Measure what each stage of the reader is worth; DATA=folder of the sets
	$(BIN)/python -m benchmark.ablate $(DATA)

bench-fast: .venv/dev.stamp ## Time the recipe fast against the notebook's; DATA=folder with MNIST
	$(BIN)/python -m benchmark.fast $(DATA)/mnist.npz

bench-speed: .venv/dev.stamp browser ## Measure speed and memory beside a bare page and the usual design
	$(BIN)/python -m benchmark.speed --data $(DATA)

bench-setup: .venv/dev.stamp browser ## Time `make app` on a fresh clone until the canvas is there
	$(BIN)/python -m benchmark.speed.setup

deploy-check: .venv/dev.stamp browser ## Install REQUIREMENTS alone, serve as the Cloud does, read digits
	rm -rf build/deploy
	$(PYTHON) -m venv build/deploy
	build/deploy/bin/pip install --quiet --disable-pip-version-check -r $(REQUIREMENTS)
	APP_PYTHON=build/deploy/bin/python CI=true \
	  STREAMLIT_BROWSER_GATHER_USAGE_STATS=true STREAMLIT_CLIENT_SHOW_ERROR_DETAILS=none \
	  $(BIN)/python -m pytest tests/browser -k "drawn_digit or opened_first or uploaded"

screenshot: .venv/dev.stamp browser ## Take the README's picture again
	$(BIN)/python -m docs.screenshot

clean: ## Remove the virtual environment, builds and caches
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: browser
# The system's Chromium, else Playwright's; without either the browser tests are skipped and say so.
browser: .venv/dev.stamp
	@$(BIN)/python -m benchmark.speed.browser \
	  || { echo "Installing Chromium for the browser tests"; $(BIN)/playwright install chromium; } \
	  || echo "No Chromium could be installed; browser tests will be skipped."

lock: ## Compile requirements/*.in into requirements*.txt, with every package pinned
	$(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet --disable-pip-version-check $(UV)
	$(LOCK) --output-file requirements-dev.txt requirements/dev.in
	$(LOCK) -c requirements-dev.txt --output-file requirements-training.txt requirements/training.in
	$(LOCK) -c requirements-dev.txt --output-file requirements-serve.txt requirements/serve.in
	$(LOCK) -c requirements-dev.txt --output-file requirements.txt requirements/app.in
	$(LOCK) -c requirements-dev.txt --output-file requirements-bench.txt requirements/bench.in

.venv/app.stamp: requirements.txt | .venv
	@echo "Installing what the app needs (about 2 GB with TensorFlow)"
	@$(call install,requirements.txt)
	@touch $@

.venv/dev.stamp: requirements-dev.txt | .venv
	@echo "Installing what app and tests need (about 2 GB with TensorFlow)"
	@$(call install,requirements-dev.txt)
	@touch $@ .venv/app.stamp

build/peer.stamp: requirements-bench.txt
	@echo "Installing the reader that the benchmark compares with"
	@$(PYTHON) -m venv build/peer
	@build/peer/bin/pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@

.venv:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "Python 3.11 to 3.13 is needed; try: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Creating a virtual environment in .venv"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python's venv module is needed"; exit 1; }
