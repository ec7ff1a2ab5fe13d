# The verbs of mien; bare `make` prints them. Meson does the work.
BUILD = build
PREFIX = /usr/local

.PHONY: help setup build demo check check-all bench fuzz format lint cover \
	docs people install

help: ## print these verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' \
	    Makefile

setup: ## install the Debian packages that are missing
	@tools/setup.sh

build: setup ## build into ./build
	@tools/build.sh $(BUILD)

demo: build ## train on photos: DATA=folder, one folder a person
	@tools/demo.sh $(BUILD)

check: build ## run the lint and every test
	@tools/check.sh $(BUILD)

check-all: check ## and again with sanitizers
	@tools/build.sh build-asan -Db_sanitize=address,undefined \
	    -Db_lundef=false -Doptimization=1
	@tools/check.sh build-asan
	@tools/build.sh build-tsan -Db_sanitize=thread -Db_lundef=false \
	    -Doptimization=1
	@tools/check.sh build-tsan --suite base

bench: build ## time against PyTorch, if apt-get installed python3-torch
	@meson compile -C $(BUILD) bench_cores
	@bench/train.sh $(BUILD) $(BENCH)

fuzz: setup ## fuzz every parser: FUZZ_TIME=60 seconds each
	@tools/fuzz.sh build-fuzz

format: ## lay out the C files with clang-format
	@tools/setup.sh clang-format
	@git ls-files '*.c' '*.h' | xargs clang-format -i

lint: ## layering, lengths, licences, headers
	@tools/lint.sh

cover: setup ## say which lines the tests reach
	@tools/setup.sh gcovr
	@tools/build.sh build-cover -Db_coverage=true -Doptimization=0
	@tools/check.sh build-cover
	@gcovr --root . --filter src/ --filter cli/ \
	    --gcov-ignore-parse-errors build-cover

docs: build ## write docs/reference.md, check the links of all pages
	@$(BUILD)/cli/mien reference --markdown > $(BUILD)/reference.md
	@cp $(BUILD)/reference.md docs/reference.md
	@tools/docs.sh

people: build ## draw examples/people and docs/pictures/people.jpg again
	@tools/people.sh $(BUILD)/cli/mien

install: build ## install under PREFIX=/usr/local
	@meson configure $(BUILD) --prefix $(PREFIX)
	@meson install -C $(BUILD)
