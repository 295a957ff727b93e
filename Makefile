# The front door: `make help` lists what there is.
PRESET      ?= release
JOBS        ?= $(shell nproc)
BUILD        = build/$(PRESET)
FUZZ_SECONDS ?= 60
# Real dumps, pings and signatures of others, for tests that compare with them; absent in most checkouts.
ifneq ($(wildcard ../shared/fixtures),)
export CAIRN_FIXTURES ?= $(abspath ../shared/fixtures)
endif

.DEFAULT_GOAL := help
.PHONY: help setup build test test-asan test-tsan chaos demo bench bench-intake bench-day lint format fuzz same-bytes clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

setup: ## install what is missing (apt, npm)
	@tools/setup

build: setup ## build everything into build/release/bin
	@tools/build $(PRESET) $(JOBS)

test: setup ## build and run every test
	@tools/build $(PRESET) $(JOBS) all test_programs
	@tools/run_tests $(PRESET) $(JOBS)

test-asan: setup ## unit tests and corpora under AddressSanitizer and UndefinedBehaviorSanitizer
	@tools/build dev $(JOBS) all test_programs
	@tools/run_tests dev $(JOBS)

test-tsan: setup ## unit tests under ThreadSanitizer
	@tools/build tsan $(JOBS) all test_programs
	@tools/run_tests tsan $(JOBS)

chaos: setup ## kill the server and its workers under load, take its disk away: nothing acknowledged is lost
	@tools/build $(PRESET) $(JOBS) all test_programs
	@tests/chaos/intake build/$(PRESET)
	@tests/chaos/symbols build/$(PRESET)

demo: build ## crash a program in many ways and watch the reports arrive (ONCE=1: check and exit)
	@ONCE=$(ONCE) tools/demo $(PRESET)

bench: setup ## measure against other tools; prints what bench/RESULTS.md records
	@tools/build $(PRESET) $(JOBS) all benches
	@bench/run $(PRESET)
	@bench/signatures $(PRESET)
	@bench/symbols $(PRESET)
	@bench/symbolicate $(PRESET)
	@DAY_SHARE=0.1 bench/intake --preset $(PRESET) day

bench-intake: setup ## measure the intake of pings and reports (30 minutes of it for memory: MEMORY_MINUTES)
	@tools/build $(PRESET) $(JOBS)
	@bench/intake --preset $(PRESET)

bench-day: setup ## a browser's day of pings and reports in ten minutes (DAY_SHARE=0.1: a tenth of it)
	@tools/build $(PRESET) $(JOBS)
	@bench/intake --preset $(PRESET) day

lint: ## clang-tidy, formatting and the layer check
	@tools/setup --lint
	@tools/lint

format: ## format all C++ sources in place
	@tools/setup --lint
	@tools/format

fuzz: ## run every fuzzer for FUZZ_SECONDS (60) each, two at a time
	@tools/setup --lint
	@tools/build fuzz $(JOBS)
	@tools/fuzz $(FUZZ_SECONDS)

same-bytes: ## what cairn stackwalk says, built by g++ and by clang, is the same to the byte
	@tools/setup --lint
	@tools/build release $(JOBS) cairn
	@tools/build clang $(JOBS) cairn
	@tests/determinism/same_bytes.py build/release/bin/cairn build/clang/bin/cairn

clean: ## remove everything that was built
	rm -rf build web/dist
