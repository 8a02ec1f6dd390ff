# The usual verbs. What they do is in the scripts that they call.
.DEFAULT_GOAL := help
.PHONY: help venv quick test fuzz fuzz-guided lint reformat generated demo bench release verify-cloudsmith

help: ## name the goals
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 25

venv: ## make .venv, with the program and its tools
	@sh -c '. tests/venv.sh && make_venv'

quick: ## run the linters and the tests of formats, library and command: under three minutes
	sh tests/run.sh tests/quality/test_tools.py tests/formats tests/library tests/cli

test: ## run every check and every test; make test ARGS='tests/cli -x' for some
	sh tests/run.sh $(ARGS)

fuzz: ## look for hours for input that breaks something: docs/hard-use.md
	sh tests/run.sh --hypothesis-profile=hours --timeout=0 --session-timeout=86400 tests/fuzz $(ARGS)

fuzz-guided: venv ## the same, guided by coverage, on Linux; make fuzz-guided ARGS='--seconds 60 -k npmrc'
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
		--upgrade --target .cache/atheris --requirement tests/fuzz/requirements.txt
	PYTHONPATH=.cache/atheris .venv/bin/python tests/fuzz/guided.py $(ARGS)

lint: ## run the linters, the type checker and the rules of the repository
	sh tests/run.sh tests/quality/test_tools.py tests/quality/test_repository.py

reformat: venv ## write Python as the linter wants it
	.venv/bin/ruff check --config python/pyproject.toml --fix python tests
	.venv/bin/ruff format --config python/pyproject.toml python tests

generated: venv ## write what is generated from the formats and the findings
	cd tests && ../.venv/bin/python -m formats
	cd tests && ../.venv/bin/python -m explain.tables
	cd tests && ../.venv/bin/python -m cloudsmith.tables
	cd tests && ../.venv/bin/python -m faults.table

demo: ## show the main job on a local stand-in for Jenkins and Cloudsmith
	sh tests/demo.sh

bench: venv ## measure what a login costs
	.venv/bin/python tests/bench/login.py

verify-cloudsmith: ## ask a real workspace what is believed of Cloudsmith: docs/real-service.md
	sh tests/run.sh --numprocesses 0 --override-ini session_timeout=3600 --cloudsmith $(ARGS) tests/cloudsmith/questions

release: ## check that this commit can be released: docs/releasing.md
	git diff --quiet HEAD
	git describe --exact-match --match 'v*'
	.ci/run
