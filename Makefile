# The few things one does here. `make run` shows Tocsin; `make test` proves it. Both install what is missing.
.PHONY: all run test prove bench fuzz lint analyse valgrind asan install clean quick docs
run:
	@sh tool/deps.sh build
	@$(MAKE) -s all
	@sh tool/run.sh
test:
	@sh tool/deps.sh test
	@$(MAKE) -s all
	@bash tool/test.sh $(STEPS)
# The counts that the issues state: two hours, not minutes. `make prove KILLS=10000` kills as often.
prove: export FAULTS = all
prove: export CROWD = 10000
prove: export CROWD_HOLD = 85
prove: export CONDITIONS = 1000000
prove: export CALENDARS = 30000
prove: export TIDY =
prove: export BACKUPS = 20
prove: export ASAN_KILLS = 40
prove: export ASAN_ALL = 1
prove: export VALGRIND = 1
prove: export FAILOVERS = 100
prove: export LOST_COMMITS = 20
prove: export RESETS = 100
prove: export RESETS_EVERY = 1
prove: export PARTITIONS = 100
prove: export PULLS = 100
prove:
	@sh tool/deps.sh test
	@$(MAKE) -s all
	TAMPER=100000 DIFFERENTIAL=100000 KILLS=$(or $(KILLS),1000) FUZZ_SECONDS=60 TORTURE_LINES=all HOSTILE=all bash tool/test.sh
# Ratios inside one run, never absolute times. `make bench CASES=1000000` measures at a million cases too.
comma = ,
bench:
	@sh tool/deps.sh bench
	@$(MAKE) -s all
	@python3 bench/run.py $(BENCH)
	@python3 bench/scale.py --cases 10000,100000$(if $(CASES),$(comma)$(CASES)) $(SCALE)
install: all
	meson install -C build
lint: all
	sh tool/floors.sh build
	sh tool/names.sh
# Journeys under valgrind: make valgrind FLOWS=a_letter
valgrind: all
	sh tool/valgrind.sh $(FLOWS)
analyse: all
	sh tool/analyse.sh gcc
	sh tool/analyse.sh tidy
all: build/build.ninja
	ninja -C build
build/build.ninja:
	meson setup build >/dev/null
# The parts of papers that are made from tables of the sources.
docs: all
	sh tool/docs.sh write
quick: all
	ninja -C build unit && TOCSIN_ROOT=$(CURDIR) build/unit && sh tool/floors.sh build && sh tool/names.sh && sh tool/seedmap.sh && sh tool/docs.sh
asan:
	sh tool/asan.sh
FUZZ_SECONDS = 20
fuzz:
	[ -d build-fuzz ] || CC=clang meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false -Db_pie=false
	ninja -C build-fuzz
	sh tool/fuzz.sh build-fuzz "$(FUZZ_SECONDS)" $(FUZZ)
clean:
	rm -rf build build-*
