# make         set up the environment, run the sweep of config.yaml, write the three documents
# make test    the same environment, then lint and all tests
# make quick   the same environment, then lint and the unit tests
#
# Also: make soak (the long tests), make lint, make bench, make clean. Another Python: make PYTHON=python3.12
# Without the 4 GB of GPU libraries: make TORCH=cpu (remembered; make TORCH=gpu brings them back)
# Another sweep, in its own folder with a config.yaml: make STUDY=examples/models

PYTHON ?= python3
CORES ?= all
STUDY ?= .
TORCH ?= $(or $(shell cat .venv/torch 2>/dev/null),gpu)
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
SHELL := /bin/bash -O extglob
.DELETE_ON_ERROR:

BIN := .venv/bin
PYTHON_FILES := workflow/scripts workflow/run_job.py
SOURCES := $(PYTHON_FILES) tests $(wildcard benchmarks)
# The stamp file of an environment that is ready is named after the pins, so that the environment is
# updated when they change, and after the folder, since a moved or copied environment does not work.
FOLDER := $(shell readlink -f .venv)
READY := .venv/ready-$(shell (echo "$(FOLDER)" $(TORCH:gpu=); cat envs/*.txt) | cksum | cut -d' ' -f1)
# Every file is checked by its hash, except with PyTorch's CPU builds, whose versions are labelled +cpu.
PINNED := --no-deps --require-hashes --requirement envs/hashes.txt
ifeq ($(TORCH),cpu)
PINNED := --requirement envs/requirements.txt --extra-index-url $(TORCH_INDEX) \
	$(shell sed -En 's/^torch(vision)?==.*/&+cpu/p' envs/constraints.txt)
endif
# Rules run `python` and `snakemake` of this environment, whatever is active in the caller's shell, and
# whatever that says about Python, about where pip installs to, and about Matplotlib's window.
RUN := PATH="$(CURDIR)/$(BIN):$$PATH"
unexport $(filter-out PYTHON,$(filter PYTHON%,$(.VARIABLES)))
unexport CDPATH PIP_CONSTRAINT PIP_REQUIREMENT PIP_NO_BINARY
export MPLBACKEND := agg
# A user may have no home folder, or no room in it. Without HOME, bash knows the one to take.
HOME ?= $(shell echo ~)
export HOME
CACHE := XDG_CACHE_HOME="$$(cd "$(STUDY)" && pwd)/.snakemake/cache"

IMPORTED := torch, torchvision, safetensors.torch, pandas, scipy.stats, seaborn, snakemake.cli, snakemake.report, pypdf, pytest

.PHONY: all test quick soak lint bench clean

all: $(READY)
	@case "$(CORES)" in all|[1-9]*([0-9])) ;; *) \
		echo "CORES=$(CORES): expected all, or a number from 1; for example make CORES=4" >&2; exit 1;; esac
	@test "$(STUDY)" = . -o -f "$(STUDY)/config.yaml" || { \
		echo "STUDY=$(STUDY): expected a folder with a config.yaml; there are: $(wildcard examples/*)" >&2; exit 1; }
	@$(RUN) $(CACHE) snakemake --cores $(CORES) --directory "$(STUDY)" -- all report

PYTEST := python -m pytest -n auto

test: lint
	@$(RUN) $(PYTEST) --durations 20

quick: lint
	@$(RUN) $(PYTEST) tests/unit

# The tests of tests/faults in full: situations.yaml, 20 kills, a comparison of 1,000 runs, a sweep of 208.
soak: $(READY)
	@$(RUN) SOAK_KILLS=20 SOAK_RUNS=1000 SOAK_SEEDS=13 python -m pytest tests/faults

lint: $(READY)
	@$(RUN) ruff check $(SOURCES)
	@$(RUN) ruff format --check $(SOURCES)
	@$(RUN) mypy $(PYTHON_FILES)
	@$(RUN) snakefmt --check Snakefile workflow/Snakefile workflow/rules
	@$(RUN) snakemake --lint

bench: $(READY)
	@$(RUN) python -m benchmarks

clean:
	@find results/ -mindepth 1 -maxdepth 1 ! -name .gitkeep ! -name data -exec rm -rf {} +
	@echo "Removed everything under results/ except the data."

define CHECK_PYTHON
import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(f"Python 3.11, 3.12 or 3.13 is needed; {sys.executable} is {sys.version.split()[0]}. "
             "Name another one: make PYTHON=python3.12")
try:
    import ensurepip, venv
except ImportError:
    sys.exit("Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv")
endef
export CHECK_PYTHON

$(READY):
	@command -v $(PYTHON) >/dev/null || { echo "No $(PYTHON) found. Install Python 3.11 to 3.13, or name one: make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -Ic "$$CHECK_PYTHON"
	@case "$(TORCH)" in cpu|gpu) ;; *) echo "TORCH=$(TORCH): expected cpu or gpu" >&2; exit 1;; esac
	@echo "Installing the pinned environment into .venv (a minute or two; about $(if $(filter cpu,$(TORCH)),2 GB,6 GB with the GPU libraries)) ..."
	@test "$$(cat .venv/folder 2>/dev/null) $$(cat .venv/torch 2>/dev/null || echo gpu)" = "$(FOLDER) $(TORCH)" || $(PYTHON) -I -m venv --clear .venv
	@echo "$(FOLDER)" > .venv/folder
	@echo $(TORCH) > .venv/torch
	@$(BIN)/python -I -m pip install --quiet --disable-pip-version-check --no-compile --no-user $(PINNED) || { \
		test $(TORCH) = gpu || echo "TORCH=cpu takes torch from $(TORCH_INDEX): name another TORCH_INDEX, or make TORCH=gpu" >&2; exit 1; }
# Compile what every start imports, not all 14,000 files. Some containers cannot do so later.
	@$(BIN)/python -I -c "import $(IMPORTED); snakemake.cli.get_argument_parser()"
	@rm -f .venv/ready-*
	@touch $@
