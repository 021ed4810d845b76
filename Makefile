# The few things one does here. `make run` shows Tocsin; `make test` proves it. Both install what is missing.
.PHONY: all run test prove bench fuzz lint asan install deps clean quick
all: build/build.ninja
	ninja -C build
build/build.ninja:
	meson setup build
quick: all
	ninja -C build unit && TOCSIN_ROOT=$(CURDIR) build/unit && sh tool/floors.sh build && sh tool/seedmap.sh
asan:
	[ -d build-asan ] || CC=clang meson setup build-asan -Db_sanitize=address,undefined -Db_lundef=false -Dbuildtype=debug
	ninja -C build-asan
	TOCSIN_ROOT=$(CURDIR) UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 build-asan/unit
FUZZ_SECONDS = 20
fuzz:
	[ -d build-fuzz ] || CC=clang meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false -Db_pie=false
	ninja -C build-fuzz
	sh tool/fuzz.sh build-fuzz $(FUZZ_SECONDS) $(FUZZ)
clean:
	rm -rf build build-*
