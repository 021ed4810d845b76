#!/bin/sh
# Runs every fuzz target of a build over its seeds and beyond: fuzz.sh BUILD SECONDS [TARGET…], SECONDS for each target, or
# TOTAL=SECONDS in the environment for all together; JOBS at a time. Where a target knows words it gets those of the
# house's own tables. New finds stay in the build; a crash is kept as BUILD/crash-*. One line to figures.jsonl for all.
build=$1 seconds=$2; shift 2
[ $# -gt 0 ] || set -- $(ls "$build"/fuzz | sed -n 's/^fuzz-\([a-z_]*\)$/\1/p')
[ -z "$TOTAL" ] || seconds=$((TOTAL / $# > 0 ? TOTAL / $# : 1))
began=$(date +%s)
grep -oh '[a-z_]\{3,\}' src/core/fact.def src/core/do.def src/desk/command.def src/desk/setting.def src/web/route.def |
	sort -u | sed 's/.*/"&"/' >"$build/words.dict"
rm -f "$build"/fuzz-*.log
one='
t=$0 build=$1 dict=
case $t in
http | head) dict=-dict=fuzz/dict/http.dict ;;
answer | cases | command | condition | facts | json | pack | search | site | within) dict=-dict=$build/words.dict ;;
esac
mkdir -p "$build/corpus/$t"
"$build/fuzz/fuzz-$t" -max_total_time="$2" -max_len=65536 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 $dict \
	-artifact_prefix="$build/crash-$t-" "$build/corpus/$t" "fuzz/corpus/$t" >"$build/fuzz-$t.log" 2>&1 ||
	echo "FAILED: see $build/fuzz-$t.log" >>"$build/fuzz-$t.log"
'
printf '%s\n' "$@" | xargs -P "${JOBS:-2}" -I{} sh -c "$one" {} "$build" "$seconds"
tried=0 failed=0
for t; do
	n=$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/fuzz-$t.log" | tail -n 1)
	echo "$t: ${n:-0} inputs"
	tried=$((tried + ${n:-0}))
	tail -n 1 "$build/fuzz-$t.log" | grep '^FAILED' && failed=$((failed + 1))
done
mkdir -p build
printf '{"name":"fuzz","tried":%d,"failed":%d,"seconds":%d,"seed":0,"commit":"%s"}\n' "$tried" "$failed" \
	$(($(date +%s) - began)) "$(git rev-parse --short HEAD 2>/dev/null)" >>"${TOCSIN_FIGURES:-build/figures.jsonl}"
echo "fuzz: $tried inputs tried by $# targets, $failed targets failed"
[ $failed = 0 ]
