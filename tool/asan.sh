#!/bin/sh
# The suite once more in a build that address, leak and undefined-behaviour sanitizers watch: every unit test, both packs,
# the rows of the papers, the command line, both verifiers' trials, kill -9, and a walk through the running service and its
# errors. What a sanitizer says ends a programme with 99 and is found in its log. Leaks are looked for in all that is in no
# jail: unit tests, verbs, trials. A jail grants nothing that looking for them takes; what runs in it, unit tests run too.
# usage: asan.sh   (ASAN_KILLS: how often kill -9; ASAN_ALL=1: browser, hostile strings and hostile clients too)
set -u
b=build-asan failed=0
[ -d $b ] || CC=clang meson setup $b -Db_sanitize=address,undefined -Db_lundef=false -Dbuildtype=debug >/dev/null ||
	exit 1
ninja -C $b >$b/build.log 2>&1 || { grep -E 'error|FAILED' $b/build.log; exit 1; }
export TOCSIN_ROOT="$PWD" TOCSIN_BUILD=$b TOCSIN_FIGURES="$PWD/$b/figures.jsonl" ASAN_OPTIONS=exitcode=99 \
	UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1:exitcode=99
try() {
	name=$1; shift
	if ! "$@" >$b/$name.log 2>&1 || grep -qE 'AddressSanitizer|LeakSanitizer|runtime error:' $b/$name.log; then
		failed=$((failed + 1))
		echo "FAILED: $name"
		grep -nE 'Sanitizer|runtime error:|FAILED' $b/$name.log | head -n 20
		tail -n 20 $b/$name.log
	fi
	grep -E 'PASSED|tried, |^Ok: ' $b/$name.log
}
try unit $b/unit
for p in st-helens hmcts; do
	try check-$p $b/tocsin policy check $p
	try cases-$p $b/tocsin policy cases $p
done
try programs env TAMPER=2000 DIFFERENTIAL=2000 meson test -C $b --no-suite unit --no-rebuild --print-errorlogs
try kills python3 test/kills.py --rounds "${ASAN_KILLS:-4}"
try walk python3 test/canary.py
if [ -n "${ASAN_ALL:-}" ]; then
	try browser sh test/browser/run.sh $b
	try torture sh test/torture/run.sh $b
	try door python3 test/door.py --crowd 100
fi
echo "asan: $failed failed"
[ $failed = 0 ]
