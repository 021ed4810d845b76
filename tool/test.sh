#!/bin/sh
# Everything that is promised, in order; goes on after a failure and says at the end what failed. The runners' own closing
# lines come last.  usage: test.sh [step …]
set -u
export TOCSIN_ROOT="$PWD" UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
log=build/test; mkdir -p "$log"; : > "$log/closing"
passed=0 failed=0 skipped=0
step() {
	name=$1; shift
	[ -n "$only" ] && case " $only " in *" $name "*) ;; *) return ;; esac
	start=$(date +%s)
	if "$@" > "$log/$name.log" 2>&1; then passed=$((passed + 1)); word=passed; else failed=$((failed + 1)); word=FAILED; fi
	echo "$word: $name ($(($(date +%s) - start)) s)"
	[ "$word" = FAILED ] && { tail -n 40 "$log/$name.log" | sed 's/^/    /'; }
	grep -h '^SKIP' "$log/$name.log" | sort | uniq -c | sed 's/^/    /'
	{ echo "$name:"; grep -E '^\[ *(PASSED|FAILED) *\]|^# (tests|pass|fail|skipped) |^Ok: |^Fail: |tried, |passed, ' "$log/$name.log" | tail -n 12; } >> "$log/closing"
}
only="$*"
step build     ninja -C build
step unit      build/unit
step asan      make asan
step floors    sh tool/floors.sh build
step names     sh tool/names.sh
step seedmap   sh tool/seedmap.sh
step docs      sh tool/docs.sh
step packs     sh -c 'for p in st-helens hmcts; do build/tocsin policy check $p && build/tocsin policy cases $p || exit 1; done'
step programs  meson test -C build --no-suite unit --print-errorlogs
step kills     python3 test/kills.py --rounds "${KILLS:-3}"
step fuzz      make fuzz FUZZ_SECONDS="${FUZZ_SECONDS:-2}"
step browser   sh test/browser/run.sh
cat "$log/closing"
[ -f build/figures.jsonl ] && { echo "figures:"; tail -n 30 build/figures.jsonl; }
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
