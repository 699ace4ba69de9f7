# Each target is one line; README.md has the same lines for PowerShell.
PYTHON ?= python3

.PHONY: help demo test lessons doctor figures build lint resolve lock book

help:
	@$(PYTHON) -m interp_ref --help

demo:
	@$(PYTHON) -m interp_ref demo

test:
	@$(PYTHON) -m interp_ref test $(FILE)

lessons:
	@$(PYTHON) -m interp_ref lessons

doctor:
	@$(PYTHON) -m interp_ref doctor

figures:
	@$(PYTHON) -m interp_ref figures

build:
	@$(PYTHON) -m interp_ref build

lint:
	@$(PYTHON) -m interp_ref lint

resolve:
	@$(PYTHON) -m interp_ref resolve

lock:
	@$(PYTHON) -m interp_ref lock

book:
	@$(PYTHON) -m interp_ref book $(ARGS)
